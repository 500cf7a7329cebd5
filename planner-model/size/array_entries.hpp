#pragma once

#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// Of an element's key of so many bytes: 1, 2, 4 or 8.
[[nodiscard]] int element_alignment(const Type& element, double size);

/// Adds the entries of a column of arrays: the most common elements, and others out of the values
/// that are listed, as many as the element counts leave.
/// `filled_rows`: those of `rows` that are not NULL.
void add_array_entries(const IndexColumn& column, const TypeSystem& types, double rows,
                       double filled_rows, std::vector<GinEntries>& answer);

}  // namespace quern::planner_model
