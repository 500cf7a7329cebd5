#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_fields.hpp"

// Generic reading and writing over snapshot_fields.hpp. For the .cpp files of this folder only: the
// JSON library is expensive to compile.
namespace quern::collector::snapshot_json {

using Json = nlohmann::json;

template <class T>
struct IsVector : std::false_type {};

template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
struct IsOptional : std::false_type {};

template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

using TextMap = std::map<std::string, std::string>;

template <class T>
Json to_json(const T& value) {
  if constexpr (std::is_same_v<T, char>) {
    return value == '\0' ? std::string{} : std::string(1, value);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string> ||
                       std::is_same_v<T, TextMap>) {
    return value;
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : Json{};
  } else if constexpr (IsVector<T>::value) {
    Json array = Json::array();
    for (const auto& element : value) {
      array.push_back(to_json(element));
    }
    return array;
  } else {
    static const T defaults{};
    Json object = Json::object();
    describe_fields(
        [&](const char* key, auto member) {
          if (!(value.*member == defaults.*member)) {
            object[key] = to_json(value.*member);
          }
        },
        static_cast<const T*>(nullptr));
    return object;
  }
}

/// Fills values from JSON and says by `path` ("tables[3].columns[0].type") what does not fit.
class Reader {
 public:
  explicit Reader(std::string file) : file_{std::move(file)} {}

  template <class T>
  void read(const Json& json, T& value, const std::string& path) const {
    if constexpr (std::is_same_v<T, char>) {
      const auto& text = string_at(json, path);
      require(text.size() <= 1, path, "one letter");
      value = text.empty() ? '\0' : text.front();
    } else if constexpr (std::is_same_v<T, bool>) {
      require(json.is_boolean(), path, "true or false");
      value = json.get<bool>();
    } else if constexpr (std::is_floating_point_v<T>) {
      require(json.is_number(), path, "a number");
      value = json.get<T>();
    } else if constexpr (std::is_integral_v<T>) {
      read_integer(json, value, path);
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = string_at(json, path);
    } else if constexpr (std::is_same_v<T, TextMap>) {
      read_text_map(json, value, path);
    } else if constexpr (IsOptional<T>::value) {
      if (json.is_null()) {
        value.reset();
      } else {
        read(json, value.emplace(), path);
      }
    } else if constexpr (IsVector<T>::value) {
      require(json.is_array(), path, "an array");
      value.clear();
      value.reserve(json.size());
      for (const Json& element : json) {
        const std::string place = fmt::format("{}[{}]", path, value.size());
        read(element, value.emplace_back(), place);
      }
    } else {
      read_object(json, value, path);
    }
  }

 private:
  template <class T>
  void read_object(const Json& json, T& value, const std::string& path) const {
    require(json.is_object(), path, "an object");
    describe_fields(
        [&](const char* key, auto member) {
          const auto found = json.find(key);
          // The server's JSON says null where a document leaves the member out.
          if (found != json.end() && !found->is_null()) {
            read(*found, value.*member, path.empty() ? key : path + "." + key);
          }
        },
        static_cast<const T*>(nullptr));
  }

  template <class T>
  void read_integer(const Json& json, T& value, const std::string& path) const {
    require(json.is_number_integer(), path, "a whole number");
    const auto wide = json.get<std::int64_t>();
    const bool too_large = json.is_number_unsigned() &&
                           json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
    require(!too_large && wide >= static_cast<std::int64_t>(std::numeric_limits<T>::min()) &&
                wide <= static_cast<std::int64_t>(std::numeric_limits<T>::max()),
            path, "a number that fits");
    value = static_cast<T>(wide);
  }

  void read_text_map(const Json& json, TextMap& value, const std::string& path) const {
    require(json.is_object(), path, "an object");
    for (const auto& [key, element] : json.items()) {
      value[key] = string_at(element, path + "." + key);
    }
  }

  const std::string& string_at(const Json& json, const std::string& path) const {
    require(json.is_string(), path, "a string");
    return json.get_ref<const std::string&>();
  }

  void require(bool holds, const std::string& path, const char* expected) const {
    if (!holds) {
      throw UserError{fmt::format("{}: {} should be {}; the catalog file is damaged or was edited",
                                  file_, path, expected)};
    }
  }

  std::string file_;
};

}  // namespace quern::collector::snapshot_json
