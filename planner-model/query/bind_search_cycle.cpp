// SEARCH and CYCLE of recursive CTEs: transformWithClause's checks (parse_cte.c) and
// rewriteSearchAndCycle() (rewriteSearchCycle.c). Both arms of the UNION go into subqueries above
// which the further columns are computed.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

constexpr Oid kRecordArray = 2287;
constexpr Oid kArrayCat = 383;
constexpr Oid kInt8Increment = 1219;
constexpr Oid kRecordEqual = 2988;

ExprPtr row_of(const std::vector<ExprPtr>& fields) {
  auto row = std::make_shared<Expr>();
  row->kind = ExprKind::RowExpr;
  row->type = type_oid::kRecord;
  row->args = fields;
  return row;
}

/// make_path_initial_array()
ExprPtr array_of(const ExprPtr& row) {
  auto array = std::make_shared<Expr>();
  array->kind = ExprKind::ArrayExpr;
  array->type = kRecordArray;
  array->args = {row};
  return array;
}

ExprPtr call(Oid function, std::string name, Oid type, std::vector<ExprPtr> args) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::FuncExpr;
  expr->function = function;
  expr->name = std::move(name);
  expr->type = type;
  expr->args = std::move(args);
  return expr;
}

/// make_path_cat_expr()
ExprPtr longer_path(const ExprPtr& path, const ExprPtr& row) {
  return call(kArrayCat, "array_cat", kRecordArray, {path, array_of(row)});
}

/// ROW(depth + 1, ...) of the row before.
ExprPtr next_depth(const ExprPtr& sequence) {
  auto depth = std::make_shared<Expr>();
  depth->kind = ExprKind::FieldSelect;
  depth->type = type_oid::kInt8;
  depth->name = "f1";
  depth->args = {sequence};
  return call(kInt8Increment, "int8inc", type_oid::kInt8, {depth});
}

std::vector<ExprPtr> columns_named(ParseList names, const std::vector<RangeColumn>& columns) {
  std::vector<ExprPtr> vars;
  for (const ParseNode* node : names) {
    const auto name = string_of(node);
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const RangeColumn& c) { return c.name == name; });
    if (found == columns.end()) {
      throw UserError{fmt::format("column \"{}\" not in WITH query column list", name)};
    }
    vars.push_back(make_var(1, static_cast<int>(found - columns.begin()) + 1, *found));
  }
  return vars;
}

/// A subquery in FROM and nothing else, which puts out its `columns`.
Query above(Query inner, const std::string& alias, const std::vector<RangeColumn>& columns,
            std::size_t outputs) {
  Query query;
  RangeTableEntry range;
  range.kind = RangeKind::Subquery;
  range.alias = alias;
  range.has_alias = true;
  range.columns = columns;
  shift_levels(inner, 1, 1);
  range.subquery = std::make_shared<Query>(std::move(inner));
  query.range_table.push_back(std::move(range));
  JoinTree leaf;
  leaf.kind = JoinTree::Kind::Range;
  leaf.range = 1;
  query.join_tree.children.push_back(std::move(leaf));
  for (std::size_t i = 0; i < outputs; ++i) {
    query.targets.push_back(
        {.expr = make_var(1, static_cast<int>(i) + 1, columns[i]), .name = columns[i].name});
  }
  return query;
}

}  // namespace

/// The further columns, and what each arm computes there. The recursive one is over the arm's
/// columns with these behind them.
struct Analyzer::SearchAndCycle {
  std::vector<RangeColumn> columns = {};
  std::vector<ExprPtr> initial = {}, recursive = {};
  ExprPtr condition = {};

  void add(std::string_view name, Oid type, ExprPtr first, ExprPtr next) {
    columns.push_back({std::string{name}, type});
    initial.push_back(std::move(first));
    recursive.push_back(std::move(next));
  }
};

void Analyzer::add_search(const PgQuery__CTESearchClause& clause,
                          const std::vector<RangeColumn>& columns, SearchAndCycle& added) {
  auto fields = columns_named(list_of(clause.n_search_col_list, clause.search_col_list), columns);
  const Oid type = clause.search_breadth_first ? type_oid::kRecord : kRecordArray;
  const RangeColumn column{std::string{text_of(clause.search_seq_column)}, type};
  const ExprPtr before = make_var(1, static_cast<int>(columns.size()) + 1, column);
  if (!clause.search_breadth_first) {
    const ExprPtr row = row_of(fields);
    added.add(column.name, type, array_of(row), longer_path(before, row));
    return;
  }
  fields.insert(fields.begin(), make_literal("0", type_oid::kInt8, types_));
  const ExprPtr first = row_of(fields);
  fields.front() = next_depth(before);
  added.add(column.name, type, first, row_of(fields));
}

