#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/synthetic_rows.hpp"

namespace quern::planner_model {

/// Rows like those of a column of networks.
struct NetworkRows {
  std::vector<double> heavy = {};  ///< of each value that fills pages of its own: its rows
  SyntheticRows light = {};
};

/// Values with at least `heavy_from` of the `rows` rows are heavy; of the others synthetic_rows(),
/// and where there are more than `most`, those of one stretch of addresses, as close together as
/// they are.
[[nodiscard]] NetworkRows network_rows(const IndexColumn& column, double rows, std::size_t most,
                                       double heavy_from);

}  // namespace quern::planner_model
