// Grouping, windows, DISTINCT, ORDER BY, LIMIT and the outermost nodes. Source: planner.c,
// PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/set_operations.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

PathTarget make_target(PlannerInfo& root, std::vector<ExprPtr> exprs, std::vector<int> refs) {
  // set_pathtarget_cost_width().
  PathTarget target;
  target.exprs = std::move(exprs);
  target.sort_group_refs = std::move(refs);
  int width = 0;
  for (const auto& expr : target.exprs) {
    if (expr->kind == ExprKind::Var && expr->levels_up == 0) {
      const auto range = static_cast<std::size_t>(expr->varno);
      const auto* rel = range < root.base.size() ? root.base[range] : nullptr;
      if (rel != nullptr) {
        const auto it = rel->widths.find(expr->attno);
        width += it != rel->widths.end() && it->second > 0
                     ? it->second
                     : type_width(root, expr->type, expr->typmod);
        continue;
      }
    }
    width += type_width(root, expr->type, expr->typmod);
    if (expr->kind != ExprKind::Var) {
      target.cost += expr_cost(expr, root);
    }
  }
  target.width = width;
  return target;
}

PathTarget make_target(PlannerInfo& root, const std::vector<TargetEntry>& targets) {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  for (const auto& target : targets) {
    exprs.push_back(target.expr);
    refs.push_back(target.sort_group_ref);
  }
  return make_target(root, std::move(exprs), std::move(refs));
}

namespace {

bool is_aggregate_like(const Expr& e) {
  return e.kind == ExprKind::Aggref || e.kind == ExprKind::GroupingFunc;
}

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
    out.push_back(expr);
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_windows(child, out);
  }
}

