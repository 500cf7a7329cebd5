#pragma once

#include <functional>
#include <vector>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/planner_info.hpp"

// The planner's steps, in the order they run. Each names the server file it answers to.

namespace quern::planner_model {

// --- clauses (util/clauses.c, util/restrictinfo.c, optimizer/util/var.c) -------------------------
[[nodiscard]] Relids relids_of(const ExprPtr& expr);
[[nodiscard]] bool contains_volatile(const ExprPtr& expr, const PlannerInfo& root);
/// contain_mutable_functions(): something in it may change with the session or the time.
[[nodiscard]] bool contains_mutable(const ExprPtr& expr, const PlannerInfo& root);
/// contain_leaked_vars(): a function that may tell of its arguments sees columns.
[[nodiscard]] bool contains_leaked_vars(const ExprPtr& expr, const PlannerInfo& root);
[[nodiscard]] bool is_parallel_safe(const ExprPtr& expr, const PlannerInfo& root);
[[nodiscard]] bool is_strict_for(const ExprPtr& expr, const PlannerInfo& root);
/// contain_nonstrict_functions(): something in it may make more than NULL of NULL.
[[nodiscard]] bool contains_nonstrict(const ExprPtr& expr, const PlannerInfo& root);
/// find_nonnullable_rels(): relations of which a null-extended row would fail `expr`.
[[nodiscard]] Relids nonnullable_relids(const ExprPtr& expr, bool top_level,
                                        const PlannerInfo& root);
[[nodiscard]] ExprPtr strip_relabel(const ExprPtr& expr);
[[nodiscard]] ExprPtr make_op(Oid op, const ExprPtr& left, const ExprPtr& right, Oid collation,
                              const PlannerInfo& root);
[[nodiscard]] ExprPtr boolean_constant(bool value);
[[nodiscard]] bool is_constant_true(const Expr& expr);
/// As a condition: false and NULL are the same.
[[nodiscard]] bool is_constant_false(const Expr& expr);
RestrictInfo* make_restrictinfo(PlannerInfo& root, const ExprPtr& clause, bool is_pushed_down,
                                bool outerjoin_delayed, bool pseudoconstant, Relids required,
                                Relids outer, Relids nullable, int security_level = 0);
/// restriction_is_securely_promotable(): may the clause be looked at before the relation's others?
[[nodiscard]] bool is_securely_promotable(const RestrictInfo& clause, const RelOptInfo& rel,
                                          const PlannerInfo& root);
/// coerce_to_common_type() and the like: the value under another type.
[[nodiscard]] ExprPtr implicit_cast(const PlannerInfo& root, const ExprPtr& expr, Oid type);
/// convert_testexpr(), subselect.c: the comparison that an IN, ANY, ALL or row comparison makes, of
/// `test`, one item or a row of them, with the subquery's columns as `column(n, its Param)` gives
/// them, n from 1.
[[nodiscard]] ExprPtr sublink_comparison(
    const Expr& link, const ExprPtr& test,
    const std::function<ExprPtr(int n, const Expr& param)>& column, const PlannerInfo& root);
[[nodiscard]] std::vector<ExprPtr> clause_exprs(const std::vector<RestrictInfo*>& clauses);
/// join_clause_is_movable_to() and join_clause_is_movable_into().
[[nodiscard]] bool movable_to(const RestrictInfo& clause, const RelOptInfo& rel);
[[nodiscard]] bool movable_into(const RestrictInfo& clause, Relids current,
                                Relids current_and_outer);

// --- query rewriting before path search (prep/*.c, plan/subselect.c)
// ------------------------------
/// Everything subquery_planner() does before grouping_planner().
void preprocess_query(PlannerInfo& root);
/// pull_up_sublinks(): IN and EXISTS in WHERE and ON become semijoins and antijoins.
void pull_up_sublinks(PlannerInfo& root);
/// pull_up_subqueries(): simple subqueries, views and single rows of VALUES in FROM become part of
/// their parent.
void pull_up_subqueries(PlannerInfo& root);
/// flatten_simple_union_all(): a query that is nothing but UNION ALL reads an appended relation.
void flatten_union_all(PlannerInfo& root);
/// reduce_outer_joins(): outer joins that a strict condition above them makes inner, or anti.
void reduce_outer_joins(PlannerInfo& root);
/// Columns of enclosing levels become parameters; returns those of `root` itself.
std::vector<ExprPtr> replace_outer_vars(PlannerInfo& root, Query& query);

/// Plans one query level and leaves its best path in root.best. `parent_operation`: the set
/// operation it is an arm of, if that can use its order.
PlannerInfo& plan_query(PlannerGlobal& global, Query query, PlannerInfo* parent,
                        double tuple_fraction, bool has_recursion = false,
                        RelOptInfo* non_recursive = nullptr,
                        const SetOperation* parent_operation = nullptr);
/// process_sublinks: SubLinks left in an expression become SubPlans.
[[nodiscard]] ExprPtr plan_sublinks(PlannerInfo& root, const ExprPtr& expr, bool is_qual);
void plan_ctes(PlannerInfo& root);

// --- joins tree to relations (plan/initsplan.c, util/relnode.c, util/plancat.c) ------------------
void add_base_relations(PlannerInfo& root, const JoinTree& tree);
void build_target_lists(PlannerInfo& root);

/// Distributes WHERE and ON clauses; returns the problem that join search solves.
struct JoinListItem {
  int range = 0;  ///< 0: `items` is a sub-problem
  std::vector<JoinListItem> items = {};
};

[[nodiscard]] std::vector<JoinListItem> deconstruct_jointree(PlannerInfo& root);

/// remove_useless_result_rtes(): joins with one row of nothing.
void remove_useless_results(PlannerInfo& root);

/// find_placeholders_in_jointree(): those of subqueries over several relations.
void find_placeholders(PlannerInfo& root);

/// What they are made of is needed where they are computed.
void fix_placeholder_input_needed_levels(PlannerInfo& root);

void add_placeholders_to_base_rels(PlannerInfo& root);
void distribute_restriction_to_rels(PlannerInfo& root, RestrictInfo* clause);
/// add_vars_to_targetlist().
void need_vars(PlannerInfo& root, const ExprPtr& expr, Relids where);
/// remove_useless_joins() and reduce_unique_semijoins().
void remove_useless_joins(PlannerInfo& root, std::vector<JoinListItem>& joinlist);
void load_relation(PlannerInfo& root, RelOptInfo& rel);
[[nodiscard]] std::vector<RelOptInfo*> expand_members(PlannerInfo& root, RelOptInfo& rel);
/// find_base_rel() and find_join_rel(); null: the empty set, or a join not built yet.
[[nodiscard]] RelOptInfo* find_rel(PlannerInfo& root, Relids relids);
void match_foreign_keys(PlannerInfo& root);
void extract_restriction_or_clauses(PlannerInfo& root);
[[nodiscard]] int column_width(PlannerInfo& root, const RelOptInfo& rel, int attno);
[[nodiscard]] int type_width(const PlannerInfo& root, Oid type, std::int32_t typmod);
/// get_expr_width(), costsize.c: of a column as its relation says, else by type.
[[nodiscard]] int expr_width(const PlannerInfo& root, const ExprPtr& expr);

// --- equivalence classes and sort orders (path/equivclass.c, path/pathkeys.c) -------------------
/// EC_MUST_BE_REDUNDANT: its columns are constant.
[[nodiscard]] bool orders_nothing(const PlannerInfo& root, const EquivalenceClass& ec);
bool process_equivalence(PlannerInfo& root, RestrictInfo*& clause, bool below_outer_join);
void generate_base_implied_equalities(PlannerInfo& root);
void reconsider_outer_join_clauses(PlannerInfo& root);
[[nodiscard]] std::vector<RestrictInfo*> generate_join_implied_equalities(PlannerInfo& root,
                                                                          Relids join_relids,
                                                                          Relids outer_relids,
                                                                          const RelOptInfo& inner);
using MatchesMember = std::function<bool(const EquivalenceClass&, const EquivalenceMember&)>;
[[nodiscard]] std::vector<RestrictInfo*> generate_implied_equalities_for_column(
    PlannerInfo& root, RelOptInfo& rel, const MatchesMember& matches, Relids prohibited);
[[nodiscard]] bool have_relevant_eclass_joinclause(PlannerInfo& root, const RelOptInfo& a,
                                                   const RelOptInfo& b);
[[nodiscard]] bool has_relevant_eclass_joinclause(PlannerInfo& root, const RelOptInfo& rel);
[[nodiscard]] bool eclass_useful_for_merging(const EquivalenceClass& ec, const RelOptInfo& rel);
[[nodiscard]] bool exprs_known_equal(PlannerInfo& root, const ExprPtr& a, const ExprPtr& b);
EquivalenceClass* eclass_for_sort_expr(PlannerInfo& root, const ExprPtr& expr, Relids nullable,
                                       std::span<const Oid> opfamilies, Oid opcintype,
                                       Oid collation, int sort_ref, bool create);

[[nodiscard]] bool pathkeys_contained_in(const PathKeys& keys, const PathKeys& in);
[[nodiscard]] bool pathkeys_count_contained_in(const PathKeys& keys, const PathKeys& in,
                                               int& common);
enum class PathKeysComparison : std::uint8_t { Equal, Better1, Better2, Different };
[[nodiscard]] PathKeysComparison compare_pathkeys(const PathKeys& a, const PathKeys& b);
[[nodiscard]] PathKeys pathkeys_for_sortclauses(PlannerInfo& root,
                                                const std::vector<SortGroupClause>& clauses,
                                                const std::vector<TargetEntry>& targets,
                                                bool* sortable = nullptr);
/// make_pathkeys_for_sortclauses_extended(): takes redundant clauses out of the list, and sets the
/// classes' sort reference. Empty when a clause cannot be sorted by.
[[nodiscard]] PathKeys processed_pathkeys(PlannerInfo& root, std::vector<SortGroupClause>& clauses,
                                          const std::vector<TargetEntry>& targets);
[[nodiscard]] PathKeys index_pathkeys(PlannerInfo& root, IndexOptInfo& index, bool backward);
[[nodiscard]] PathKeys truncate_useless_pathkeys(PlannerInfo& root, const RelOptInfo& rel,
                                                 const PathKeys& pathkeys);
[[nodiscard]] bool has_useful_pathkeys(const PlannerInfo& root, const RelOptInfo& rel);
void update_mergeclause_eclasses(PlannerInfo& root, RestrictInfo& clause);
[[nodiscard]] std::vector<RestrictInfo*> find_mergeclauses_for_outer_pathkeys(
    PlannerInfo& root, const PathKeys& pathkeys, const std::vector<RestrictInfo*>& clauses);
[[nodiscard]] PathKeys select_outer_pathkeys_for_merge(PlannerInfo& root,
                                                       const std::vector<RestrictInfo*>& clauses,
                                                       const RelOptInfo& joinrel);
[[nodiscard]] PathKeys make_inner_pathkeys_for_merge(PlannerInfo& root,
                                                     const std::vector<RestrictInfo*>& clauses,
                                                     const PathKeys& outer);
[[nodiscard]] std::vector<RestrictInfo*> trim_mergeclauses_for_inner_pathkeys(
    PlannerInfo& root, const std::vector<RestrictInfo*>& clauses, const PathKeys& pathkeys);
[[nodiscard]] PathKeys build_join_pathkeys(PlannerInfo& root, const RelOptInfo& joinrel,
                                           JoinType type, const PathKeys& outer);
[[nodiscard]] PathKeys convert_subquery_pathkeys(PlannerInfo& root, RelOptInfo& rel,
                                                 const PlannerInfo& subroot,
                                                 const PathKeys& subkeys);
[[nodiscard]] std::optional<PathKey> make_pathkey(PlannerInfo& root, const ExprPtr& expr,
                                                  Relids nullable, Oid opfamily, Oid opcintype,
                                                  Oid collation, bool descending, bool nulls_first,
                                                  int sort_ref, bool create);

/// infer_arbiter_indexes() (util/plancat.c): names of the indexes that an ON CONFLICT is about.
[[nodiscard]] std::vector<std::string> arbiter_indexes(const PlannerInfo& root);

// --- paths (util/pathnode.c) -------------------------------------------------------------------
Path* new_path(PlannerInfo& root, PathKind kind, RelOptInfo* parent, const PathTarget* target);
void add_path(RelOptInfo& rel, Path* path);
[[nodiscard]] bool add_path_precheck(const RelOptInfo& rel, double startup, double total,
                                     const PathKeys& pathkeys, Relids required);
void add_partial_path(RelOptInfo& rel, Path* path);
/// Without the winner's created indexes, another path could be taken that is cheaper
/// (PlanResult::indexes_preferred).
void note_preferred(RelOptInfo& rel, const Path& winner);
[[nodiscard]] bool add_partial_path_precheck(RelOptInfo& rel, double total,
                                             const PathKeys& pathkeys);
void set_cheapest(RelOptInfo& rel);
[[nodiscard]] Path* cheapest_path_for_pathkeys(const std::vector<Path*>& paths,
                                               const PathKeys& keys, Relids required, bool by_total,
                                               bool parallel_safe_only = false);
[[nodiscard]] Path* cheapest_fractional_path(const RelOptInfo& rel, double fraction);
[[nodiscard]] Path* cheapest_fractional_path_for_pathkeys(const std::vector<Path*>& paths,
                                                          const PathKeys& keys, double fraction);
[[nodiscard]] ParamPathInfo* base_param_info(PlannerInfo& root, RelOptInfo& rel, Relids required);
/// get_appendrel_parampathinfo(): the parts have the clauses, and the rows.
[[nodiscard]] ParamPathInfo* append_param_info(PlannerInfo& root, RelOptInfo& rel, Relids required);
[[nodiscard]] ParamPathInfo* join_param_info(PlannerInfo& root, RelOptInfo& joinrel,
                                             const Path& outer, const Path& inner,
                                             const SpecialJoin& sj, Relids required,
                                             std::vector<RestrictInfo*>& restrict_list);
Path* create_material_path(PlannerInfo& root, RelOptInfo& rel, Path* sub);
Path* create_unique_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const SpecialJoin& sj);
Path* create_sort_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const PathKeys& keys,
                       double limit_tuples);
