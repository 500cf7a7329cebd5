#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// Pages of a hash index after its build: buckets by _hash_init() (hashpage.c), overflow pages by
/// the spread of the keys over them.
[[nodiscard]] double hash_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                      double rows);
/// Metapage, range map and summaries (brin_revmap.c, brin_tuple.c).
[[nodiscard]] double brin_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                      double heap_pages);
/// Entry tree and posting lists (ginentrypage.c, ginpostinglist.c). An estimate: element statistics
/// cover arrays and tsvector only.
[[nodiscard]] double gin_index_pages(const std::vector<IndexColumn>& columns, double rows,
                                     double heap_pages);
/// GiST and SP-GiST: tuples at about 70 % fill. An estimate.
[[nodiscard]] double tree_index_pages(const std::vector<IndexColumn>& columns, double rows);
/// hypo_estimate_index() of HypoPG 1.3.1, btree.
[[nodiscard]] double hypopg_btree_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                        double rows);

}  // namespace quern::planner_model
