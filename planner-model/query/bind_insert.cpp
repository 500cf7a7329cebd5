// INSERT and ON CONFLICT: analyze.c; what may be given to which column: rewriteHandler.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

bool is_general_select(const PgQuery__SelectStmt& select) {
  return select.n_values_lists == 0 || select.n_sort_clause > 0 || is_set(select.limit_offset) ||
         is_set(select.limit_count) || select.n_locking_clause > 0 || select.with_clause != nullptr;
}

bool is_default(const ExprPtr& expr) {
  return expr->kind == ExprKind::SetToDefault;
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

/// findDefaultOnlyColumns() (rewriteHandler.c): whether such a column, given DEFAULT in every row
/// of a list, takes it outside of the rows.
bool takes_default_aside(const Column& column) {
  return column.generated == 's' || column.identity == 'a';
}

/// Two columns of a view may be one of the table: only one of them can be given.
void check_assignable(const WriteTarget& target, const std::vector<const Column*>& columns,
                      std::size_t given) {
  for (std::size_t i = 0; i < std::min(given, columns.size()); ++i) {
    const Column& stored = target.stored(*columns[i], "insert into");
    for (std::size_t other = 0; other < i; ++other) {
      if (columns[other] != columns[i] && target.assigned(*columns[other]).stored == &stored) {
        throw UserError{fmt::format("multiple assignments to same column \"{}\"", stored.name)};
      }
    }
  }
}

}  // namespace

