// INSERT, UPDATE, DELETE: analyze.c and parse_target.c; defaults as rewriteHandler.c fills them in.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

const Column& target_column(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (column.name == name) {
      return column;
    }
  }
  throw UserError{
      fmt::format("column \"{}\" of relation \"{}\" does not exist (the catalog snapshot does not "
                  "have it)",
                  name, table.name)};
}

bool is_general_select(const PgQuery__SelectStmt& select) {
  return select.n_values_lists == 0 || select.n_sort_clause > 0 || is_set(select.limit_offset) ||
         is_set(select.limit_count) || select.n_locking_clause > 0 || select.with_clause != nullptr;
}

bool is_default(const ExprPtr& expr) {
  return expr->kind == ExprKind::SetToDefault;
}

}  // namespace

/// setTargetTable(): always range 1.
NamespaceItem Analyzer::set_target_table(Scope& scope, const PgQuery__RangeVar& relation) {
  const Table& table = find_table(text_of(relation.schemaname), text_of(relation.relname));
  if (table.kind == 'v') {
    throw UserError{
        fmt::format("changing rows through the view \"{}\" is not supported yet", table.name)};
  }
  if (table.kind == 'm') {
    throw UserError{fmt::format("cannot change materialized view \"{}\"", table.name)};
  }
  FromItem item = transform_table(scope, table, relation);
  scope.query.result_range = item.tree.range;
  return item.names.front();
}

/// transformAssignedExpr()
ExprPtr Analyzer::assigned_expr(Scope& scope, const Column& column, ExprPtr value,
                                ParseList indirection) {
  if (is_default(value)) {
    return value;
  }
  if (!indirection.empty()) {
    // a[1] = x and a.f = x: the new value of the whole column depends on the old one.
    auto whole = std::make_shared<Expr>();
    whole->name = "assignment to a part of a column";
    whole->type = column.type;
    whole->typmod = column.type_modifier;
    whole->args = {resolve_unknown(value)};
    (void)scope;
    return whole;
  }
  ExprPtr coerced = coerce_to_target_type(value, column.type, column.type_modifier,
                                          CoercionContext::Assignment, CoercionForm::ImplicitCast);
  if (!coerced) {
    throw UserError{fmt::format("column \"{}\" is of type {} but expression is of type {}",
                                column.name, types_.format_type(column.type),
                                types_.format_type(value->type))};
  }
  return coerced;
}

/// build_column_default()
ExprPtr Analyzer::column_default(const Column& column) {
  if (column.identity != '\0') {
    auto next = std::make_shared<Expr>();
    next->name = "NextValueExpr";
    next->type = column.type;
    return next;
  }
  if (!column.default_expression.empty() && column.generated == '\0') {
    try {
      const auto tree =
          collector::ParseTree::parse_or_throw(fmt::format("SELECT {}", column.default_expression));
      const PgQuery__SelectStmt& select = *tree.statements().at(0).node->select_stmt;
      Scope scope{nullptr};
      const ExprPtr value =
          transform_expr(scope, select.target_list[0]->res_target->val, ExprUse::Other);
      if (ExprPtr coerced =
              coerce_to_target_type(value, column.type, column.type_modifier,
                                    CoercionContext::Assignment, CoercionForm::ImplicitCast)) {
        return coerced;
      }
    } catch (const UserError& error) {
      unmodelled_.push_back(fmt::format("default of column {}: {}", column.name, error.what()));
    }
  }
  return make_null(column.type, column.type_modifier, column.collation);
}

namespace {

/// checkInsertTargets(): named columns, or all.
std::vector<const Column*> insert_columns(const PgQuery__InsertStmt& statement, const Table& table,
                                          std::vector<ParseList>& indirections) {
  std::vector<const Column*> columns;
  for (const ParseNode* node : list_of(statement.n_cols, statement.cols)) {
    const PgQuery__ResTarget& target = *node->res_target;
    const Column& column = target_column(table, text_of(target.name));
    indirections.push_back(list_of(target.n_indirection, target.indirection));
    if (indirections.back().empty() &&
        std::find(columns.begin(), columns.end(), &column) != columns.end()) {
      throw UserError{fmt::format("column \"{}\" specified more than once", column.name)};
    }
    columns.push_back(&column);
  }
  if (statement.n_cols == 0) {
    for (const Column& column : table.columns) {
      columns.push_back(&column);
    }
    indirections.resize(columns.size());
  }
  return columns;
}

void check_row_length(std::size_t values, std::size_t columns, bool named) {
  if (values > columns) {
    throw UserError{"INSERT has more expressions than target columns"};
  }
  if (named && values < columns) {
    throw UserError{"INSERT has more target columns than expressions"};
  }
}

/// rewriteTargetListIU(): what may be given to identity and generated columns.
void check_given(const Column& column, const ExprPtr& value, bool overriding) {
  if (is_default(value)) {
    return;
  }
  if (column.generated == 's' || (column.identity == 'a' && !overriding)) {
    throw UserError{
        fmt::format("cannot insert a non-DEFAULT value into column \"{}\"", column.name)};
  }
}

}  // namespace

