#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// Pages of a hash index after its build: buckets by _hash_init() (hashpage.c), which looks at the
/// whole table whatever the predicate says; overflow pages by
/// the spread of the keys over them.
[[nodiscard]] double hash_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                      double table_rows, double rows);
/// The buckets of a hash index built over a table of so many rows.
[[nodiscard]] double hash_buckets(double rows, double per_bucket);
inline constexpr double kHashPageItems = 407;  ///< (8192 - 24 - 16) / 20
/// How many of `rows` entries may come to each of so many buckets. Deterministic.
[[nodiscard]] std::vector<double> hash_bucket_entries(const IndexColumn& column, double rows,
                                                      double buckets);
/// Metapage, range map and summaries (brin_revmap.c, brin_tuple.c).
[[nodiscard]] double brin_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                      double heap_pages);
/// Inserts of rows like those of the column, followed through the splits of trigram, word, network,
/// range and box classes, points sorted; else an estimate by a rule of thumb.
[[nodiscard]] double gist_index_pages(const std::vector<IndexColumn>& columns,
                                      const TypeSystem& types, double rows);
/// Not by rules of thumb.
[[nodiscard]] bool gist_size_is_followed(const std::vector<IndexColumn>& columns);
/// Rows like those of the column, followed through the splits of text, network, point and range
/// classes; else an estimate by a rule of thumb.
[[nodiscard]] double spgist_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                        const TypeSystem& types, double rows);
/// hypo_estimate_index() of HypoPG 1.3.1, btree.
[[nodiscard]] double hypopg_btree_pages(const Index& index, const std::vector<IndexColumn>& columns,
                                        double rows);

}  // namespace quern::planner_model
