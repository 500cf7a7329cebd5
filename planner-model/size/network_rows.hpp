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

/// Up to `most` rows all of them. Of more, values with at least `heavy_from` of the `rows` rows are
/// heavy; of the others synthetic_rows() of one stretch of addresses, as close together as they
/// are.
[[nodiscard]] NetworkRows network_rows(const IndexColumn& column, double rows, std::size_t most,
                                       double heavy_from);

}  // namespace quern::planner_model
