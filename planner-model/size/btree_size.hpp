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
                                   const TypeSystem& types, double table_rows, double rows_indexed);

/// _bt_allequalimage(): may equal keys of these columns share one posting list?
[[nodiscard]] bool can_deduplicate(const Index& index, const std::vector<IndexColumn>& columns,
                                   const TypeSystem& types);

/// How a column's values are spread: classes of values with the same share of the rows.
struct ValueClass {
  double share = 0;   ///< of the rows, each value
  double values = 0;  ///< how many such values
  bool is_null = false;
};

[[nodiscard]] std::vector<ValueClass> value_classes(const IndexColumn& column, double rows);

}  // namespace quern::planner_model
