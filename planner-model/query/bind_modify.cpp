// UPDATE and DELETE, and what they share with INSERT: analyze.c and parse_target.c; defaults as
// rewriteHandler.c fills them in.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

bool is_default(const ExprPtr& expr) {
  return expr->kind == ExprKind::SetToDefault;
}

}  // namespace

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

/// transformMultiAssignRef(): (a, b) = (x, y) or = (SELECT ...).
ExprPtr Analyzer::multi_assignment(Scope& scope, const PgQuery__MultiAssignRef& ref,
                                   std::vector<ExprPtr>& row, std::vector<ExprPtr>& sources) {
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
      link->sublink_kind = SubLinkKind::MultiExpr;
      link->type = type_oid::kRecord;
      link->subquery = std::make_shared<Query>(
          transform_select(*ref.source->sub_link->subselect->select_stmt, &scope));
      for (const TargetEntry& target : link->subquery->targets) {
        if (target.junk) {
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
      sources.push_back(std::move(link));
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
std::vector<TargetEntry> Analyzer::transform_update_targets(Scope& scope, const WriteTarget& target,
                                                            ParseList items) {
  std::vector<TargetEntry> targets;
  std::vector<bool> whole;  ///< the column itself, not a part of it
  std::vector<ExprPtr> row;
  std::vector<ExprPtr> sources;
  for (const ParseNode* node : items) {
    const PgQuery__ResTarget& item = *node->res_target;
    const Column& column = target_column(*target.named, text_of(item.name));
    const Column& stored = target.stored(column, "update");
    const Column& defaulted = *target.assigned(column).defaulted;
    ExprPtr value;
    if (is(item.val, PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF)) {
      value = multi_assignment(scope, *item.val->multi_assign_ref, row, sources);
    } else if (is(item.val, PG_QUERY__NODE__NODE_SET_TO_DEFAULT)) {
      value = column_default(defaulted);
    } else {
      value = transform_expr(scope, item.val, ExprUse::UpdateSource);
    }
    const bool to_default = is(item.val, PG_QUERY__NODE__NODE_SET_TO_DEFAULT) || is_default(value);
    if (!to_default && (stored.generated == 's' || stored.identity == 'a')) {
      throw UserError{fmt::format("column \"{}\" can only be updated to DEFAULT", stored.name)};
    }
    if (is_default(value)) {
      value = column_default(defaulted);
    }
    const ParseList indirection = list_of(item.n_indirection, item.indirection);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i].column == stored.number && (indirection.empty() || whole[i])) {
        throw UserError{fmt::format("multiple assignments to same column \"{}\"", stored.name)};
      }
    }
    whole.push_back(indirection.empty());
    targets.push_back(TargetEntry{assigned_expr(scope, column, value, indirection), stored.name, 0,
                                  false, stored.number});
  }
  for (ExprPtr& source : sources) {
    targets.push_back(TargetEntry{std::move(source), {}, 0, true});
  }
  return targets;
}

void Analyzer::note_updated_columns(Query& query, const std::vector<TargetEntry>& assignments) {
  for (const TargetEntry& assignment : assignments) {
    if (!assignment.junk) {
      query.updated_columns.push_back(static_cast<std::int16_t>(assignment.column));
    }
  }
}

Query Analyzer::transform_update(const PgQuery__UpdateStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Update;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  const WriteTarget target = set_target_table(scope, *statement.relation);
  query.join_tree.children.push_back(JoinTree{JoinTree::Kind::Range, query.result_range});
  scope.names.push_back(target.names);
  transform_from(scope, list_of(statement.n_from_clause, statement.from_clause));
  query.targets = transform_update_targets(scope, target,
                                           list_of(statement.n_target_list, statement.target_list));
  note_updated_columns(query, query.targets);
  std::sort(query.updated_columns.begin(), query.updated_columns.end());
  query.join_tree.quals = transform_where(scope, statement.where_clause, ExprUse::Where);
  add_view_conditions(query, target);
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
  const WriteTarget target = set_target_table(scope, *statement.relation);
  query.join_tree.children.push_back(JoinTree{JoinTree::Kind::Range, query.result_range});
  scope.names.push_back(target.names);
  transform_from(scope, list_of(statement.n_using_clause, statement.using_clause));
  query.join_tree.quals = transform_where(scope, statement.where_clause, ExprUse::Where);
  add_view_conditions(query, target);
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
