#pragma once

#include <cstddef>
#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// A range on its subtype's axis, in the unit of range_difference().
struct RangeRow {
  double lower = 0;  ///< may be infinite, as `upper`
  double upper = 0;
  bool empty = false;
};

/// `followed` rows with ranges like the column's, in any order: lower bounds from one stretch of
/// its bounds' histogram, as large a part of it as these are of all `filled` ones, lengths from
/// that of lengths. ANALYZE keeps no order of ranges and takes all for different; a sample of the
/// table tells both. Without histograms they are spread evenly. Deterministic.
[[nodiscard]] std::vector<RangeRow> range_rows(const IndexColumn& column, const TypeSystem& types,
                                               double filled, double followed);

}  // namespace quern::planner_model