std::vector<ExprPtr> Analyzer::insert_row(Scope& scope, std::vector<ExprPtr> values,
                                          const std::vector<const Column*>& columns,
                                          const std::vector<ParseList>& indirections, bool named) {
  check_row_length(values.size(), columns.size(), named);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = assigned_expr(scope, *columns[i], values[i], indirections[i]);
  }
  return values;
}

/// The rows to insert, as one list of expressions: of a sub-select, of VALUES, or of one row.
std::vector<ExprPtr> Analyzer::insert_source(Scope& scope, const PgQuery__InsertStmt& statement,
                                             const std::vector<const Column*>& columns,
                                             const std::vector<ParseList>& indirections) {
  const bool named = statement.n_cols > 0;
  if (!is(statement.select_stmt, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    return {};  // DEFAULT VALUES
  }
  const PgQuery__SelectStmt& select = *statement.select_stmt->select_stmt;
  std::vector<ExprPtr> values;
  if (is_general_select(select)) {
    RangeTableEntry range;
    range.kind = RangeKind::Subquery;
    range.alias = "*SELECT*";
    const std::vector<NamespaceItem> none;
    {
      const Swapped<std::vector<NamespaceItem>> hidden{scope.names, none};
      range.subquery = std::make_shared<Query>(transform_select(select, &scope, false));
    }
    const int number = static_cast<int>(scope.query.range_table.size()) + 1;
    int position = 0;
    std::size_t target_number = 0;
    for (TargetEntry& target : range.subquery->targets) {
      if (target.junk) {
        continue;
      }
      ++position;
      const bool untyped = target.expr->type == type_oid::kUnknown;
      values.push_back(untyped
                           ? target.expr
                           : make_var(number, position, column_of_expr(target.name, *target.expr)));
      if (untyped && target_number < columns.size()) {
        target.expr = resolve_unknown(target.expr);
      }
      ++target_number;
      range.columns.push_back(column_of_expr(target.name, *target.expr));
    }
    FromItem item = add_range(scope, std::move(range), nullptr);
    scope.query.join_tree.children.push_back(std::move(item.tree));
    return insert_row(scope, std::move(values), columns, indirections, named);
  }
  if (select.n_values_lists == 1) {
    const PgQuery__List& row = *select.values_lists[0]->list;
    values =
        transform_expression_list(scope, list_of(row.n_items, row.items), ExprUse::Values, true);
    return insert_row(scope, std::move(values), columns, indirections, named);
  }
  RangeTableEntry range;
  range.kind = RangeKind::Values;
  range.alias = "*VALUES*";
  for (const ParseNode* node : list_of(select.n_values_lists, select.values_lists)) {
    std::vector<ExprPtr> row = transform_expression_list(
        scope, list_of(node->list->n_items, node->list->items), ExprUse::Values, true);
    if (!range.values.empty() && range.values.front().size() != row.size()) {
      throw UserError{"VALUES lists must all be the same length"};
    }
    row = insert_row(scope, std::move(row), columns, indirections, named);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = is_default(row[i]) ? column_default(*columns[i]) : row[i];
      row[i] = assign_collations(row[i], types_);
    }
    range.values.push_back(std::move(row));
  }
  const std::size_t width = range.values.front().size();
  for (std::size_t i = 0; i < width; ++i) {
    const Column& column = *columns[i];
    range.columns.push_back(RangeColumn{fmt::format("column{}", i + 1), column.type,
                                        column.type_modifier, column.collation});
  }
  FromItem item = add_range(scope, std::move(range), nullptr);
  for (StarColumn& column : expand_item(item.names.front(), 0)) {
    values.push_back(std::move(column.expr));
  }
  scope.query.join_tree.children.push_back(std::move(item.tree));
  return values;
}

