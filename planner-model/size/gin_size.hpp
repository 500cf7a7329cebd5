#pragma once

#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// Pages of a GIN index after its build: metapage, entry tree, posting trees.
[[nodiscard]] double gin_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                     const TypeSystem& types, double rows, double heap_pages);

}  // namespace quern::planner_model
