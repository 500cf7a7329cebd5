#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// A subquery that yields one count of its rows and nothing else.
bool counts_rows(const Query& query, const PgQuery__SelectStmt* select) {
  if (select == nullptr || select->op != PG_QUERY__SET_OPERATION__SETOP_NONE ||
      select->n_target_list != 1 || select->n_from_clause == 0 || select->n_group_clause > 0 ||
      select->having_clause != nullptr || select->n_distinct_clause > 0 ||
      select->limit_count != nullptr || select->limit_offset != nullptr ||
      select->n_locking_clause > 0) {
    return false;
  }
  const auto* call = as<PgQuery__FuncCall>(as<PgQuery__ResTarget>(select->target_list[0])->val);
  if (call == nullptr || function_name(*call) != "count" || query.is_user_function("count") ||
      call->agg_filter != nullptr || call->over != nullptr || call->agg_distinct) {
    return false;
  }
  return call->agg_star || (call->n_args == 1 && literal(call->args[0]).has_value());
}

/// true: "some row", false: "no row", nothing: a real count is wanted.
std::optional<bool> asks_for_existence(const std::string& op, std::int64_t bound) {
  if ((op == ">" && bound == 0) || (op == ">=" && bound == 1) || (op == "<>" && bound == 0)) {
    return true;
  }
  if ((op == "=" && bound == 0) || (op == "<" && bound == 1) || (op == "<=" && bound == 0)) {
    return false;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> count_to_exists(Query& query) {
  bool changed = false;
  walk_nodes(query.tree.statement(), [&](PgQuery__Node* node) {
    const auto* comparison = as<PgQuery__AExpr>(node);
    std::string op = binary_operator(comparison);
    if (op.empty()) {
      return true;
    }
    const auto* link = as<PgQuery__SubLink>(comparison->lexpr);
    auto bound = integer_literal(comparison->rexpr);
    if (link == nullptr) {
      link = as<PgQuery__SubLink>(comparison->rexpr);
      bound = integer_literal(comparison->lexpr);
      op = mirrored(op);
    }
    if (link == nullptr || link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK || !bound) {
      return true;
    }
    auto* inner = as<PgQuery__SelectStmt>(link->subselect);
    const auto some = asks_for_existence(op, *bound);
    if (!some || !counts_rows(query, inner)) {
      return true;
    }
    as<PgQuery__ResTarget>(inner->target_list[0])->val = query.tree.expression("1");
    inner->n_sort_clause = 0;
    *node =
        *query.tree.expression((*some ? "EXISTS (" : "NOT EXISTS (") + Tree::text(*inner) + ")");
    changed = true;
    return true;
  });
  if (!changed) {
    return std::nullopt;
  }
  return Finding{
      .replacement = query.tree.sql(),
      .why =
          "count(*) reads every matching row of the group to learn whether there is "
          "one; EXISTS stops at the first, and in WHERE becomes a semi-join.",
      .conditions = {{"the subquery counts rows: no GROUP BY, HAVING, LIMIT or FILTER"},
                     {"count is never NULL, so the comparison is true or false as EXISTS is"}}};
}

}  // namespace quern::advisor::rewrite