Query Analyzer::transform_insert(const PgQuery__InsertStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Insert;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  const NamespaceItem target = set_target_table(scope, *statement.relation);
  const Table& table = *target.table;
  std::vector<ParseList> indirections;
  const std::vector<const Column*> columns = insert_columns(statement, table, indirections);
  const std::vector<ExprPtr> values = insert_source(scope, statement, columns, indirections);
  const bool overriding =
      statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE ||
      statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE;
  for (const Column& column : table.columns) {
    const auto given = std::find(columns.begin(), columns.end(), &column);
    const auto place = static_cast<std::size_t>(given - columns.begin());
    ExprPtr value = place < values.size() ? values[place] : nullptr;
    if (value) {
      check_given(column, value, overriding);
    }
    if (!value || is_default(value)) {
      if (column.generated != '\0') {
        continue;
      }
      value = column_default(column);
    }
    query.targets.push_back(TargetEntry{value, column.name, 0, false, column.number});
  }
  scope.names = {target};
  scope.names.front().columns_visible = true;
  if (statement.on_conflict_clause != nullptr) {
    transform_on_conflict(scope, *statement.on_conflict_clause, target);
  }
  transform_returning(scope, list_of(statement.n_returning_list, statement.returning_list));
  finish(scope);
  return std::move(scope.query);
}

/// transformOnConflictClause(): bound for its errors and for the columns it sets.
void Analyzer::transform_on_conflict(Scope& scope, const PgQuery__OnConflictClause& clause,
                                     const NamespaceItem& target) {
  Query& query = scope.query;
  query.on_conflict = true;
  query.on_conflict_update = clause.action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE;
  if (clause.infer != nullptr) {
    for (const ParseNode* node : list_of(clause.infer->n_index_elems, clause.infer->index_elems)) {
      const PgQuery__IndexElem& element = *node->index_elem;
      if (!text_of(element.name).empty()) {
        (void)target_column(*target.table, text_of(element.name));
      } else {
        (void)table_expression(*element.expr, *target.table, 1, ExprUse::IndexExpression);
      }
    }
    if (is_set(clause.infer->where_clause)) {
      (void)table_expression(*clause.infer->where_clause, *target.table, 1,
                             ExprUse::IndexPredicate);
    }
  } else if (query.on_conflict_update) {
    throw UserError{"ON CONFLICT DO UPDATE requires inference specification or constraint name"};
  }
  if (!query.on_conflict_update) {
    return;
  }
  // EXCLUDED is a range of its own while the clause is bound; nothing of it is planned.
  NamespaceItem excluded = target;
  excluded.name = "excluded";
  excluded.has_alias = true;
  scope.names.push_back(std::move(excluded));
  for (const TargetEntry& assignment :
       transform_update_targets(scope, list_of(clause.n_target_list, clause.target_list))) {
    query.updated_columns.push_back(static_cast<std::int16_t>(assignment.column));
  }
  std::sort(query.updated_columns.begin(), query.updated_columns.end());
  (void)transform_where(scope, clause.where_clause, ExprUse::Where);
  scope.names.pop_back();
}

/// transformMultiAssignRef(): (a, b) = (x, y) or = (SELECT ...).
ExprPtr Analyzer::multi_assignment(Scope& scope, const PgQuery__MultiAssignRef& ref,
                                   std::vector<ExprPtr>& row) {
  if (ref.colno == 1) {
    row.clear();
    if (is(ref.source, PG_QUERY__NODE__NODE_ROW_EXPR)) {
      const PgQuery__RowExpr& source = *ref.source->row_expr;
      row = transform_expression_list(scope, list_of(source.n_args, source.args),
                                      ExprUse::UpdateSource, true);
    } else if (is(ref.source, PG_QUERY__NODE__NODE_SUB_LINK)) {
      scope.query.has_sublinks = true;
      auto link = std::make_shared<Expr>();
      link->kind = ExprKind::SubLink;
      link->sublink_kind = SubLinkKind::Scalar;
      link->subquery = std::make_shared<Query>(
          transform_select(*ref.source->sub_link->subselect->select_stmt, &scope));
      for (const TargetEntry& target : link->subquery->targets) {
        if (target.junk) {
          continue;
        }
        if (row.empty()) {  // one evaluation gives all: the first column stands for it
          link->type = target.expr->type;
          link->typmod = target.expr->typmod;
          link->collation = target.expr->collation;
          row.push_back(link);
          continue;
        }
        auto param = std::make_shared<Expr>();
        param->kind = ExprKind::Param;
        param->param_kind = ParamKind::Sublink;
        param->param_id = static_cast<int>(row.size()) + 1;
        param->type = target.expr->type;
        param->typmod = target.expr->typmod;
        param->collation = target.expr->collation;
        row.push_back(std::move(param));
      }
    } else {
      throw UserError{
          "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression"};
    }
    if (row.size() != static_cast<std::size_t>(ref.ncolumns)) {
      throw UserError{"number of columns does not match number of values"};
    }
  }
  ensure(ref.colno >= 1 && static_cast<std::size_t>(ref.colno) <= row.size(),
         "assignments from one row come in order");
  return row[static_cast<std::size_t>(ref.colno) - 1];
}

