#pragma once

#include <vector>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

[[nodiscard]] inline bool is_outer_join(JoinType type) {
  return type == JoinType::Left || type == JoinType::Full || type == JoinType::Right ||
         type == JoinType::Anti || type == JoinType::RightAnti;
}

/// Joins that put out unmatched rows of the inner side, in no order.
[[nodiscard]] inline bool keeps_inner_rows(JoinType type) {
  return type == JoinType::Full || type == JoinType::Right || type == JoinType::RightAnti;
}

/// RINFO_IS_PUSHED_DOWN.
[[nodiscard]] inline bool is_pushed_down(const RestrictInfo& clause, Relids join_relids) {
  return clause.is_pushed_down || !is_subset(clause.required_relids, join_relids);
}

/// clause_sides_match_join().
[[nodiscard]] inline bool sides_match(RestrictInfo& clause, Relids outer, Relids inner) {
  if (is_subset(clause.left_relids, outer) && is_subset(clause.right_relids, inner)) {
    clause.outer_is_left = true;
    return true;
  }
  if (is_subset(clause.left_relids, inner) && is_subset(clause.right_relids, outer)) {
    clause.outer_is_left = false;
    return true;
  }
  return false;
}

[[nodiscard]] inline bool param_by(const Path& path, const RelOptInfo& rel) {
  return overlaps(required_outer(&path), rel.relids);
}

/// Which side of a semijoin done as a plain join is made unique first.
enum class Uniquify : std::uint8_t { None, Outer, Inner };

/// The paths of one pair of relations in one order (add_paths_to_joinrel(), joinpath.c). The
/// members live in join_paths.cpp, nested_loop_paths.cpp, merge_join_paths.cpp and
/// hash_join_paths.cpp.
class JoinPathSearch {
 public:
  JoinPathSearch(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer, RelOptInfo& inner,
                 JoinType type, Uniquify unique, SpecialJoin& sj,
                 const std::vector<RestrictInfo*>& restrict_list)
      : root_{root},
        p_{root.global->cost},
        joinrel_{joinrel},
        outer_{outer},
        inner_{inner},
        type_{type},
        unique_{unique},
        sj_{sj} {
    extra_.restrict_list = restrict_list;
    extra_.sjinfo = &sj;
  }

  void run();

 private:
  void decide_uniqueness();

  void select_mergeclauses();

  [[nodiscard]] bool parallel_possible() const;

  [[nodiscard]] static Path* cheapest_safe_inner(const std::vector<Path*>& paths);

  // --- nested loop

  Path* make_join(PathKind kind, Path* outer, Path* inner, const PathKeys& keys,
                  const std::vector<RestrictInfo*>& clauses, Relids required);

  Path* make_nestloop(Path* outer, Path* inner, const PathKeys& keys, Relids required,
                      JoinCostWorkspace& w);

  void try_nestloop(Path* outer, Path* inner, const PathKeys& keys);

  void try_partial_nestloop(Path* outer, Path* inner, const PathKeys& keys);

  /// get_memoize_path(): of one inner path, the same for all outer paths of as many rows.
  Path* memoize(Path* inner, const Path& outer);

  Path* new_memoize(Path* inner, const Path& outer);

  // --- merge join

  void try_mergejoin(Path* outer, Path* inner, const PathKeys& keys,
                     const std::vector<RestrictInfo*>& clauses, const PathKeys& order,
                     const PathKeys& wanted_outer_sort, const PathKeys& wanted_inner_sort,
                     bool partial);

  void sort_inner_and_outer();

  void generate_mergejoins(Path* outer, bool use_all, Path* inner_cheapest, const PathKeys& keys,
                           bool partial);

  static bool materializes_output(const Path& path);

  void match_unsorted_outer();

  void partial_unsorted(bool nestloop_ok, bool use_all, Path* inner_cheapest);

  // --- hash join

  void try_hashjoin(Path* outer, Path* inner, const std::vector<RestrictInfo*>& clauses);

  void try_partial_hashjoin(Path* outer, Path* inner, const std::vector<RestrictInfo*>& clauses,
                            bool parallel_hash);

  void hash_inner_and_outer();

  PlannerInfo& root_;
  const CostParameters& p_;
  RelOptInfo& joinrel_;
  RelOptInfo& outer_;
  RelOptInfo& inner_;
  JoinType type_;
  Uniquify unique_;
  SpecialJoin& sj_;
  JoinPathExtra extra_;

  struct Memoized {
    const Path* inner = nullptr;
    double calls = 0;
    Path* path = nullptr;  ///< none: it cannot be
  };

  std::vector<Memoized> memoized_ = {};
  std::vector<RestrictInfo*> not_below_ = {};  ///< clauses that no inner index checks; scratch
  bool mergejoin_allowed_ = true;
};

}  // namespace quern::planner_model
