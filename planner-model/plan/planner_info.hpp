#pragma once

#include <array>
#include <climits>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/cost/cost_parameters.hpp"
#include "planner-model/plan/block_list.hpp"
#include "planner-model/plan/flat_map.hpp"
#include "planner-model/plan/grouping_sets.hpp"
#include "planner-model/plan/index_facts.hpp"
#include "planner-model/query/query.hpp"
#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/statistics.hpp"

// The planner's working state, under PostgreSQL's own names (src/include/nodes/pathnodes.h), so
// that each function here can be read beside the server's. Costs, rows and pages are plain doubles
// inside the planner: the public boundary (whatif/planner.hpp) puts the units on.
//
// Ownership: everything made while planning one statement lives in the Arena of that call; pointers
// between these structs never own.

namespace quern::planner_model {

class DerivedStatistics;
class GinShapes;

/// A set of range-table indexes of one query level: bit i is range i. Children of partitioned
/// tables share the bit of their parent, so 63 ranges a level suffice.
using Relids = std::uint64_t;
constexpr int kMaximumRanges = 63;

[[nodiscard]] constexpr Relids singleton(int range) {
  return Relids{1} << range;
}

[[nodiscard]] constexpr bool is_subset(Relids a, Relids b) {
  return (a & ~b) == 0;
}

[[nodiscard]] constexpr bool overlaps(Relids a, Relids b) {
  return (a & b) != 0;
}

[[nodiscard]] inline int count(Relids set) {
  return __builtin_popcountll(set);
}

[[nodiscard]] inline bool is_singleton(Relids set) {
  return set != 0 && (set & (set - 1)) == 0;
}

[[nodiscard]] inline int lowest(Relids set) {
  return __builtin_ctzll(set);
}

struct QualCost {
  double startup = 0;
  double per_tuple = 0;

  QualCost& operator+=(const QualCost& other) {
    startup += other.startup;
    per_tuple += other.per_tuple;
    return *this;
  }
};

/// What a path puts out: its expressions, their evaluation cost, and the bytes of a row.
struct PathTarget {
  std::vector<ExprPtr> exprs = {};
  std::vector<int> sort_group_refs = {};  ///< parallel to exprs; 0: none
  QualCost cost = {};
  int width = 0;
};

struct EquivalenceClass;
struct RelOptInfo;
struct PlannerInfo;
struct Path;

struct EquivalenceMember {
  ExprPtr expr;
  Relids relids = 0;
  Relids nullable_relids = 0;
  bool is_const = false;
  Oid datatype = 0;
  FlatMap<const RelOptInfo*, EquivalenceMember*> children =
      {};  ///< as arms of UNION ALL compute it
};

/// What share of its inputs a merge join reads before its first row and until its last, under one
/// order of the clause's class (MergeScanSelCache).
struct MergeScan {
  Oid opfamily = 0;
  Oid collation = 0;
  bool descending = false;
  bool nulls_first = false;
  double left_start = 0, left_end = 1, right_start = 0, right_end = 1;
};

/// A clause with all that the planner caches about it.
struct RestrictInfo {
  ExprPtr clause;
  bool is_pushed_down = true;
  bool outerjoin_delayed = false;
  bool can_join = false;  ///< binary operator between disjoint relation sets
  bool pseudoconstant = false;
  /// An index predicate, which the server has no RestrictInfo of: no extended statistics are looked
  /// at beside it (find_single_rel_for_clauses(), clausesel.c).
  bool is_bare = false;
  /// How many of the conditions of row-level security go before it, unless it is leakproof.
  int security_level = 0;
  Relids clause_relids = 0;
  Relids required_relids = 0;
  Relids outer_relids = 0;
  Relids nullable_relids = 0;
  Relids left_relids = 0;
  Relids right_relids = 0;
  EquivalenceClass* parent_ec = nullptr;
  EquivalenceClass* left_ec = nullptr;
  EquivalenceClass* right_ec = nullptr;
  EquivalenceMember* left_em = nullptr;
  EquivalenceMember* right_em = nullptr;
  std::span<const Oid> merge_opfamilies = {};  ///< the type system's
  Oid hash_operator = 0;
  bool left_hashable = false;  ///< for Memoize keys
  bool right_hashable = false;
  /// For an OR clause: one entry an arm, each a list of AND-ed sub-clauses.
  std::vector<std::vector<RestrictInfo*>> or_arms = {};

