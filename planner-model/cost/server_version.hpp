#pragma once

namespace quern::planner_model {

/// The server whose planner is modelled: each question names one difference between the planners of
/// PostgreSQL 13 to 18, where the source keeps it, and since which major version it holds. Nothing
/// else in planner-model compares version numbers.
class ServerVersion {
 public:
  /// `number`: server_version_num.
  constexpr explicit ServerVersion(int number = 150000) : major_{number / 10000} {}

  [[nodiscard]] constexpr int major() const { return major_; }

  // --- 14

  /// pg_class knows a table seen empty (reltuples 0) from one never vacuumed (-1).
  /// table_block_relation_estimate_size(), tableam.c.
  [[nodiscard]] constexpr bool tells_empty_from_unknown() const { return major_ >= 14; }

  /// Memoize nodes. get_memoize_path(), joinpath.c.
  [[nodiscard]] constexpr bool memoizes() const { return major_ >= 14; }

  /// Keys of Memoize may be of another type than what they are compared with: since 15 each side of
  /// a condition has its own hash function. check_memoizable(), initsplan.c.
  [[nodiscard]] constexpr bool memoizes_across_types() const { return major_ >= 15; }

  /// Windows take rows that come in order by their first keys; incremental sorts do the rest.
  /// create_window_paths(), planner.c.
  [[nodiscard]] constexpr bool sorts_windows_in_groups() const { return major_ >= 14; }

  /// Of two ways to run an EXISTS one is chosen by the planner. Before, both stay in the plan, and
  /// the executor chooses. fix_alternative_subplan(), setrefs.c.
  [[nodiscard]] constexpr bool chooses_alternative_subplans() const { return major_ >= 14; }

  /// `x IN (long list)` looks the list up in a hash table. convert_saop_to_hashed_saop(),
  /// clauses.c.
  [[nodiscard]] constexpr bool hashes_in_lists() const { return major_ >= 14; }

  // --- 15

  /// The same for NOT IN.
  [[nodiscard]] constexpr bool hashes_not_in_lists() const { return major_ >= 15; }

  /// The genetic search draws its numbers by xoroshiro128**; before, by erand48(). geqo_random.c.
  [[nodiscard]] constexpr bool draws_with_erand48() const { return major_ < 15; }

  /// hash_mem_multiplier is 2 unless set. guc.c.
  [[nodiscard]] constexpr double default_hash_mem_multiplier() const {
    return major_ >= 15 ? 2.0 : 1.0;
  }

  /// Conditions on row_number() and the like stop the window's execution.
  /// find_window_run_conditions(), allpaths.c.
  [[nodiscard]] constexpr bool has_window_run_conditions() const { return major_ >= 15; }

  /// DISTINCT in the workers. create_partial_distinct_paths(), planner.c.
  [[nodiscard]] constexpr bool distinct_in_parallel() const { return major_ >= 15; }

  /// Partitions in order may be told so although there is a default one that no row can come from,
  /// or a list of several values. partitions_are_ordered(), partbounds.c.
  [[nodiscard]] constexpr bool orders_by_live_partitions() const { return major_ >= 15; }

  /// starts_with() and its operator ^@ are searched for in a btree, and estimated.
  /// text_starts_with_support(), like_support.c.
  [[nodiscard]] constexpr bool indexes_prefix_tests() const { return major_ >= 15; }

  // --- 16

  /// A subquery scan that only passes rows on is free. cost_subqueryscan(), costsize.c.
  [[nodiscard]] constexpr bool trivial_subquery_scans_are_free() const { return major_ >= 16; }

  /// Incremental sort takes groups at their mean size; before, at half as much again.
  /// cost_incremental_sort(), costsize.c.
  [[nodiscard]] constexpr double incremental_sort_group_growth() const {
    return major_ >= 16 ? 1.0 : 1.5;
  }

  /// Memoize counts the keys it stores, and its hit ratio is of calls. cost_memoize_rescan().
  [[nodiscard]] constexpr bool memoize_counts_keys() const { return major_ >= 16; }

  /// GIN pages and entries cost processor time too. gincostestimate(), selfuncs.c.
  [[nodiscard]] constexpr bool gin_charges_cpu() const { return major_ >= 16; }