std::vector<const Column*> insert_columns(ParseList names, const Table& table,
                                          std::vector<ParseList>& indirections) {
  std::vector<const Column*> columns;
  for (const ParseNode* node : names) {
    const PgQuery__ResTarget& target = *node->res_target;
    const Column& column = target_column(table, text_of(target.name));
    indirections.push_back(list_of(target.n_indirection, target.indirection));
    if (indirections.back().empty() &&
        std::find(columns.begin(), columns.end(), &column) != columns.end()) {
      throw UserError{fmt::format("column \"{}\" specified more than once", column.name)};
    }
    columns.push_back(&column);
  }
  if (names.empty()) {
    for (const Column& column : table.columns) {
      columns.push_back(&column);
    }
    indirections.resize(columns.size());
  }
  return columns;
}

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
                                             const WriteTarget& target,
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
    for (TargetEntry& output : range.subquery->targets) {
      if (output.junk) {
        continue;
      }
      ++position;
      const bool untyped = output.expr->type == type_oid::kUnknown;
      values.push_back(untyped
                           ? output.expr
                           : make_var(number, position, column_of_expr(output.name, *output.expr)));
      if (untyped && target_number < columns.size()) {
        output.expr = resolve_unknown(output.expr);
      }
      ++target_number;
      range.columns.push_back(column_of_expr(output.name, *output.expr));
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
  std::vector<ExprPtr> defaults;  // of each column DEFAULT, where all rows say so
  for (const ParseNode* node : list_of(select.n_values_lists, select.values_lists)) {
    std::vector<ExprPtr> row = transform_expression_list(
        scope, list_of(node->list->n_items, node->list->items), ExprUse::Values, true);
    if (!range.values.empty() && range.values.front().size() != row.size()) {
      throw UserError{"VALUES lists must all be the same length"};
    }
    row = insert_row(scope, std::move(row), columns, indirections, named);
    check_assignable(target, columns, row.size());
    if (defaults.empty()) {
      defaults = row;
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!is_default(row[i])) {
        defaults[i] = nullptr;
      } else if (takes_default_aside(*target.assigned(*columns[i]).stored)) {
        row[i] = make_null(columns[i]->type, -1, columns[i]->collation);
      } else {
        row[i] = column_default(*target.assigned(*columns[i]).defaulted);
      }
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
  for (std::size_t i = 0; i < width; ++i) {
    if (defaults[i] && takes_default_aside(*target.assigned(*columns[i]).stored)) {
      values[i] = defaults[i];
    }
  }
  scope.query.join_tree.children.push_back(std::move(item.tree));
  return values;
}

/// rewriteTargetListIU(): a value for each column of the table, given or by default.
void Analyzer::add_insert_targets(Query& query, const WriteTarget& target,
                                  const std::vector<const Column*>& columns,
                                  const std::vector<ExprPtr>& values, bool overriding) {
  check_assignable(target, columns, values.size());
  for (const Column& column : target.named->columns) {
    if (!column.default_expression.empty()) {
      (void)target.stored(column, "insert into");
    }
  }
  for (const Column& stored : target.table->columns) {
    const auto given = std::find_if(columns.begin(), columns.end(), [&](const Column* column) {
      return target.assigned(*column).stored == &stored;
    });
    const auto place = static_cast<std::size_t>(given - columns.begin());
    ExprPtr value = place < values.size() ? values[place] : nullptr;
    if (value) {
      check_given(stored, value, overriding);
    }
    if (!value || is_default(value)) {
      if (stored.generated != '\0') {
        continue;
      }
      const Column* shown = place < values.size() ? *given : target.shown(stored);
      value = column_default(shown != nullptr ? *target.assigned(*shown).defaulted : stored);
    }
    query.targets.push_back(TargetEntry{value, stored.name, 0, false, stored.number});
  }
}

Query Analyzer::transform_insert(const PgQuery__InsertStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Insert;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  const WriteTarget target = set_target_table(scope, *statement.relation);
  std::vector<ParseList> indirections;
  const std::vector<const Column*> columns =
      insert_columns(list_of(statement.n_cols, statement.cols), *target.named, indirections);
  const std::vector<ExprPtr> values =
      insert_source(scope, statement, target, columns, indirections);
  const bool overriding =
      statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE ||
      statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE;
  add_insert_targets(query, target, columns, values, overriding);
  scope.names = {target.names};
  scope.names.front().columns_visible = true;
  if (statement.on_conflict_clause != nullptr) {
    transform_on_conflict(scope, *statement.on_conflict_clause, target);
  }
  transform_returning(scope, list_of(statement.n_returning_list, statement.returning_list));
  finish(scope);
  return std::move(scope.query);
}

namespace {

/// The target's columns as those of the range `excluded`.
NamespaceItem excluded_columns(const WriteTarget& target, int excluded) {
  const auto moved = [excluded](const ExprPtr& expr, const auto& self) -> ExprPtr {
    if (expr->kind == ExprKind::SubLink) {
      throw UserError{
          "ON CONFLICT DO UPDATE through a view with a subquery among its columns is "
          "not supported yet"};
    }
    if (expr->kind == ExprKind::Var) {
      auto var = std::make_shared<Expr>(*expr);
      var->varno = excluded;
      return var;
    }
    return map_children(expr, [&](const ExprPtr& child) { return self(child, self); });
  };
  auto columns = std::make_shared<ColumnSet>();
  for (std::size_t i = 0; i < target.names.columns->size(); ++i) {
    columns->add(target.names.columns->name(i), moved(target.names.columns->expr(i), moved));
  }
  NamespaceItem names;
  names.columns = std::move(columns);
  return names;
}

}  // namespace

/// What an index of the table must hold, in the names of the statement's target.
ExprPtr Analyzer::arbiter_expression(const ParseNode& expression, const WriteTarget& target,
                                     ExprUse use) {
  if (target.named == target.table) {
    return table_expression(expression, *target.table, 1, use);
  }
  Scope scope{nullptr};
  scope.names.push_back(target.names);
  return assign_collations(transform_expr(scope, &expression, use), types_);
}

/// resolve_unique_index_expr()
void Analyzer::transform_arbiter(OnConflict& conflict, const PgQuery__InferClause& infer,
                                 const WriteTarget& target) {
  for (const ParseNode* node : list_of(infer.n_index_elems, infer.index_elems)) {
    const PgQuery__IndexElem& element = *node->index_elem;
    OnConflict::Element wanted;
    if (const auto name = text_of(element.name); !name.empty()) {
      wanted.expr = column_of(target.names, name, 0);
      if (!wanted.expr) {
        throw UserError{fmt::format(
            "column \"{}\" does not exist (the catalog snapshot does not have it)", name)};
      }
    } else {
      wanted.expr = arbiter_expression(*element.expr, target, ExprUse::IndexExpression);
    }
    if (element.n_collation > 0) {
      wanted.collation = find_collation(list_of(element.n_collation, element.collation));
    }
    if (element.n_opclass > 0) {
      wanted.operator_class = string_of(element.opclass[element.n_opclass - 1]);
    }
    conflict.elements.push_back(std::move(wanted));
  }
  if (is_set(infer.where_clause)) {
    conflict.arbiter_where =
        arbiter_expression(*infer.where_clause, target, ExprUse::IndexPredicate);
  }
  conflict.constraint = text_of(infer.conname);
  if (!conflict.constraint.empty() && target.named != target.table) {
    throw UserError{fmt::format("constraint \"{}\" for table \"{}\" does not exist",
                                conflict.constraint, target.named->name)};
  }
}

/// transformOnConflictClause()
void Analyzer::transform_on_conflict(Scope& scope, const PgQuery__OnConflictClause& clause,
                                     const WriteTarget& target) {
  Query& query = scope.query;
  OnConflict conflict;
  conflict.update = clause.action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE;
  if (clause.infer != nullptr) {
    transform_arbiter(conflict, *clause.infer, target);
  } else if (conflict.update) {
    throw UserError{"ON CONFLICT DO UPDATE requires inference specification or constraint name"};
  }
  if (conflict.update) {
    RangeTableEntry rejected = query.range_table.front();
    rejected.alias = "excluded";
    rejected.has_alias = true;
    FromItem excluded = add_range(scope, std::move(rejected), nullptr);
    conflict.excluded = excluded.tree.range;
    if (target.named != target.table) {
      excluded.names.front().columns = excluded_columns(target, conflict.excluded).columns;
      excluded.names.front().range = 0;
    }
    excluded.names.front().columns_visible = target.names.columns_visible;
    scope.names.push_back(std::move(excluded.names.front()));
    conflict.update_targets =
        transform_update_targets(scope, target, list_of(clause.n_target_list, clause.target_list));
    note_updated_columns(query, conflict.update_targets);
    std::sort(query.updated_columns.begin(), query.updated_columns.end());
    conflict.update_where =
        assign_collations(transform_where(scope, clause.where_clause, ExprUse::Where), types_);
    scope.names.pop_back();
  }
  query.on_conflict = std::move(conflict);
}

}  // namespace quern::planner_model
