#pragma once

#include <vector>

#include "planner-model/query/type_system.hpp"
#include "planner-model/writes/index_entries.hpp"

namespace quern::planner_model {

/// Keys that come equally often.
struct GinKeyClass {
  double share = 0;    ///< of the rows, each key
  double keys = 1;     ///< how many such keys
  double tuple = 16;   ///< bytes of an entry tuple with the key alone (GinFormTuple())
  double address = 1;  ///< bytes of a row in its posting lists
};

struct GinKeys {
  double per_row = 0;        ///< different keys of a row
  double pending_bytes = 0;  ///< a row's tuples in the pending list
  std::vector<GinKeyClass> classes = {};
};

/// What the operator classes take out of a row, by gin_entries().
[[nodiscard]] GinKeys gin_keys(const IndexEntries& all, const TypeSystem& types);

/// fastupdate, which is the default: new entries wait in a list and are sorted in together.
[[nodiscard]] bool has_pending_list(const Index& index);

}  // namespace quern::planner_model
