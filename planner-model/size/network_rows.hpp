#pragma once

#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/synthetic_rows.hpp"

namespace quern::planner_model {

/// synthetic_rows() of a column of networks: where there are more than `most`, those of one stretch
/// of addresses, as close together as they are.
[[nodiscard]] SyntheticRows network_rows(const IndexColumn& column, double rows, std::size_t most);

}  // namespace quern::planner_model