  /// Sorts by what the joins' clauses cover of the query's order, for incremental sorts above.
  /// select_outer_pathkeys_for_merge(), pathkeys.c.
  [[nodiscard]] constexpr bool merges_by_prefix_of_order() const { return major_ >= 16; }

  /// An input in part sorted is sorted incrementally, and not in full beside that.
  /// create_ordered_paths(), add_paths_to_grouping_rel(), planner.c.
  [[nodiscard]] constexpr bool sorts_in_one_way() const { return major_ >= 16; }

  /// GROUP BY and DISTINCT lose what their other columns determine (processed_groupClause), and a
  /// DISTINCT that loses all is a LIMIT 1. standard_qp_callback(), create_final_distinct_paths().
  [[nodiscard]] constexpr bool drops_redundant_grouping() const { return major_ >= 16; }

  /// Rows arrive in the order that an aggregate's own ORDER BY or DISTINCT asks for.
  /// adjust_group_pathkeys_for_groupagg(), planner.c.
  [[nodiscard]] constexpr bool presorts_aggregates() const { return major_ >= 16; }

  /// string_agg() and array_agg() in workers. pg_aggregate.dat.
  [[nodiscard]] constexpr bool combines_string_and_array_aggregates() const { return major_ >= 16; }

  /// Frames of row_number() and its like become ROWS, which stop at the current row.
  /// optimize_window_clauses(), planner.c.
  [[nodiscard]] constexpr bool optimizes_window_frames() const { return major_ >= 16; }

  /// Indexes of partitioned tables prove that rows are unique. get_relation_info(), plancat.c.
  [[nodiscard]] constexpr bool partitioned_indexes_prove_uniqueness() const { return major_ >= 16; }

  /// Antijoins that hash or sort the side that is kept. JOIN_RIGHT_ANTI, joinrels.c.
  [[nodiscard]] constexpr bool has_right_antijoins() const { return major_ >= 16; }

  /// Right and full joins in workers that share the hash table. hash_inner_and_outer(), joinpath.c.
  [[nodiscard]] constexpr bool full_joins_in_parallel() const { return major_ >= 16; }

  /// A join clause derived from an equivalence class serves for its commutator too.
  /// create_join_clause(), equivclass.c.
  [[nodiscard]] constexpr bool shares_commuted_join_clauses() const { return major_ >= 16; }

  /// An outer-join condition that constants imply on both sides is replaced by TRUE; before, it was
  /// kept, and counted for nothing in estimates. reconsider_outer_join_clauses(), equivclass.c.
  [[nodiscard]] constexpr bool drops_redundant_join_clauses() const { return major_ >= 16; }

  /// What equals a constant below an outer join is no part of an order there either.
  /// EC_MUST_BE_REDUNDANT(), pathnodes.h.
  [[nodiscard]] constexpr bool constants_order_nothing_anywhere() const { return major_ >= 16; }

  /// Conditions of a subquery without FROM go up, and what is left of it goes away.
  /// remove_useless_results_recurse(), prepjointree.c.
  [[nodiscard]] constexpr bool moves_conditions_off_results() const { return major_ >= 16; }

  // --- 17

  /// IN with a correlated subquery becomes a join too. convert_ANY_sublink_to_join(), subselect.c.
  [[nodiscard]] constexpr bool joins_correlated_in() const { return major_ >= 17; }

  /// TidRangePath, tidpath.c.
  [[nodiscard]] constexpr bool scans_tid_ranges() const { return major_ >= 14; }

  /// IS NULL and IS NOT NULL of NOT NULL columns are decided. restriction_is_always_true().
  [[nodiscard]] constexpr bool decides_null_tests() const { return major_ >= 17; }

  /// One condition that is FALSE empties a scan, whatever the others are.
  /// relation_excluded_by_constraints(), plancat.c.
  [[nodiscard]] constexpr bool looks_for_false_among_conditions() const { return major_ >= 17; }

  /// A subquery is named without the parameters it sets (build_subplan(), subselect.c), since each
  /// is printed as a column of it: `(InitPlan 1).col1`, `(ANY (x = (hashed SubPlan 2).col1))`.
  /// get_rule_expr(), get_parameter(), ruleutils.c.
  [[nodiscard]] constexpr bool prints_columns_of_subplans() const { return major_ >= 17; }

