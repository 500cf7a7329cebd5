#include <cmath>

#include "collector/plans/insight_context.hpp"

namespace quern::collector::insights {

namespace {

/// Nodes that may have been stopped before their last row say nothing about estimates.
bool ran_to_the_end(const std::vector<NodeTimes>& nodes, std::size_t i) {
  if (nodes[i].loops == 0) {
    return false;
  }
  for (std::size_t at = i; at != 0; at = nodes[at].parent) {
    const NodeTimes& parent = nodes[nodes[at].parent];
    const std::string_view join = parent.node->text_of("Join Type");
    const bool inner = nodes[at].node->text_of("Parent Relationship") == "Inner";
    if (is(parent, "Limit") || is(parent, "Merge Join") ||
        (inner && (join == "Semi" || join == "Anti" || is(parent, "Nested Loop"))) ||
        nodes[at].node->text_of("Parent Relationship") == "SubPlan") {
      return false;
    }
  }
  return true;
}

bool is_join(const NodeTimes& at) {
  return is(at, "Nested Loop") || is(at, "Hash Join") || is(at, "Merge Join");
}

/// What came out is further from its estimate than what went in.
bool wrong_beyond_inputs(const Context& c, std::size_t i, double error) {
  double inputs = 1;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    inputs *= c.nodes[j].parent == i && c.nodes[j].loops > 0 ? q_error(c.nodes[j]) : 1;
  }
  return error > kMisestimate * inputs;
}

/// The planner takes 1000 rows for a function that says nothing of itself (100 for some), and so
/// does not know that it does not know.
void default_rows(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double estimated = number_in(*at.node, "Plan Rows");
  if (is(at, "Function Scan") && (estimated == 1000 || estimated == 100)) {
    c.add(PlanInsight::FunctionRowsDefault, at,
          {{"estimated_rows", estimated}, {"actual_rows", rows_of(at)}});
  }
}

/// A scan that takes most of the time though little of the cost: pages that are not where
/// random_page_cost and effective_cache_size have them, or a filter that is dear to compute.
void cost_and_time(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  const double all_cost = number_in(*c.nodes.front().node, "Total Cost");
  const double cost = number_in(*at.node, "Total Cost") * std::max(1.0, at.loops / at.processes);
  constexpr double kMost = 0.5;
  constexpr double kNoticedMs = 10;
  const bool scan = at.node->find("Relation Name") != nullptr;
  if (scan && at.exclusive_ms > kNoticedMs && at.exclusive_ms > kMost * c.all_ms && all_cost > 0 &&
      cost < kMuchTime * all_cost) {
    c.add(PlanInsight::CostTimeMismatch, at,
          {{"cost_share", cost / all_cost}, {"time_share", at.exclusive_ms / c.all_ms}});
  }
}

}  // namespace

void estimates(const Context& c, std::size_t i) {
  const NodeTimes& at = c.nodes[i];
  cost_and_time(c, i);
  const double error = q_error(at);
  if (error < kMisestimate || !ran_to_the_end(c.nodes, i)) {
    return;
  }
  bool inputs_right = true;
  for (std::size_t j = i + 1; j < c.nodes.size(); ++j) {
    inputs_right = inputs_right && (c.nodes[j].parent != i || q_error(c.nodes[j]) < kMisestimate);
  }
  default_rows(c, i);
  const bool own_fault = !inputs_right && is_join(at) && wrong_beyond_inputs(c, i, error);
  c.add(own_fault      ? PlanInsight::JoinMisestimate
        : inputs_right ? PlanInsight::MisestimateRoot
                       : PlanInsight::RowMisestimate,
        at,
        {{"estimated_rows", number_in(*at.node, "Plan Rows")},
         {"actual_rows", rows_of(at)},
         {"q_error", error}});
}

}  // namespace quern::collector::insights
