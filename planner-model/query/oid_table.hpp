#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// FirstNormalObjectId (src/include/access/transam.h): PostgreSQL's own objects have lower OIDs.
inline constexpr Oid kFirstUserOid = 16384;

/// Values by OID: an array for PostgreSQL's own objects, whose OIDs are dense, a hash map for the
/// rest. `Value` is default-constructible; the default stands for "none".
template <class Value>
class OidTable {
 public:
  /// The default value when there is none.
  [[nodiscard]] const Value& find(Oid oid) const {
    if (oid < kFirstUserOid) {
      return oid < low_.size() ? low_[oid] : none_;
    }
    const auto found = high_.find(oid);
    return found == high_.end() ? none_ : found->second;
  }

  [[nodiscard]] Value& operator[](Oid oid) {
    if (oid >= kFirstUserOid) {
      return high_[oid];
    }
    if (oid >= low_.size()) {
      low_.resize(oid + 1);
    }
    return low_[oid];
  }

  /// Keeps what is there.
  void add(Oid oid, Value value) {
    if (Value& place = (*this)[oid]; place == Value{}) {
      place = std::move(value);
    }
  }

 private:
  std::vector<Value> low_;
  std::unordered_map<Oid, Value> high_;
  Value none_{};
};

}  // namespace quern::planner_model
