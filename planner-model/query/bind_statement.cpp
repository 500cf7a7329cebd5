// SELECT and VALUES: analyze.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

Analyzer::Analyzer(const CatalogSnapshot& catalog, const TypeSystem& types,
                   const std::vector<std::optional<std::string>>& parameters,
                   std::map<int, Oid> declared_parameters, ViewQueries* views)
    : catalog_{catalog},
      types_{types},
      parameters_{parameters},
      parameter_types_{std::move(declared_parameters)},
      views_{views} {}

Query Analyzer::analyze(const ParseNode& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
      return analyze(*statement.explain_stmt->query);
    case PG_QUERY__NODE__NODE_PREPARE_STMT: {
      int number = 0;
      for (const ParseNode* type :
           list_of(statement.prepare_stmt->n_argtypes, statement.prepare_stmt->argtypes)) {
        parameter_types_[++number] = resolve_type_name(*type->type_name).type;
      }
      return analyze(*statement.prepare_stmt->query);
    }
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
      return analyze(*statement.declare_cursor_stmt->query);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      return analyze(*statement.create_table_as_stmt->query);
    default:
      return transform_statement(statement, nullptr);
  }
}

Query Analyzer::transform_statement(const ParseNode& statement, Scope* parent) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return transform_select(*statement.select_stmt, parent);
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return transform_insert(*statement.insert_stmt, parent);
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return transform_update(*statement.update_stmt, parent);
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return transform_delete(*statement.delete_stmt, parent);
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return transform_merge(*statement.merge_stmt, parent);
    default:
      throw UserError{
          "only SELECT, VALUES, INSERT, UPDATE, DELETE and MERGE have plans: this is a utility "
          "statement"};
  }
}

Query Analyzer::transform_select(const PgQuery__SelectStmt& statement, Scope* parent,
                                 bool resolve_unknowns, const RecursiveCte* recursive) {
  Scope scope{parent};
  scope.resolve_unknowns = resolve_unknowns;
  if (statement.with_clause != nullptr) {
    transform_with(scope, *statement.with_clause);
  }
  if (statement.n_values_lists > 0) {
    transform_values(scope, statement);
  } else if (statement.op != PG_QUERY__SET_OPERATION__SETOP_NONE &&
             statement.op != PG_QUERY__SET_OPERATION__SET_OPERATION_UNDEFINED) {
    transform_set_operations(scope, statement, recursive);
  } else {
    transform_plain_select(scope, statement);
  }
  finish(scope);
  return std::move(scope.query);
}

/// transformSelectStmt()
void Analyzer::transform_plain_select(Scope& scope, const PgQuery__SelectStmt& statement) {
  Query& query = scope.query;
  for (const ParseNode* node : list_of(statement.n_window_clause, statement.window_clause)) {
    scope.window_definitions.push_back(node->window_def);
    scope.window_texts.push_back(location_free_text(node->window_def->base));
  }
  transform_from(scope, list_of(statement.n_from_clause, statement.from_clause));
  transform_target_list(scope, list_of(statement.n_target_list, statement.target_list),
                        ExprUse::SelectTarget, query.targets);
  query.join_tree.quals = transform_where(scope, statement.where_clause, ExprUse::Where);
  query.having = transform_where(scope, statement.having_clause, ExprUse::Having);
  query.order_by = transform_sort(scope, list_of(statement.n_sort_clause, statement.sort_clause),
                                  query.targets, ExprUse::OrderBy, false);
  transform_group(scope, statement);
  transform_distinct_clause(scope, list_of(statement.n_distinct_clause, statement.distinct_clause));
  query.offset = transform_limit(scope, statement.limit_offset, ExprUse::Offset);
  query.limit = transform_limit(scope, statement.limit_count, ExprUse::Limit);
  query.limit_with_ties = statement.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  transform_windows(scope);
  transform_locking(scope, statement);
}

/// transformValuesClause(): a sub-query over one VALUES range.
void Analyzer::transform_values(Scope& scope, const PgQuery__SelectStmt& statement) {
  Query& query = scope.query;
  RangeTableEntry range;
  range.kind = RangeKind::Values;
  range.alias = "*VALUES*";
  std::vector<std::vector<ExprPtr>> columns;
  for (const ParseNode* node : list_of(statement.n_values_lists, statement.values_lists)) {
    std::vector<ExprPtr> row = transform_expression_list(
        scope, list_of(node->list->n_items, node->list->items), ExprUse::Values, false);
    if (columns.empty()) {
      columns.resize(row.size());
    } else if (columns.size() != row.size()) {
      throw UserError{"VALUES lists must all be the same length"};
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      columns[i].push_back(row[i]);
    }
    range.values.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Oid type = common_type(columns[i], "VALUES");
    for (std::size_t row = 0; row < columns[i].size(); ++row) {
      columns[i][row] = resolve_unknown(coerce_to_common(columns[i][row], type, "VALUES"));
      range.values[row][i] = assign_collations(columns[i][row], types_);
    }
    range.columns.push_back(RangeColumn{fmt::format("column{}", i + 1), columns[i][0]->type,
                                        common_typmod(columns[i], 0, 1),
                                        common_collation(columns[i], types_)});
    for (const ExprPtr& value : columns[i]) {
      range.lateral = range.lateral || lowest_level(value).has_value();
    }
  }
  FromItem item = add_range(scope, std::move(range), nullptr);
  query.join_tree.children.push_back(item.tree);
  scope.names.push_back(item.names.front());
  for (StarColumn& column : expand_item(item.names.front(), 0)) {
    query.targets.push_back(TargetEntry{std::move(column.expr), std::move(column.name)});
  }
  query.order_by = transform_sort(scope, list_of(statement.n_sort_clause, statement.sort_clause),
                                  query.targets, ExprUse::OrderBy, false);
  query.offset = transform_limit(scope, statement.limit_offset, ExprUse::Offset);
  query.limit = transform_limit(scope, statement.limit_count, ExprUse::Limit);
  query.limit_with_ties = statement.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  if (statement.n_locking_clause > 0) {
    throw UserError{"FOR UPDATE cannot be applied to VALUES"};
  }
}