Path* create_incremental_sort_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                                   const PathKeys& keys, int presorted, double limit_tuples);
/// How an input that is not in order is brought into it: in full where it is the cheapest, and
/// incrementally where its order shares a prefix. Before 16 both are tried.
[[nodiscard]] std::vector<Path*> sorts_of(PlannerInfo& root, RelOptInfo& rel, Path* input,
                                          bool is_cheapest, const PathKeys& keys,
                                          double limit_tuples);
Path* create_gather_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const PathTarget* target,
                         const double* rows);
Path* create_gather_merge_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                               const PathTarget* target, const PathKeys& keys, const double* rows);
Path* create_append_path(PlannerInfo& root, RelOptInfo& rel, std::vector<Path*> children,
                         std::vector<Path*> partial_children, const PathKeys& keys, Relids required,
                         int workers, bool parallel_aware, double rows);
Path* create_merge_append_path(PlannerInfo& root, RelOptInfo& rel, std::vector<Path*> children,
                               const PathKeys& keys, Relids required);
/// apply_projection_to_path / create_projection_path.
Path* apply_projection(PlannerInfo& root, RelOptInfo& rel, Path* path, const PathTarget* target);
Path* create_projection_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                             const PathTarget* target);

// --- base relations (path/allpaths.c, path/indxpath.c, path/costsize.c) ------------------------
void set_base_rel_sizes(PlannerInfo& root);
void set_base_rel_pathlists(PlannerInfo& root);
void generate_gather_paths(PlannerInfo& root, RelOptInfo& rel, bool override_rows);
void generate_useful_gather_paths(PlannerInfo& root, RelOptInfo& rel, bool override_rows);
void create_index_paths(PlannerInfo& root, RelOptInfo& rel);
void check_index_predicates(PlannerInfo& root, RelOptInfo& rel);
void create_tid_paths(PlannerInfo& root, RelOptInfo& rel);
[[nodiscard]] bool relation_has_unique_index_for(PlannerInfo& root, RelOptInfo& rel,
                                                 const std::vector<RestrictInfo*>& clauses,
                                                 const std::vector<ExprPtr>& exprs,
                                                 const std::vector<Oid>& operators);
