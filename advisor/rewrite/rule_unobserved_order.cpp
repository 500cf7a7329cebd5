#include <algorithm>
#include <array>

#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Aggregates whose result does not depend on the order of their input, not even in the last digit
/// (sum and avg of floats do).
bool ignores_order(const Query& query, const PgQuery__Node* target) {
  const auto* result = as<PgQuery__ResTarget>(target);
  const auto* call = result == nullptr ? nullptr : as<PgQuery__FuncCall>(result->val);
  constexpr std::array<std::string_view, 5> kNames{"count", "min", "max", "bool_and", "bool_or"};
  return call != nullptr && call->over == nullptr &&
         !query.is_user_function(function_name(*call)) &&
         std::find(kNames.begin(), kNames.end(), function_name(*call)) != kNames.end();
}

/// ORDER BY that decides nothing but the order of the rows handed up.
bool only_orders(PgQuery__SelectStmt* select) {
  return select != nullptr && select->n_sort_clause > 0 && select->limit_count == nullptr &&
         select->limit_offset == nullptr && select->n_locking_clause == 0 &&
         std::all_of(select->distinct_clause, select->distinct_clause + select->n_distinct_clause,
                     [](const PgQuery__Node* node) { return content(node) == nullptr; });
}

}  // namespace

std::optional<Finding> unobserved_order(Query& query) {
  bool changed = false;
  for (Block& block : query.blocks) {
    PgQuery__SelectStmt* select = block.select;
    if (select == nullptr || select->n_from_clause != 1 || select->n_target_list == 0 ||
        select->n_group_clause > 0 ||
        !std::all_of(select->target_list, select->target_list + select->n_target_list,
                     [&](const PgQuery__Node* target) { return ignores_order(query, target); })) {
      continue;
    }
    const auto* below = as<PgQuery__RangeSubselect>(select->from_clause[0]);
    auto* inner = below == nullptr ? nullptr : as<PgQuery__SelectStmt>(below->subquery);
    if (only_orders(inner) && query.deterministic(&inner->base)) {
      inner->n_sort_clause = 0;
      changed = true;
    }
  }
  for (const Filter& filter : filters(query)) {
    const auto* link = as<PgQuery__SubLink>(filter.node);
    if (link != nullptr && link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK) {
      auto* inner = as<PgQuery__SelectStmt>(link->subselect);
      if (only_orders(inner) && query.deterministic(&inner->base)) {
        inner->n_sort_clause = 0;
        changed = true;
      }
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  return Finding{
      .replacement = query.tree.sql(),
      .why =
          "The subquery is sorted, and what reads it does not depend on the order; the server "
          "sorts all the same.",
      .conditions = {{"no LIMIT, OFFSET, DISTINCT ON or row lock in the subquery"},
                     {"the result above is the same in any order"}}};
}

}  // namespace quern::advisor::rewrite