  // caches
  std::optional<QualCost> eval_cost = {};
  double norm_selectivity = -1;
  double outer_selectivity = -1;
  double left_bucket_size = -1;
  double right_bucket_size = -1;
  double left_mcv_frequency = -1;
  double right_mcv_frequency = -1;
  bool outer_is_left = false;  ///< scratch of join path creation
  std::vector<MergeScan> merge_scans = {};
};

struct EquivalenceClass {
  std::span<const Oid> opfamilies = {};  ///< the type system's
  Oid collation = 0;
  std::vector<EquivalenceMember*> members = {};
  std::vector<RestrictInfo*> sources = {};
  std::vector<RestrictInfo*> derives = {};
  Relids relids = 0;
  bool has_const = false;
  bool has_volatile = false;
  bool below_outer_join = false;
  int min_security = INT_MAX, max_security = 0;  ///< levels of the sources
  int sort_ref = 0;
  EquivalenceClass* merged = nullptr;
};

struct PathKey {
  EquivalenceClass* ec = nullptr;
  Oid opfamily = 0;
  bool descending = false;
  bool nulls_first = false;
  bool operator==(const PathKey&) const = default;
};

using PathKeys = std::vector<PathKey>;

/// An index as one range of the query being planned may use it.
struct IndexOptInfo : IndexFacts {
  explicit IndexOptInfo(const IndexFacts& facts) : IndexFacts{facts} {}

  RelOptInfo* rel = nullptr;
  bool created = false;    ///< by the configuration
  bool as_hypopg = false;  ///< and seen as the server sees one of HypoPG
  bool predicate_ok = false;
  double pages = 0;
  double tuples = 0;
  int tree_height = -1;
  /// indrestrictinfo: the relation's restrictions, or those of them that the predicate leaves.
  std::span<RestrictInfo* const> restrict_info = {};
  std::vector<RestrictInfo*> restrictions_left = {};
};

struct IndexClause {
  RestrictInfo* rinfo = nullptr;
  std::vector<RestrictInfo*> quals = {};  ///< what the index evaluates
  bool lossy = false;
  int column = 0;  ///< index column, from 0
};

struct ParamPathInfo {
  Relids required_outer = 0;
  double rows = 0;
  std::vector<RestrictInfo*> clauses = {};

  /// Different keys that Memoize meets in so many calls, as estimated once for all paths.
  struct MemoizedKeys {
    double calls = 0;
    double distinct = 0;
  };

  std::vector<MemoizedKeys> memoized_keys = {};
};

enum class PathKind : std::uint8_t {
  SeqScan,
  SampleScan,
  IndexScan,
  IndexOnlyScan,
  BitmapHeapScan,
  BitmapIndexScan,  ///< leaf of a bitmap tree; never a path of its own
  BitmapAnd,
  BitmapOr,
  TidScan,
  TidRangeScan,
  SubqueryScan,
  FunctionScan,
  ValuesScan,
  CteScan,
  WorkTableScan,
  Result,  ///< group result or one-time filter
  ProjectSet,
  Append,
  MergeAppend,
  Material,
  Memoize,
  Unique,  ///< sort-based; `hashed` when done by hashing (semijoin uniquify)
  Gather,
  GatherMerge,
  NestedLoop,
  HashJoin,
  MergeJoin,
  Projection,
  Sort,
  IncrementalSort,
  Group,
  UpperUnique,
  Aggregate,
  WindowAgg,
  SetOp,
  RecursiveUnion,
  LockRows,
  ModifyTable,
  Limit,
  MinMaxAggregate
};

enum class AggStrategy : std::uint8_t { Plain, Sorted, Hashed, Mixed };
enum class AggSplit : std::uint8_t { Simple, InitialSerial, FinalDeserial };

struct Path {
  PathKind kind = PathKind::Result;
  RelOptInfo* parent = nullptr;
  const PathTarget* target = nullptr;
  ParamPathInfo* param = nullptr;
  bool parallel_aware = false;
  bool parallel_safe = true;
  int workers = 0;         ///< that this path itself runs in
  int gather_workers = 0;  ///< Gather, Gather Merge: that run what is below
  double rows = 0;
  double startup = 0;
  double total = 0;
  PathKeys pathkeys = {};
  std::vector<Path*> children = {};  ///< joins: outer, inner; others: subpaths