/// pull_var_clause() over aggregates or window functions, which count as columns when `whole`
/// holds.
template <class Whole>
void pull_parts(const ExprPtr& expr, const Whole& whole, std::vector<ExprPtr>& out) {
  if (expr->kind == ExprKind::Var || whole(*expr)) {
    if ((expr->kind != ExprKind::Var || expr->levels_up == 0) &&
        std::none_of(out.begin(), out.end(), [&](const ExprPtr& e) { return equal(e, expr); })) {
      out.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    pull_parts(child, whole, out);
  }
}

class UpperPlanner {
 public:
  UpperPlanner(PlannerInfo& root, double tuple_fraction)
      : root_{root}, query_{root.query}, tuple_fraction_{tuple_fraction} {}

  void run() {
    preprocess_limit();
    RelOptInfo* current = nullptr;
    if (query_.set_operation) {
      root_.tuple_fraction = query_.order_by.empty() ? tuple_fraction_ : 0.0;
      current = plan_set_operations(root_);
      final_target_ = *current->paths.front()->target;
      root_.sort_pathkeys = sort_keys_of_setop(*current);
      sort_target_ = final_target_;
    } else {
      current = plan_select();
    }
    if (!query_.order_by.empty()) {
      current = ordered_paths(*current);
    }
    finish(*current);
  }

 private:
  // --- LIMIT

  std::optional<double> constant_count(const ExprPtr& expr) const {
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

  void preprocess_limit() {
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

  // --- FROM, WHERE, grouping

  [[nodiscard]] bool has_grouping() const {
    return !query_.group_by.empty() || query_.has_grouping_sets || query_.has_aggregates ||
           query_.having;
  }

  void order_group_clause() {
    // preprocess_groupclause(): GROUP BY takes the order of ORDER BY's common prefix.
    if (query_.has_grouping_sets || query_.group_by.empty() || query_.order_by.empty()) {
      return;
    }
    std::vector<SortGroupClause> ordered;
    for (const auto& sort : query_.order_by) {
      const auto it = std::find_if(query_.group_by.begin(), query_.group_by.end(),
                                   [&](const SortGroupClause& g) { return g.ref == sort.ref; });
      if (it == query_.group_by.end()) {
        break;
      }
      ordered.push_back(sort);
    }
    const bool partial = ordered.size() < query_.group_by.size();
    if (ordered.empty()) {
      return;
    }
    for (const auto& group : query_.group_by) {
      if (std::none_of(ordered.begin(), ordered.end(),
                       [&](const SortGroupClause& o) { return o.ref == group.ref; })) {
        if (partial && group.sort_operator == 0) {
          return;
        }
        ordered.push_back(group);
      }
    }
    query_.group_by = ordered;
  }

  /// remove_useless_groupby_columns(): columns that a primary key in the list determines.
  void remove_useless_group_columns() {
    if (query_.group_by.size() < 2 || query_.has_grouping_sets) {
      return;
    }
    std::map<int, std::set<int>> columns;
    for (const auto& group : query_.group_by) {
      const auto& expr = target_of(group.ref);
      if (expr && expr->kind == ExprKind::Var && expr->levels_up == 0) {
        columns[expr->varno].insert(expr->attno);
      }
    }
    for (const auto& [varno, attnos] : columns) {
      const auto& entry = query_.range_table[static_cast<std::size_t>(varno) - 1];
      if (entry.kind != RangeKind::Relation || attnos.size() < 2) {
        continue;
      }
      for (const auto& constraint : root_.global->catalog->constraints) {
        if (constraint.kind != 'p' || constraint.table != entry.table->oid ||
            constraint.deferrable || constraint.columns.size() >= attnos.size()) {
          continue;
        }
        const bool covered =
            std::all_of(constraint.columns.begin(), constraint.columns.end(),
                        [&, &found = attnos](auto column) { return found.contains(column); });
        if (!covered) {
          continue;
        }
        std::erase_if(query_.group_by, [&, number = varno](const SortGroupClause& group) {
          const auto& expr = target_of(group.ref);
          return expr && expr->kind == ExprKind::Var && expr->varno == number &&
                 std::find(constraint.columns.begin(), constraint.columns.end(), expr->attno) ==
                     constraint.columns.end();
        });
      }
    }
  }

  [[nodiscard]] ExprPtr target_of(int ref) const {
    for (const auto& target : query_.targets) {
      if (target.sort_group_ref == ref) {
        return target.expr;
      }
    }
    return nullptr;
  }

  void set_query_pathkeys() {
    const auto keys = [&](const std::vector<SortGroupClause>& clauses) {
      bool sortable = true;
      auto result = pathkeys_for_sortclauses(root_, clauses, query_.targets, &sortable);
      return sortable ? result : PathKeys{};
    };
    if (!query_.has_grouping_sets) {
      root_.group_pathkeys = keys(query_.group_by);
    } else if (!grouping_sets_.rollups.empty()) {
      root_.group_pathkeys = keys(group_clauses(grouping_sets_.rollups.front().columns));
    }
    if (!query_.windows.empty()) {
      root_.window_pathkeys = window_keys(query_.windows.front());
    }
    root_.distinct_pathkeys = keys(query_.distinct);
    root_.sort_pathkeys = keys(query_.order_by);
    if (!root_.group_pathkeys.empty()) {
      root_.query_pathkeys = root_.group_pathkeys;
    } else if (!root_.window_pathkeys.empty()) {
      root_.query_pathkeys = root_.window_pathkeys;
    } else if (root_.distinct_pathkeys.size() > root_.sort_pathkeys.size()) {
      root_.query_pathkeys = root_.distinct_pathkeys;
    } else {
      root_.query_pathkeys = root_.sort_pathkeys;
    }
  }

  PathKeys window_keys(const WindowClause& window) {
    auto clauses = window.partition;
    for (const auto& order : window.order) {
      if (std::none_of(clauses.begin(), clauses.end(),
                       [&](const SortGroupClause& c) { return c.ref == order.ref; })) {
        clauses.push_back(order);
      }
    }
    return pathkeys_for_sortclauses(root_, clauses, query_.targets);
  }

  void add_system_column(int range, int attno, Oid type, const char* name) {
    auto var = std::make_shared<Expr>();
    var->kind = ExprKind::Var;
    var->varno = range;
    var->attno = attno;
    var->type = type;
    TargetEntry entry;
    entry.expr = std::move(var);
    entry.name = name;
    entry.junk = true;
    query_.targets.push_back(std::move(entry));
  }

  void add_row_identity(int range) {
    const auto& entry = query_.range_table[static_cast<std::size_t>(range) - 1];
    if (entry.kind != RangeKind::Relation) {
      if (entry.kind != RangeKind::Result) {
        add_system_column(range, 0, type_oid::kRecord, "wholerow");
      }
      return;
    }
    add_system_column(range, -1, type_oid::kTid, "ctid");
    const bool has_children =
        entry.table->kind == 'p' || root_.global->children->contains(entry.table->oid);
    if (has_children && entry.inherit) {
      add_system_column(range, -6, type_oid::kOid, "tableoid");
    }
  }

  void add_row_marks(const JoinTree& tree) {
    if (tree.kind == JoinTree::Kind::Range) {
      if (tree.range != query_.result_range) {
        add_row_identity(tree.range);
      }
      return;
    }
    for (const auto& child : tree.children) {
      add_row_marks(child);
    }
  }

  /// What UPDATE, DELETE and FOR UPDATE need to find the rows again (preprocess_targetlist()).
  void add_row_identities() {
    const bool modifies = query_.command == Command::Update || query_.command == Command::Delete;
    if (modifies) {
      add_row_identity(query_.result_range);
    }
    if (modifies || !query_.row_marks.empty()) {
      add_row_marks(query_.join_tree);
    }
  }

  RelOptInfo* plan_select() {
    order_group_clause();
    remove_useless_group_columns();
    if (query_.has_grouping_sets) {
      grouping_sets_ = plan_grouping_sets(query_);
    }
    add_row_identities();
    root_.has_having = query_.having != nullptr;
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

    final_target_ = make_target(root_, query_.targets);
    sort_target_ = sort_input_target();
    grouping_target_ = query_.has_window_functions ? window_input_target() : sort_target_;
    scanjoin_target_ = has_grouping() ? group_input_target() : grouping_target_;
    split_srfs();
    apply_scanjoin_target(*current);
    if (has_grouping()) {
      current = grouping_paths(*current);
    }
    if (query_.has_window_functions) {
      current = window_paths(*current);
    }
    if (!query_.distinct.empty()) {
      current = distinct_paths(*current);
    }
    return current;
  }

  void split_srfs() {
    if (query_.has_returning_set) {
      root_.global->unmodelled.insert("set-returning function in the select list");
    }
  }

  // --- targets

  /// make_sort_input_target(): volatile or expensive output is computed after the sort.
  PathTarget sort_input_target() {
    if (query_.order_by.empty()) {
      return final_target_;
    }
    std::vector<bool> postpone(final_target_.exprs.size(), false);
    bool any = false;
    for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
      const auto& expr = final_target_.exprs[i];
      if (final_target_.sort_group_refs[i] != 0) {
        continue;
      }
      const bool is_volatile = contains_volatile(expr, root_);
      const QualCost cost = expr_cost(expr, root_);
      const bool expensive = cost.per_tuple > 10 * root_.global->cost.cpu_operator_cost;
      if (is_volatile || (expensive && query_.limit)) {
        postpone[i] = true;
        any = true;
      } else if (query_.limit && cost.per_tuple > 0 && tuple_fraction_ > 0) {
        // Cheap expressions stay; the server postpones all only when some must be.
      }
    }
    if (!any) {
      return final_target_;
    }
    std::vector<ExprPtr> exprs;
    std::vector<int> refs;
    std::vector<ExprPtr> parts;
    for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
      if (!postpone[i]) {
        exprs.push_back(final_target_.exprs[i]);
        refs.push_back(final_target_.sort_group_refs[i]);
      } else {
        pull_parts(
            final_target_.exprs[i],
            [](const Expr& e) {
              return e.kind == ExprKind::Aggref || e.kind == ExprKind::WindowFunc;
            },
            parts);
      }
    }
    append_missing(exprs, refs, parts);
    return make_target(root_, exprs, refs);
  }

  static void append_missing(std::vector<ExprPtr>& exprs, std::vector<int>& refs,
                             const std::vector<ExprPtr>& parts) {
    for (const auto& part : parts) {
      if (std::none_of(exprs.begin(), exprs.end(),
                       [&](const ExprPtr& e) { return equal(e, part); })) {
        exprs.push_back(part);
        refs.push_back(0);
      }
    }
  }

  [[nodiscard]] bool is_group_ref(int ref) const {
    return ref != 0 && std::any_of(query_.group_by.begin(), query_.group_by.end(),
                                   [&](const SortGroupClause& g) { return g.ref == ref; });
  }

  /// make_group_input_target(): grouping columns, and the columns under everything else.
  PathTarget group_input_target() {
    std::vector<ExprPtr> exprs;
    std::vector<int> refs;
    std::vector<ExprPtr> parts;
    for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
      if (is_group_ref(final_target_.sort_group_refs[i])) {
        exprs.push_back(final_target_.exprs[i]);
        refs.push_back(final_target_.sort_group_refs[i]);
      } else {
        pull_parts(
            final_target_.exprs[i], [](const Expr&) { return false; }, parts);
      }
    }
    if (query_.having) {
      pull_parts(
          query_.having, [](const Expr&) { return false; }, parts);
    }
    append_missing(exprs, refs, parts);
    return make_target(root_, exprs, refs);
  }

  /// make_window_input_target().
  PathTarget window_input_target() {
    std::vector<ExprPtr> exprs;
    std::vector<int> refs;
    std::vector<ExprPtr> parts;
    const auto needed = [&](int ref) {
      if (ref == 0) {
        return false;
      }
      if (is_group_ref(ref)) {
        return true;
      }
      for (const auto& window : query_.windows) {
        for (const auto* list : {&window.partition, &window.order}) {
          for (const auto& clause : *list) {
            if (clause.ref == ref) {
              return true;
            }
          }
        }
      }
      return false;
    };
    for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
      if (needed(final_target_.sort_group_refs[i])) {
        exprs.push_back(final_target_.exprs[i]);
        refs.push_back(final_target_.sort_group_refs[i]);
      } else {
        pull_parts(final_target_.exprs[i], is_aggregate_like, parts);
      }
    }
    append_missing(exprs, refs, parts);
    return make_target(root_, exprs, refs);
  }

  static bool same_exprs(const PathTarget& a, const PathTarget& b) {
    return a.exprs.size() == b.exprs.size() &&
           std::equal(a.exprs.begin(), a.exprs.end(), b.exprs.begin(),
                      [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); });
  }

  const PathTarget* keep(PathTarget target) {
    return &root_.global->targets.emplace_back(std::move(target));
  }

  [[nodiscard]] bool parallel_safe(const PathTarget& target) const {
    return std::all_of(target.exprs.begin(), target.exprs.end(),
                       [&](const ExprPtr& expr) { return is_parallel_safe(expr, root_); });
  }

  void apply_scanjoin_target(RelOptInfo& rel) {
    const auto* target = keep(scanjoin_target_);
    const bool same = same_exprs(*target, rel.target);
    const bool safe = parallel_safe(*target);
    if (!safe) {
      generate_useful_gather_paths(root_, rel, false);
      rel.partial_paths.clear();
      rel.consider_parallel = false;
    }
    if (rel.is_append && rel.table != nullptr && rel.table->kind == 'p' && !rel.is_dummy) {
      // Partitions compute the target themselves, and are appended anew.
      for (auto* member : rel.members) {
        if (!safe) {
          member->partial_paths.clear();
          member->consider_parallel = false;
        }
        project_paths(*member, target, same);
        set_cheapest(*member);
      }
      rel.target = *target;
      rel.paths.clear();
      rel.partial_paths.clear();
      add_paths_to_append_rel(root_, rel);
    } else {
      project_paths(rel, target, same);
      rel.target = *target;
    }
    if (rel.consider_parallel) {
      generate_useful_gather_paths(root_, rel, false);
    }
    set_cheapest(rel);
  }

  void project_paths(RelOptInfo& rel, const PathTarget* target, bool same) {
    for (auto* list : {&rel.paths, &rel.partial_paths}) {
      for (auto*& path : *list) {
        if (path->param != nullptr) {
          continue;
        }
        if (same) {
          // Only the labels are new: the width stays the relation's.
          auto own = *path->target;
          own.sort_group_refs = target->sort_group_refs;
          auto& copy = root_.global->paths.emplace_back(*path);
          copy.target = keep(std::move(own));
          path = &copy;
        } else {
          path = create_projection_path(root_, rel, path, target);
        }
      }
    }
    rel.target = *target;
  }

  // --- grouping

  [[nodiscard]] std::vector<ExprPtr> group_exprs() const {
    std::vector<ExprPtr> exprs;
    for (const auto& group : query_.group_by) {
      exprs.push_back(target_of(group.ref));
    }
    return exprs;
  }

  [[nodiscard]] std::vector<SortGroupClause> group_clauses(const std::vector<int>& columns) const {
    std::vector<SortGroupClause> clauses;
    for (const int column : columns) {
      clauses.push_back(query_.group_by[static_cast<std::size_t>(column)]);
    }
    return clauses;
  }

  double number_of_groups(double input_rows) {
    if (!query_.group_by.empty()) {
      return estimate_num_groups(root_, group_exprs(), input_rows);
    }
    return 1;
  }

  /// Transition states, counted as get_agg_clause_costs() does: one for each distinct function and
  /// arguments.
  [[nodiscard]] int transitions() const {
    std::vector<ExprPtr> seen;
    const auto& types = *root_.global->types;
    for (const auto& aggregate : aggregates_) {
      const auto* a = types.aggregate(aggregate->function);
      const bool shared = std::any_of(seen.begin(), seen.end(), [&](const ExprPtr& other) {
        const auto* b = types.aggregate(other->function);
        return a != nullptr && b != nullptr && a->transition == b->transition &&
               a->transition_type == b->transition_type && aggregate->distinct == other->distinct &&
               aggregate->args.size() == other->args.size() &&
               std::equal(aggregate->args.begin(), aggregate->args.end(), other->args.begin(),
                          [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); }) &&
               equal(aggregate->filter, other->filter);
      });
      if (!shared) {
        seen.push_back(aggregate);
      }
    }
    return static_cast<int>(seen.size());
  }

  [[nodiscard]] bool can_hash_groups() const {
    if (query_.group_by.empty()) {
      return false;
    }
    for (const auto& aggregate : aggregates_) {
      if (aggregate->distinct || !aggregate->order_by.empty() || !aggregate->direct_args.empty()) {
        return false;
      }
    }
    return std::all_of(query_.group_by.begin(), query_.group_by.end(),
                       [](const SortGroupClause& g) { return g.hashable; });
  }

  [[nodiscard]] bool can_sort_groups() const {
    return std::all_of(query_.group_by.begin(), query_.group_by.end(),
                       [](const SortGroupClause& g) { return g.sort_operator != 0; });
  }

  /// can_partial_agg().
  [[nodiscard]] bool can_aggregate_partially() const {
    if (query_.has_grouping_sets || (!query_.has_aggregates && query_.group_by.empty())) {
      return false;
    }
    const auto& types = *root_.global->types;
    return std::all_of(aggregates_.begin(), aggregates_.end(), [&](const ExprPtr& aggregate) {
      const auto* a = types.aggregate(aggregate->function);
      return a != nullptr && a->combine != 0 && !aggregate->distinct &&
             aggregate->order_by.empty() && aggregate->direct_args.empty() &&
             (a->transition_type != type_oid::kInternal || a->serialize != 0);
    });
  }

  Path* agg_path(RelOptInfo& rel, Path* sub, const PathTarget* target, AggStrategy strategy,
                 AggSplit split, double groups, const std::vector<ExprPtr>& having) {
    auto* path = new_path(root_, PathKind::Aggregate, &rel, target);
    path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
    path->workers = sub->workers;
    path->children = {sub};
    path->strategy = strategy;
    path->split = split;
    path->groups = groups;
    path->group_clause = query_.group_by;
    path->quals = having;
    if (strategy == AggStrategy::Sorted) {
      path->pathkeys = sub->pathkeys;
    }
    cost_agg(*path, root_, strategy, agg_clause_costs(aggregates_, split, root_), transitions(),
             static_cast<int>(query_.group_by.size()), groups, having, sub->startup, sub->total,
             sub->rows, sub->target->width);
    path->startup += target->cost.startup;
    path->total += target->cost.startup + target->cost.per_tuple * path->rows;
    return path;
  }

  Path* group_path(RelOptInfo& rel, Path* sub, const PathTarget* target, double groups,
                   const std::vector<ExprPtr>& having) {
    auto* path = new_path(root_, PathKind::Group, &rel, target);
    path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
    path->workers = sub->workers;
    path->pathkeys = sub->pathkeys;
    path->children = {sub};
    path->group_clause = query_.group_by;
    path->quals = having;
    path->groups = groups;
    cost_group(*path, root_, static_cast<int>(query_.group_by.size()), groups, having, sub->startup,
               sub->total, sub->rows);
    path->startup += target->cost.startup;
    path->total += target->cost.startup + target->cost.per_tuple * path->rows;
    return path;
  }

  Path* sorted_group(RelOptInfo& rel, Path* sub, const PathTarget* target, AggSplit split,
                     double groups, const std::vector<ExprPtr>& having) {
    if (query_.has_aggregates) {
      return agg_path(rel, sub, target,
                      query_.group_by.empty() ? AggStrategy::Plain : AggStrategy::Sorted, split,
                      groups, having);
    }
    return group_path(rel, sub, target, groups, having);
  }

  /// Sorted inputs for grouping: those in order, the cheapest sorted, and incremental sorts.
  template <class Emit>
  void for_sorted_inputs(RelOptInfo& rel, const std::vector<Path*>& inputs, Path* cheapest,
                         const PathKeys& keys, const Emit& emit) {
    const bool incremental = root_.global->cost.enable_incremental_sort;
    for (auto* original : inputs) {
      int presorted = 0;
      const bool sorted = pathkeys_count_contained_in(keys, original->pathkeys, presorted);
      if (sorted) {
        emit(original);
        continue;
      }
      if (original == cheapest) {
        emit(create_sort_path(root_, rel, original, keys, -1.0));
      }
      if (incremental && presorted > 0) {
        emit(create_incremental_sort_path(root_, rel, original, keys, presorted, -1.0));
      }
    }
  }

  RelOptInfo* grouping_paths(RelOptInfo& input) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = input.relids;
    rel.consider_startup = tuple_fraction_ > 0;
    const auto* target = keep(grouping_target_);
    rel.target = *target;
    const auto having = conjuncts(query_.having);
    rel.consider_parallel = input.consider_parallel && parallel_safe(*target);
    if (query_.has_grouping_sets) {
      grouping_set_paths(rel, input, target, having);
      set_cheapest(rel);
      return &rel;
    }
    const double groups = number_of_groups(input.cheapest_total->rows);
    RelOptInfo* partial = nullptr;
    if (rel.consider_parallel && !input.partial_paths.empty() && can_aggregate_partially()) {
      partial = partial_grouping(input);
    }
    if (can_sort_groups()) {
      for_sorted_inputs(
          rel, input.paths, input.cheapest_total, root_.group_pathkeys, [&](Path* sub) {
            add_path(root_, rel, sorted_group(rel, sub, target, AggSplit::Simple, groups, having));
          });
      if (partial != nullptr) {
        for_sorted_inputs(
            rel, partial->paths, partial->cheapest_total, root_.group_pathkeys, [&](Path* sub) {
              add_path(root_, rel,
                       sorted_group(rel, sub, target, AggSplit::FinalDeserial, groups, having));
            });
      }
    }
    if (can_hash_groups()) {
      add_path(root_, rel,
               agg_path(rel, input.cheapest_total, target, AggStrategy::Hashed, AggSplit::Simple,
                        groups, having));
      if (partial != nullptr && !partial->paths.empty()) {
        add_path(root_, rel,
                 agg_path(rel, partial->cheapest_total, target, AggStrategy::Hashed,
                          AggSplit::FinalDeserial, groups, having));
      }
    }
    if (query_.group_by.empty() && query_.has_aggregates && !query_.having) {
      add_min_max_path(root_, rel, target, aggregates_);
    }
    set_cheapest(rel);
    return &rel;
  }

  RelOptInfo* partial_grouping(RelOptInfo& input) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = input.relids;
    rel.consider_parallel = true;
    rel.consider_startup = tuple_fraction_ > 0;
    // make_partial_grouping_target(): group columns and aggregates in transition form.
    std::vector<ExprPtr> exprs;
    std::vector<int> refs;
    std::vector<ExprPtr> parts;
    for (std::size_t i = 0; i < grouping_target_.exprs.size(); ++i) {
      if (is_group_ref(grouping_target_.sort_group_refs[i])) {
        exprs.push_back(grouping_target_.exprs[i]);
        refs.push_back(grouping_target_.sort_group_refs[i]);
      } else {
        pull_parts(grouping_target_.exprs[i], is_aggregate_like, parts);
      }
    }
    if (query_.having) {
      pull_parts(query_.having, is_aggregate_like, parts);
    }
    for (auto& part : parts) {
      if (part->kind == ExprKind::Aggref) {
        part = as_partial(part);
      }
    }
    append_missing(exprs, refs, parts);
    const auto* target = keep(make_target(root_, exprs, refs));
    rel.target = *target;
    auto* cheapest = input.partial_paths.front();
    const double groups = number_of_groups(cheapest->rows);
    if (can_sort_groups()) {
      for_sorted_inputs(rel, input.partial_paths, cheapest, root_.group_pathkeys, [&](Path* sub) {
        add_partial_path(root_, rel,
                         sorted_group(rel, sub, target, AggSplit::InitialSerial, groups, {}));
      });
    }
    if (can_hash_groups()) {
      add_partial_path(root_, rel,
                       agg_path(rel, cheapest, target, AggStrategy::Hashed, AggSplit::InitialSerial,
                                groups, {}));
    }
    if (rel.partial_paths.empty()) {
      return nullptr;
    }
    gather_grouping(rel);
    set_cheapest(rel);
    return &rel;
  }

  /// mark_partial_aggref(): the type of the transition state, serialized when internal.
  ExprPtr as_partial(const ExprPtr& aggregate) {
    auto partial = std::make_shared<Expr>(*aggregate);
    if (const auto* a = root_.global->types->aggregate(aggregate->function); a != nullptr) {
      Oid type = a->transition_type;
      if (type == type_oid::kInternal && a->serialize != 0) {
        type = type_oid::kBytea;
      } else if (root_.global->types->is_polymorphic(type) && !aggregate->args.empty()) {
        type = aggregate->type;
      }
      partial->type = type;
      partial->typmod = -1;
    }
    return partial;
  }

  void gather_grouping(RelOptInfo& rel) {
    generate_useful_gather_paths(root_, rel, true);
    auto* cheapest = rel.partial_paths.front();
    if (root_.group_pathkeys.empty()) {
      return;
    }
    if (!pathkeys_contained_in(root_.group_pathkeys, cheapest->pathkeys)) {
      const double rows = cheapest->rows * cheapest->workers;
      auto* sorted = create_sort_path(root_, rel, cheapest, root_.group_pathkeys, -1.0);
      add_path(
          root_, rel,
          create_gather_merge_path(root_, rel, sorted, &rel.target, root_.group_pathkeys, &rows));
    }
  }

  /// get_number_of_groups() for each set.
  void estimate_grouping_sets(double input_rows) {
    const auto estimate = [&](GroupingSet& set) {
      std::vector<ExprPtr> exprs;
      for (const auto& group : group_clauses(set.columns)) {
        exprs.push_back(target_of(group.ref));
      }
      set.groups = exprs.empty() ? 1 : estimate_num_groups(root_, exprs, input_rows);
    };
    for (auto& rollup : grouping_sets_.rollups) {
      std::for_each(rollup.sets.begin(), rollup.sets.end(), estimate);
    }
    std::for_each(grouping_sets_.unsortable.begin(), grouping_sets_.unsortable.end(), estimate);
  }

  void grouping_set_paths(RelOptInfo& rel, RelOptInfo& input, const PathTarget* target,
                          const std::vector<ExprPtr>& having) {
    Path* cheapest = input.cheapest_total;
    estimate_grouping_sets(cheapest->rows);
    const bool ordered = std::any_of(aggregates_.begin(), aggregates_.end(), [](const ExprPtr& a) {
      return a->distinct || !a->order_by.empty() || !a->direct_args.empty();
    });
    const bool can_hash = !query_.group_by.empty() && !ordered && grouping_sets_.any_hashable;
    const auto memory = [&](const Path* sub) {
      const double entry = hash_agg_entry_size(
          transitions(), sub->target->width,
          agg_clause_costs(aggregates_, AggSplit::Simple, root_).transition_space);
      return GroupingMemory{.limit = root_.global->cost.hash_memory(),
                            .table = [entry](double groups) { return entry * groups; }};
    };
    if (!grouping_sets_.rollups.empty()) {
      for_sorted_inputs(rel, input.paths, cheapest, root_.group_pathkeys, [&](Path* sub) {
        for (const auto& choice : sorted_grouping(grouping_sets_, can_hash, memory(sub))) {
          add_path(root_, rel, grouping_set_path(rel, sub, target, choice, having));
        }
      });
    }
    if (can_hash) {
      int presorted = 0;
      const bool in_order =
          pathkeys_count_contained_in(root_.group_pathkeys, cheapest->pathkeys, presorted);
      if (const auto choice = hashed_grouping(grouping_sets_, in_order, memory(cheapest))) {
        add_path(root_, rel, grouping_set_path(rel, cheapest, target, *choice, having));
      }
    }
  }

  /// create_groupingsets_path(). Each rollup after the first is paid for without its input, which
  /// is kept or sorted anew.
  Path* grouping_set_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                          const GroupingChoice& choice, const std::vector<ExprPtr>& having) {
    auto* path = new_path(root_, PathKind::Aggregate, &rel, target);
    path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
    path->workers = sub->workers;
    path->children = {sub};
    path->group_clause = query_.group_by;
    path->rollups = choice.rollups;
    path->quals = having;
    const bool single = choice.rollups.size() == 1;
    switch (choice.strategy) {
      case GroupingStrategy::Sorted:
        path->strategy = single && choice.rollups.front().columns.empty() ? AggStrategy::Plain
                                                                          : AggStrategy::Sorted;
        if (single) {
          path->pathkeys = root_.group_pathkeys;
        }
        break;
      case GroupingStrategy::Hashed:
        path->strategy = AggStrategy::Hashed;
        break;
      case GroupingStrategy::Mixed:
        path->strategy = single ? AggStrategy::Hashed : AggStrategy::Mixed;
        break;
    }
    const auto costs = agg_clause_costs(aggregates_, AggSplit::Simple, root_);
    const auto cost = [&](Path& to, AggStrategy strategy, const Rollup& rollup, double startup,
                          double total) {
      cost_agg(to, root_, strategy, costs, transitions(), static_cast<int>(rollup.columns.size()),
               rollup.groups(), having, startup, total, sub->rows, sub->target->width);
    };
    cost(*path, path->strategy, choice.rollups.front(), sub->startup, sub->total);
    bool input_used = !choice.rollups.front().hashed;
    for (std::size_t r = 1; r < choice.rollups.size(); ++r) {
      const Rollup& rollup = choice.rollups[r];
      Path sorted;
      if (!rollup.hashed && input_used) {
        cost_sort(sorted, root_, 0, sub->rows, sub->target->width, -1.0);
      }
      input_used |= !rollup.hashed;
      Path pass;
      cost(pass, rollup.hashed ? AggStrategy::Hashed : AggStrategy::Sorted, rollup, sorted.startup,
           sorted.total);
      path->total += pass.total;
      path->rows += pass.rows;
    }
    path->groups = path->rows;
    path->startup += target->cost.startup;
    path->total += target->cost.startup + target->cost.per_tuple * path->rows;
    return path;
  }

  // --- windows

  RelOptInfo* window_paths(RelOptInfo& input) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = input.relids;
    rel.consider_startup = tuple_fraction_ > 0;
    rel.target = sort_target_;
    rel.consider_parallel = input.consider_parallel && parallel_safe(sort_target_);
    const auto& windows = query_.windows;
    const auto one = [&](Path* path) {
      std::vector<ExprPtr> known = grouping_target_.exprs;
      std::vector<int> refs = grouping_target_.sort_group_refs;
      for (std::size_t w = 0; w < windows.size(); ++w) {
        std::vector<ExprPtr> functions;
        for (const auto& f : window_functions_) {
          if (f->window == static_cast<int>(w) + 1) {
            functions.push_back(f);
          }
        }
        if (functions.empty()) {
          continue;
        }
        const PathKeys keys = window_keys(windows[w]);
        int presorted = 0;
        if (!pathkeys_count_contained_in(keys, path->pathkeys, presorted)) {
          path = presorted > 0 && root_.global->cost.enable_incremental_sort
                     ? create_incremental_sort_path(root_, rel, path, keys, presorted, -1.0)
                     : create_sort_path(root_, rel, path, keys, -1.0);
        }
        const bool last = w + 1 == windows.size();
        const PathTarget* target = nullptr;
        if (last) {
          target = keep(sort_target_);
        } else {
          for (const auto& f : functions) {
            known.push_back(f);
            refs.push_back(0);
          }
          target = keep(make_target(root_, known, refs));
        }
        auto* agg = new_path(root_, PathKind::WindowAgg, &rel, target);
        agg->children = {path};
        agg->parallel_safe = agg->parallel_safe && path->parallel_safe;
        agg->pathkeys = path->pathkeys;
        agg->window = static_cast<int>(w) + 1;
        cost_windowagg(*agg, root_, functions, static_cast<int>(windows[w].partition.size()),
                       static_cast<int>(windows[w].order.size()), path->startup, path->total,
                       path->rows);
        agg->startup += target->cost.startup;
        agg->total += target->cost.startup + target->cost.per_tuple * agg->rows;
        path = agg;
      }
      add_path(root_, rel, path);
    };
    for (auto* path : input.paths) {
      int presorted = 0;
      if (path == input.cheapest_total ||
          pathkeys_count_contained_in(root_.window_pathkeys, path->pathkeys, presorted) ||
          presorted > 0) {
        one(path);
      }
    }
    set_cheapest(rel);
    return &rel;
  }

  // --- DISTINCT

  RelOptInfo* distinct_paths(RelOptInfo& input) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = input.relids;
    rel.consider_startup = tuple_fraction_ > 0;
    rel.target = sort_target_;
    rel.consider_parallel = input.consider_parallel;
    auto* cheapest = input.cheapest_total;
    const double rows = distinct_rows(cheapest->rows);
    const auto columns = static_cast<int>(root_.distinct_pathkeys.size());
    const auto unique = [&](Path* sub) {
      auto* path = new_path(root_, PathKind::UpperUnique, &rel, sub->target);
      path->children = {sub};
      path->parallel_safe = path->parallel_safe && sub->parallel_safe;
      path->pathkeys = sub->pathkeys;
      path->unique_columns = columns;
      path->startup = sub->startup;
      path->total = sub->total + root_.global->cost.cpu_operator_cost * sub->rows * columns;
      path->rows = rows;
      add_path(root_, rel, path);
    };
    const bool sortable =
        std::all_of(query_.distinct.begin(), query_.distinct.end(),
                    [](const SortGroupClause& d) { return d.sort_operator != 0; });
    if (sortable) {
      PathKeys needed = root_.distinct_pathkeys;
      if (query_.distinct_on && root_.distinct_pathkeys.size() < root_.sort_pathkeys.size()) {
        needed = root_.sort_pathkeys;
      }
      for (auto* path : input.paths) {
        if (pathkeys_contained_in(needed, path->pathkeys)) {
          unique(path);
        }
      }
      if (root_.distinct_pathkeys.size() < root_.sort_pathkeys.size()) {
        needed = root_.sort_pathkeys;
      }
      auto* path = cheapest;
      if (!pathkeys_contained_in(needed, path->pathkeys)) {
        path = create_sort_path(root_, rel, path, needed,
                                root_.distinct_pathkeys.empty() ? 1.0 : -1.0);
      }
      unique(path);
    }
    const bool hashable = !query_.distinct_on && root_.global->cost.enable_hashagg &&
                          std::all_of(query_.distinct.begin(), query_.distinct.end(),
                                      [](const SortGroupClause& d) { return d.hashable; });
    if (hashable) {
      auto* path = new_path(root_, PathKind::Aggregate, &rel, cheapest->target);
      path->children = {cheapest};
      path->parallel_safe = path->parallel_safe && cheapest->parallel_safe;
      path->strategy = AggStrategy::Hashed;
      path->groups = rows;
      path->group_clause = query_.distinct;
      cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(query_.distinct.size()),
               rows, {}, cheapest->startup, cheapest->total, cheapest->rows,
               cheapest->target->width);
      add_path(root_, rel, path);
    }
    partial_distinct(rel, input);
    set_cheapest(rel);
    return &rel;
  }

  [[nodiscard]] std::vector<ExprPtr> distinct_exprs() {
    std::vector<ExprPtr> exprs;
    for (const auto& d : query_.distinct) {
      exprs.push_back(target_of(d.ref));
    }
    return exprs;
  }

  /// Grouped rows are taken to be distinct already.
  [[nodiscard]] double distinct_rows(double input_rows) {
    return has_grouping() ? input_rows : estimate_num_groups(root_, distinct_exprs(), input_rows);
  }

  /// create_partial_distinct_paths() (PostgreSQL 15): each worker removes its own duplicates.
  void partial_distinct(RelOptInfo& rel, RelOptInfo& input) {
    if (root_.global->cost.version < 150000 || !input.consider_parallel ||
        input.partial_paths.empty() || query_.distinct_on) {
      return;
    }
    const bool hashable = std::all_of(query_.distinct.begin(), query_.distinct.end(),
                                      [](const SortGroupClause& d) { return d.hashable; });
    auto& partial = root_.global->rels.emplace_back();
    partial.kind = RelKind::Upper;
    partial.relids = input.relids;
    partial.consider_parallel = true;
    partial.target = input.target;
    auto* cheapest = input.partial_paths.front();
    const double rows = estimate_num_groups(root_, distinct_exprs(), cheapest->rows);
    const auto columns = static_cast<int>(root_.distinct_pathkeys.size());
    for (auto* sub : input.partial_paths) {
      if (pathkeys_contained_in(root_.distinct_pathkeys, sub->pathkeys)) {
        auto* path = new_path(root_, PathKind::UpperUnique, &partial, sub->target);
        path->children = {sub};
        path->workers = sub->workers;
        path->pathkeys = sub->pathkeys;
        path->unique_columns = columns;
        path->startup = sub->startup;
        path->total = sub->total + root_.global->cost.cpu_operator_cost * sub->rows * columns;
        path->rows = rows;
        add_partial_path(root_, partial, path);
      }
    }
    if (hashable && root_.global->cost.enable_hashagg) {
      auto* path = new_path(root_, PathKind::Aggregate, &partial, cheapest->target);
      path->children = {cheapest};
      path->workers = cheapest->workers;
      path->strategy = AggStrategy::Hashed;
      path->groups = rows;
      path->group_clause = query_.distinct;
      cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(query_.distinct.size()),
               rows, {}, cheapest->startup, cheapest->total, cheapest->rows,
               cheapest->target->width);
      add_partial_path(root_, partial, path);
    }
    if (partial.partial_paths.empty()) {
      return;
    }
    if (root_.global->cost.version < 160000) {
      generate_gather_paths(root_, partial, true);
    } else {
      generate_useful_gather_paths(root_, partial, true);
    }
    set_cheapest(partial);
    final_distinct(rel, partial, distinct_rows(partial.cheapest_total->rows), columns, hashable);
  }

  void final_distinct(RelOptInfo& rel, RelOptInfo& partial, double rows, int columns,
                      bool hashable) {
    auto* cheapest = partial.cheapest_total;
    const auto unique = [&](Path* sub) {
      auto* path = new_path(root_, PathKind::UpperUnique, &rel, sub->target);
      path->children = {sub};
      path->parallel_safe = path->parallel_safe && sub->parallel_safe;
      path->pathkeys = sub->pathkeys;
      path->unique_columns = columns;
      path->startup = sub->startup;
      path->total = sub->total + root_.global->cost.cpu_operator_cost * sub->rows * columns;
      path->rows = rows;
      add_path(root_, rel, path);
    };
    PathKeys needed = root_.distinct_pathkeys;
    for (auto* path : partial.paths) {
      if (pathkeys_contained_in(needed, path->pathkeys)) {
        unique(path);
      }
    }
    if (needed.size() < root_.sort_pathkeys.size()) {
      needed = root_.sort_pathkeys;
    }
    auto* sorted = cheapest;
    if (!pathkeys_contained_in(needed, sorted->pathkeys)) {
      sorted = create_sort_path(root_, rel, sorted, needed, -1.0);
    }
    unique(sorted);
    if (hashable && root_.global->cost.enable_hashagg) {
      auto* path = new_path(root_, PathKind::Aggregate, &rel, cheapest->target);
      path->children = {cheapest};
      path->parallel_safe = path->parallel_safe && cheapest->parallel_safe;
      path->strategy = AggStrategy::Hashed;
      path->groups = rows;
      path->group_clause = query_.distinct;
      cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(query_.distinct.size()),
               rows, {}, cheapest->startup, cheapest->total, cheapest->rows,
               cheapest->target->width);
      add_path(root_, rel, path);
    }
  }

  // --- ORDER BY

  PathKeys sort_keys_of_setop(RelOptInfo& rel) {
    (void)rel;
    return pathkeys_for_sortclauses(root_, query_.order_by, query_.targets);
  }

  RelOptInfo* ordered_paths(RelOptInfo& input) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = input.relids;
    rel.consider_startup = tuple_fraction_ > 0;
    rel.consider_parallel = input.consider_parallel && parallel_safe(final_target_);
    const auto* target = keep(final_target_);
    rel.target = *target;
    const double limit = limit_tuples_;
    const bool incremental = root_.global->cost.enable_incremental_sort;
    const auto emit = [&](Path* path) {
      if (!same_exprs(*path->target, *target)) {
        path = apply_projection(root_, rel, path, target);
      }
      add_path(root_, rel, path);
    };
    for (auto* original : input.paths) {
      int presorted = 0;
      if (pathkeys_count_contained_in(root_.sort_pathkeys, original->pathkeys, presorted)) {
        emit(original);
        continue;
      }
      if (original == input.cheapest_total) {
        emit(create_sort_path(root_, rel, original, root_.sort_pathkeys, limit));
      }
      if (incremental && presorted > 0) {
        emit(create_incremental_sort_path(root_, rel, original, root_.sort_pathkeys, presorted,
                                          limit));
      }
    }
    if (rel.consider_parallel && !root_.sort_pathkeys.empty() && !input.partial_paths.empty()) {
      auto* cheapest = input.partial_paths.front();
      if (!pathkeys_contained_in(root_.sort_pathkeys, cheapest->pathkeys)) {
        auto* sorted = create_sort_path(root_, rel, cheapest, root_.sort_pathkeys, limit);
        const double rows = cheapest->rows * cheapest->workers;
        emit(create_gather_merge_path(root_, rel, sorted, sorted->target, root_.sort_pathkeys,
                                      &rows));
      }
      if (incremental) {
        for (auto* sub : input.partial_paths) {
          int presorted = 0;
          if (pathkeys_count_contained_in(root_.sort_pathkeys, sub->pathkeys, presorted) ||
              presorted == 0) {
            continue;
          }
          auto* sorted =
              create_incremental_sort_path(root_, rel, sub, root_.sort_pathkeys, presorted, limit);
          const double rows = sub->rows * sub->workers;
          emit(create_gather_merge_path(root_, rel, sorted, sorted->target, root_.sort_pathkeys,
                                        &rows));
        }
      }
    }
    set_cheapest(rel);
    return &rel;
  }

  // --- the outermost nodes

  Path* limit_path(RelOptInfo& rel, Path* sub) {
    auto* path = new_path(root_, PathKind::Limit, &rel, sub->target);
    path->children = {sub};
    path->pathkeys = sub->pathkeys;
    path->workers = sub->workers;
    path->parallel_safe = path->parallel_safe && sub->parallel_safe;
    path->limit_count = count_est_;
    path->limit_offset = offset_est_;
    double rows = sub->rows;
    double startup = sub->startup;
    double total = sub->total;
    const double input_rows = rows;
    if (offset_est_ != 0) {
      double offset = offset_est_ > 0 ? offset_est_ : clamp_row_est(input_rows * 0.10);
      offset = std::min(offset, rows);
      if (input_rows > 0) {
        startup += (sub->total - sub->startup) * offset / input_rows;
      }
      rows = std::max(rows - offset, 1.0);
    }
    if (count_est_ != 0) {
      double wanted = count_est_ > 0 ? count_est_ : clamp_row_est(input_rows * 0.10);
      wanted = std::min(wanted, rows);
      if (input_rows > 0) {
        total = startup + (sub->total - sub->startup) * wanted / input_rows;
      }
      rows = std::max(wanted, 1.0);
    }
    path->rows = rows;
    path->startup = startup;
    path->total = total;
    return path;
  }

  Path* modify_path(RelOptInfo& rel, Path* sub) {
    auto* path = new_path(root_, PathKind::ModifyTable, &rel, sub->target);
    path->children = {sub};
    path->command = query_.command == Command::Insert   ? "Insert"
                    : query_.command == Command::Update ? "Update"
                                                        : "Delete";
    path->startup = sub->startup;
    path->total = sub->total;
    PathTarget target;
    if (!query_.returning.empty()) {
      path->rows = sub->rows;
      target = make_target(root_, query_.returning);
      target.width = sub->target->width;  // create_modifytable_path() takes the input's
    }
    path->target = keep(target);
    return path;
  }

  void finish(RelOptInfo& current) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.relids = current.relids;
    rel.consider_startup = tuple_fraction_ > 0;
    rel.target = final_target_;
    const bool modifies = query_.command != Command::Select;
    rel.consider_parallel = current.consider_parallel && !modifies && query_.row_marks.empty();
    for (auto* path : current.paths) {
      if (!query_.row_marks.empty() && !modifies) {
        auto* lock = new_path(root_, PathKind::LockRows, &rel, path->target);
        lock->children = {path};
        lock->pathkeys = {};
        lock->rows = path->rows;
        lock->startup = path->startup;
        lock->total = path->total + root_.global->cost.cpu_tuple_cost * path->rows;
        path = lock;
      }
      if (needs_limit_) {
        path = limit_path(rel, path);
      }
      if (modifies) {
        path = modify_path(rel, path);
      }
      add_path(root_, rel, path);
    }
    if (rel.consider_parallel && !needs_limit_) {
      rel.partial_paths = current.partial_paths;
    }
    set_cheapest(rel);
    root_.final_rel = &rel;
    root_.final_target = final_target_;
    root_.tuple_fraction = tuple_fraction_;
  }

  PlannerInfo& root_;
  Query& query_;
  double tuple_fraction_;
  double limit_tuples_ = -1;
  double count_est_ = 0;
  double offset_est_ = 0;
  bool needs_limit_ = false;
  GroupingSets grouping_sets_ = {};
  std::vector<ExprPtr> aggregates_;
  std::vector<ExprPtr> window_functions_;
  PathTarget final_target_, sort_target_, grouping_target_, scanjoin_target_;
};

}  // namespace

