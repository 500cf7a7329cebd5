// Does a relation give at most one row for each row of the other side? Source: analyzejoins.c
// (innerrel_is_unique, query_is_distinct_for), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/join_path_search.hpp"

namespace quern::planner_model {

bool innerrel_is_unique(PlannerInfo& root, Relids join_relids, Relids outer_relids,
                        RelOptInfo& inner, JoinType type,
                        const std::vector<RestrictInfo*>& restrict_list) {
  if (restrict_list.empty() || inner.kind != RelKind::Base) {
    return false;
  }
  std::vector<RestrictInfo*> clauses;
  for (auto* clause : restrict_list) {
    if (is_outer_join(type) && is_pushed_down(*clause, join_relids)) {
      continue;
    }
    if (!clause->can_join || clause->merge_opfamilies.empty() ||
        !sides_match(*clause, outer_relids, inner.relids)) {
      continue;
    }
    clauses.push_back(clause);
  }
  if (inner.entry->kind == RangeKind::Relation) {
    return relation_has_unique_index_for(root, inner, clauses, {}, {});
  }
  if (inner.entry->kind == RangeKind::Subquery && !inner.is_append) {
    // As it is written: planning it may leave columns out of its GROUP BY.
    return query_is_distinct_for(*inner.entry->subquery, inner_columns(clauses, inner.range));
  }
  return false;
}

std::vector<int> inner_columns(const std::vector<RestrictInfo*>& clauses, int range) {
  std::vector<int> columns;
  for (const auto* clause : clauses) {
    const ExprPtr side = strip_relabel(clause->clause->args[clause->outer_is_left ? 1 : 0]);
    if (side->kind == ExprKind::Var && side->varno == range) {
      columns.push_back(side->attno);
    }
  }
  return columns;
}

bool query_is_distinct_for(const Query& query, const std::vector<int>& columns) {
  const auto is_output = [&](int ref) {
    int position = 0;
    for (const auto& target : query.targets) {
      if (target.junk) {
        continue;
      }
      ++position;
      if (target.sort_group_ref == ref) {
        return std::find(columns.begin(), columns.end(), position) != columns.end();
      }
    }
    return false;
  };
  const auto all_in = [&](const std::vector<SortGroupClause>& clauses) {
    return std::all_of(clauses.begin(), clauses.end(),
                       [&](const SortGroupClause& c) { return is_output(c.ref); });
  };
  if (!query.distinct.empty() && all_in(query.distinct)) {
    return true;
  }
  if (query.has_returning_set) {
    return false;
  }
  if (!query.group_by.empty() && !query.has_grouping_sets) {
    return all_in(query.group_by);
  }
  if (query.has_grouping_sets) {
    return false;
  }
  if (query.has_aggregates || query.having) {
    return true;  // one row
  }
  if (query.set_operation && !query.set_operation->all) {
    for (std::size_t i = 0; i < query.set_operation->columns.size(); ++i) {
      if (std::find(columns.begin(), columns.end(), static_cast<int>(i) + 1) == columns.end()) {
        return false;
      }
    }
    return true;
  }
  return false;
}

}  // namespace quern::planner_model