/// transformUpdateTargetList()
std::vector<TargetEntry> Analyzer::transform_update_targets(Scope& scope, ParseList items) {
  const Table& table = *scope.query.range_table.front().table;
  std::vector<TargetEntry> targets;
  std::vector<bool> whole;  ///< the column itself, not a part of it
  std::vector<ExprPtr> row;
  for (const ParseNode* node : items) {
    const PgQuery__ResTarget& item = *node->res_target;
    const Column& column = target_column(table, text_of(item.name));
    ExprPtr value;
    if (is(item.val, PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF)) {
      value = multi_assignment(scope, *item.val->multi_assign_ref, row);
    } else if (is(item.val, PG_QUERY__NODE__NODE_SET_TO_DEFAULT)) {
      value = column_default(column);
    } else {
      value = transform_expr(scope, item.val, ExprUse::UpdateSource);
    }
    const bool to_default = is(item.val, PG_QUERY__NODE__NODE_SET_TO_DEFAULT) || is_default(value);
    if (!to_default && (column.generated == 's' || column.identity == 'a')) {
      throw UserError{fmt::format("column \"{}\" can only be updated to DEFAULT", column.name)};
    }
    if (is_default(value)) {
      value = column_default(column);
    }
    const ParseList indirection = list_of(item.n_indirection, item.indirection);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i].column == column.number && (indirection.empty() || whole[i])) {
        throw UserError{fmt::format("multiple assignments to same column \"{}\"", column.name)};
      }
    }
    whole.push_back(indirection.empty());
    targets.push_back(TargetEntry{assigned_expr(scope, column, value, indirection), column.name, 0,
                                  false, column.number});
  }
  return targets;
}

Query Analyzer::transform_update(const PgQuery__UpdateStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Update;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  const NamespaceItem target = set_target_table(scope, *statement.relation);
  query.join_tree.children.push_back(JoinTree{JoinTree::Kind::Range, query.result_range});
  scope.names.push_back(target);
  transform_from(scope, list_of(statement.n_from_clause, statement.from_clause));
  query.targets =
      transform_update_targets(scope, list_of(statement.n_target_list, statement.target_list));
  for (const TargetEntry& assignment : query.targets) {
    query.updated_columns.push_back(static_cast<std::int16_t>(assignment.column));
  }
  std::sort(query.updated_columns.begin(), query.updated_columns.end());
  query.join_tree.quals = transform_where(scope, statement.where_clause, ExprUse::Where);
  transform_returning(scope, list_of(statement.n_returning_list, statement.returning_list));
  finish(scope);
  return std::move(scope.query);
}

Query Analyzer::transform_delete(const PgQuery__DeleteStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Delete;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  const NamespaceItem target = set_target_table(scope, *statement.relation);
  query.join_tree.children.push_back(JoinTree{JoinTree::Kind::Range, query.result_range});
  scope.names.push_back(target);
  transform_from(scope, list_of(statement.n_using_clause, statement.using_clause));
  query.join_tree.quals = transform_where(scope, statement.where_clause, ExprUse::Where);
  transform_returning(scope, list_of(statement.n_returning_list, statement.returning_list));
  finish(scope);
  return std::move(scope.query);
}

void Analyzer::transform_returning(Scope& scope, ParseList items) {
  if (!items.empty()) {
    transform_target_list(scope, items, ExprUse::Returning, scope.query.returning);
  }
}

}  // namespace quern::planner_model
