#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// The first number in a text; negative: none.
[[nodiscard]] double number_in(const std::string& text);

/// Texts that hold a number which grows along the table ("user1042@..."). Sorted as texts they
/// have a correlation with the rows, and it is that of their numbers with the numbers' order as
/// texts; new ones come one beside the other.
[[nodiscard]] bool counts_in_text(const ColumnStatistics& statistics);

}  // namespace quern::planner_model
