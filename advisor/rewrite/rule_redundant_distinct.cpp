#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// SELECT DISTINCT, not DISTINCT ON: the grammar gives a list with one empty node.
bool is_distinct(const Block& block) {
  return block.select != nullptr && block.select->n_distinct_clause == 1 &&
         content(block.select->distinct_clause[0]) == nullptr;
}

}  // namespace

std::optional<Finding> redundant_distinct(Query& query) {
  bool changed = false;
  for (Block& block : query.blocks) {
    if (is_distinct(block) && rows_are_unique(query, block)) {
      block.select->n_distinct_clause = 0;
      changed = true;
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  return Finding{
      .replacement = query.tree.sql(),
      .why =
          "The select list holds a key, and every join adds at most one row to it: no two "
          "rows can be equal, and the sort or hash that DISTINCT costs finds nothing.",
      .conditions = {{"a unique, NOT NULL, immediate key is in the select list"},
                     {"each further table is joined on a unique key of its own"}}};
}

std::optional<Finding> distinct_to_exists(Query& query) {
  for (Block& block : query.blocks) {
    if (!is_distinct(block) || block.sources.size() != 2 || rows_are_unique(query, block) ||
        has_aggregate(query, *block.select) || block.select->n_group_clause > 0) {
      continue;
    }
    PgQuery__SelectStmt& select = *block.select;
    std::vector<PgQuery__Node*> parts = conjuncts(select.where_clause);
    std::vector<PgQuery__Node*> items(select.from_clause,
                                      select.from_clause + select.n_from_clause);
    if (items.size() == 1 && unguarded_joins(block).size() == 1) {
      const auto* join = as<PgQuery__JoinExpr>(items[0]);
      if (join->jointype != PG_QUERY__JOIN_TYPE__JOIN_INNER) {
        continue;
      }
      const auto on = conjuncts(join->quals);
      parts.insert(parts.begin(), on.begin(), on.end());
      items = {join->larg, join->rarg};
    }
    if (items.size() != 2) {
      continue;
    }
    for (const auto& [keep, drop] :
         {std::pair{items[0], items[1]}, std::pair{items[1], items[0]}}) {
      const Source* kept = source_of(block, keep);
      const Source* dropped = source_of(block, drop);
      if (kept == nullptr || dropped == nullptr) {
        break;
      }
      std::vector<PgQuery__Node*> outside, inside;
      std::set<const void*> moved;
      for (auto* part : parts) {
        const bool moves = mentions_source(query, block, *dropped, &part->base);
        (moves ? inside : outside).push_back(part);
        if (moves) {
          moved.insert(part);
        }
      }
      // The list must show a key of what stays and nothing of what goes.
      Block alone = block;
      alone.sources = {*kept};
      PgQuery__SelectStmt bare = select;
      bare.n_from_clause = 0;
      bare.where_clause = nullptr;
      alone.select = &bare;
      alone.where = &bare.where_clause;
      if (inside.empty() || mentions_source(query, block, *dropped, block.statement, moved) ||
          !rows_are_unique(query, alone) || !query.deterministic(block.statement)) {
        continue;
      }
      outside.push_back(query.tree.expression("EXISTS (SELECT 1 FROM " + Tree::from_text(drop) +
                                              " WHERE " +
                                              Tree::text(conjunction(query.tree, inside)) + ")"));
      const std::string name = dropped->table->name;
      select.n_distinct_clause = 0;
      select.n_from_clause = 1;
      select.from_clause = query.tree.list({keep});
      select.where_clause = conjunction(query.tree, outside);
      return Finding{
          .replacement = query.tree.sql(),
          .why = "The join to " + name +
                 " only multiplies rows that DISTINCT then removes; EXISTS "
                 "becomes a semi-join and needs no DISTINCT.",
          .conditions = {{"a unique, NOT NULL, immediate key is in the select list"},
                         {"no column of " + name + " is read outside the join condition"}}};
    }
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