  // index and bitmap scans
  IndexOptInfo* index = nullptr;
  std::vector<IndexClause> index_clauses = {};
  bool backward = false;
  std::vector<ExprPtr> index_order = {};  ///< distances that the index returns its rows by
  double index_total_cost = 0;            ///< bitmap: cost of the index part
  double index_selectivity = 0;
  std::vector<ExprPtr> bitmap_quals = {};

  // joins
  JoinType join_type = JoinType::Inner;
  bool inner_unique = false;
  std::vector<RestrictInfo*> join_clauses = {};  ///< all join clauses of this path
  std::vector<RestrictInfo*> hash_clauses = {};  ///< hash or merge clauses
  PathKeys outer_sort = {}, inner_sort = {};     ///< merge join: sorts needed; empty: none
  bool needs_sort_outer = false, needs_sort_inner = false;
  bool materialize_inner = false;
  bool skip_mark_restore = false;
  bool parallel_hash = false;
  double inner_rows_total = 0;
  int batches = 1;

  // memoize
  std::vector<ExprPtr> cache_keys = {};
  bool single_row = false, binary_mode = false;
  double calls = 0;
  double cache_entries = 0;

  // sort, aggregate, unique, limit, ...
  int presorted_keys = 0;
  AggStrategy strategy = AggStrategy::Plain;
  AggSplit split = AggSplit::Simple;
  double groups = 0;
  int spill_partitions = 0;  ///< of a hashed Aggregate that is expected to exceed its memory
  std::vector<SortGroupClause> group_clause = {};
  std::vector<Rollup> rollups = {};  ///< of GROUPING SETS; columns are positions in group_clause
  std::vector<ExprPtr> quals = {};   ///< HAVING, one-time filter, unique keys
  bool hashed = false;               ///< Unique, SetOp
  int unique_columns = 0;
  std::optional<double> limit_offset = {}, limit_count = {};
  bool single_copy = false;
  int window = 0;
  const char* command = "";        ///< SetOp, ModifyTable
  PlannerInfo* subroot = nullptr;  ///< SubqueryScan

  /// MinMaxAggregate: the subquery of each child, and the parameter it sets.
  struct MinMax {
    PlannerInfo* subroot = nullptr;
    int param = 0;
  };

  std::vector<MinMax> min_max = {};
  int first_partial = 0;  ///< parallel Append

  /// As new, but with the memory of a join's lists kept.
  void reset();
};

[[nodiscard]] inline Relids required_outer(const Path* path) {
  return path->param ? path->param->required_outer : 0;
}

enum class RelKind : std::uint8_t { Base, Member, Join, Upper };

/// What a relation is divided by, and into (PartitionScheme, and RelOptInfo's partexprs and
/// part_rels).
struct Partitioning {
  struct Key {
    Oid opfamily = 0;
    Oid input_type = 0;
    Oid collation = 0;
    bool operator==(const Key&) const = default;
  };

  char strategy = 'r';  ///< range, list or hash, as pg_partitioned_table says
  std::vector<Key> keys = {};
  std::vector<std::vector<ExprPtr>> exprs = {};           ///< by key
  std::vector<std::vector<ExprPtr>> nullable_exprs = {};  ///< by key
  std::vector<std::string> bounds = {};                   ///< by partition
  std::vector<RelOptInfo*> parts = {};                    ///< by partition; null: pruned
  bool is_decided = false;  ///< of a join: whether its inputs' partitions match
  bool can_join = false;    ///< consider_partitionwise_join

