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

}  // namespace quern::planner_model
