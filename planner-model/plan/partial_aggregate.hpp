#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// The aggregate as this server's pg_aggregate has it: since 16 string_agg() and array_agg() can be
/// combined from the workers' parts. Their combining functions, which the recorded catalog lacks,
/// cost what the transition function does.
[[nodiscard]] Aggregate partial_form(const Aggregate& aggregate, const PlannerInfo& root);

}  // namespace quern::planner_model