  [[nodiscard]] bool same_scheme(const Partitioning& other) const {
    return strategy == other.strategy && keys == other.keys;
  }
};

struct RelOptInfo {
  RelKind kind = RelKind::Base;
  Relids relids = 0;
  double rows = 0;
  bool consider_startup = false;
  bool consider_param_startup = false;
  bool consider_parallel = false;
  PathTarget target = {};
  std::vector<Path*> paths = {};
  std::vector<Path*> partial_paths = {};
  std::vector<Path*> discarded = {};  ///< join paths that lost: nobody refers to them any more
  std::vector<ParamPathInfo*> param_infos = {};
  Path* cheapest_startup = nullptr;
  Path* cheapest_total = nullptr;
  Path* cheapest_unique = nullptr;
  bool unique_tried = false;
  std::vector<Path*> cheapest_parameterized = {};
  Relids direct_lateral = 0;
  Relids lateral_relids = 0;
  Relids lateral_referencers = 0;
  std::vector<ExprPtr> lateral_vars = {};
  std::optional<bool> is_volatile = {};  ///< its outputs or restrictions; asked by Memoize
  /// Hypothetical indexes that hid what could be cheaper: PlanResult::indexes_preferred.
  std::vector<const IndexOptInfo*> preferred_indexes = {};
  const Path* preferred = nullptr;  ///< the path that these were last noted of, while it stands

  // base relations
  int range = 0;
  const RangeTableEntry* entry = nullptr;
  const Table* table = nullptr;
  bool use_inherited_statistics = false;
  double pages = 0;
  double tuples = 0;
  double all_visible_fraction = 0;
  std::vector<IndexOptInfo*> indexes = {};
  FlatMap<int, Relids> needed = {};  ///< attno -> where used; bit 0: the final output
  bool whole_row_needed = false;
  FlatMap<int, int> widths = {};
  PlannerInfo* subroot = nullptr;
  std::vector<RelOptInfo*> members = {};  ///< of an appended relation, pruned
  std::size_t members_before_pruning = 0;
  bool is_append = false;
  bool is_dummy = false;
  /// A partition that no row can come of once now() and the like have their values: planned and
  /// counted, and left out as the execution begins (ExecInitPartitionPruning(), execPartition.c).
  bool skipped = false;
  RelOptInfo* append_parent = nullptr;
  std::shared_ptr<Partitioning> partitioning = {};  ///< none: not wanted, or not partitioned
  /// Joins and groups of partitions: the partitions that stand in their parents' places.
  std::vector<RelOptInfo*> stand_ins = {};
  FlatMap<int, int> parent_columns = {};  ///< parent attno -> this member's attno
  /// Members that are arms of a UNION ALL: by the whole's attno - 1, what the arm computes there,
  /// over columns under the whole's numbers; null: it is one of the arm's columns.
  std::vector<ExprPtr> computed = {};
  std::vector<ExprPtr> security_quals = {};  ///< of an arm: its own, over columns as `computed`
  int arm_range = 0;  ///< arms and their partitions: the arm's own range in the query

  std::vector<RestrictInfo*> restrictions = {};
  QualCost restriction_cost = {};
  std::vector<RestrictInfo*> join_info = {};
  bool has_ec_joins = false;

