// The steps above scans and joins, in their order. Source: planner.c (grouping_planner,
// preprocess_limit, standard_qp_callback), PostgreSQL 15.
#include <algorithm>
#include <tuple>

#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/set_operations.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

namespace {

void collect_aggregates(const ExprPtr& expr, std::vector<ExprPtr>& out) {
  if (!expr) {
    return;
  }
  if (expr->kind == ExprKind::Aggref) {
    if (std::none_of(out.begin(), out.end(), [&](const ExprPtr& a) { return equal(a, expr); })) {
      out.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_aggregates(child, out);
  }
}

void collect_windows(const ExprPtr& expr, std::vector<ExprPtr>& out) {
  if (expr->kind == ExprKind::WindowFunc) {
    // find_window_functions(): the same call twice is computed once.
    if (std::none_of(out.begin(), out.end(), [&](const ExprPtr& f) { return equal(f, expr); })) {
      out.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_windows(child, out);
  }
}

/// PARTITION BY, then what ORDER BY adds.
std::vector<SortGroupClause> window_order(const WindowClause& window) {
  auto clauses = window.partition;
  for (const auto& order : window.order) {
    if (std::none_of(clauses.begin(), clauses.end(),
                     [&](const SortGroupClause& c) { return c.ref == order.ref; })) {
      clauses.push_back(order);
    }
  }
  return clauses;
}

/// common_prefix_cmp(): later columns first; of an order and its prefix the longer first.
bool window_precedes(const std::vector<SortGroupClause>& a, const std::vector<SortGroupClause>& b) {
  const auto key = [](const SortGroupClause& c) {
    return std::tuple{c.ref, c.sort_operator, c.nulls_first};
  };
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (key(a[i]) != key(b[i])) {
      return key(a[i]) > key(b[i]);
    }
  }
  return a.size() > b.size();
}

}  // namespace

void UpperPlanner::run() {
  preprocess_limit();
  RelOptInfo* current = nullptr;
  if (query_.set_operation) {
    root_.tuple_fraction =
        query_.order_by.empty() || root_.global->cost.server.limits_ordered_set_operations()
            ? tuple_fraction_
            : 0.0;
    current = plan_set_operations(root_);
    final_target_ = current->paths.front()->target;
    root_.sort_pathkeys = pathkeys_for_sortclauses(root_, query_.order_by, query_.targets);
    sort_target_ = final_target_;
  } else {
    current = plan_select();
  }
  if (!query_.order_by.empty()) {
    current = ordered_paths(*current);
    add_target_levels(*current, final_levels_);
  }
  finish(*current);
}

std::optional<double> UpperPlanner::constant_count(const ExprPtr& expr) const {
  if (!expr) {
    return 0;
  }
  const ExprPtr value = estimation_value(root_, expr);
  if (value->kind == ExprKind::Const) {
    if (value->is_null) {
      return 0;
    }
    return value->value ? static_cast<double>(value->value->integer)
                        : std::strtod(value->text.c_str(), nullptr);
  }
  return std::nullopt;
}

void UpperPlanner::preprocess_limit() {
  const bool has_limit =
      query_.limit && !(query_.limit->kind == ExprKind::Const && query_.limit->is_null);
  const bool has_offset =
      query_.offset && !(query_.offset->kind == ExprKind::Const &&
                         (query_.offset->is_null || query_.offset->text == "0"));
  if (!has_limit && !has_offset) {
    if (query_.limit || query_.offset) {
      count_est_ = offset_est_ = 0;
    }
    return;
  }
  needs_limit_ = true;
  count_est_ = 0;
  offset_est_ = 0;
  if (query_.limit) {
    const auto value = constant_count(query_.limit);
    const bool is_null = query_.limit->kind == ExprKind::Const && query_.limit->is_null;
    count_est_ = is_null ? 0 : value ? std::max(1.0, *value) : -1;
  }
  if (query_.offset) {
    const auto value = constant_count(query_.offset);
    offset_est_ = value ? std::max(0.0, *value) : -1;
  }
  double fraction = tuple_fraction_;
  if (count_est_ != 0) {
    double limit_fraction = 0.10;
    if (count_est_ > 0 && offset_est_ >= 0) {
      limit_fraction = count_est_ + offset_est_;
    }
    if (fraction >= 1.0) {
      if (limit_fraction >= 1.0) {
        fraction = std::min(fraction, limit_fraction);
      }
    } else if (fraction > 0.0) {
      if (limit_fraction >= 1.0) {
        fraction = limit_fraction;
      } else {
        fraction = std::min(fraction, limit_fraction);
      }
    } else {
      fraction = limit_fraction;
    }
  } else if (offset_est_ != 0 && fraction > 0.0) {
    double limit_fraction = offset_est_ < 0 ? 0.10 : offset_est_;
    if (fraction >= 1.0) {
      fraction = limit_fraction >= 1.0 ? fraction + limit_fraction : limit_fraction;
    } else if (limit_fraction >= 1.0) {
      // absolute offset with a fractional caller: the caller's stands
    } else {
      fraction += limit_fraction;
      if (fraction >= 1.0) {
        fraction = 0.0;
      }
    }
  }
  tuple_fraction_ = fraction;
  if (count_est_ > 0 && offset_est_ >= 0) {
    limit_tuples_ = count_est_ + offset_est_;
  }
}

[[nodiscard]] bool UpperPlanner::has_grouping() const {
  return !query_.group_by.empty() || query_.has_grouping_sets || query_.has_aggregates ||
         root_.has_having;
}

[[nodiscard]] ExprPtr UpperPlanner::target_of(int ref) const {
  for (const auto& target : query_.targets) {
    if (target.sort_group_ref == ref) {
      return target.expr;
    }
  }
  return nullptr;
}

void UpperPlanner::set_query_pathkeys() {
  const auto keys = [&](const std::vector<SortGroupClause>& clauses) {
    bool sortable = true;
    auto result = pathkeys_for_sortclauses(root_, clauses, query_.targets, &sortable);
    return sortable ? result : PathKeys{};
  };
  const bool drops = root_.global->cost.server.drops_redundant_grouping();
  if (!query_.has_grouping_sets) {
    root_.group_pathkeys =
        drops ? processed_pathkeys(root_, group_clause_, query_.targets) : keys(group_clause_);
    group_keys_ = root_.group_pathkeys.size();
    const bool sortable = std::all_of(group_clause_.begin(), group_clause_.end(),
                                      [](const auto& g) { return g.sort_operator != 0; });
    if (sortable && root_.global->cost.server.presorts_aggregates() &&
        root_.global->cost.enable_presorted_aggregate) {
      add_aggregate_order();
    }
  } else if (!grouping_sets_.rollups.empty()) {
    root_.group_pathkeys = keys(group_clauses(grouping_sets_.rollups.front().columns));
    group_keys_ = root_.group_pathkeys.size();
  }
  if (const auto windows = active_windows(); !windows.empty()) {
    root_.window_pathkeys = window_keys(query_.windows[windows.front()]);
  }
  root_.distinct_pathkeys =
      drops ? processed_pathkeys(root_, distinct_clause_, query_.targets) : keys(distinct_clause_);
  root_.sort_pathkeys = keys(query_.order_by);
  root_.setop_pathkeys = set_operation_pathkeys();
  if (!root_.group_pathkeys.empty()) {
    root_.query_pathkeys = root_.group_pathkeys;
  } else if (!root_.window_pathkeys.empty()) {
    root_.query_pathkeys = root_.window_pathkeys;
  } else if (root_.distinct_pathkeys.size() > root_.sort_pathkeys.size()) {
    root_.query_pathkeys = root_.distinct_pathkeys;
  } else if (!root_.sort_pathkeys.empty()) {
    root_.query_pathkeys = root_.sort_pathkeys;
  } else {
    root_.query_pathkeys = root_.setop_pathkeys;
  }
}

PathKeys UpperPlanner::set_operation_pathkeys() {
  const auto* parent = root_.parent_operation;
  if (parent == nullptr) {
    return {};
  }
  int next = 0;
  for (const auto& target : query_.targets) {
    next = std::max(next, target.sort_group_ref);
  }
  auto clauses = parent->grouping;
  std::size_t column = 0;
  for (auto& target : query_.targets) {
    if (target.junk || column >= clauses.size()) {
      continue;
    }
    if (target.sort_group_ref == 0) {
      target.sort_group_ref = ++next;
    }
    clauses[column++].ref = target.sort_group_ref;
  }
  bool sortable = true;
  auto keys = pathkeys_for_sortclauses(root_, clauses, query_.targets, &sortable);
  return sortable ? keys : PathKeys{};
}

std::vector<std::size_t> UpperPlanner::active_windows() const {
  std::vector<std::size_t> result;
  for (std::size_t w = 0; w < query_.windows.size(); ++w) {
    if (std::any_of(window_functions_.begin(), window_functions_.end(),
                    [&](const ExprPtr& f) { return f->window == static_cast<int>(w) + 1; })) {
      result.push_back(w);
    }
  }
  std::stable_sort(result.begin(), result.end(), [&](std::size_t a, std::size_t b) {
    return window_precedes(window_order(query_.windows[a]), window_order(query_.windows[b]));
  });
  return result;
}

PathKeys UpperPlanner::window_keys(const WindowClause& window) {
  return pathkeys_for_sortclauses(root_, window_order(window), query_.targets);
}

RelOptInfo* UpperPlanner::plan_select() {
  root_.written_groups = query_.group_by.size();
  // Since 16 a GROUP BY is shortened that ORDER BY has ordered (processed_groupClause); before,
  // what ORDER BY meets is the shorter one.
  if (root_.global->cost.server.drops_redundant_grouping()) {
    order_group_clause();
    remove_useless_group_columns();
  } else {
    remove_useless_group_columns();
    order_group_clause();
  }
  if (query_.has_grouping_sets) {
    grouping_sets_ = plan_grouping_sets(query_);
  }
  group_clause_ = query_.group_by;
  distinct_clause_ = query_.distinct;
  optimize_window_frames();
  add_row_identities();
  root_.tuple_fraction = tuple_fraction_;
  const bool needs_all = has_grouping() || !query_.distinct.empty() ||
                         query_.has_window_functions || query_.has_returning_set;
  root_.limit_tuples = needs_all ? -1.0 : limit_tuples_;
  for (const auto& target : query_.targets) {
    collect_aggregates(target.expr, aggregates_);
  }
  collect_aggregates(query_.having, aggregates_);
  for (const auto& target : query_.targets) {
    collect_windows(target.expr, window_functions_);
  }
  RelOptInfo* current = query_planner(root_, [&](PlannerInfo&) { set_query_pathkeys(); });

  final_target_ = keep(make_target(root_, query_.targets));
  sort_target_ = sort_input_target();
  grouping_target_ = query_.has_window_functions ? window_input_target() : sort_target_;
  scanjoin_target_ = has_grouping() ? group_input_target() : grouping_target_;
  split_targets();
  apply_scanjoin_target(*current);
  if (has_grouping()) {
    current = grouping_paths(*current);
    add_target_levels(*current, grouping_levels_);
  }
  if (query_.has_window_functions) {
    current = window_paths(*current);
    add_target_levels(*current, sort_levels_);
  }
  if (!query_.distinct.empty()) {
    current = distinct_paths(*current);
  }
  return current;
}

void grouping_planner(PlannerInfo& root, double tuple_fraction) {
  UpperPlanner{root, tuple_fraction}.run();
}

}  // namespace quern::planner_model
