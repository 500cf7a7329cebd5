#pragma once

#include <vector>

#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {

/// Time of one row written, in microseconds of one warm core: what the server's own code takes with
/// the pages in memory. An order of magnitude elsewhere; its ratios (with an index, without) hold
/// better than itself.
struct RowTime {
  double heap = 0;
  std::vector<double> indexes = {};  ///< in the order given

  [[nodiscard]] double total() const;
};

[[nodiscard]] RowTime row_time(const CatalogSnapshot& catalog, const Table& table,
                               const std::vector<const Index*>& indexes, const WriteShape& shape);
[[nodiscard]] RowTime row_time(const SizeContext& context, const Table& table,
                               const std::vector<const Index*>& indexes, const WriteShape& shape);

/// Microseconds that one more index takes of the planning of each statement on its table, even of
/// one that it is no use to: opened, locked and sized, its predicate proved or not
/// (get_relation_info() in plancat.c, create_index_paths() in indxpath.c).
[[nodiscard]] double planning_time(const Index& index);

}  // namespace quern::planner_model