  // proofs cached: outer relation sets for which this relation is (not) unique
  std::vector<Relids> unique_for = {};
  std::vector<Relids> not_unique_for = {};
};

/// SpecialJoinInfo: an outer or semi join and what may be joined when.
struct SpecialJoin {
  Relids min_left = 0, min_right = 0;
  Relids syn_left = 0, syn_right = 0;
  JoinType type = JoinType::Left;
  bool lhs_strict = false;
  bool delay_upper_joins = false;
  bool semi_can_btree = false, semi_can_hash = false;
  std::vector<Oid> semi_operators = {};
  std::vector<ExprPtr> semi_rhs = {};
  std::vector<ExprPtr> semi_lhs = {};
};

struct SemiAntiFactors {
  double outer_match_fraction = 1;
  double match_count = 1;
};

struct ForeignKeyMatch {
  const Constraint* constraint = nullptr;
  int referencing = 0, referenced = 0;     ///< ranges
  std::vector<EquivalenceClass*> ec = {};  ///< one a key column
  std::vector<EquivalenceMember*> referenced_member = {};
  std::vector<std::vector<RestrictInfo*>> clauses = {};
  int matched_ec = 0, const_ec = 0, matched_clauses = 0;
};

/// PlaceHolderInfo: a column that a subquery over several relations computes.
struct PlaceHolder {
  ExprPtr column;      ///< of one of the relations (RangeTableEntry::computed)
  ExprPtr expr;        ///< what it is
  Relids scope = 0;    ///< the subquery's relations
  Relids eval_at = 0;  ///< those that must be joined
};

/// A planned SubLink or CTE.
struct SubPlanInfo {
  PlannerInfo* root = nullptr;
  Path* path = nullptr;
  std::string name = {};  ///< "SubPlan 1", "InitPlan 2 (returns $0)", "CTE x"
  bool is_init_plan = false;
  bool is_cte = false;
  bool hashed = false;
  double startup = 0, per_call = 0;  ///< cost_subplan()
  /// AlternativeSubPlan: the same EXISTS as a hashed IN, by id. Paths cost the first; which of the
  /// two runs is chosen when the plan is done.
  int hashed_alternative = 0;
  bool used = true;  ///< the chosen one
  /// Of the rows that a filter sees, the share that the checks before this one's let through, where
  /// the plan has it in a filter; in several the largest.
  std::optional<double> reached = {};
  /// Ordinals of PlannerGlobal::accesses that were noted while it was planned: from, to before.
  std::size_t first_access = 0, end_access = 0;
  SubLinkKind kind = SubLinkKind::Scalar;
  std::vector<int> columns = {};  ///< setParam, paramIds: parameters that stand for its columns
  ExprPtr test = {};              ///< of the hashed alternative of an EXISTS
  std::vector<int> params = {};   ///< correlation parameters
  PlannerInfo* owner = nullptr;
};

/// What an executor parameter stands for.
struct ExecParam {
  ExprPtr source = {};  ///< outer Var (levels_up 0 in `level`), null for InitPlan outputs
  PlannerInfo* level = nullptr;
};

struct VisibleIndex {
  const Index* index = nullptr;
  bool created = false;    ///< by the configuration
  bool as_hypopg = false;  ///< and seen as the server sees one of HypoPG
};

/// One way to read a relation that was priced while planning: through an index, by a bitmap of one
/// index, or (no index) from end to end.
struct PricedAccess {
  const IndexOptInfo* index = nullptr;
  const RelOptInfo* rel = nullptr;
  const RestrictInfo* arm_of = nullptr;  ///< an arm of this OR is all that the index answers
  std::size_t arm = 0;
  bool bitmap = false;
  Relids outer = 0;
  PathKeys order = {};
  double total = 0;
};

/// By table, in the order of the server's list: newest first.
using IndexLists = std::map<Oid, std::vector<VisibleIndex>>;
/// Direct partitions or inheritance children, by parent.
using TableChildren = std::map<Oid, std::vector<const Table*>>;

/// Expressions that the catalog has no statistics of.
struct ExpressionGuesses {
  /// What ANALYZE would find of them; null: as the server, which knows nothing.
  const DerivedStatistics* derived = nullptr;
  bool all = false;      ///< also of those that no index of the configuration would have analyzed
  bool guessed = false;  ///< an estimate rests on a default that `all` would replace
  std::set<std::string> brought = {};  ///< indexes whose statistics were used
};

struct PlannerGlobal {
  const CatalogSnapshot* catalog = nullptr;
  const TypeSystem* types = nullptr;
  const StatisticsCache* statistics = nullptr;
  const TableExpressions* expressions = nullptr;
  const CatalogIndexFacts* index_facts = nullptr;
  const GinShapes* gin_shapes = nullptr;
  CostParameters cost = {};
  std::int64_t now_us = 0;
  std::vector<SubPlanInfo> subplans = {};
  std::vector<ExecParam> exec_params = {};
  std::set<std::string> unmodelled = {};
  double row_factor = 1;      ///< Assumptions::row_factor
  bool extended_off = false;  ///< estimates are asked for without them
  ExpressionGuesses guesses = {};
  /// Subplans, by id, whose price is moved by `moved_share`: with 0 towards that of their hashed
  /// alternative, else towards this share of their own.
  std::map<int, double> moved_subplans = {};
  double moved_share = 0;         ///< and that of partitions to be skipped, towards nothing
  bool skips_partitions = false;  ///< RelOptInfo::skipped of any
  bool parallel_ok = false;
  long work_left = 20'000'000;  ///< paths and clause checks before planning is refused