[[nodiscard]] bool query_is_distinct_for(const Query& query, const std::vector<int>& columns);
/// The columns of `range` that join clauses compare, their outer sides marked.
[[nodiscard]] std::vector<int> inner_columns(const std::vector<RestrictInfo*>& clauses, int range);
void set_joinrel_size_estimates(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                RelOptInfo& inner, SpecialJoin& sj,
                                const std::vector<RestrictInfo*>& restrict_list);
[[nodiscard]] double parameterized_baserel_size(PlannerInfo& root, RelOptInfo& rel,
                                                const std::vector<RestrictInfo*>& clauses);
[[nodiscard]] double parameterized_joinrel_size(PlannerInfo& root, RelOptInfo& joinrel,
                                                const Path& outer, const Path& inner,
                                                const SpecialJoin& sj,
                                                const std::vector<RestrictInfo*>& restrict_list);
[[nodiscard]] SemiAntiFactors semi_anti_factors(PlannerInfo& root, RelOptInfo& joinrel,
                                                RelOptInfo& outer, RelOptInfo& inner, JoinType type,
                                                const SpecialJoin& sj,
                                                const std::vector<RestrictInfo*>& restrict_list);
[[nodiscard]] int parallel_workers_for(PlannerInfo& root, const RelOptInfo& rel, double heap_pages,
                                       double index_pages);
