// Aggregates, window functions and GROUPING(): parse_agg.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

Scope& outer_scope(Scope& scope, int levels) {
  Scope* level = &scope;
  for (int i = 0; i < levels && level->parent != nullptr; ++i) {
    level = level->parent;
  }
  return *level;
}

/// check_agglevels_and_constraints(): where aggregates may stand.
void check_placement(ExprUse use, std::string_view what) {
  switch (use) {
    case ExprUse::JoinOn:
      throw UserError{fmt::format("{} are not allowed in JOIN conditions", what)};
    case ExprUse::FromFunction:
      throw UserError{fmt::format("{} are not allowed in functions in FROM", what)};
    case ExprUse::FromSubselect:
      throw UserError{
          fmt::format("{} are not allowed in FROM clause of their own query level", what)};
    case ExprUse::WindowFrame:
      throw UserError{fmt::format("{} are not allowed in window ROWS", what)};
    case ExprUse::IndexExpression:
      throw UserError{fmt::format("{} are not allowed in index expressions", what)};
    case ExprUse::IndexPredicate:
      throw UserError{fmt::format("{} are not allowed in index predicates", what)};
    case ExprUse::Where:
    case ExprUse::Filter:
    case ExprUse::GroupBy:
    case ExprUse::InsertTarget:
    case ExprUse::UpdateSource:
    case ExprUse::Limit:
    case ExprUse::Offset:
    case ExprUse::Returning:
    case ExprUse::Values:
      throw UserError{fmt::format("{} are not allowed in {}", what, name_of(use))};
    default:
      break;
  }
}

/// The query level that an aggregate over these belongs to: that of its innermost column.
int aggregate_level(const std::vector<ExprPtr>& exprs) {
  std::optional<int> lowest;
  for (const ExprPtr& expr : exprs) {
    if (const std::optional<int> level = lowest_level(expr)) {
      lowest = lowest ? std::min(*lowest, *level) : *level;
    }
  }
  return lowest.value_or(0);
}

bool holds_aggregate_of_level(const ExprPtr& expr, int level) {
  return any_of(expr,
                [&](const Expr& e) { return e.kind == ExprKind::Aggref && e.levels_up == level; });
}

Oid sort_operator_of(const PgQuery__SortBy& sort, const Ordering& ordering) {
  return sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC ? ordering.greater : ordering.less;
}

}  // namespace

bool nulls_first_of(const PgQuery__SortBy& sort) {
  switch (sort.sortby_nulls) {
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST:
      return true;
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST:
      return false;
    default:
      return sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
  }
}

std::vector<AggregateOrder> Analyzer::aggregate_order(Scope& scope, ParseList items) {
  std::vector<AggregateOrder> order;
  for (const ParseNode* node : items) {
    const PgQuery__SortBy& sort = *node->sort_by;
    const ExprPtr expr = resolve_unknown(transform(scope, sort.node));
    const Ordering ordering = types_.ordering(expr->type);
    if (ordering.less == 0) {
      throw UserError{fmt::format("could not identify an ordering operator for type {}",
                                  types_.format_type(expr->type))};
    }
    order.push_back(AggregateOrder{expr, sort_operator_of(sort, ordering), nulls_first_of(sort)});
  }
  return order;
}

/// transformAggregateCall() with the checks of ParseFuncOrColumn().
void Analyzer::make_aggregate(Scope& scope, const PgQuery__FuncCall& call, Expr& aggregate) {
  aggregate.kind = ExprKind::Aggref;
  aggregate.star = call.agg_star != 0;
  aggregate.distinct = call.agg_distinct != 0;
  if (!aggregate.star && call.n_args == 0 && call.agg_within_group == 0) {
    throw UserError{fmt::format("{}(*) must be used to call a parameterless aggregate function",
                                aggregate.name)};
  }
  if (aggregate.returns_set) {
    throw UserError{"aggregates cannot return sets"};
  }
  const Aggregate* definition = types_.aggregate(aggregate.function);
  const bool ordered_set = definition != nullptr && definition->kind != 'n';
  if (ordered_set && call.agg_within_group == 0) {
    throw UserError{
        fmt::format("WITHIN GROUP is required for ordered-set aggregate {}", aggregate.name)};
  }
  if (!ordered_set && definition != nullptr && call.agg_within_group != 0) {
    throw UserError{fmt::format(
        "{} is not an ordered-set aggregate, so it cannot have WITHIN GROUP", aggregate.name)};
  }
  if (ordered_set) {
    const std::size_t sorted = std::min(call.n_agg_order, aggregate.args.size());
    const auto split = aggregate.args.end() - static_cast<std::ptrdiff_t>(sorted);
    aggregate.direct_args.assign(aggregate.args.begin(), split);
    aggregate.args.erase(aggregate.args.begin(), split);
    for (std::size_t i = 0; i < sorted; ++i) {
      const PgQuery__SortBy& sort = *call.agg_order[i]->sort_by;
      aggregate.args[i] = resolve_unknown(aggregate.args[i]);
      const Ordering ordering = types_.ordering(aggregate.args[i]->type);
      aggregate.order_by.push_back(AggregateOrder{
          aggregate.args[i], sort_operator_of(sort, ordering), nulls_first_of(sort)});
    }
  } else {
    aggregate.order_by = aggregate_order(scope, list_of(call.n_agg_order, call.agg_order));
  }
  if (aggregate.distinct) {
    check_aggregate_distinct(aggregate);
  }
  const Children held = children(aggregate);
  std::vector<ExprPtr> inputs{held.begin(), held.end()};
  aggregate.levels_up = aggregate_level(inputs);
  if (is_set(call.agg_filter)) {
    aggregate.filter =
        coerce_to_boolean(transform_expr(scope, call.agg_filter, ExprUse::Filter), "FILTER");
    inputs.push_back(aggregate.filter);
    aggregate.levels_up = aggregate_level(inputs);
  }
  for (const ExprPtr& input : inputs) {
    if (holds_aggregate_of_level(input, aggregate.levels_up)) {
      throw UserError{"aggregate function calls cannot be nested"};
    }
    if (contains_window_function(input)) {
      throw UserError{"aggregate function calls cannot contain window function calls"};
    }
    if (returns_set(input)) {
      throw UserError{"aggregate function calls cannot contain set-returning function calls"};
    }
  }
  Scope& owner = outer_scope(scope, aggregate.levels_up);
  check_placement(owner.use, "aggregate functions");
  owner.query.has_aggregates = true;
}