  std::vector<PricedAccess>* accesses = nullptr;  ///< filled when wanted

  // arenas
  BlockList<Path> paths = {};
  BlockList<RelOptInfo> rels = {};
  BlockList<RestrictInfo> clauses = {};
  BlockList<RestrictInfo> part_clauses = {};  ///< of joins of partitions
  BlockList<EquivalenceClass> classes = {};
  BlockList<EquivalenceMember> members = {};
  BlockList<IndexOptInfo> indexes = {};
  BlockList<OwnedIndexFacts> own_index_facts = {};  ///< of indexes that are not the catalog's
  BlockList<ParamPathInfo> params = {};
  BlockList<SpecialJoin> joins = {};
  BlockList<PathTarget> targets = {};
  BlockList<PlannerInfo> roots = {};

  const TableChildren* children = nullptr;
  const IndexLists* catalog_indexes = nullptr;
  IndexLists changed_indexes = {};  ///< of the tables that the configuration changes

  [[nodiscard]] const std::vector<VisibleIndex>& visible_indexes(Oid table) const {
    static const std::vector<VisibleIndex> kNone;
    if (const auto changed = changed_indexes.find(table); changed != changed_indexes.end()) {
      return changed->second;
    }
    const auto found = catalog_indexes->find(table);
    return found == catalog_indexes->end() ? kNone : found->second;
  }
};

/// One query level being planned.
struct PlannerInfo {
  PlannerGlobal* global = nullptr;
  PlannerInfo* parent = nullptr;
  int level = 1;
  bool is_trial = false;               ///< of MIN or MAX by an index, which no plan uses so far
  Query query = {};                    ///< rewritten in place
  std::size_t written_groups = 0;      ///< columns of GROUP BY before planning leaves some out
  std::vector<RelOptInfo*> base = {};  ///< by range index; null where not a base relation
  Relids all_base = 0;
  Relids nullable_base = 0;
  std::vector<RelOptInfo*> join_rels = {};
  FlatMap<Relids, RelOptInfo*> join_by_relids = {};
  std::vector<EquivalenceClass*> classes = {};
  std::vector<SpecialJoin*> special_joins = {};
  std::vector<PlaceHolder> placeholders = {};  ///< those of several relations
  std::vector<RestrictInfo*> left_join_clauses = {}, right_join_clauses = {},
                             full_join_clauses = {};
  std::vector<ForeignKeyMatch> foreign_keys = {};
  PathKeys query_pathkeys = {}, group_pathkeys = {}, window_pathkeys = {}, distinct_pathkeys = {},
           sort_pathkeys = {}, setop_pathkeys = {};
  const SetOperation* parent_operation = nullptr;  ///< whose order an arm may offer
  double tuple_fraction = 0;
  double limit_tuples = -1;
  double total_table_pages = 0;
  int qual_security_level = 0;  ///< of the query's own conditions
  bool has_having = false;      ///< as written: it may have folded to TRUE since
  bool has_lateral = false;
  bool has_pseudoconstant = false;
  bool ec_merging_done = false;
  std::vector<int> init_plans = {};           ///< SubPlanInfo indexes owned by this level
  std::map<std::string, int> cte_plans = {};  ///< name -> SubPlanInfo index (materialized)
  std::map<std::string, PlannerInfo*> recursive_root = {};
  double recursive_rows = 0;
  Path* non_recursive_path = nullptr;
  int display_offset = 0;  ///< global range number = range + display_offset
  RelOptInfo* final_rel = nullptr;
  PathTarget final_target = {};
  Path* best = nullptr;
  double query_rows = 0;  ///< rows of the whole query level's best path
};

}  // namespace quern::planner_model