void set_rel_width(PlannerInfo& root, RelOptInfo& rel);

// --- joins (path/joinrels.c, path/joinpath.c) ---------------------------------------------------
RelOptInfo* make_rel_from_joinlist(PlannerInfo& root, const std::vector<JoinListItem>& items);
void add_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                          RelOptInfo& inner, JoinType type, SpecialJoin& sj,
                          const std::vector<RestrictInfo*>& restrict_list);
/// A semijoin done as a plain join with its inner side made unique (JOIN_UNIQUE_OUTER / INNER).
void add_unique_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                 RelOptInfo& inner, SpecialJoin& sj,
                                 const std::vector<RestrictInfo*>& restrict_list);
[[nodiscard]] bool innerrel_is_unique(PlannerInfo& root, Relids join_relids, Relids outer_relids,
                                      RelOptInfo& inner, JoinType type,
                                      const std::vector<RestrictInfo*>& restrict_list);

// --- above the joins (plan/planner.c, plan/planagg.c, prep/prepunion.c) -------------------------
/// query_planner(): scans and joins.
RelOptInfo* query_planner(PlannerInfo& root, const std::function<void(PlannerInfo&)>& pathkeys);
/// grouping_planner(): fills root.final_rel.
void grouping_planner(PlannerInfo& root, double tuple_fraction);
[[nodiscard]] PathTarget make_target(PlannerInfo& root, const std::vector<TargetEntry>& targets);
[[nodiscard]] PathTarget make_target(PlannerInfo& root, std::vector<ExprPtr> exprs,
                                     std::vector<int> refs);

}  // namespace quern::planner_model
