#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Makes the inner table's columns the outer one's. False when a name is not certain.
bool rename_columns(Query& query, const Block& inner, const Source& outer,
                    PgQuery__Node* predicate) {
  bool certain = true;
  walk_nodes(predicate, [&](PgQuery__Node* node) {
    if (as<PgQuery__ColumnRef>(node) == nullptr) {
      return certain;
    }
    const auto column = query.resolve(inner, node);
    if (!column) {
      certain = false;
    } else if (column->block == &inner) {
      *node =
          *query.tree.expression(Query::qualified(ResolvedColumn{&inner, &outer, column->column}));
    } else {
      *node = *query.tree.expression(Query::qualified(*column));
    }
    return false;
  });
  return certain;
}

}  // namespace

std::optional<Finding> self_in(Query& query) {
  for (const Filter& filter : filters(query)) {
    const auto* link = as<PgQuery__SubLink>(filter.node);
    if (link == nullptr || link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK ||
        link->n_oper_name > 0) {
      continue;
    }
    const auto* select = as<PgQuery__SelectStmt>(link->subselect);
    const auto inner = std::find_if(query.blocks.begin(), query.blocks.end(),
                                    [&](const Block& block) { return block.select == select; });
    const auto outer_column = query.resolve(*filter.block, link->testexpr);
    if (inner == query.blocks.end() || inner->sources.size() != 1 || !outer_column ||
        outer_column->block != filter.block || select->n_target_list != 1 ||
        select->where_clause == nullptr || !is_plain_select(query, *select) ||
        contains<PgQuery__SubLink>(select->where_clause) ||
        !query.deterministic(select->where_clause)) {
      continue;
    }
    const auto inner_column =
        query.resolve(*inner, as<PgQuery__ResTarget>(select->target_list[0])->val);
    if (!inner_column || inner_column->block != &*inner ||
        inner_column->source->table != outer_column->source->table ||
        inner_column->column != outer_column->column || !outer_column->never_null() ||
        !query.covers_key(*outer_column->source->table, {outer_column->column->number}) ||
        !rename_columns(query, *inner, *outer_column->source, select->where_clause)) {
      continue;
    }
    const std::string name = outer_column->source->table->name + "." + outer_column->column->name;
    *filter.node = *select->where_clause;
    return Finding{
        .replacement = query.tree.sql(),
        .why =
            "The subquery looks up rows of the same table by its key, only to test them; the "
            "test can be made on the row itself.",
        .conditions = {{name + " is unique and NOT NULL: the inner row is the outer row"},
                       {"the subquery has no LIMIT, grouping or volatile function"}}};
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
