// WITH: parse_cte.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

using Definitions = std::vector<const PgQuery__CommonTableExpr*>;

CommonTableExpression::Materialize materialize(PgQuery__CTEMaterialize choice) {
  switch (choice) {
    case PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways:
      return CommonTableExpression::Materialize::Always;
    case PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever:
      return CommonTableExpression::Materialize::Never;
    default:
      return CommonTableExpression::Materialize::Default;
  }
}

bool depends_on(const PgQuery__CommonTableExpr& cte, const PgQuery__CommonTableExpr& other) {
  return mentions_relation(cte.ctequery->base, text_of(other.ctename));
}

/// TopologicalSort(): WITH RECURSIVE may refer forwards, so dependencies come first.
Definitions in_dependency_order(Definitions pending) {
  Definitions ordered;
  while (!pending.empty()) {
    const auto ready = std::find_if(pending.begin(), pending.end(), [&](const auto* cte) {
      return std::none_of(pending.begin(), pending.end(), [&](const auto* other) {
        return other != cte && depends_on(*cte, *other);
      });
    });
    if (ready == pending.end()) {
      throw UserError{"mutual recursion between WITH items is not implemented"};
    }
    ordered.push_back(*ready);
    pending.erase(ready);
  }
  return ordered;
}

}  // namespace

/// transformWithClause()
void Analyzer::transform_with(Scope& scope, const PgQuery__WithClause& clause) {
  Definitions definitions;
  for (const ParseNode* node : list_of(clause.n_ctes, clause.ctes)) {
    const PgQuery__CommonTableExpr* cte = node->common_table_expr;
    for (const auto* other : definitions) {
      if (text_of(other->ctename) == text_of(cte->ctename)) {
        throw UserError{
            fmt::format("WITH query name \"{}\" specified more than once", text_of(cte->ctename))};
      }
    }
    const bool is_select = is(cte->ctequery, PG_QUERY__NODE__NODE_SELECT_STMT);
    if (!is_select && scope.parent != nullptr) {
      throw UserError{"WITH clause containing a data-modifying statement must be at the top level"};
    }
    definitions.push_back(cte);
  }
  scope.query.has_recursive = clause.recursive != 0;
  if (clause.recursive != 0) {
    definitions = in_dependency_order(std::move(definitions));
  }
  for (const auto* cte : definitions) {
    const bool recursive = clause.recursive != 0 && depends_on(*cte, *cte);
    CteEntry entry;
    entry.name = std::string{text_of(cte->ctename)};
    entry.position = scope.query.ctes.size();
    entry.visible = recursive;
    entry.being_defined = recursive;
    scope.ctes.push_back(std::move(entry));
    CommonTableExpression expression;
    expression.name = std::string{text_of(cte->ctename)};
    expression.materialize = materialize(cte->ctematerialized);
    scope.query.ctes.push_back(std::move(expression));
    analyze_cte(scope, *cte, scope.ctes.size() - 1, recursive);
  }
}

/// analyzeCTE()
void Analyzer::analyze_cte(Scope& scope, const PgQuery__CommonTableExpr& cte, std::size_t entry,
                           bool recursive) {
  const bool widened = cte.search_clause != nullptr || cte.cycle_clause != nullptr;
  if (widened && !recursive) {
    throw UserError{"WITH query is not recursive"};
  }
  const RecursiveCte self{&scope, entry, &cte};
  Query query;
  if (is(cte.ctequery, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    const PgQuery__SelectStmt& select = *cte.ctequery->select_stmt;
    if (recursive && select.op != PG_QUERY__SET_OPERATION__SETOP_UNION) {
      throw UserError{fmt::format(
          "recursive query \"{}\" does not have the form non-recursive-term UNION [ALL] "
          "recursive-term",
          text_of(cte.ctename))};
    }
    query = transform_select(select, &scope, true, recursive ? &self : nullptr);
  } else {
    query = transform_statement(*cte.ctequery, &scope);
  }
  std::vector<RangeColumn> columns;
  const auto& outputs = query.command == Command::Select ? query.targets : query.returning;
  for (const TargetEntry& target : outputs) {
    if (!target.junk) {
      columns.push_back(column_of_expr(target.name, *target.expr));
    }
  }
  CteEntry& done = scope.ctes[entry];
  if (done.columns_known) {
    for (std::size_t i = 0; i < columns.size() && i < done.columns.size(); ++i) {
      if (columns[i].type != done.columns[i].type) {
        throw UserError{
            fmt::format("recursive query \"{}\" column {} has type {} in non-recursive term but "
                        "type {} overall",
                        done.name, i + 1, types_.format_type(done.columns[i].type),
                        types_.format_type(columns[i].type))};
      }
    }
  } else {
    set_cte_columns(done, cte, columns);
  }
  if (widened) {
    for (RangeColumn& column : add_search_and_cycle(scope, cte, done.columns, query)) {
      done.columns.push_back(std::move(column));
    }
  }
  done.visible = true;
  done.being_defined = false;
  scope.query.ctes[done.position].query = std::make_shared<Query>(std::move(query));
}

/// analyzeCTETargetList()
void Analyzer::set_cte_columns(CteEntry& entry, const PgQuery__CommonTableExpr& cte,
                               const std::vector<RangeColumn>& columns) {
  entry.columns = columns;
  if (cte.n_aliascolnames > columns.size()) {
    throw UserError{
        fmt::format("WITH query \"{}\" has {} columns available but {} columns specified",
                    entry.name, columns.size(), cte.n_aliascolnames)};
  }
  for (std::size_t i = 0; i < cte.n_aliascolnames; ++i) {
    entry.columns[i].name = std::string{string_of(cte.aliascolnames[i])};
  }
}

}  // namespace quern::planner_model