  /// A query level with parallel-safe initplans may itself run in workers.
  /// SS_charge_for_initplans(), subselect.c.
  [[nodiscard]] constexpr bool initplans_may_be_parallel_safe() const { return major_ >= 17; }

  /// Columns of a CTE have the statistics of what they are made of. examine_simple_variable().
  [[nodiscard]] constexpr bool ctes_have_statistics() const { return major_ >= 17; }

  /// A CTE's rows come in its query's order. set_cte_pathlist(), allpaths.c.
  [[nodiscard]] constexpr bool ctes_keep_order() const { return major_ >= 17; }

  /// Of an Append's members in an order also those that give the wanted share of rows soonest.
  /// generate_orderedappend_paths(), allpaths.c.
  [[nodiscard]] constexpr bool orders_appends_by_fraction() const { return major_ >= 15; }

  /// An Append of the paths that start fastest. add_paths_to_append_rel(), allpaths.c.
  [[nodiscard]] constexpr bool appends_start_fast() const { return major_ >= 17; }

  /// ORDER BY and partial groups sort every partial path. create_ordered_paths(),
  /// gather_grouping_paths(), planner.c.
  [[nodiscard]] constexpr bool sorts_every_partial_path() const { return major_ >= 17; }

  /// The workers' distinct rows may be gathered in order. create_partial_distinct_paths().
  [[nodiscard]] constexpr bool gathers_distinct_in_order() const { return major_ >= 17; }

  /// Not for expressions under FILTER, which might fail on rows that it keeps out.
  [[nodiscard]] constexpr bool presorts_only_safe_filters() const { return major_ >= 16; }

  /// GROUP BY takes as much of ORDER BY's order as it shares. preprocess_groupclause(), planner.c.
  [[nodiscard]] constexpr bool groups_by_part_of_order() const { return major_ >= 17; }

  /// A window's startup includes what it reads before its first row. cost_windowagg(), costsize.c.
  [[nodiscard]] constexpr bool windows_charge_startup() const { return major_ >= 17; }

  /// A length of an array that is no constant comes from its statistics. estimate_array_length().
  [[nodiscard]] constexpr bool array_lengths_have_statistics() const { return major_ >= 17; }

  /// One descent serves neighbouring array elements: at most a third of the leaf pages.
  /// btcostestimate(), selfuncs.c.
  [[nodiscard]] constexpr bool btree_arrays_share_descents() const { return major_ >= 17; }

  /// Arrays on later columns leave a btree scan its order. build_index_paths(), indxpath.c.
  [[nodiscard]] constexpr bool btree_arrays_keep_order() const { return major_ >= 17; }

  /// GROUP BY takes the order of its input where that is a permutation of its columns.
  /// get_useful_group_keys_orderings(), pathkeys.c.
  [[nodiscard]] constexpr bool reorders_group_by() const { return major_ >= 17; }

  /// LIMIT reaches the arms of a set operation under ORDER BY too. grouping_planner(), planner.c.
  [[nodiscard]] constexpr bool limits_ordered_set_operations() const { return major_ >= 17; }

  /// PARTITION BY loses columns that are constant or repeat others. make_pathkeys_for_window().
  [[nodiscard]] constexpr bool drops_redundant_partitioning() const { return major_ >= 17; }

  /// The arms of a UNION offer sorted paths. build_setop_child_paths(), prepunion.c.
  [[nodiscard]] constexpr bool unions_use_sorted_arms() const { return major_ >= 17; }

  // --- 18

  /// Columns that not every grouping set has are others behind the grouping than before it: the
  /// order of the sort below says nothing of them. parseCheckAggregates() (parse_agg.c) with
  /// make_pathkeys_for_sortclauses_extended().
  [[nodiscard]] constexpr bool grouping_sets_null_their_columns() const { return major_ >= 18; }

  /// WindowAgg nodes tell their window, and window functions its name: `OVER w1` for `OVER (?)`.
  /// show_window_def(), explain.c; name_active_windows(), planner.c.
  [[nodiscard]] constexpr bool tells_window_definitions() const { return major_ >= 18; }

  /// Rows of generate_series() over times and decimals too.
  /// generate_series_timestamp_support(), timestamp.c; generate_series_numeric_support(),
  /// numeric.c.
  [[nodiscard]] constexpr bool counts_every_series() const { return major_ >= 18; }

