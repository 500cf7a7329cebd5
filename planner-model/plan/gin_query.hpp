#pragma once

#include <string_view>

#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// What a GIN operator class's extractQuery makes of a constant operand (GinQualCounts,
/// gincost_pattern() in selfuncs.c).
struct GinKeys {
  double exact = 0;        ///< keys looked up
  double partial = 0;      ///< keys that begin like one looked up: a hundred for each such lookup
  double lookups = 0;      ///< of both
  bool whole = false;      ///< every entry has to be read: no key is required
  bool satisfied = true;   ///< false: no row can match
  bool understood = true;  ///< false: this model does not know what the operand asks for
};

/// Arrays (array_ops), jsonb (jsonb_ops, jsonb_path_ops), tsquery, patterns and similar texts
/// (gin_trgm_ops), hstore (gin_hstore_ops), query_int (gin__int_ops), scalars (btree_gin).
[[nodiscard]] GinKeys gin_keys(std::string_view operator_name, std::string_view operator_class,
                               const Value& operand);

}  // namespace quern::planner_model
