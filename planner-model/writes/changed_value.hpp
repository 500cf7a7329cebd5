#pragma once

#include <cstddef>
#include <vector>

#include "planner-model/query/type_system.hpp"
#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// An update sets one column of the row to another of its values: bytes from the first to the last
/// one that no beginning and no end in common with the old row covers (log_heap_update(),
/// heapam.c). Texts are compared as the statistics list them: "n1042" and "n1077" differ in two
/// bytes; one of another length moves what follows, up to where padding makes up for it.
[[nodiscard]] double changed_value_bytes(const std::vector<IndexColumn>& row, std::size_t changed,
                                         const TypeSystem& types);

/// int2, int4, int8.
[[nodiscard]] bool is_whole_number(Oid type);

}  // namespace quern::planner_model
