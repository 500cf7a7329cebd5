#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/rule.hpp"

// Rules that find statements which can hardly mean what they say. They change the meaning, and say
// so.

namespace quern::advisor::rewrite {

std::optional<Finding> equals_null(Query& query) {
  bool changed = false;
  walk_nodes(query.tree.statement(), [&](PgQuery__Node* node) {
    const auto* comparison = as<PgQuery__AExpr>(node);
    const std::string op = binary_operator(comparison);
    if (op != "=" && op != "<>") {
      return true;
    }
    const bool right = is_null_literal(comparison->rexpr);
    if (right || is_null_literal(comparison->lexpr)) {
      *node =
          *query.tree.expression("(" + Tree::text(right ? comparison->lexpr : comparison->rexpr) +
                                 ")" + (op == "=" ? " IS NULL" : " IS NOT NULL"));
      changed = true;
    }
    return true;
  });
  if (!changed) {
    return std::nullopt;
  }
  return Finding{
      .equivalence = Equivalence::ChangesMeaning,
      .replacement = query.tree.sql(),
      .why =
          "A comparison with NULL is never true, whatever the other side is: the predicate "
          "finds no row. IS NULL asks what was probably meant.",
      .conditions = {{"NULL stands in the statement, or the driver wrote it there for a "
                      "missing parameter",
                      false}},
      .correctness = true};
}

namespace {

std::optional<Finding> unrestricted(const PgQuery__RangeVar& table, const char* verb) {
  return Finding{
      .equivalence = Equivalence::ChangesMeaning,
      .why = fmt::format("{} without WHERE writes every row of {}: all of them are locked until "
                         "the transaction ends and leave a dead version to be vacuumed.",
                         verb, table.relname),
      .conditions = {{"every row was meant", false}},
      .correctness = true};
}

}  // namespace

std::optional<Finding> write_without_where(Query& query) {
  const PgQuery__Node* statement = query.tree.statement();
  if (const auto* update = as<PgQuery__UpdateStmt>(statement);
      update != nullptr && update->where_clause == nullptr && update->n_from_clause == 0) {
    return unrestricted(*update->relation, "UPDATE");
  }
  if (const auto* remove = as<PgQuery__DeleteStmt>(statement);
      remove != nullptr && remove->where_clause == nullptr && remove->n_using_clause == 0) {
    return unrestricted(*remove->relation, "DELETE");
  }
  return std::nullopt;
}

std::optional<Finding> limit_without_order(Query& query) {
  const auto* select = as<PgQuery__SelectStmt>(query.tree.statement());
  // Row locks take "any row" on purpose (queues); the arms of a UNION have an order of their own.
  if (select == nullptr || select->limit_count == nullptr || select->n_sort_clause > 0 ||
      select->op != PG_QUERY__SET_OPERATION__SETOP_NONE || select->n_from_clause == 0 ||
      select->n_locking_clause > 0 ||
      (has_aggregate(query, *select) && select->n_group_clause == 0)) {
    return std::nullopt;
  }
  // Only plain tables are judged: the row count of anything else is not known here.
  const Block& block = query.blocks.front();
  const bool all_constant =
      std::all_of(select->target_list, select->target_list + select->n_target_list,
                  [](const PgQuery__Node* node) {
                    return literal(as<PgQuery__ResTarget>(node)->val).has_value();
                  });
  const bool known = std::all_of(block.sources.begin(), block.sources.end(),
                                 [](const Source& source) { return source.table != nullptr; });
  if (all_constant || !known) {
    return std::nullopt;
  }
  // A result of at most one row needs no order: every table's key is fixed by constants or joins.
  PgQuery__SelectStmt shown = *select;
  shown.n_target_list = 0;
  Block nothing_shown = block;
  nothing_shown.select = &shown;
  nothing_shown.where = &shown.where_clause;
  if (rows_are_unique(query, nothing_shown)) {
    return std::nullopt;
  }
  return Finding{
      .equivalence = Equivalence::ChangesMeaning,
      .why =
          "LIMIT without ORDER BY returns whichever rows come first, and which these are "
          "changes with the plan, with vacuum and with concurrent scans.",
      .conditions = {{"the rows returned matter to the application", false}},
      .correctness = true,
      // What mappers send to find one row by what the application takes for a key.
      .of_many_rows = true};
}

std::optional<Finding> order_by_random(Query& query) {
  for (const Block& block : query.blocks) {
    if (block.select == nullptr || block.select->n_sort_clause == 0) {
      continue;
    }
    const auto* item = as<PgQuery__SortBy>(block.select->sort_clause[0]);
    const auto* call = as<PgQuery__FuncCall>(item->node);
    if (call == nullptr || function_name(*call) != "random" || call->n_args > 0) {
      continue;
    }
    return Finding{
        .equivalence = Equivalence::ChangesMeaning,
        .why =
            "ORDER BY random() reads and sorts every row to keep a few. TABLESAMPLE SYSTEM or "
            "BERNOULLI, or a probe by a random key (WHERE id >= <random value> ORDER BY id "
            "LIMIT n), reads only what it returns.",
        .conditions = {{"a sample that is not perfectly uniform will do", false}}};
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
