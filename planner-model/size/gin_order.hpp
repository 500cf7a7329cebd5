#pragma once

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// Bytes of posting lists over what they would take if the rows came in any order: less than 1 for
/// trigrams of texts that count up along the table ("user1042@..."), whose rows stand in runs.
[[nodiscard]] double trigram_runs(const IndexColumn& column, double rows_per_page);

}  // namespace quern::planner_model