void Analyzer::check_aggregate_distinct(const Expr& aggregate) {
  for (const ExprPtr& arg : aggregate.args) {
    if (types_.ordering(arg->type).less == 0) {
      throw UserError{fmt::format("could not identify an ordering operator for type {}",
                                  types_.format_type(arg->type))};
    }
  }
  for (const AggregateOrder& item : aggregate.order_by) {
    const bool is_argument =
        std::any_of(aggregate.args.begin(), aggregate.args.end(), [&](const ExprPtr& arg) {
          return equal(arg, item.expr) || equal(strip_implicit_coercions(arg), item.expr);
        });
    if (!is_argument) {
      throw UserError{
          "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list"};
    }
  }
}

/// transformWindowFuncCall()
void Analyzer::make_window_call(Scope& scope, const PgQuery__FuncCall& call, Expr& function) {
  function.kind = ExprKind::WindowFunc;
  function.star = call.agg_star != 0;
  if (call.agg_distinct != 0) {
    throw UserError{"DISTINCT is not implemented for window functions"};
  }
  if (call.n_agg_order > 0) {
    throw UserError{"aggregate ORDER BY is not implemented for window functions"};
  }
  if (is_set(call.agg_filter)) {
    if (types_.aggregate(function.function) == nullptr) {
      throw UserError{"FILTER is not implemented for non-aggregate window functions"};
    }
    function.filter =
        coerce_to_boolean(transform_expr(scope, call.agg_filter, ExprUse::Filter), "FILTER");
  }
  for (const ExprPtr& arg : function.args) {
    if (contains_window_function(arg)) {
      throw UserError{"window function calls cannot be nested"};
    }
  }
  switch (scope.use) {
    case ExprUse::SelectTarget:
    case ExprUse::OrderBy:
    case ExprUse::DistinctOn:
      break;
    case ExprUse::WindowPartition:
    case ExprUse::WindowOrder:
    case ExprUse::WindowFrame:
      throw UserError{"window functions are not allowed in window definitions"};
    default:
      check_placement(scope.use, "window functions");
      if (scope.use != ExprUse::Other) {
        throw UserError{fmt::format("window functions are not allowed in {}", name_of(scope.use))};
      }
  }
  function.window = window_index(scope, *call.over);
  scope.query.has_window_functions = true;
}

/// The 1-based place of an OVER clause in the query's window list: named, or equal to another.
int Analyzer::window_index(Scope& scope, const PgQuery__WindowDef& over) {
  const std::string_view name = text_of(over.name);
  for (std::size_t i = 0; i < scope.window_definitions.size(); ++i) {
    const PgQuery__WindowDef& known = *scope.window_definitions[i];
    if (!name.empty() ? text_of(known.name) == name
                      : text_of(known.name).empty() &&
                            scope.window_texts[i] == location_free_text(over.base)) {
      return static_cast<int>(i) + 1;
    }
  }
  if (!name.empty()) {
    throw UserError{fmt::format("window \"{}\" does not exist", name)};
  }
  scope.window_definitions.push_back(&over);
  scope.window_texts.push_back(location_free_text(over.base));
  return static_cast<int>(scope.window_definitions.size());
}

ExprPtr Analyzer::transform_grouping(Scope& scope, const PgQuery__GroupingFunc& function) {
  constexpr std::size_t kMaximumArguments = 31;
  if (function.n_args > kMaximumArguments) {
    throw UserError{"GROUPING must have fewer than 32 arguments"};
  }
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::GroupingFunc;
  result->type = type_oid::kInt4;
  result->name = "grouping";
  result->args = transform_list(scope, list_of(function.n_args, function.args));
  result->levels_up = aggregate_level(result->args);
  Scope& owner = outer_scope(scope, result->levels_up);
  check_placement(owner.use, "grouping operations");
  owner.query.has_aggregates = true;
  return result;
}

}  // namespace quern::planner_model
