#pragma once

#include <vector>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

/// One node's output on the way to a target with set-returning functions: `sets` says that this one
/// calls them (ProjectSet), else it is a plain projection.
struct TargetLevel {
  PathTarget target;
  bool sets = false;
};

/// split_pathtarget_at_srfs(), tlist.c: what is computed first, without sets; then a ProjectSet for
/// each depth of nesting; then what is computed of their results. `input`: what the step below puts
/// out; null: columns only. One level when there is nothing to split.
[[nodiscard]] std::vector<TargetLevel> split_at_sets(PlannerInfo& root, const PathTarget& target,
                                                     const PathTarget* input);

}  // namespace quern::planner_model
