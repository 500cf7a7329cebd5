#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "collector/catalog/snapshot_fields.hpp"

// Giving the objects of a snapshot, or of a part of one, other numbers.
namespace quern::collector {

/// FirstNormalObjectId (access/transam.h): below are the server's own.
inline constexpr Oid kFirstObject = 16384;

/// Old to new.
using ObjectNumbers = std::map<Oid, Oid>;

/// Gives every object number within `value` that `numbers` knows its new one.
template <class T>
void renumber(T& value, const ObjectNumbers& numbers) {
  if constexpr (std::is_same_v<T, Oid>) {
    const auto found = numbers.find(value);
    value = found == numbers.end() ? value : found->second;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return;
  } else if constexpr (requires { value.has_value(); }) {
    if (value) {
      renumber(*value, numbers);
    }
  } else if constexpr (requires { value.push_back(value.front()); }) {
    for (auto& element : value) {
      renumber(element, numbers);
    }
  } else if constexpr (std::is_class_v<T> && !requires { typename T::mapped_type; }) {
    describe_fields([&](const char*, auto member) { renumber(value.*member, numbers); },
                    static_cast<const T*>(nullptr));
  }
}

/// The numbers of the objects themselves, operator families among them, in their order; without the
/// server's own.
[[nodiscard]] std::vector<Oid> object_numbers(const CatalogSnapshot& objects);

}  // namespace quern::collector
