#pragma once

#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// A GIN index after its build.
struct GinSize {
  double pages = 2;             ///< metapage included
  double entry_pages = 1;       ///< of the tree of keys
  double data_pages = 0;        ///< of the posting trees
  double entries = 0;           ///< keys, each column's own
  bool from_statistics = true;  ///< false: a column has none, and its keys are a guess
};

[[nodiscard]] GinSize gin_size(const Index& index, const std::vector<IndexColumn>& columns,
                               const TypeSystem& types, double rows, double heap_pages);

}  // namespace quern::planner_model
