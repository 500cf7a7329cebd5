#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// Clauses that an index can use, by index column.
struct IndexClauseSet {
  std::vector<std::vector<IndexClause>> columns = {};

  [[nodiscard]] bool empty() const {
    for (const auto& column : columns) {
      if (!column.empty()) {
        return false;
      }
    }
    return true;
  }
};

/// match_clause_to_indexcol(): how `clause` restricts column `column` of the index; nullopt: not.
[[nodiscard]] std::optional<IndexClause> match_clause_to_column(PlannerInfo& root,
                                                                RestrictInfo& clause, int column,
                                                                IndexOptInfo& index);

/// get_index_clause_from_support() (indxpath.c): what a btree can be asked instead of the operator
/// whose argument `own` is the index's column; nullopt: nothing.
[[nodiscard]] std::optional<IndexClause> derived_index_clause(PlannerInfo& root,
                                                              RestrictInfo& clause, int column,
                                                              IndexOptInfo& index, std::size_t own);

/// match_clause_to_index() for a list.
void match_clauses(PlannerInfo& root, std::span<RestrictInfo* const> clauses, IndexOptInfo& index,
                   IndexClauseSet& set);

/// match_index_to_operand().
[[nodiscard]] bool matches_column(const ExprPtr& operand, int column, const IndexOptInfo& index);

/// IndexCollMatchesExprColl, of column `c`.
[[nodiscard]] bool collation_matches(const IndexOptInfo& index, std::size_t c, Oid input);

/// match_pathkeys_to_index(): the query's whole order as distances that the index can return its
/// rows by, any column for any of them; empty: it can not.
[[nodiscard]] std::vector<ExprPtr> distances_in_order(PlannerInfo& root, const IndexOptInfo& index);

/// Builds the paths of one index; bitmap candidates are returned.
[[nodiscard]] std::vector<Path*> build_index_paths(PlannerInfo& root, RelOptInfo& rel,
                                                   IndexOptInfo& index,
                                                   const IndexClauseSet& clauses,
                                                   bool use_predicate_only, bool want_plain,
                                                   bool want_bitmap, bool* skip_array,
                                                   bool* skip_lower_array);

/// choose_bitmap_and() and friends.
[[nodiscard]] Path* choose_bitmap_and(PlannerInfo& root, RelOptInfo& rel,
                                      const std::vector<Path*>& paths);
/// bitmap_scan_cost_est(), bitmap_and_cost_est(): of a heap scan by this bitmap.
[[nodiscard]] double bitmap_scan_cost(PlannerInfo& root, RelOptInfo& rel, Path* bitmap);
void create_bitmap_heap_path(PlannerInfo& root, RelOptInfo& rel, Path* bitmap, Relids required,
                             double loop_count, bool also_partial);
[[nodiscard]] std::vector<Path*> generate_bitmap_or_paths(
    PlannerInfo& root, RelOptInfo& rel, const std::vector<RestrictInfo*>& clauses,
    const std::vector<RestrictInfo*>& other_clauses);
[[nodiscard]] double loop_count_for(PlannerInfo& root, int range, Relids outer_relids);
[[nodiscard]] Relids bitmap_required_outer(const Path& bitmap);

}  // namespace quern::planner_model
