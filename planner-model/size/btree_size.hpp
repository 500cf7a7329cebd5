#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

struct BtreeSize {
  double leaf_pages = 0;
  double pages = 1;  ///< metapage and inner levels included
  int height = 0;    ///< levels above the leaves
};

/// CREATE INDEX's result, by the loop of _bt_load() and _bt_buildadd() (nbtsort.c): leaves filled
/// to the fillfactor, equal keys merged into posting lists, inner pages filled to 70 %.
[[nodiscard]] BtreeSize btree_size(const Index& index, const std::vector<IndexColumn>& columns,
                                   const TypeSystem& types, double rows_indexed);

/// _bt_allequalimage(): may equal keys of these columns share one posting list?
[[nodiscard]] bool can_deduplicate(const Index& index, const std::vector<IndexColumn>& columns,
                                   const TypeSystem& types);

}  // namespace quern::planner_model
