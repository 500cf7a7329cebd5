// MERGE: parse_merge.c, and the join it becomes: transform_MERGE_to_join(), prepjointree.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

/// An unconditional WHEN leaves nothing to those of its kind after it.
void check_reachable(ParseList clauses) {
  bool terminal[2] = {false, false};
  for (const ParseNode* node : clauses) {
    const PgQuery__MergeWhenClause& clause = *node->merge_when_clause;
    bool& ended = terminal[clause.matched != 0 ? 0 : 1];
    if (ended) {
      throw UserError{"unreachable WHEN clause specified after unconditional WHEN clause"};
    }
    ended = !is_set(clause.condition);
  }
}

}  // namespace

/// What the action computes, for each source row that comes to it.
void Analyzer::transform_merge_action(Scope& scope, const PgQuery__MergeWhenClause& clause,
                                      const WriteTarget& target) {
  Query& query = scope.query;
  if (ExprPtr condition = transform_where(scope, clause.condition, ExprUse::Where)) {
    query.targets.push_back(TargetEntry{std::move(condition), "when", 0, true});
  }
  const ParseList items = list_of(clause.n_target_list, clause.target_list);
  std::vector<TargetEntry> computed;
  if (clause.command_type == PG_QUERY__CMD_TYPE__CMD_UPDATE) {
    computed = transform_update_targets(scope, target, items);
    note_updated_columns(query, computed);
  } else if (clause.command_type == PG_QUERY__CMD_TYPE__CMD_INSERT && clause.n_values > 0) {
    std::vector<ParseList> indirections;
    const std::vector<const Column*> columns = insert_columns(items, *target.named, indirections);
    std::vector<ExprPtr> values = transform_expression_list(
        scope, list_of(clause.n_values, clause.values), ExprUse::Values, true);
    for (std::size_t i = 0; i < std::min(values.size(), columns.size()); ++i) {
      (void)target.stored(*columns[i], "insert into");
    }
    for (ExprPtr& value :
         insert_row(scope, std::move(values), columns, indirections, !items.empty())) {
      computed.push_back(TargetEntry{std::move(value), "value"});
    }
  }
  for (TargetEntry& value : computed) {
    if (value.expr->kind != ExprKind::SetToDefault) {
      value.junk = true;
      query.targets.push_back(std::move(value));
    }
  }
}

Query Analyzer::transform_merge(const PgQuery__MergeStmt& statement, Scope* parent) {
  Scope scope{parent};
  Query& query = scope.query;
  query.command = Command::Merge;
  if (statement.with_clause != nullptr) {
    if (statement.with_clause->recursive != 0) {
      throw UserError{"WITH RECURSIVE is not supported for MERGE statement"};
    }
    transform_with(scope, *statement.with_clause);
  }
  const ParseList clauses = list_of(statement.n_merge_when_clauses, statement.merge_when_clauses);
  check_reachable(clauses);
  const WriteTarget target = set_target_table(scope, *statement.relation);
  FromItem source = transform_from_item(scope, *statement.source_relation);
  for (const NamespaceItem& item : source.names) {
    if (item.relation_visible && item.name == target.names.name) {
      throw UserError{fmt::format("name \"{}\" specified more than once", target.names.name)};
    }
  }

  // Rows of the source that match nothing are of interest only where one inserts.
  const bool inserts = std::any_of(clauses.begin(), clauses.end(), [](const ParseNode* node) {
    return node->merge_when_clause->command_type == PG_QUERY__CMD_TYPE__CMD_INSERT;
  });
  JoinTree join;
  join.kind = JoinTree::Kind::Join;
  join.join = inserts ? JoinType::Right : JoinType::Inner;
  join.children.push_back(JoinTree{JoinTree::Kind::Range, query.result_range});
  if (!target.quals.empty()) {  // only the target's rows within the view can match
    JoinTree within;
    within.children.push_back(std::move(join.children.back()));
    within.quals = target.quals.size() == 1 ? target.quals.front()
                                            : make_bool_expr(ExprKind::And, target.quals);
    join.children.back() = std::move(within);
  }
  join.children.push_back(std::move(source.tree));

  scope.names = source.names;
  scope.names.push_back(target.names);
  join.quals = transform_where(scope, statement.join_condition, ExprUse::JoinOn);
  query.join_tree.children.push_back(std::move(join));

  for (const ParseNode* node : clauses) {
    const PgQuery__MergeWhenClause& clause = *node->merge_when_clause;
    scope.names = source.names;
    if (clause.matched != 0) {
      scope.names.push_back(target.names);
    }
    transform_merge_action(scope, clause, target);
  }
  scope.names.clear();
  std::sort(query.updated_columns.begin(), query.updated_columns.end());
  query.updated_columns.erase(
      std::unique(query.updated_columns.begin(), query.updated_columns.end()),
      query.updated_columns.end());
  finish(scope);
  return std::move(scope.query);
}

}  // namespace quern::planner_model
