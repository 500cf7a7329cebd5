#pragma once

#include <string_view>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// `Index Scan Backward using orders_pkey on shop.orders o`, undone into the JSON format's
/// properties (ExplainNode(), PostgreSQL 15, src/backend/commands/explain.c, says how it was made).
void read_plan_title(std::string_view title, PlanValue& node);

}  // namespace quern::collector
