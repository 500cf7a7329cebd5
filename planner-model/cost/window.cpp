// What window functions cost. Source: cost_windowagg(), costsize.c.
#include <algorithm>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

double groups_of(PlannerInfo& root, const std::vector<SortGroupClause>& clauses, double rows) {
  std::vector<ExprPtr> exprs;
  for (const auto& clause : clauses) {
    for (const auto& target : root.query.targets) {
      if (target.sort_group_ref == clause.ref) {
        exprs.push_back(target.expr);
        break;
      }
    }
  }
  return estimate_num_groups(root, exprs, rows);
}

/// The N of "N FOLLOWING", where it is an integer constant.
double end_offset(const WindowClause& window, double default_offset) {
  const ExprPtr& offset = window.end_offset;
  if (!offset || offset->kind != ExprKind::Const) {
    return default_offset;
  }
  if (offset->is_null) {
    return 1.0;
  }
  const bool integer = offset->type == type_oid::kInt2 || offset->type == type_oid::kInt4 ||
                       offset->type == type_oid::kInt8;
  return integer && offset->value ? static_cast<double>(offset->value->integer) : default_offset;
}

/// get_windowclause_startup_tuples(): rows read before the first can be put out.
double window_startup_tuples(PlannerInfo& root, const WindowClause& window, double input_tuples) {
  const double partition = window.partition.empty()
                               ? input_tuples
                               : input_tuples / groups_of(root, window.partition, input_tuples);
  const double peers =
      window.order.empty() ? 1.0 : partition / groups_of(root, window.order, partition);
  const bool by_rows = (window.frame_options & frame::kRows) != 0;
  double read = 1.0;
  if ((window.frame_options & frame::kEndUnboundedFollowing) != 0) {
    read = partition;
  } else if ((window.frame_options & frame::kEndCurrentRow) != 0) {
    read = by_rows ? 1.0 : window.order.empty() ? partition : peers;
  } else if ((window.frame_options & frame::kEndOffsetFollowing) != 0) {
    const double offset = end_offset(window, partition / peers * kDefaultInequalitySelectivity);
    read = by_rows ? offset + 1.0 : peers * (offset + 1.0);
  }
  if (!window.partition.empty() || !window.order.empty()) {
    read += 1.0;  // the row that shows the end of the partition or of the peers
  }
  return clamp_row_est(std::min(read, partition));
}

}  // namespace

void cost_windowagg(Path& path, PlannerInfo& root, const std::vector<ExprPtr>& functions,
                    const WindowClause& window, double input_startup, double input_total,
                    double input_tuples) {
  const auto& p = root.global->cost;
  double startup = input_startup;
  double total = input_total;
  for (const auto& function : functions) {
    QualCost arguments = exprs_cost(function->args, root);
    startup += arguments.startup;
    double per_tuple = arguments.per_tuple;
    const auto* definition = root.global->types->function(function->function);
    per_tuple += (definition != nullptr ? definition->cost : 1.0) * p.cpu_operator_cost;
    if (function->filter) {
      const QualCost filter = expr_cost(function->filter, root);
      startup += filter.startup;
      per_tuple += filter.per_tuple;
    }
    total += per_tuple * input_tuples;
  }
  const auto columns = static_cast<double>(window.partition.size() + window.order.size());
  total += p.cpu_operator_cost * columns * input_tuples;
  total += p.cpu_tuple_cost * input_tuples;
  path.rows = input_tuples;
  path.startup = startup;
  path.total = total;
  if (p.server.windows_charge_startup()) {
    const double read = window_startup_tuples(root, window, input_tuples);
    if (read > 1.0) {
      path.startup += (total - startup) / input_tuples * (read - 1.0);
    }
  }
}

}  // namespace quern::planner_model