void Analyzer::add_cycle(Scope& scope, const PgQuery__CTECycleClause& clause,
                         const std::vector<RangeColumn>& columns, SearchAndCycle& added) {
  const ExprPtr row =
      row_of(columns_named(list_of(clause.n_cycle_col_list, clause.cycle_col_list), columns));
  const std::vector<ExprPtr> marks = {
      transform_expr(scope, clause.cycle_mark_value, ExprUse::Other),
      transform_expr(scope, clause.cycle_mark_default, ExprUse::Other)};
  const Oid type = common_type(marks, "CYCLE");
  const ExprPtr marked = assign_collations(coerce_to_common(marks[0], type, "CYCLE"), types_);
  const ExprPtr unmarked = assign_collations(coerce_to_common(marks[1], type, "CYCLE"), types_);
  const auto at = static_cast<int>(columns.size() + added.columns.size()) + 1;
  const RangeColumn mark{std::string{text_of(clause.cycle_mark_column)}, type, -1,
                         types_.type_collation(type)};
  const ExprPtr mark_before = make_var(1, at, mark);
  const RangeColumn path_column{std::string{text_of(clause.cycle_path_column)}, kRecordArray};
  const ExprPtr path = make_var(1, at + 1, path_column);

  auto seen = std::make_shared<Expr>();
  seen->kind = ExprKind::ScalarArrayOpExpr;
  seen->type = type_oid::kBool;
  seen->op = kRecordEqual;
  seen->function = types_.op(kRecordEqual)->function;
  seen->name = "=";
  seen->use_or = true;
  seen->args = {row, path};
  auto choice = std::make_shared<Expr>();
  choice->kind = ExprKind::CaseExpr;
  choice->type = type;
  choice->collation = mark.collation;
  choice->args = {seen, marked, unmarked};
  choice->case_has_else = true;
  added.add(mark.name, type, unmarked, choice);
  added.columns.back().collation = mark.collation;
  added.add(path_column.name, kRecordArray, array_of(row), longer_path(path, row));
  added.condition = assign_collations(make_op({.name = "<>"}, mark_before, marked), types_);
}

/// The arms' new queries, and the columns of the set operation and of the CTE.
void Analyzer::widen_recursive_query(const PgQuery__CommonTableExpr& cte, Query& query,
                                     const std::vector<RangeColumn>& columns,
                                     const SearchAndCycle& added) {
  SetOperation& operation = *query.set_operation;
  auto all = columns;
  all.insert(all.end(), added.columns.begin(), added.columns.end());
  const auto arm = [&](std::size_t i) -> RangeTableEntry& {
    return query.range_table[static_cast<std::size_t>(operation.arms[i].range) - 1];
  };
  if (operation.arms[0].kind != SetOperation::Kind::Leaf ||
      operation.arms[1].kind != SetOperation::Kind::Leaf) {
    throw UserError{
        fmt::format("with a SEARCH or CYCLE clause, both sides of the UNION of WITH query \"{}\" "
                    "must be a SELECT",
                    text_of(cte.ctename))};
  }
  Query inner = *arm(1).subquery;
  const auto self = std::find_if(
      inner.range_table.begin(), inner.range_table.end(),
      [](const RangeTableEntry& e) { return e.kind == RangeKind::Cte && e.cte_self_reference; });
  if (self == inner.range_table.end()) {
    throw UserError{fmt::format(
        "with a SEARCH or CYCLE clause, the recursive reference to WITH query \"{}\" must be at "
        "the top level of its right-hand SELECT",
        text_of(cte.ctename))};
  }
  const int self_range = static_cast<int>(self - inner.range_table.begin()) + 1;
  for (std::size_t i = 0; i < added.columns.size(); ++i) {
    self->columns.push_back(added.columns[i]);
    inner.targets.push_back(
        {.expr = make_var(self_range, static_cast<int>(self->columns.size()), added.columns[i]),
         .name = added.columns[i].name});
  }
  Query left = above(*arm(0).subquery, "*TLOCRN*", columns, columns.size());
  Query right = above(std::move(inner), "*TROCRN*", all, columns.size());
  right.join_tree.quals = added.condition;
  for (std::size_t i = 0; i < added.columns.size(); ++i) {
    const RangeColumn& column = added.columns[i];
    left.targets.push_back({.expr = added.initial[i], .name = column.name});
    right.targets.push_back({.expr = added.recursive[i], .name = column.name});
    const auto at = static_cast<int>(columns.size() + i) + 1;
    query.targets.push_back(
        {.expr = make_var(operation.arms[0].range, at, column), .name = column.name});
    operation.columns.push_back(column);
    if (!operation.all) {
      const Ordering ordering = types_.ordering(column.type);
      operation.grouping.push_back(
          SortGroupClause{at, ordering.equal, ordering.less, false, false, ordering.hashable});
    }
    for (std::size_t side = 0; side < 2; ++side) {
      arm(side).columns.push_back(column);
      operation.arms[side].columns.push_back(column);
    }
  }
  arm(0).subquery = std::make_shared<Query>(std::move(left));
  arm(1).subquery = std::make_shared<Query>(std::move(right));
}

std::vector<RangeColumn> Analyzer::add_search_and_cycle(Scope& scope,
                                                        const PgQuery__CommonTableExpr& cte,
                                                        const std::vector<RangeColumn>& columns,
                                                        Query& query) {
  SearchAndCycle added;
  if (cte.search_clause != nullptr) {
    add_search(*cte.search_clause, columns, added);
  }
  if (cte.cycle_clause != nullptr) {
    add_cycle(scope, *cte.cycle_clause, columns, added);
  }
  widen_recursive_query(cte, query, columns, added);
  return added.columns;
}

}  // namespace quern::planner_model