void grouping_planner(PlannerInfo& root, double tuple_fraction) {
  UpperPlanner{root, tuple_fraction}.run();
}

AggClauseCosts agg_clause_costs(const std::vector<ExprPtr>& aggregates, AggSplit split,
                                PlannerInfo& root) {
  const auto& types = *root.global->types;
  AggClauseCosts costs;
  const double cpu = root.global->cost.cpu_operator_cost;
  const auto function_cost = [&](Oid function) {
    const auto* f = function != 0 ? types.function(function) : nullptr;
    return f != nullptr ? f->cost * cpu : 0.0;
  };
  std::vector<ExprPtr> transitions;
  for (const auto& aggregate : aggregates) {
    const auto* a = types.aggregate(aggregate->function);
    if (a == nullptr) {
      continue;
    }
    // Final functions are charged for each aggregate, transitions once when shared.
    if (split != AggSplit::InitialSerial) {
      costs.final.per_tuple += function_cost(a->final);
    }
    const bool shared =
        std::any_of(transitions.begin(), transitions.end(), [&](const ExprPtr& other) {
          const auto* b = types.aggregate(other->function);
          return b != nullptr && a->transition == b->transition &&
                 a->transition_type == b->transition_type &&
                 aggregate->distinct == other->distinct &&
                 aggregate->args.size() == other->args.size() &&
                 std::equal(aggregate->args.begin(), aggregate->args.end(), other->args.begin(),
                            [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); }) &&
                 equal(aggregate->filter, other->filter);
        });
    if (shared) {
      continue;
    }
    transitions.push_back(aggregate);
    if (split == AggSplit::FinalDeserial) {
      costs.transition.per_tuple += function_cost(a->combine) + function_cost(a->deserialize);
    } else {
      costs.transition.per_tuple += function_cost(a->transition);
    }
    if (split == AggSplit::InitialSerial) {
      costs.final.per_tuple += function_cost(a->serialize);
    }
    if (split != AggSplit::FinalDeserial) {
      const QualCost arguments = exprs_cost(aggregate->args, root);
      costs.transition += arguments;
      if (aggregate->filter) {
        costs.transition += expr_cost(aggregate->filter, root);
      }
      if (!aggregate->direct_args.empty()) {
        const QualCost direct = exprs_cost(aggregate->direct_args, root);
        costs.final.startup += direct.startup;
        costs.final.per_tuple += direct.per_tuple;
      }
    }
    Oid state = a->transition_type;
    if (types.is_polymorphic(state) && !aggregate->args.empty()) {
      state = aggregate->args.front()->type;
    }
    const auto* type = types.type(state);
    if (state == type_oid::kInternal) {
      costs.transition_space += a->transition_space > 0 ? a->transition_space : 8192;
    } else if (type != nullptr && !type->by_value) {
      double width = 0;
      if (a->transition_space > 0) {
        width = a->transition_space;
      } else {
        width =
            type_width(root, state, aggregate->args.empty() ? -1 : aggregate->args.front()->typmod);
      }
      costs.transition_space += std::ceil(width / 8.0) * 8.0 + 16;
    }
  }
  return costs;
}

}  // namespace quern::planner_model
