#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

// PostgreSQL 15's costsize.c, one function a path kind. Each fills startup, total and (where the
// server does) rows of the path; the doc names only what its server namesake does not say. All
// costs are in planner units, all sizes in bytes unless named otherwise.

namespace quern::planner_model {

struct IndexAccessCost;

[[nodiscard]] double clamp_row_est(double rows);

/// Parallel divisor: workers, and the leader's share while it is not busy gathering.
[[nodiscard]] double parallel_divisor(const Path& path, const CostParameters& p);

/// Mackert and Lohman's pages fetched with an LRU cache of this scan's share.
/// index_pages_fetched().
[[nodiscard]] double index_pages_fetched(double tuples_fetched, double pages, double index_pages,
                                         const PlannerInfo& root);

[[nodiscard]] double relation_byte_size(double tuples, int width);
[[nodiscard]] double page_size(double tuples, int width);

/// cost_qual_eval_node(): what evaluating one expression costs.
[[nodiscard]] QualCost expr_cost(const ExprPtr& expr, PlannerInfo& root);
[[nodiscard]] QualCost clause_cost(RestrictInfo& clause, PlannerInfo& root);
[[nodiscard]] QualCost clauses_cost(const std::vector<RestrictInfo*>& clauses, PlannerInfo& root);
[[nodiscard]] QualCost exprs_cost(const std::vector<ExprPtr>& exprs, PlannerInfo& root);

void cost_seqscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
/// `path.join_clauses` are the conditions on ctid.
void cost_tidscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_tidrangescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_samplescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
/// `access`: of index_access_cost() for the same clauses and loop count, whatever the path's order.
/// `partial_path`: also decides the number of workers.
void cost_index(Path& path, PlannerInfo& root, double loop_count, const IndexAccessCost& access,
                bool partial_path);
/// The (cost, selectivity) of a bitmap tree node: cost_bitmap_tree_node().
void cost_bitmap_tree_node(const Path& node, const CostParameters& p, double& cost,
                           double& selectivity);
void cost_bitmap_and_node(Path& node, PlannerInfo& root);
void cost_bitmap_or_node(Path& node, PlannerInfo& root);
void cost_bitmap_heap_scan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param,
                           Path& bitmap, double loop_count);
/// compute_bitmap_pages(): heap pages read; also the tree's cost and the tuples fetched.
[[nodiscard]] double compute_bitmap_pages(PlannerInfo& root, RelOptInfo& rel, const Path& bitmap,
                                          double loop_count, double* cost, double* tuples);
void cost_subqueryscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param,
                       bool trivial);
void cost_functionscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_valuesscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_ctescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_resultscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param);
void cost_recursive_union(Path& path, const Path& nonrecursive, const Path& recursive,
                          const CostParameters& p);

/// cost_tuplesort(): startup and run cost of sorting; `limit_tuples` < 0: no bound.
void cost_tuplesort(double& startup, double& run, double tuples, int width, double comparison_cost,
                    double sort_mem_kb, double limit_tuples, const CostParameters& p);
void cost_sort(Path& path, const PlannerInfo& root, double input_cost, double tuples, int width,
               double limit_tuples);
void cost_incremental_sort(Path& path, PlannerInfo& root, const PathKeys& pathkeys,
                           int presorted_keys, double input_startup, double input_total,
                           double input_tuples, int width, double limit_tuples);
void cost_append(Path& path, const PlannerInfo& root);
void cost_merge_append(Path& path, const PlannerInfo& root, double input_startup,
                       double input_total, double tuples);
void cost_material(Path& path, double input_startup, double input_total, double tuples, int width,
                   const CostParameters& p);
/// compute_gather_rows(): of all workers together.
[[nodiscard]] double compute_gather_rows(const Path& partial, const CostParameters& p);
void cost_gather(Path& path, const PlannerInfo& root, RelOptInfo* rel, const double* rows);
void cost_gather_merge(Path& path, const PlannerInfo& root, double input_startup,
                       double input_total, const double* rows);

/// What aggregates cost: get_agg_clause_costs().
struct AggClauseCosts {
  QualCost transition;
  QualCost final;
  double transition_space = 0;
};

[[nodiscard]] AggClauseCosts agg_clause_costs(const std::vector<ExprPtr>& aggregates,
                                              AggSplit split, PlannerInfo& root);
/// hash_agg_entry_size(), nodeAgg.c.
[[nodiscard]] double hash_agg_entry_size(int transitions, double tuple_width,
                                         double transition_space, ServerVersion server);
void cost_agg(Path& path, PlannerInfo& root, AggStrategy strategy, const AggClauseCosts& costs,
              int aggregates, int group_columns, double groups, const std::vector<ExprPtr>& quals,
              double input_startup, double input_total, double input_tuples, double input_width);
void cost_group(Path& path, PlannerInfo& root, int group_columns, double groups,
                const std::vector<ExprPtr>& quals, double input_startup, double input_total,
                double input_tuples);
void cost_windowagg(Path& path, PlannerInfo& root, const std::vector<ExprPtr>& functions,
                    const WindowClause& window, double input_startup, double input_total,
                    double input_tuples);

/// cost_rescan(): what a repeated execution of `path` costs.
void cost_rescan(PlannerInfo& root, const Path& path, double& startup, double& total);
/// cost_memoize_rescan(): also fills path.cache_entries.
void cost_memoize_rescan(PlannerInfo& root, const Path& path, double& startup, double& total);

/// What join costing works out before deciding whether a path is worth building.
struct JoinCostWorkspace {
  double startup = 0, total = 0, run = 0;
  double inner_run = 0, inner_rescan_run = 0;
  double outer_rows = 0, inner_rows = 0, outer_skip_rows = 0, inner_skip_rows = 0;
  int buckets = 0, batches = 0;
  double inner_rows_total = 0;
};

struct JoinPathExtra {
  std::vector<RestrictInfo*> restrict_list = {};
  std::vector<RestrictInfo*> mergeclauses = {};
  bool inner_unique = false;
  SpecialJoin* sjinfo = nullptr;
  SemiAntiFactors semi = {};
  Relids param_source_rels = 0;
};

void initial_cost_nestloop(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                           const Path& outer, const Path& inner, const JoinPathExtra& extra);
void final_cost_nestloop(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                         const JoinPathExtra& extra);
/// `order`: the first key of the sides' sort order, null for a clauseless join; `sort_outer`,
/// `sort_inner`: what each must be sorted by, empty where it is in order.
void initial_cost_mergejoin(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                            const std::vector<RestrictInfo*>& mergeclauses, const PathKey* order,
                            const Path& outer, const Path& inner, const PathKeys& sort_outer,
                            const PathKeys& sort_inner);
void final_cost_mergejoin(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                          const JoinPathExtra& extra);
void initial_cost_hashjoin(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                           const std::vector<RestrictInfo*>& hashclauses, const Path& outer,
                           const Path& inner, const JoinPathExtra& extra, bool parallel_hash);
void final_cost_hashjoin(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                         const JoinPathExtra& extra);

/// ExecChooseHashTableSize(), nodeHash.c.
struct HashTableSize {
  int buckets = 0;
  int batches = 0;
  int skew_mcvs = 0;
  double space_allowed = 0;
};

[[nodiscard]] HashTableSize choose_hash_table_size(double tuples, int width, bool use_skew,
                                                   bool parallel, int workers,
                                                   const CostParameters& p);

}  // namespace quern::planner_model
