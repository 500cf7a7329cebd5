#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

enum class NullTestOutcome : std::uint8_t { Unknown, AlwaysTrue, AlwaysFalse };

/// Whether NOT NULL columns decide a condition: restriction_is_always_true() and
/// restriction_is_always_false(), initsplan.c. Unknown before PostgreSQL 17.
[[nodiscard]] NullTestOutcome null_test_outcome(const PlannerInfo& root,
                                                const RestrictInfo& clause);

}  // namespace quern::planner_model