  /// A table joined to itself by a unique key is read once. remove_useless_self_joins().
  [[nodiscard]] constexpr bool removes_self_joins() const { return major_ >= 18; }

  /// `x = 1 OR x = 2` matches an index as `x = ANY ('{1,2}')`. match_orclause_to_indexcol().
  [[nodiscard]] constexpr bool matches_or_as_array() const { return major_ >= 18; }

  /// `x IN (VALUES ...)` is `x = ANY (array)`. convert_VALUES_to_ANY(), prepjointree.c.
  [[nodiscard]] constexpr bool folds_values_into_arrays() const { return major_ >= 18; }

  /// The only column of a subquery's GROUP BY is unique. examine_simple_variable(), selfuncs.c.
  [[nodiscard]] constexpr bool knows_grouped_columns_unique() const { return major_ >= 18; }

  /// UPDATE and the like without RETURNING put out no rows. create_modifytable_path(), pathnode.c.
  [[nodiscard]] constexpr bool writes_put_out_nothing() const { return major_ >= 14; }

  /// The fast-starting Append takes members by the share of rows that is wanted.
  /// add_paths_to_append_rel(), allpaths.c.
  [[nodiscard]] constexpr bool appends_by_fraction() const { return major_ >= 18; }

  /// An appended table's rows before conditions are its members'. set_append_rel_size().
  [[nodiscard]] constexpr bool appends_sum_member_tuples() const { return major_ >= 18; }

  /// Bucket sizes of hash joins by several columns use CREATE STATISTICS.
  /// estimate_multivariate_bucketsize(), selfuncs.c.
  [[nodiscard]] constexpr bool hash_buckets_use_extended_statistics() const { return major_ >= 18; }

  /// GROUP BY loses what any unique index's columns determine. remove_useless_groupby_columns().
  [[nodiscard]] constexpr bool unique_indexes_shorten_group_by() const { return major_ >= 18; }

  /// DISTINCT takes the order of its input where that is a permutation of its columns.
  /// get_useful_pathkeys_for_distinct(), planner.c.
  [[nodiscard]] constexpr bool reorders_distinct() const { return major_ >= 18; }

  /// Rows that workers hand on count the leader's part as their estimates do.
  /// compute_gather_rows(), costsize.c.
  [[nodiscard]] constexpr bool gathers_by_divisor() const { return major_ >= 18; }

  /// Semijoins that hash the side that is kept. JOIN_RIGHT_SEMI, joinrels.c.
  [[nodiscard]] constexpr bool has_right_semijoins() const { return major_ >= 18; }

  /// Nested loops in workers over a materialized inner side. consider_parallel_nestloop().
  [[nodiscard]] constexpr bool materializes_in_parallel() const { return major_ >= 18; }

  /// Hash joins weigh the file buffers of their batches. ExecChooseHashTableSize(), nodeHash.c.
  [[nodiscard]] constexpr bool hash_joins_count_batch_buffers() const { return major_ >= 18; }

  /// A merge join sorts an outer side in part sorted incrementally. initial_cost_mergejoin().
  [[nodiscard]] constexpr bool merge_joins_sort_incrementally() const { return major_ >= 18; }

  /// What an enable_ setting forbids is counted instead of made dear. Path.disabled_nodes.
  [[nodiscard]] constexpr bool counts_disabled_nodes() const { return major_ >= 18; }

  /// Btree scans skip over a column without condition. btcostestimate(), selfuncs.c.
  [[nodiscard]] constexpr bool btree_skips() const { return major_ >= 18; }

  /// Entries of a hash aggregate stand without chunk headers and with less of their own.
  /// hash_agg_entry_size(), nodeAgg.c.
  [[nodiscard]] constexpr bool hash_entries_have_no_headers() const { return major_ >= 18; }

  /// Their partitions are planned with the size that they will have. ExecInitAgg(), nodeAgg.c.
  [[nodiscard]] constexpr bool plans_partitions_with_transitions() const { return major_ >= 18; }

  /// INTERSECT and EXCEPT read two inputs instead of one with a flag. create_setop_path().
  [[nodiscard]] constexpr bool setops_have_two_inputs() const { return major_ >= 18; }

 private:
  int major_;
};

}  // namespace quern::planner_model
