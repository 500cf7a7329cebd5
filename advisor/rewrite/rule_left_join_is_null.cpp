#include <fmt/core.h>

#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Whether the predicate names the column. A tested column that is also a join key makes the
/// planner see the anti-join by itself (reduce_outer_joins(), prepjointree.c), so the rule must not
/// fire.
bool names_column(const Query& query, const Block& block, PgQuery__Node* predicate,
                  const ResolvedColumn& column) {
  bool found = false;
  walk_nodes(predicate, [&](PgQuery__Node* node) {
    const auto named = query.resolve(block, node);
    found = found || (named && named->source == column.source && named->column == column.column);
    return !found;
  });
  return found;
}

}  // namespace

std::optional<Finding> left_join_is_null(Query& query) {
  for (Block& block : query.blocks) {
    for (PgQuery__Node* item : unguarded_joins(block)) {
      const auto* join = as<PgQuery__JoinExpr>(item);
      const Source* right = source_of(block, join->rarg);
      if (join->jointype != PG_QUERY__JOIN_TYPE__JOIN_LEFT || right == nullptr ||
          join->quals == nullptr) {
        continue;
      }
      auto parts = conjuncts(*block.where);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto* test = as<PgQuery__NullTest>(parts[i]);
        if (test == nullptr || test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NULL) {
          continue;
        }
        const auto column = query.resolve(block, test->arg);
        if (!column || column->source != right || !column->column->not_null ||
            names_column(query, block, join->quals, *column) ||
            mentions_source(query, block, *right, block.statement, {join->quals, parts[i]})) {
          continue;
        }
        Finding finding{
            .why = fmt::format("The outer join keeps the rows of {} without a match by joining "
                               "first and filtering after; NOT EXISTS becomes an anti-join.",
                               right->table->name),
            .conditions = {{fmt::format("{}.{} is NOT NULL, so that IS NULL means \"no match\"",
                                        right->table->name, column->column->name)},
                           {fmt::format("no other column of {} is read", right->table->name)}}};
        parts[i] = query.tree.expression(fmt::format("NOT EXISTS (SELECT 1 FROM {} WHERE {})",
                                                     Tree::from_text(join->rarg),
                                                     Tree::text(join->quals)));
        *block.where = conjunction(query.tree, parts);
        *item = *join->larg;
        finding.replacement = query.tree.sql();
        return finding;
      }
    }
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
