#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// x NOT IN (SELECT y ...) as a WHERE conjunct, with both columns resolved.
struct NotIn {
  PgQuery__Node* node;
  PgQuery__SelectStmt* inner;
  const Block* inner_block;
  ResolvedColumn outer_column;
  std::optional<ResolvedColumn> inner_column;
  bool inner_never_null;
};

const Block* block_of(const Query& query, const PgQuery__SelectStmt* select) {
  const auto found = std::find_if(query.blocks.begin(), query.blocks.end(),
                                  [&](const Block& block) { return block.select == select; });
  return found == query.blocks.end() ? nullptr : &*found;
}

/// Whether a top-level conjunct of the subquery says that the column is not null.
bool asserted_not_null(const Query& query, const Block& block, const ResolvedColumn& column) {
  for (const auto* part : conjuncts(*block.where)) {
    const auto* test = as<PgQuery__NullTest>(part);
    if (test != nullptr && test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL) {
      const auto tested = query.resolve(block, test->arg);
      if (tested && tested->source == column.source && tested->column == column.column) {
        return true;
      }
    }
  }
  return false;
}

std::vector<NotIn> find(Query& query) {
  std::vector<NotIn> found;
  for (const Filter& filter : filters(query)) {
    const auto* negation = as<PgQuery__BoolExpr>(filter.node);
    if (!filter.conjunct || negation == nullptr ||
        negation->boolop != PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
      continue;
    }
    const auto* link = as<PgQuery__SubLink>(negation->args[0]);
    if (link == nullptr || link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK ||
        link->n_oper_name > 0) {
      continue;
    }
    auto* inner = as<PgQuery__SelectStmt>(link->subselect);
    const Block* inner_block = block_of(query, inner);
    const auto outer_column = query.resolve(*filter.block, link->testexpr);
    if (inner_block == nullptr || !outer_column) {
      continue;
    }
    NotIn match{filter.node, inner, inner_block, *outer_column, std::nullopt, false};
    if (inner->n_target_list == 1) {
      const auto* target = as<PgQuery__ResTarget>(inner->target_list[0]);
      match.inner_column = query.resolve(*inner_block, target->val);
      match.inner_never_null = literal(target->val).has_value() ||
                               (match.inner_column && match.inner_column->block == inner_block &&
                                (match.inner_column->never_null() ||
                                 asserted_not_null(query, *inner_block, *match.inner_column)));
    }
    found.push_back(match);
  }
  return found;
}

/// NOT EXISTS with the comparison inside; through a derived table when the subquery is not plain or
/// one of its tables would hide the outer column.
std::string not_exists(Query& query, const NotIn& match) {
  const std::string outer = Query::qualified(match.outer_column);
  const bool hidden = std::any_of(
      match.inner_block->sources.begin(), match.inner_block->sources.end(),
      [&](const Source& source) { return source.alias == match.outer_column.source->alias; });
  if (hidden || !match.inner_column || match.inner_column->block != match.inner_block ||
      !is_plain_select(query, *match.inner)) {
    return fmt::format("NOT EXISTS (SELECT 1 FROM ({}) AS listed(value) WHERE listed.value = {})",
                       Tree::text(*match.inner), outer);
  }
  auto parts = conjuncts(match.inner->where_clause);
  parts.push_back(query.tree.expression(outer + " = " + Query::qualified(*match.inner_column)));
  match.inner->where_clause = conjunction(query.tree, parts);
  as<PgQuery__ResTarget>(match.inner->target_list[0])->val = query.tree.expression("1");
  match.inner->n_sort_clause = 0;
  return "NOT EXISTS (" + Tree::text(*match.inner) + ")";
}

std::string described(const ResolvedColumn& column) {
  return column.source->table->name + "." + column.column->name;
}

}  // namespace

std::optional<Finding> not_in(Query& query) {
  Finding finding{
      .why =
          "NOT IN is run as a hashed (or, beyond work_mem, a repeated) subplan, because it "
          "must treat NULL specially; NOT EXISTS becomes an anti-join."};
  bool changed = false;
  for (const NotIn& match : find(query)) {
    if (!match.outer_column.never_null() || !match.inner_never_null) {
      continue;
    }
    finding.conditions.push_back({described(match.outer_column) + " is NOT NULL"});
    finding.conditions.push_back({"the subquery's column is never NULL"});
    *match.node = *query.tree.expression(not_exists(query, match));
    changed = true;
  }
  if (!changed) {
    return std::nullopt;
  }
  finding.replacement = query.tree.sql();
  return finding;
}

std::optional<Finding> nullable_not_in(Query& query) {
  for (const NotIn& match : find(query)) {
    const bool outer_nullable = !match.outer_column.never_null();
    if (!outer_nullable && match.inner_never_null) {
      continue;
    }
    Finding finding{.equivalence = Equivalence::ChangesMeaning};
    // A subquery's column that could not be resolved is not reported as a bug.
    if (!match.inner_never_null && match.inner_column) {
      finding.correctness = true;
      finding.why = fmt::format(
          "{} may be NULL. As soon as the subquery returns one NULL, NOT IN is true for no row at "
          "all and the query returns nothing. NOT EXISTS says what was probably meant, and becomes "
          "an anti-join.",
          described(*match.inner_column));
      finding.conditions.push_back(
          {"rows were meant to be returned although the subquery yields NULL", false});
    } else if (match.inner_never_null) {
      finding.equivalence = Equivalence::UnderAssumption;
      finding.why = fmt::format(
          "{} may be NULL: NOT IN drops those rows unless the subquery is empty. NOT EXISTS with "
          "an "
          "explicit IS NOT NULL becomes an anti-join and differs for an empty subquery only.",
          described(match.outer_column));
      finding.conditions.push_back({"the subquery returns at least one row", false});
    } else {
      continue;
    }
    std::string replacement = not_exists(query, match);
    if (outer_nullable) {
      replacement = Query::qualified(match.outer_column) + " IS NOT NULL AND " + replacement;
    }
    *match.node = *query.tree.expression(replacement);
    finding.replacement = query.tree.sql();
    return finding;
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