ExprPtr Analyzer::transform_where(Scope& scope, const ParseNode* node, ExprUse use) {
  if (!is_set(node)) {
    return nullptr;
  }
  return coerce_to_boolean(transform_expr(scope, node, use), name_of(use));
}

ExprPtr Analyzer::transform_limit(Scope& scope, const ParseNode* node, ExprUse use) {
  if (!is_set(node)) {
    return nullptr;
  }
  ExprPtr limit =
      coerce_to_specific(transform_expr(scope, node, use), type_oid::kInt8, name_of(use));
  if (contains_local_vars(limit)) {
    throw UserError{fmt::format("argument of {} must not contain variables", name_of(use))};
  }
  return limit;
}

namespace {

std::string_view strength_name(PgQuery__LockClauseStrength strength) {
  switch (strength) {
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE:
      return "FOR KEY SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE:
      return "FOR SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE:
      return "FOR NO KEY UPDATE";
    default:
      return "FOR UPDATE";
  }
}

/// CheckSelectLocking()
void check_locking(const Query& query, std::string_view strength) {
  const auto refuse = [&](bool present, std::string_view what) {
    if (present) {
      throw UserError{fmt::format("{} is not allowed with {}", strength, what)};
    }
  };
  refuse(query.set_operation.has_value(), "UNION/INTERSECT/EXCEPT");
  refuse(!query.distinct.empty(), "DISTINCT clause");
  refuse(!query.group_by.empty() || query.has_grouping_sets, "GROUP BY clause");
  refuse(query.having != nullptr, "HAVING clause");
  refuse(query.has_aggregates, "aggregate functions");
  refuse(query.has_window_functions, "window functions");
  refuse(query.has_returning_set, "set-returning functions in the target list");
}

/// transformLockingClause() into a subquery: all of its tables.
void lock_everything(Query& query) {
  query.for_update = true;
  for (std::size_t i = 0; i < query.range_table.size(); ++i) {
    RangeTableEntry& range = query.range_table[i];
    if (range.kind == RangeKind::Relation) {
      query.row_marks.push_back(static_cast<int>(i) + 1);
    } else if (range.kind == RangeKind::Subquery && range.subquery) {
      lock_everything(*range.subquery);
    }
  }
}

}  // namespace

void Analyzer::transform_locking(Scope& scope, const PgQuery__SelectStmt& statement) {
  Query& query = scope.query;
  for (const ParseNode* node : list_of(statement.n_locking_clause, statement.locking_clause)) {
    const PgQuery__LockingClause& clause = *node->locking_clause;
    const std::string_view strength = strength_name(clause.strength);
    check_locking(query, strength);
    query.for_update = true;
    std::vector<std::string> wanted;
    for (const ParseNode* relation : list_of(clause.n_locked_rels, clause.locked_rels)) {
      wanted.emplace_back(text_of(relation->range_var->relname));
    }
    std::vector<bool> met(wanted.size(), false);
    for (std::size_t i = 0; i < query.range_table.size(); ++i) {
      RangeTableEntry& range = query.range_table[i];
      const auto named = std::find(wanted.begin(), wanted.end(), range.alias);
      if (!wanted.empty() && named == wanted.end()) {
        continue;
      }
      if (named != wanted.end()) {
        met[static_cast<std::size_t>(named - wanted.begin())] = true;
      }
      if (range.kind == RangeKind::Relation) {
        query.row_marks.push_back(static_cast<int>(i) + 1);
      } else if (range.kind == RangeKind::Subquery && range.subquery) {
        query.row_marks.push_back(static_cast<int>(i) + 1);
        check_locking(*range.subquery, strength);
        lock_everything(*range.subquery);
      } else if (named != wanted.end()) {
        throw UserError{fmt::format("{} cannot be applied to {}", strength,
                                    range.kind == RangeKind::Function ? "a function"
                                    : range.kind == RangeKind::Values ? "VALUES"
                                                                      : "a WITH query")};
      }
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!met[i]) {
        throw UserError{fmt::format("relation \"{}\" in {} clause not found in FROM clause",
                                    wanted[i], strength)};
      }
    }
  }
  std::sort(query.row_marks.begin(), query.row_marks.end());
  query.row_marks.erase(std::unique(query.row_marks.begin(), query.row_marks.end()),
                        query.row_marks.end());
}

/// The end of every transform...Stmt(): literals still without a type, collations, aggregates.
void Analyzer::finish(Scope& scope) {
  Query& query = scope.query;
  if (scope.resolve_unknowns && query.command == Command::Select) {
    for (TargetEntry& target : query.targets) {
      target.expr = resolve_unknown(target.expr);
    }
  }
  for (TargetEntry& target : query.returning) {
    target.expr = resolve_unknown(target.expr);
  }
  assign_query_collations(query, types_);
  if (query.has_aggregates || !query.group_by.empty() || query.has_grouping_sets ||
      query.having != nullptr) {
    check_aggregates(scope);
  }
}

}  // namespace quern::planner_model
