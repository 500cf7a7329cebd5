-- One statement for each rule of the server that the random oracle found broken, with the rule's
-- place in the server.

-- name: qual_into_grouped_subquery (subquery_push_qual)
SELECT * FROM (SELECT kind, count(*) AS n FROM parent GROUP BY kind) AS g WHERE g.kind = 7;
-- name: qual_into_having (subquery_push_qual)
SELECT * FROM (SELECT kind, count(*) AS n FROM parent GROUP BY kind) AS g WHERE g.n > 7;
-- name: qual_into_union (recurse_push_qual)
SELECT * FROM (SELECT kind FROM parent UNION SELECT a FROM child) AS u WHERE u.kind = 3;
-- name: unused_output (remove_unused_subquery_outputs)
SELECT g.kind FROM (SELECT kind, max(label), sum(price) FROM parent GROUP BY kind) AS g JOIN child ON child.a = g.kind;
-- name: run_condition_row_number (find_window_run_conditions)
SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY kind ORDER BY price) AS rn FROM parent) AS w WHERE rn <= 3;
-- name: run_condition_equality_kept (find_window_run_conditions)
SELECT * FROM (SELECT id, rank() OVER (ORDER BY price) AS rn FROM parent) AS w WHERE rn = 3;
-- name: mcv_list (mcv_clauselist_selectivity)
SELECT * FROM child WHERE a = 12 AND b = 4;
-- name: mcv_list_or (mcv_clause_selectivity_or)
SELECT * FROM child WHERE (a = 12 OR b = 4);
-- name: dependencies_under_parameters (dependencies_clauselist_selectivity)
SELECT * FROM child WHERE a IN (12, 13) AND b = 4 AND NOT flag;
-- name: ndistinct (estimate_multivariate_ndistinct)
SELECT a, b, count(*) FROM child GROUP BY a, b;
-- name: contradictory_constants (process_implied_equality)
SELECT * FROM parent JOIN child ON parent.id = child.parent_id WHERE parent.id = 4 AND child.parent_id = 5;
-- name: contradiction_of_one_table
SELECT * FROM parent WHERE kind = 4 AND kind = 5 AND label = 'x';
-- name: null_of_not_null_partition (relation_excluded_by_constraints)
SELECT * FROM by_hash WHERE name IS NULL ORDER BY n;
-- name: refuted_partition (relation_excluded_by_constraints)
SELECT * FROM by_hash WHERE n IS NULL AND n > 5;
-- name: hash_pruning (compute_partition_hash_value)
SELECT * FROM by_hash WHERE id = 1234;
-- name: hash_pruning_list
SELECT * FROM by_hash WHERE id IN (12, 4000);
-- name: hash_pruning_text (hashtextextended)
SELECT * FROM by_text WHERE name = 'a longer name 77';
-- name: range_pruning (get_matching_range_bounds)
SELECT * FROM by_range WHERE day BETWEEN '2021-01-20' AND '2021-02-10';
-- name: range_pruning_gap_is_default (get_matching_range_bounds)
SELECT * FROM by_range WHERE day = '2021-03-15';
-- name: range_pruning_or
SELECT * FROM by_range WHERE day = '2021-01-15' OR day = '2021-04-15';
-- name: list_pruning (get_matching_list_bounds)
SELECT * FROM by_list WHERE state = 'low';
-- name: list_pruning_differs
SELECT * FROM by_list WHERE state <> 'ok';
-- name: partitions_project (apply_scanjoin_target_to_paths)
SELECT id + 1, note FROM by_range ORDER BY n LIMIT 10;
-- name: partitions_as_groups (set_append_rel_size)
SELECT n, count(*) FROM by_range WHERE id < 900 GROUP BY n;
-- name: partitions_parameterized (get_cheapest_parameterized_child_path)
SELECT * FROM parent JOIN by_range ON by_range.n = parent.id WHERE parent.kind = 3;
-- name: update_of_partitions (add_row_identity_columns)
UPDATE by_range SET n = 1 WHERE id < 100;
-- name: delete_of_partitions
DELETE FROM by_hash WHERE n = 3;
-- name: memoize_lateral (paraminfo_get_equal_hashops)
SELECT * FROM child CROSS JOIN LATERAL (SELECT id FROM parent WHERE parent.kind = child.a ORDER BY price LIMIT 2) AS l;
-- name: lateral_of_removable_join (find_lateral_references)
SELECT c.id FROM child AS c LEFT JOIN parent AS p ON p.id = c.parent_id CROSS JOIN LATERAL (SELECT x.id FROM parent AS x WHERE x.kind = p.kind LIMIT 1) AS l;
-- name: jsonb_contains (matchingsel)
SELECT * FROM child WHERE doc @> '{"kind": 3}';
-- name: jsonb_exists (matchingsel)
SELECT * FROM child WHERE doc ? 'name';
-- name: varchar_like (patternsel)
SELECT * FROM parent WHERE label LIKE '%e';
-- name: varchar_regex (patternsel)
SELECT * FROM parent WHERE label ~ '^ax';
-- name: fast_start_behind_semijoin (set_base_rel_consider_startup)
SELECT * FROM parent WHERE kind = 3 AND EXISTS (SELECT 1 FROM child WHERE child.parent_id = parent.id);
-- name: semijoin_with_filter (create_unique_path)
SELECT count(*) FROM parent WHERE EXISTS (SELECT 1 FROM child WHERE child.parent_id = parent.id AND child.a IS NOT NULL AND child.flag);
-- name: semijoin_once (join_is_legal)
SELECT p.id FROM parent AS p JOIN child AS c ON p.id = c.parent_id WHERE p.kind IN (1, 2) AND EXISTS (SELECT 1 FROM child AS d WHERE d.a = p.kind);
-- name: merge_direction (right_merge_direction)
SELECT * FROM parent WHERE parent.id IN (SELECT a FROM child) ORDER BY parent.id DESC LIMIT 50;
-- name: subplan_hashed (subplan_is_hashable)
SELECT * FROM child WHERE parent_id NOT IN (SELECT id FROM parent WHERE kind = 3);
-- name: values_of_one_row (pull_up_simple_values)
SELECT * FROM parent JOIN (VALUES (7, 'x')) AS v (id, name) ON v.id = parent.id;
-- name: removed_join_condition (remove_rel_from_query)
SELECT p.id FROM parent AS p JOIN child AS c ON p.id = c.id AND c.id = 97 LEFT JOIN child AS d ON p.id = d.id WHERE p.id = 3;
-- name: brin (brincostestimate)
SELECT * FROM parent WHERE at BETWEEN '2021-02-01' AND '2021-02-02';
-- name: intersect (generate_nonunion_paths)
SELECT kind FROM parent INTERSECT SELECT a FROM child;
-- name: except_all_in_union (recurse_set_operations)
SELECT price FROM parent UNION ALL (SELECT price FROM parent EXCEPT ALL SELECT NULL::numeric(12,2) FROM child);
-- name: union_width (generate_append_tlist)
SELECT label FROM parent UNION SELECT label FROM parent WHERE kind = 3;
-- name: min_of_constant_class (build_minmax_path)
SELECT id FROM parent WHERE price < (SELECT max(a) FROM child WHERE child.a = parent.kind);
-- name: for_update (preprocess_rowmarks)
SELECT parent.id FROM parent JOIN child ON child.parent_id = parent.id WHERE parent.kind = 4 ORDER BY parent.id FOR UPDATE OF parent;
-- name: delete_with_semijoin (preprocess_rowmarks)
DELETE FROM child WHERE parent_id IN (SELECT id FROM parent WHERE id < 40);
-- name: any_of_column_is_strict (is_strict_saop)
SELECT * FROM parent LEFT JOIN child ON child.parent_id = parent.id WHERE 3 = ANY (child.tags);
-- name: in_inside_inlined_cte (pull_up_simple_subquery)
WITH q AS (SELECT id FROM child WHERE parent_id IN (SELECT id FROM parent WHERE kind = 3)) SELECT count(*) FROM q JOIN parent ON parent.id = q.id;
-- name: rollup (create_groupingsets_path)
SELECT kind, state, count(*), sum(price) FROM parent GROUP BY ROLLUP (kind, state);
-- name: cube (extract_rollup_sets)
SELECT kind, state, label, max(price) FROM parent GROUP BY CUBE (kind, state, label);
-- name: sets_that_sort_twice (consider_groupingsets_paths)
SELECT kind, label, count(DISTINCT state) FROM parent GROUP BY GROUPING SETS ((kind), (label), ()) ORDER BY kind;
-- name: rollup_in_the_order_of_order_by (reorder_grouping_sets)
SELECT state, kind, count(DISTINCT label) FROM parent GROUP BY ROLLUP (kind, state) HAVING count(*) > 10 ORDER BY kind DESC, state;
-- name: only_the_empty_set (create_groupingsets_path)
SELECT count(*) FROM parent GROUP BY ();
-- name: columns_beside_rollup (expand_grouping_sets)
SELECT state, kind, count(*) FROM parent GROUP BY state, ROLLUP (kind, label);
-- name: list_partitions_in_the_order_of_the_type (create_list_bounds)
SELECT * FROM by_mood WHERE n > 100;
-- name: range_partitions_of_two_keys (create_range_bounds)
SELECT * FROM by_two WHERE n > 100;
-- name: left_join_where_null (check_redundant_nullability_qual)
SELECT f.b FROM follows AS f LEFT JOIN follows AS x ON x.a = f.b WHERE f.a = 7 AND x.a IS NULL;
-- name: left_join_where_null_of_constant_class (process_equivalence)
SELECT f.b FROM follows AS f LEFT JOIN follows AS x ON x.a = f.a AND x.b = f.b WHERE f.a = 7 AND x.b IS NULL;
-- name: not_exists_of_constant_class (reconsider_outer_join_clause)
SELECT f.b FROM follows AS f WHERE f.a = 7 AND NOT EXISTS (SELECT 1 FROM follows AS x WHERE x.a = f.a AND x.b = f.b);
-- name: friends_of_friends (check_redundant_nullability_qual)
SELECT g.b, count(*) FROM follows AS f JOIN follows AS g ON g.a = f.b LEFT JOIN follows AS x ON x.a = f.a AND x.b = g.b WHERE f.a = 11 AND x.a IS NULL GROUP BY g.b ORDER BY count(*) DESC LIMIT 10;
-- name: outer_join_of_constant_to_partitions (adjust_appendrel_attrs)
SELECT p.id, r.id FROM parent AS p LEFT JOIN by_range AS r ON r.n = p.id WHERE p.id = 5;
-- name: column_of_removed_join (remove_rel_from_query)
SELECT c.id FROM child AS c LEFT JOIN parent AS p ON p.id = c.parent_id WHERE c.id < 100;
-- name: networks_within (networksel)
SELECT * FROM visitor WHERE from_ip << '10.3.0.0/16';
-- name: networks_that_overlap (networksel)
SELECT * FROM visitor WHERE from_ip && '10.64.0.0/12';
-- name: network_that_contains (networksel)
SELECT * FROM visitor WHERE '10.0.0.0/9' >> from_ip AND n = 3;
-- name: pattern_on_domain (examine_variable)
SELECT * FROM visitor WHERE mail LIKE 'v12%';
-- name: exists_without_correlation (cost_subplan)
SELECT EXISTS (SELECT 1 FROM child WHERE a = 7);
-- name: any_of_subquery_array (scalararraysel)
SELECT * FROM visitor WHERE n = ANY (ARRAY(SELECT kind FROM parent WHERE id < 9)::smallint[]);
-- name: lock_rows_of_partial_index (check_index_predicates)
SELECT id FROM visitor WHERE NOT done AND n < 3 ORDER BY n LIMIT 5 FOR UPDATE;
-- name: nearest (match_pathkeys_to_index)
SELECT id FROM visitor ORDER BY place <-> point(45, 45) LIMIT 5;
-- name: nearest_of_some (match_clause_to_ordering_op)
SELECT id, place FROM visitor WHERE place <@ box '(10,10),(60,60)' ORDER BY point(20, 20) <-> place LIMIT 50;
-- name: farthest (match_pathkeys_to_index)
SELECT id FROM visitor ORDER BY place <-> point(45, 45) DESC LIMIT 5;
-- name: order_behind_equal_varchar (canonicalize_ec_expression)
SELECT * FROM ticket WHERE company = 7 AND status = 'open' ORDER BY at DESC LIMIT 5;
-- name: order_behind_equal_varchars (exprSetInputCollation)
SELECT t.id, u.id FROM ticket AS t JOIN ticket AS u ON u.status = t.status AND u.company = t.company WHERE t.status = 'pending' AND t.company = 3 ORDER BY u.at LIMIT 3;
-- name: end_of_histogram_with_common_values (ineq_histogram_selectivity, get_actual_variable_range)
SELECT * FROM skewed WHERE n BETWEEN 25 AND 140;
-- name: up_to_first_bin (ineq_histogram_selectivity)
SELECT * FROM skewed WHERE n < 180;
-- name: last_bin (ineq_histogram_selectivity)
SELECT * FROM skewed WHERE n BETWEEN 11950 AND 12090;
-- name: similar_text (matchingsel, similarity_op)
SELECT id FROM skewed WHERE title % 'serch audit';
-- name: ranges_01 (rangesel)
SELECT id FROM stay WHERE days && daterange '[2021-05-05,2021-07-01)';
-- name: ranges_02 (rangesel)
SELECT id FROM stay WHERE days @> daterange '[2021-05-05,2021-07-01)';
-- name: ranges_03 (rangesel)
SELECT id FROM stay WHERE days <@ daterange '[2021-05-05,2021-07-01)';
-- name: ranges_04 (rangesel)
SELECT id FROM stay WHERE days << daterange '[2021-05-05,2021-07-01)';
-- name: ranges_05 (rangesel)
SELECT id FROM stay WHERE days >> daterange '[2021-05-05,2021-07-01)';
-- name: ranges_06 (rangesel)
SELECT id FROM stay WHERE days &< daterange '[2021-05-05,2021-07-01)';
-- name: ranges_07 (rangesel)
SELECT id FROM stay WHERE days &> daterange '[2021-05-05,2021-07-01)';
-- name: ranges_08 (rangesel)
SELECT id FROM stay WHERE days < daterange '[2021-05-05,2021-07-01)';
-- name: ranges_09 (rangesel)
SELECT id FROM stay WHERE days <= daterange '[2021-05-05,2021-07-01)';
-- name: ranges_10 (rangesel)
SELECT id FROM stay WHERE days > daterange '[2021-05-05,2021-07-01)';
-- name: ranges_11 (rangesel)
SELECT id FROM stay WHERE days >= daterange '[2021-05-05,2021-07-01)';
-- name: ranges_12 (rangesel)
SELECT id FROM stay WHERE days && daterange '[2021-05-05,]';
-- name: ranges_13 (rangesel)
SELECT id FROM stay WHERE days @> daterange '[2021-05-05,]';
-- name: ranges_14 (rangesel)
SELECT id FROM stay WHERE days <@ daterange '[2021-05-05,]';
-- name: ranges_15 (rangesel)
SELECT id FROM stay WHERE days << daterange '[2021-05-05,]';
-- name: ranges_16 (rangesel)
SELECT id FROM stay WHERE days >> daterange '[2021-05-05,]';
-- name: ranges_17 (rangesel)
SELECT id FROM stay WHERE days &< daterange '[2021-05-05,]';
-- name: ranges_18 (rangesel)
SELECT id FROM stay WHERE days &> daterange '[2021-05-05,]';
-- name: ranges_19 (rangesel)
SELECT id FROM stay WHERE days < daterange '[2021-05-05,]';
-- name: ranges_20 (rangesel)
SELECT id FROM stay WHERE days <= daterange '[2021-05-05,]';
-- name: ranges_21 (rangesel)
SELECT id FROM stay WHERE days > daterange '[2021-05-05,]';
-- name: ranges_22 (rangesel)
SELECT id FROM stay WHERE days >= daterange '[2021-05-05,]';
-- name: ranges_23 (rangesel)
SELECT id FROM stay WHERE points && numrange '(3.5,17.25]';
-- name: ranges_24 (rangesel)
SELECT id FROM stay WHERE points @> numrange '(3.5,17.25]';
-- name: ranges_25 (rangesel)
SELECT id FROM stay WHERE points <@ numrange '(3.5,17.25]';
-- name: ranges_26 (rangesel)
SELECT id FROM stay WHERE points << numrange '(3.5,17.25]';
-- name: ranges_27 (rangesel)
SELECT id FROM stay WHERE points >> numrange '(3.5,17.25]';
-- name: ranges_28 (rangesel)
SELECT id FROM stay WHERE points &< numrange '(3.5,17.25]';
-- name: ranges_29 (rangesel)
SELECT id FROM stay WHERE points &> numrange '(3.5,17.25]';
-- name: ranges_30 (rangesel)
SELECT id FROM stay WHERE points < numrange '(3.5,17.25]';
-- name: ranges_31 (rangesel)
SELECT id FROM stay WHERE points <= numrange '(3.5,17.25]';
-- name: ranges_32 (rangesel)
SELECT id FROM stay WHERE points > numrange '(3.5,17.25]';
-- name: ranges_33 (rangesel)
SELECT id FROM stay WHERE points >= numrange '(3.5,17.25]';
-- name: ranges_34 (rangesel)
SELECT id FROM stay WHERE seats && int4range '[40,90]';
-- name: ranges_35 (rangesel)
SELECT id FROM stay WHERE seats @> int4range '[40,90]';
-- name: ranges_36 (rangesel)
SELECT id FROM stay WHERE seats <@ int4range '[40,90]';
-- name: ranges_37 (rangesel)
SELECT id FROM stay WHERE seats << int4range '[40,90]';
-- name: ranges_38 (rangesel)
SELECT id FROM stay WHERE seats >> int4range '[40,90]';
-- name: ranges_39 (rangesel)
SELECT id FROM stay WHERE seats &< int4range '[40,90]';
-- name: ranges_40 (rangesel)
SELECT id FROM stay WHERE seats &> int4range '[40,90]';
-- name: ranges_41 (rangesel)
SELECT id FROM stay WHERE seats < int4range '[40,90]';
-- name: ranges_42 (rangesel)
SELECT id FROM stay WHERE seats <= int4range '[40,90]';
-- name: ranges_43 (rangesel)
SELECT id FROM stay WHERE seats > int4range '[40,90]';
-- name: ranges_44 (rangesel)
SELECT id FROM stay WHERE seats >= int4range '[40,90]';
-- name: ranges_45 (rangesel)
SELECT id FROM stay WHERE seats && 'empty'::int4range;
-- name: ranges_46 (rangesel)
SELECT id FROM stay WHERE seats @> 'empty'::int4range;
-- name: ranges_47 (rangesel)
SELECT id FROM stay WHERE seats <@ 'empty'::int4range;
-- name: ranges_48 (rangesel)
SELECT id FROM stay WHERE seats >= 'empty'::int4range;
-- name: range_holds_value (calc_rangesel)
SELECT id FROM stay WHERE days @> date '2022-02-03';
-- name: value_within_range (rangesel)
SELECT id FROM stay WHERE date '2022-02-03' <@ days AND seats @> 55;
-- name: range_on_the_right (rangesel)
SELECT id FROM stay WHERE int4range(10, 300) @> seats;
-- name: empty_and_endless_ranges (calc_hist_selectivity)
SELECT id FROM stay WHERE seats <@ int4range(NULL, 120) OR points >> numrange(100, 101);
-- name: subnet_of_btree (match_network_subset)
SELECT id FROM stay WHERE host << inet '10.3.0.0/16';
-- name: subnet_or_equal (match_network_subset)
SELECT id FROM stay WHERE host <<= inet '10.3.7.0/24';
-- name: supernet (match_network_subset)
SELECT id FROM stay WHERE inet '10.5.16.0/20' >> host;
-- name: rows_against_descending_column (expand_indexqual_rowcompare)
SELECT id FROM stay WHERE (room, id) < (3, 7000);
-- name: rows_beyond_the_index (expand_indexqual_rowcompare)
SELECT id FROM stay WHERE (room, id, host) >= (48, 11000, inet '10.1.1.1');
-- name: rows_of_some_columns (expand_indexqual_rowcompare)
SELECT id FROM stay WHERE (room, host) > (48, inet '10.1.1.1');
-- name: text_rows_on_the_right (match_rowcompare_to_indexcol)
SELECT id FROM stay WHERE (2, 7000) > (room, id);
-- name: end_that_moved (get_actual_variable_range)
SELECT id FROM growing WHERE at > timestamp '2024-01-31 06:00';
-- name: end_beyond_statistics (get_actual_variable_range)
SELECT id FROM growing WHERE id BETWEEN 39900 AND 43000;
-- name: first_bin_of_a_sample (get_actual_variable_range)
SELECT id FROM growing WHERE id < 120;
-- name: end_of_words (get_actual_variable_range)
SELECT id FROM growing WHERE word >= 'w49990';
-- name: unique_side_under_right_join (compute_semi_anti_join_factors)
SELECT v.id FROM visitor AS v LEFT JOIN stay AS s ON s.id = v.n AND s.room > 3 LEFT JOIN ticket AS t ON t.company = v.id AND t.at > timestamp '2021-05-01' WHERE t.id IS NULL;
-- name: ranges_from_the_index_alone (gistcanreturn)
SELECT days FROM stay WHERE days << daterange '[2021-02-01,2021-03-01)';
-- name: spilled_groups (ExecInitAgg)
SELECT md5(i.id::text), count(*) FROM ticket AS i, generate_series(1, 40) AS g GROUP BY 1;
-- name: computed_under_outer_join (PlaceHolderVar)
SELECT t.id, v.name FROM ticket AS t LEFT JOIN (SELECT id, coalesce(mail::text, 'none') AS name FROM visitor) AS v ON v.id = t.id WHERE t.id = 77;
-- name: flag_under_outer_join (PlaceHolderVar)
SELECT t.id FROM ticket AS t LEFT JOIN (SELECT id, true AS found FROM visitor WHERE done) AS v ON v.id = t.company WHERE v.found IS NULL AND t.status = 'open';
-- name: groups_of_placeholder (pull_var_clause)
SELECT coalesce(v.kind, 'nobody'), count(*) FROM ticket AS t LEFT JOIN (SELECT id, CASE WHEN done THEN 'old' ELSE 'new' END AS kind, n FROM visitor) AS v ON v.id = t.company GROUP BY 1;
-- name: order_by_placeholder (add_placeholders_to_base_rels)
SELECT t.id, v.n FROM ticket AS t LEFT JOIN (SELECT id, coalesce(n, 0) + 1 AS n FROM visitor) AS v ON v.id = t.company ORDER BY v.n DESC, t.id LIMIT 20;
-- name: join_on_placeholder (make_placeholder_expr)
SELECT t.id FROM ticket AS t LEFT JOIN (SELECT id, coalesce(n, 7) AS n FROM visitor WHERE n > 30) AS v ON v.n = t.company AND v.n < 35;
-- name: placeholder_from_the_index_alone (check_index_only)
SELECT t.id, v.id FROM ticket AS t LEFT JOIN (SELECT coalesce(id, 0) AS id FROM visitor) AS v ON v.id = t.company WHERE t.id < 30;
-- name: constant_in_foreign_key (match_eclasses_to_foreign_key_col)
SELECT s.id, c.name FROM shift AS s JOIN crew AS c ON c.team = s.team AND c.id = s.crew WHERE s.team = 5;
-- name: except_over_intersect (recurse_set_operations)
SELECT a FROM child INTERSECT SELECT kind FROM parent EXCEPT SELECT n FROM by_range;
-- name: text_scan_of_intersect (trivial_subqueryscan)
SELECT c.id FROM child AS c JOIN (SELECT a FROM child INTERSECT SELECT kind FROM parent) AS q ON q.a = c.b WHERE c.id < 40;
-- name: text_width_of_union_column (set_subquery_size_estimates)
SELECT q.n, p.id FROM (SELECT id, price AS n FROM parent UNION ALL SELECT id, 0 FROM child) AS q JOIN parent AS p ON p.id = q.id WHERE p.kind = 3;
-- name: text_case_without_else (exprTypmod)
SELECT CASE WHEN team < 9 THEN name END AS n FROM crew ORDER BY 1;
-- name: constant_over_join (add_placeholders_to_joinrel)
SELECT c.name, q.label FROM crew AS c LEFT JOIN (SELECT s.crew, 'late' AS label FROM shift AS s JOIN ticket AS t ON t.id = s.id WHERE s.pay > 80) AS q ON q.crew = c.id WHERE c.team = 4 AND q.label IS DISTINCT FROM 'early';
-- name: one_table_of_a_join (add_placeholders_to_base_rels)
SELECT c.name, q.label FROM crew AS c LEFT JOIN (SELECT s.crew, coalesce(t.note, t.status) AS label FROM shift AS s JOIN ticket AS t ON t.id = s.id WHERE s.pay > 80) AS q ON q.crew = c.id WHERE c.team = 4;
-- name: computed_above_inner_outer_join (update_placeholder_eval_levels)
SELECT c.name, q.label FROM crew AS c LEFT JOIN (SELECT s.crew, coalesce(t.status, 'none') AS label FROM shift AS s LEFT JOIN ticket AS t ON t.id = s.id AND t.company < 9) AS q ON q.crew = c.id WHERE c.team = 4;
-- name: computed_from_grouped_subquery (find_placeholder_info)
SELECT c.name, q.n, q.pay FROM crew AS c LEFT JOIN (SELECT s.crew, coalesce(t.n, 0) AS n, s.pay + coalesce(t.n, 1) AS pay FROM shift AS s LEFT JOIN (SELECT company, count(*) AS n FROM ticket GROUP BY company) AS t ON t.company = s.id) AS q ON q.crew = c.id WHERE c.team = 4;
-- name: condition_on_join_column (examine_variable)
SELECT c.name, q.g FROM crew AS c FULL JOIN (SELECT s.team, s.crew, 1 AS one, t.status AS g FROM shift AS s JOIN ticket AS t ON t.id = s.id) AS q ON q.team = c.team AND q.crew = c.id WHERE coalesce(q.one, 0) = 0;
-- name: parameters_in_with (remove_useless_result_rtes)
WITH p AS (SELECT date '2022-06-01' AS since, 30 AS days) SELECT s.id FROM shift AS s, p WHERE s.at >= p.since AND s.at < p.since + p.days;
-- name: subquery_without_from (replace_empty_jointree)
SELECT * FROM (SELECT 5 AS team, 'x' AS mark) AS q JOIN crew AS c ON c.team = q.team;
-- name: stable_without_from (replace_empty_jointree)
SELECT s.id FROM shift AS s CROSS JOIN (SELECT now() - interval '90 days' AS since) AS p WHERE s.at > p.since;
-- name: in_without_from (remove_useless_result_rtes)
SELECT * FROM crew WHERE team IN (SELECT 3);
-- name: lateral_expressions (remove_useless_result_rtes)
SELECT c.id, q.m, r.n FROM crew AS c CROSS JOIN LATERAL (SELECT c.id * 2 AS m) AS q CROSS JOIN LATERAL (SELECT q.m + 1 AS n) AS r WHERE r.n > 3000 ORDER BY r.n;
-- name: lateral_condition (remove_useless_result_rtes)
SELECT c.id, q.m FROM crew AS c, LATERAL (SELECT c.id * 2 AS m WHERE c.team > 14) AS q;
-- name: false_without_from (remove_useless_result_rtes)
SELECT * FROM (SELECT 1 AS a WHERE false) AS q JOIN crew AS c ON c.team = q.a;
-- name: sublink_without_from (pull_up_simple_subquery)
SELECT * FROM (SELECT (SELECT max(team) FROM crew) AS a) AS q JOIN shift AS s ON s.team = q.a;
-- name: text_bitmap_or_of_less (create_bitmap_scan_plan)
SELECT id FROM ticket WHERE (company = 3 AND status = 'open' AND note LIKE 'note%') OR (company = 60 AND status = 'pending' AND (note IS NULL OR note > 'o'));
-- name: text_group_key_of_one_partition (show_agg_keys)
SELECT n % 5, count(*) FROM by_range WHERE day BETWEEN '2021-02-03' AND '2021-02-20' GROUP BY 1;
-- name: text_group_key_of_aggregate (show_agg_keys)
SELECT n, count(*) FROM (SELECT a, count(*) AS n FROM child GROUP BY a) AS q GROUP BY n;
-- name: text_order_over_window (get_special_variable)
SELECT team, sum(pay), sum(pay) * 100 / sum(sum(pay)) OVER (PARTITION BY team % 3) AS share FROM shift GROUP BY team ORDER BY share DESC, team;
-- name: text_order_over_grouping_and_window (get_special_variable)
SELECT team, grouping(team) + grouping(crew) AS level, rank() OVER (PARTITION BY grouping(team) + grouping(crew) ORDER BY sum(pay)) FROM shift GROUP BY ROLLUP (team, crew) ORDER BY 2, CASE WHEN grouping(team) + grouping(crew) = 0 THEN team END, 3;
-- name: text_parameters_of_locked_subquery (assign_special_param)
UPDATE ticket SET note = 'taken' WHERE id = (SELECT id FROM ticket WHERE company = 9 AND status = 'open' ORDER BY at DESC LIMIT 1 FOR UPDATE SKIP LOCKED);
-- name: text_lateral_over_distinct (find_param_referent)
SELECT q.team, x.n FROM (SELECT DISTINCT team FROM crew) AS q CROSS JOIN LATERAL (SELECT sum(pay) AS n FROM shift AS s WHERE s.team = q.team) AS x;
-- name: text_names_of_one_column (make_colname_unique)
SELECT x, y, count(*) FROM (SELECT 1, 2, team FROM crew UNION ALL SELECT 3, 4, n FROM by_range) AS q(x, y, n) WHERE n < 9 GROUP BY x, y;
-- name: height_of_a_built_index (_bt_truncate)
SELECT account FROM member WHERE account = 77;
-- name: is_true_proves_nothing (predicate_implied_by_simple_clause)
SELECT id FROM member WHERE flag IS TRUE AND seen > timestamp '2024-06-01' ORDER BY seen;
-- name: text_boolean_key_in_a_bitmap (create_bitmap_scan_plan)
SELECT id FROM member WHERE flag = false AND account = 3;
-- name: order_fixed_by_a_boolean (match_boolean_index_clause)
SELECT account FROM member WHERE flag IS NOT TRUE ORDER BY account LIMIT 5;
-- name: element_of_another_type (scalararraysel)
SELECT id FROM member WHERE 42 = ANY (friends);
-- name: bits_among_the_common_ones (bit_cmp)
SELECT id FROM member WHERE bits = B'00001111' OR bits = X'F0';
-- name: bits_in_a_histogram (bit_cmp)
SELECT id FROM member WHERE bits < B'00101111';
-- name: order_by_ordinality (set_function_pathlist)
SELECT u.n, m.label FROM unnest(ARRAY[9, 5, 3]) WITH ORDINALITY AS u(id, n) JOIN member AS m ON m.id = u.id ORDER BY u.n;
-- name: text_whole_row_above_a_join (build_joinrel_tlist)
SELECT c.name, count(s.*) FROM crew AS c LEFT JOIN shift AS s ON s.crew = c.id GROUP BY c.name;
-- name: cast_argument_of_distinct_aggregate (findTargetlistEntrySQL99)
SELECT string_agg(DISTINCT label, ', ' ORDER BY label) FROM member WHERE account = 3;
-- name: text_order_within_a_group (get_rule_sortgroupclause)
SELECT account, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM seen)) AS middle FROM member GROUP BY account ORDER BY middle;
-- name: text_prefix_of_a_c_column (fix_indexqual_operand)
SELECT label FROM member WHERE label LIKE 'b12%' ORDER BY label;
-- name: text_arbiter_of_a_partial_index (infer_arbiter_indexes)
INSERT INTO member (id, account, mail) VALUES (1, 2, 'x') ON CONFLICT (mail) WHERE flag DO UPDATE SET account = excluded.account WHERE member.account <> excluded.account AND excluded.label LIKE 'a%';
-- name: text_arbiter_of_a_constraint (infer_arbiter_indexes)
INSERT INTO crew SELECT team, crew, 'x' FROM shift WHERE id < 50 ON CONFLICT ON CONSTRAINT crew_pkey DO NOTHING;
-- name: text_arbiter_of_columns (infer_arbiter_indexes)
INSERT INTO follows (a, b) SELECT a, b + 1 FROM follows WHERE since > date '2021-10-20' ON CONFLICT (b, a) DO UPDATE SET since = coalesce(excluded.since, follows.since);
-- name: text_idle_lengths (timestamp_support)
SELECT seen::timestamp(6), seen::timestamp(2), label::varchar(40), vat::numeric(6,2) FROM member WHERE seen::timestamp(3) > timestamp '2023-05-05' AND label::varchar(20) > 'd';
-- name: text_cast_without_length (coerce_type_typmod)
SELECT id, vat::numeric, label::varchar FROM member WHERE vat::numeric > 18;
-- name: cast_of_an_extension (find_coercion_pathway)
SELECT id FROM member WHERE mail::text = 'M77' OR mail::varchar = 'M78';
-- name: partitions_of_an_arm (prune_append_rel_partitions)
SELECT q.n FROM (SELECT n AS n, day AS at FROM by_range UNION ALL SELECT id, at FROM shift) AS q WHERE q.at BETWEEN date '2021-02-02' AND date '2021-02-20';
-- name: text_sort_of_an_arm (create_merge_append_path)
SELECT q.id FROM (SELECT id, at FROM growing UNION ALL SELECT id, at FROM ticket WHERE company = 5) AS q ORDER BY q.at DESC LIMIT 10;
-- name: text_leaky_condition_on_a_guarded_view (contain_leaked_vars)
SELECT id FROM guarded WHERE vat > 18 AND label LIKE 'b1%' AND id > 100;
-- name: text_columns_of_a_guarded_view (examine_simple_variable)
SELECT g.account, count(*) FROM guarded AS g JOIN crew AS c ON c.id = g.account WHERE g.flag GROUP BY g.account;
-- name: folded_text_query (to_tsquery_byid)
SELECT id FROM paper WHERE words @@ to_tsquery('english', 'invoices | passwords:*') AND author < 20;
-- name: phrase_with_stop_words (clean_stopword_intree)
SELECT id FROM paper WHERE words @@ phraseto_tsquery('english', 'running out of the api');
-- name: query_literal (tsqueryin)
SELECT id FROM paper WHERE words @@ 'order & question'::tsquery;
-- name: query_without_a_required_word (tsquery_requires_match)
SELECT id FROM paper WHERE words @@ websearch_to_tsquery('english', 'order or -question');
-- name: query_of_stop_words (tsquerysel)
SELECT id FROM paper WHERE words @@ plainto_tsquery('english', 'of the');
-- name: words_without_statistics (tsquery_opr_selec_no_stats)
SELECT id FROM paper WHERE to_tsvector('simple', title) @@ to_tsquery('simple', 'orders & !the');
-- name: text_constant_call_in_from (pull_up_constant_function)
SELECT p.id, ts_rank(p.words, q) AS rank FROM paper AS p, websearch_to_tsquery('english', 'password -send') AS q WHERE q @@ p.words ORDER BY rank DESC LIMIT 10;
-- name: constant_call_under_an_outer_join (pull_up_constant_function)
SELECT p.id FROM paper AS p LEFT JOIN to_tsquery('english', 'api') AS q ON q @@ p.words WHERE p.author = 4;
-- name: constant_subquery_under_an_outer_join (replace_empty_jointree)
SELECT p.id, q.y FROM paper AS p LEFT JOIN (SELECT 7 AS y) AS q ON p.author = 3 WHERE p.id < 500;
-- name: expressions_beside_a_table (remove_useless_results_recurse)
SELECT p.id, q.x, q.y FROM paper AS p LEFT JOIN LATERAL (SELECT coalesce(p.author, 0) + 1 AS x, upper(p.title) AS y) AS q ON true WHERE p.id > 8000;
-- name: expressions_beside_a_join (add_placeholders_to_joinrel)
SELECT p.id, q.x FROM paper AS p JOIN crew AS c ON c.id = p.author LEFT JOIN LATERAL (SELECT p.title || c.name AS x) AS q ON true WHERE c.team = 4;
-- name: condition_on_an_expression_beside (remove_useless_results_recurse)
SELECT p.id, q.x FROM paper AS p JOIN crew AS c ON c.id = p.author LEFT JOIN LATERAL (SELECT coalesce(p.title, 'y') AS x) AS q ON true WHERE q.x > 'Q' AND c.team = 4;
-- name: constants_of_arms (preprocess_expression)
SELECT 3::numeric(12,2) FROM crew UNION ALL SELECT price FROM parent;
-- name: text_merge_by_sorted_expressions (get_special_variable)
SELECT count(*) FROM ticket AS a FULL JOIN ticket AS b ON a.company % 5 = b.id + 1 AND lower(a.status) = lower(b.status) AND a.id < b.id + 0;
-- name: check_excludes_children (relation_excluded_by_constraints)
SELECT * FROM sheet WHERE no BETWEEN 71000 AND 71040;
-- name: check_of_list_excludes (relation_excluded_by_constraints)
SELECT count(*) FROM sheet WHERE state = 'DR';
-- name: check_by_order_excludes (relation_excluded_by_constraints)
SELECT state, count(*) FROM bill WHERE day >= '2021-05-01' GROUP BY state;
-- name: check_and_null (predicate_refuted_by_simple_clause)
SELECT * FROM sheet WHERE total IS NULL AND no > 80000;
-- name: check_excludes_arm_of_union (relation_excluded_by_constraints)
SELECT * FROM (SELECT 'b' AS kind, no, day FROM ONLY bill UNION ALL SELECT 'm', no, day FROM memo UNION ALL SELECT 't', id, at::date FROM ticket) AS u WHERE no > 60000;
-- name: text_inheritors_level_by_level (find_all_inheritors)
SELECT max(total) FROM sheet WHERE day > '2015-03-01';
-- name: returning_from_inheritors (preprocess_targetlist)
DELETE FROM bill WHERE due < '2020-03-01' RETURNING *;
-- name: text_append_below_projection (apply_scanjoin_target_to_paths)
UPDATE bill SET state = 'XX' WHERE no IN (1005, 1006, 9000);
-- name: function_with_out_columns (addRangeTableEntryForFunction)
SELECT p.id, d.b FROM doubled(20) AS d JOIN parent AS p ON p.id = d.a;
-- name: inlined_function_in_from (inline_set_returning_function)
SELECT count(*) FROM bills_of(1500);
-- name: inlined_lateral_function (inline_set_returning_function)
SELECT p.id, b.total FROM parent AS p, bills_of(p.id) AS b WHERE p.kind = 3;
-- name: inlined_function_is_parallel_unsafe (max_parallel_hazard)
SELECT shifted_year(at), count(*) FROM visit GROUP BY 1;
-- name: search_depth_first (rewriteSearchAndCycle)
WITH RECURSIVE t AS (SELECT id, kind FROM parent WHERE id = 5 UNION ALL SELECT c.id, c.a FROM child AS c JOIN t ON c.parent_id = t.id) SEARCH DEPTH FIRST BY id SET place SELECT * FROM t ORDER BY place;
-- name: search_breadth_first (rewriteSearchAndCycle)
WITH RECURSIVE t AS (SELECT id, kind FROM parent WHERE id < 50 UNION ALL SELECT c.id, c.a FROM child AS c JOIN t ON c.parent_id = t.id) SEARCH BREADTH FIRST BY id, kind SET place SELECT id FROM t ORDER BY place;
-- name: cycle (rewriteSearchAndCycle)
WITH RECURSIVE t AS (SELECT a, b FROM follows WHERE a = 7 UNION SELECT f.a, f.b FROM follows AS f JOIN t ON f.a = t.b) CYCLE a SET again TO 'Y' DEFAULT 'N' USING path SELECT count(*) FROM t WHERE again = 'N';
-- name: cycle_marked_by_truth (rewriteSearchAndCycle)
WITH RECURSIVE t AS (SELECT a, b FROM follows WHERE a = 7 UNION ALL SELECT f.a, f.b FROM follows AS f JOIN t ON f.a = t.b) CYCLE a SET again USING path SELECT count(*) FROM t WHERE NOT again;
-- name: tid_range (create_tidscan_paths)
SELECT sum(a) FROM child WHERE ctid BETWEEN '(10,1)' AND '(40,9)' AND b = 3;
-- name: tid_range_open (scalarineqsel)
SELECT * FROM child WHERE ctid > '(190,0)';
-- name: tid_array (cost_tidscan)
DELETE FROM child WHERE ctid = ANY (ARRAY(SELECT ctid FROM child WHERE flag LIMIT 100));
-- name: tid_alternatives (TidQualFromRestrictInfoList)
SELECT * FROM child WHERE ctid = '(1,2)' OR ctid = '(3,4)';
-- name: tid_of_another_table (BuildParameterizedTidPaths)
DELETE FROM child WHERE ctid IN (SELECT ctid FROM child WHERE b = 9 LIMIT 20);
-- name: text_sample_repeatable (show_tablesample)
SELECT count(*) FROM child TABLESAMPLE BERNOULLI (20) REPEATABLE (3);
-- name: distinct_of_statistics_expression (estimate_multivariate_ndistinct)
SELECT kind, doc ->> 'ref', count(*) FROM visit GROUP BY 1, 2;
-- name: mcv_list_with_expression (statext_is_compatible_clause)
SELECT count(*) FROM visit WHERE kind = 'buy' AND doc ->> 'ref' = 'mail';
-- name: mcv_list_of_expressions_or (statext_is_compatible_clause)
SELECT count(*) FROM visit WHERE kind = 'error' OR doc ->> 'ref' IN ('site', 'ads');
-- name: partial_index_tells_no_statistics (examine_variable)
SELECT count(*) FROM visit WHERE doc ? 'path' AND doc ->> 'path' = '/7';
-- name: aggregates_in_other_orders (find_compatible_agg)
SELECT kind, array_agg(id ORDER BY id DESC) FROM parent GROUP BY kind HAVING array_length(array_agg(id), 1) > 3;
-- name: intarray_overlaps (_int_overlap_sel)
SELECT id FROM node WHERE skills && '{3,40}';
-- name: intarray_query (_int_matchsel)
SELECT id FROM node WHERE skills @@ '3 & (21 | !5)'::query_int;
-- name: ltree_below (matchingsel)
SELECT id FROM node WHERE place <@ 'top.c3';
-- name: ltree_above (matchingsel)
SELECT count(*) FROM node WHERE place @> 'top.c3.s24.x';
-- name: ltree_pattern (matchingsel)
SELECT id FROM node WHERE place ~ 'top.c1|c2.!s3*{0,1}';
-- name: hstore_contains (matchingsel)
SELECT id FROM node WHERE props @> 'lang=>"de", news=>true';
-- name: hstore_keys (matchingsel)
SELECT count(*) FROM node WHERE props ? 'lang' AND NOT props ?| ARRAY['x', 'news'];
-- name: ctid_out_of_a_subquery (get_variable_numdistinct)
UPDATE parent AS p SET price = 1 FROM (SELECT ctid AS place FROM parent WHERE kind = 4 FOR UPDATE) AS x WHERE p.ctid = x.place;
-- name: fields_of_a_function_result (expandRTE)
SELECT (each(props)).key, count(*) FROM node GROUP BY 1;
-- name: text_sort_of_an_inheritor (prepare_sort_from_pathkeys)
SELECT * FROM sheet ORDER BY no LIMIT 5;
-- name: partial_index_knows_its_order (btcostestimate)
SELECT * FROM visit WHERE doc ? 'path' AND kind = 'buy' ORDER BY doc ->> 'path' LIMIT 20;
-- name: contradiction_on_partitions (apply_child_basequals)
SELECT n, count(*) FROM by_range WHERE id = 61 AND id = 757 AND n <> id GROUP BY n;
-- name: multirange_contains_a_range (calc_multirangesel)
SELECT count(*) FROM slot WHERE free @> daterange('2025-02-01', '2025-02-08');
-- name: multirange_contains_a_day (calc_multirangesel)
SELECT id FROM slot WHERE free @> date '2025-03-01' AND id < 5000;
-- name: multirange_overlaps (calc_multirangesel)
SELECT count(*) FROM slot WHERE free && datemultirange(daterange('2025-01-01', '2025-01-03'), daterange('2025-09-01', NULL));
-- name: multirange_before_and_within (calc_multirangesel)
SELECT count(*) FROM slot WHERE free << daterange('2025-08-03', NULL) OR free <@ daterange('2025-02-01', '2025-08-05');
-- name: multirange_against_none (calc_multirangesel)
SELECT count(*) FROM slot WHERE free <@ '{}'::datemultirange OR temps @> -15;
-- name: field_of_a_composite_column (transformIndirection)
SELECT (home).street, count(*) FROM slot WHERE (home).town = 'Town 12' GROUP BY (home).street;
-- name: field_of_an_element (transformIndirection)
SELECT id FROM slot WHERE (stops[1]).town = 'Town 3' AND (home).zip > '5';
-- name: rows_of_an_array_of_composites (expandRTE)
SELECT s.id, p.town FROM slot AS s, unnest(s.stops) AS p WHERE p.town = 'Town 4' AND s.id < 900;
-- name: letters_beyond_ascii_in_any_case (texticlike)
SELECT id FROM slot WHERE title ILIKE '%örj%' AND id > 100;
-- name: text_of_a_jsonb_constant (JsonbToCString)
SELECT id FROM slot WHERE props @> '{"bb":true,"a":4}';
-- name: order_over_hash_partitions_of_a_range (generate_orderedappend_paths)
SELECT k.m, l.day FROM (VALUES (3), (7)) AS k(m) CROSS JOIN LATERAL (SELECT day FROM reading AS r WHERE r.meter = k.m ORDER BY day DESC LIMIT 1) AS l;
-- name: order_beyond_the_partition_key (generate_orderedappend_paths)
SELECT * FROM reading WHERE day < '2025-02-01' OR day > '2025-03-10' ORDER BY day, meter LIMIT 20;
-- name: order_of_ranges_below_a_list (generate_orderedappend_paths)
SELECT * FROM tally ORDER BY day DESC LIMIT 10;
-- name: order_by_two_partition_keys (build_partition_pathkeys)
SELECT * FROM period ORDER BY grp, day, v LIMIT 20;
-- name: order_by_the_second_of_two_keys (build_partition_pathkeys)
SELECT * FROM period WHERE grp = 2 ORDER BY day DESC LIMIT 20;
-- name: maxima_of_groups_made_unique (create_unique_plan)
SELECT kind FROM visit WHERE id IN (SELECT max(id) FROM visit GROUP BY batch, kind) AND at > '2020-01-01';
-- name: text_of_one_partition_deleted_from (ExplainTargetRel)
DELETE FROM reading WHERE day < '2025-01-05' AND meter = 3;
-- name: text_of_an_order_in_another_collation (show_sortorder_options)
SELECT title FROM slot ORDER BY title COLLATE "POSIX" LIMIT 5;
-- name: a_field_named_behind_an_interval (interval_in, AdjustIntervalForTypmod)
SELECT count(*) FROM visit WHERE at >= date '2020-01-01' AND at < date '2020-01-01' + interval '3' month - interval '1-2' year to month + interval '5' hour;
-- name: text_of_a_field_behind_an_interval (intervaltypmodout)
SELECT count(*) FROM visit WHERE at > now() - interval '90' day;
-- name: aggregate_of_the_database (get_agg_clause_costs)
SELECT batch, words_of(kind) FROM visit GROUP BY batch;
-- name: function_in_sql_without_arguments (inline_function)
SELECT count(*) FROM visit WHERE batch = (SELECT tenant());
-- name: text_of_a_union_ordered_by_some_columns (generate_setop_tlist)
SELECT name, team, 'crew' AS kind FROM crew UNION SELECT title, id, 'slot' FROM slot ORDER BY name, team;
-- name: text_of_a_row_of_a_lateral_subquery (pullup_replace_vars, is_simple_subquery)
SELECT s.id, row_to_json(c.*) FROM shift s LEFT JOIN LATERAL (SELECT crew.id, crew.name FROM crew WHERE crew.team = s.team AND crew.id = s.crew) c ON TRUE WHERE s.at > '2020-01-01' LIMIT 25;
-- name: lateral_subquery_beside_conditions (deconstruct_recurse)
SELECT count(*) FROM shift s LEFT JOIN LATERAL (SELECT c.name FROM crew c WHERE c.team = s.team AND c.id > 2) c ON c.name > 'a' WHERE s.id < 500;
-- name: formatted_moment (to_timestamp)
SELECT count(*) FROM visit WHERE at >= to_timestamp('2020-02-03 04:05:06.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND at < to_timestamp('03/04/2020', 'MM/DD/YYYY');
-- name: text_query_in_the_usual_configuration (estimate_expression_value)
SELECT id FROM paper WHERE words @@ to_tsquery('plan | tree');
-- name: genetic_search_of_twelve (geqo)
SELECT count(*), max(p1.title) FROM paper p1, paper p2, paper p3, visit v1, visit v2, shift s1, shift s2, shift s3, crew c1, crew c2, node n1, node n2 WHERE p1.id = v1.id AND p2.id = v1.batch AND v2.id = p2.id AND s1.id = v2.batch AND c1.team = s1.team AND c1.id = s1.crew AND s2.id = p1.author AND c2.team = s2.team AND c2.id = s2.crew AND n1.id = s2.id AND n2.id = n1.id AND s3.team = c2.team AND s3.at = s1.at AND p3.id = s3.id AND v1.kind = 'a';
-- name: genetic_search_with_outer_joins (gimme_tree)
SELECT s1.id FROM shift s1 LEFT JOIN (crew c1 JOIN paper p1 ON p1.id = c1.id) ON c1.team = s1.team, shift s2, shift s3, paper p2, paper p3, paper p4, node n1, node n2, node n3, visit v1, visit v2 WHERE s2.id = s1.crew AND s3.crew = s2.crew AND p2.id = s3.id AND p3.id = p2.author AND p4.author = p3.author AND n1.id = p4.id AND n2.id = n1.id AND n3.id = s1.id AND v1.id = n2.id AND v2.id = n3.id AND v2.batch = v1.batch AND EXISTS (SELECT FROM stay WHERE stay.id = s2.id);
-- name: text_of_a_condition_on_no_column (create_gating_plan)
SELECT v.id, p.title FROM visit v JOIN paper p ON p.id = v.batch WHERE current_setting('application_name') <> 'x' AND v.kind = 'a' AND (SELECT tenant()) = 7;
-- name: text_of_one_tid_condition_of_a_class (is_redundant_derived_clause)
DELETE FROM slot WHERE ctid IN (SELECT ctid FROM slot ORDER BY title LIMIT 5);
-- name: text_of_an_ordered_aggregate_in_workers (relation_can_be_sorted_early)
SELECT sum(batch) AS s FROM visit WHERE at > '2020-01-01' ORDER BY s;
-- name: list_beside_a_stretch_excludes (predicate_refuted_by_recurse)
SELECT * FROM reading WHERE v IN (10, 20, 400) AND v BETWEEN 30 AND 300;
-- name: null_excludes_either_arm (predicate_refuted_by_recurse)
SELECT * FROM reading WHERE v IS NULL AND (v IN (10, 20) OR v NOT IN (30, 40));
-- name: partial_index_behind_a_cast (clause_is_strict_for)
SELECT count(*) FROM noted WHERE (score)::integer >= 9000;
-- name: text_predicate_beside_extended_statistics (find_single_rel_for_clauses)
SELECT * FROM noted WHERE a IN (3, 9) AND b IN (1, 2, 3);
-- name: text_minimum_of_a_lateral_subquery (add_path, find_param_referent)
SELECT p.id, c.first FROM parent p LEFT JOIN LATERAL (SELECT min(id) AS first FROM shift s WHERE s.id > p.kind) c ON TRUE WHERE p.id < 30;
-- name: text_subplan_of_a_partition (get_parameter)
SELECT count(*) FROM by_range r WHERE r.n < (SELECT count(*) FROM child c WHERE c.parent_id = r.id);
-- name: text_of_row_not_in (get_rule_expr)
SELECT id FROM slot WHERE (id, title) NOT IN (SELECT author, title FROM paper) AND id NOT IN (SELECT batch FROM visit WHERE visit.id < slot.id);
-- name: text_of_a_row_behind_any (convert_testexpr)
SELECT id FROM shift WHERE (team, crew) < ANY (SELECT team, id FROM crew WHERE name > 'm') OR id = 3;
-- name: text_of_a_row_compared_with_a_subquery (build_subplan)
SELECT id FROM shift WHERE (team, crew) >= (SELECT team, id FROM crew ORDER BY name LIMIT 1);
-- name: text_of_a_correlated_row (build_subplan)
SELECT id FROM shift s WHERE (team, crew) <> (SELECT c.team, c.id FROM crew c WHERE c.team = s.team AND c.id = 3);
-- name: text_of_all_and_array (get_rule_expr)
SELECT s.id, ARRAY(SELECT c.name FROM crew c WHERE c.team = s.team AND c.id < 3) AS names FROM shift s WHERE s.crew > ALL (SELECT n.id FROM node n WHERE n.id < 20) ORDER BY names LIMIT 3;
-- name: text_of_columns_set_from_a_subquery (transformMultiAssignRef)
UPDATE slot SET (title, props) = (SELECT p.title, '{}'::jsonb FROM paper p WHERE p.id = slot.id) WHERE id < 50;
-- name: text_of_columns_set_from_one_row (build_subplan)
UPDATE slot SET (title, props) = (SELECT 'x', NULL::jsonb FROM paper p WHERE p.id = 9) WHERE id < 50;
-- name: limit_that_a_subquery_gives (get_cheapest_fractional_path)
SELECT batch, count(*) FROM visit WHERE id > 90000 GROUP BY batch HAVING count(*) > 3 ORDER BY batch LIMIT (SELECT 5);
-- name: text_of_subqueries_everywhere (subquery_planner)
SELECT id, (SELECT max(id) FROM paper) FROM visit WHERE id > (SELECT min(id) FROM slot) ORDER BY at LIMIT (SELECT 5) OFFSET (SELECT 2);
-- name: text_of_named_windows (name_active_windows)
SELECT rank() OVER w, lag(id, 1) OVER w2, count(*) OVER (ORDER BY kind RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM visit WINDOW w AS (PARTITION BY batch), w2 AS (w ORDER BY at DESC);
-- name: text_of_a_frame_of_rows (get_window_frame_options)
SELECT sum(id) OVER (ORDER BY kind, id ROWS BETWEEN 1 + 2 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) FROM visit;
-- name: text_of_a_window_over_a_constant (make_pathkeys_for_window)
SELECT sum(id) OVER (PARTITION BY batch, kind), avg(id) OVER (PARTITION BY batch ORDER BY batch, at GROUPS 3 PRECEDING) FROM visit WHERE batch = 7;
-- name: text_of_a_window_condition (find_window_run_conditions)
SELECT * FROM (SELECT v.id, row_number() OVER (PARTITION BY kind ORDER BY lower(kind), id DESC NULLS LAST) AS r FROM visit v) AS q WHERE r <= 3;
-- name: series_of_days (generate_series_timestamp_support)
SELECT d, count(v.id) FROM generate_series('2020-01-01'::timestamp, '2020-03-01', '1 day') AS d LEFT JOIN visit v ON v.at >= d AND v.at < d + interval '1 day' GROUP BY d;
-- name: series_of_decimals (generate_series_numeric_support)
SELECT n FROM generate_series(0.5, 20, 0.25) AS n WHERE n > 3;
-- name: groups_that_fill_the_memory (hash_agg_entry_size)
SELECT at, count(*), max(kind) FROM visit GROUP BY at;
-- name: commuted_clause_of_a_class (create_join_clause)
SELECT v.id FROM visit v, slot s, paper p, node n WHERE s.id = v.batch AND p.id = v.batch AND n.id = s.id AND p.id = n.id AND v.kind = 'a' AND s.title > 'b';
-- name: row_of_a_composite (convert_testexpr)
SELECT id FROM slot WHERE ROW(ROW('s', 't', 'z')::place) IN (SELECT home FROM slot s WHERE s.id < 9) OR id = 4;
-- name: full_join_of_a_constant (reconsider_full_join_clause)
SELECT * FROM parent AS a FULL JOIN child AS b USING (id) WHERE id = 42;
-- name: constant_column_of_a_full_join (replace_vars_in_jointree)
SELECT * FROM (SELECT id, kind FROM parent) AS p FULL JOIN (SELECT a, 2 AS two FROM child) AS c ON p.kind = c.two;
-- name: min_over_union_all (preprocess_minmax_aggregates)
SELECT min(x), max(x) FROM (SELECT id AS x FROM parent UNION ALL SELECT id FROM child) AS u;
-- name: outer_join_within_lateral (jointree_contains_lateral_outer_refs)
SELECT * FROM parent AS p CROSS JOIN LATERAL (SELECT c.id, s.n FROM child AS c LEFT JOIN skewed AS s ON s.id = c.id AND s.n = p.kind WHERE c.a = 3) AS x WHERE p.id < 50;
-- name: lateral_on_the_nullable_side (join_is_legal)
SELECT * FROM parent AS p LEFT JOIN child AS c ON c.id = 123, LATERAL (SELECT s.n, c.a FROM skewed AS s LIMIT 1) AS l WHERE p.kind = l.n;
-- name: lateral_through_a_subquery (pull_up_simple_subquery)
SELECT * FROM (VALUES (0), (1)) AS v (id), LATERAL (SELECT * FROM child AS c, LATERAL (SELECT * FROM (SELECT * FROM parent AS p WHERE p.kind = (SELECT greatest(c.a, p.kind)) AND v.id = 0 OFFSET 0) AS k) AS j WHERE c.id < 5 AND c.parent_id = j.id) AS x;
-- name: not_exists_of_the_outermost (pull_up_sublinks_qual_recurse)
SELECT p.kind FROM parent AS p, child AS c WHERE p.id = c.parent_id AND EXISTS (SELECT 1 FROM skewed AS s WHERE s.n = c.a AND NOT EXISTS (SELECT 1 FROM ticket AS t WHERE t.company = p.kind));
-- name: in_within_lateral (pull_up_simple_subquery)
SELECT * FROM (VALUES (0, 5), (1, 7)) AS v (id, x), LATERAL (SELECT id FROM parent WHERE kind = ANY (SELECT a FROM child WHERE parent_id = v.x OFFSET 0)) AS l;
-- name: lateral_row_of_values (pull_up_simple_values)
SELECT count(*) FROM parent AS a, child AS b JOIN LATERAL (VALUES (a.id)) AS v (x) ON b.parent_id = v.x;
-- name: column_of_a_kept_join (join_is_removable)
SELECT * FROM (SELECT 1 AS x) AS o LEFT JOIN (SELECT c.id, COALESCE(p.price, c.a) AS y FROM child AS c LEFT JOIN parent AS p ON p.id = c.parent_id) AS s ON true;
-- name: constant_of_nested_subqueries (pull_up_simple_subquery)
SELECT v.k, s.bug FROM (VALUES (0), (1)) AS v (k) LEFT JOIN (SELECT k, bug FROM (SELECT i.k, i.bug FROM (SELECT id AS k, 666 AS bug FROM parent) AS i) AS j LEFT JOIN (SELECT id AS k FROM child) AS l USING (k)) AS s USING (k);
-- name: grouping_sets_of_computed_columns (pull_up_simple_subquery)
SELECT rank, label, sum(price) FROM (SELECT COALESCE(kind, 0) + 1 AS rank, label, price FROM parent WHERE id < 3000) AS s GROUP BY ROLLUP (rank, label);
-- name: condition_above_an_outer_join (get_baserel_parampathinfo)
SELECT * FROM (SELECT v.x, COALESCE(c.kind, 0) AS h FROM unnest(ARRAY[1]) AS v (x) LEFT JOIN LATERAL (SELECT kind FROM parent WHERE id = v.x) AS c ON true) AS s WHERE s.h * s.x = s.h * (s.x + 1);
-- name: side_above_an_outer_join (check_equivalence_delay)
SELECT p.id FROM parent AS p LEFT JOIN child AS c ON c.id = p.id JOIN skewed AS s ON s.n = COALESCE(c.a, 0) WHERE p.kind = 3;
-- name: member_of_both_sides (generate_join_implied_equalities_normal)
SELECT * FROM parent AS p, child AS c WHERE p.id = c.parent_id AND p.id = p.kind + c.a;
-- name: first_of_two_partition_keys (gen_prune_steps_from_opexps)
SELECT * FROM by_two WHERE a = 9;
-- name: two_partition_keys (gen_prune_steps_from_opexps)
SELECT * FROM by_two WHERE a >= 10 AND a <= 10 AND b < 'b';
-- name: partition_key_expression (gen_prune_steps_from_opexps)
SELECT * FROM by_digits WHERE n = 5 AND abs(id) > 3000;
-- name: partitions_by_two_hashes (get_matching_hash_bounds)
SELECT * FROM by_pair WHERE a = 3 AND b = 'x4';
-- name: partitions_by_a_hash_and_null (get_matching_hash_bounds)
SELECT * FROM by_pair WHERE a IS NULL AND b = 'x4';
-- name: partitions_by_a_flag (match_boolean_partition_clause)
SELECT * FROM by_flag WHERE NOT done;
-- name: partitions_by_no_flag (match_boolean_partition_clause)
SELECT * FROM by_flag WHERE done IS NOT TRUE AND id < 90;
-- name: order_of_partition_expressions (build_partition_pathkeys)
SELECT * FROM by_digits ORDER BY n, abs(id) LIMIT 20;
-- name: order_of_list_partitions (partitions_are_ordered)
SELECT * FROM by_year ORDER BY year LIMIT 20;
-- name: partitions_by_a_row_type (RelationBuildPartitionDesc)
SELECT count(*) FROM by_row;
-- name: group_by_key_of_an_ancestor (remove_useless_groupby_columns)
SELECT a, b, c FROM ancestor GROUP BY a, b, c;
-- name: starts_with_on_a_radix_tree (text_starts_with_support)
SELECT * FROM radix WHERE starts_with(name, 'plum 89');
-- name: starts_with_in_order (text_starts_with_support)
SELECT * FROM growing WHERE starts_with(word, 'w4999');
-- name: current_of (cost_tidscan)
DELETE FROM parent WHERE CURRENT OF here;
-- name: call_of_constants (evaluate_function)
SELECT id, slug('A', 'b') FROM parent WHERE kind = 3;
-- name: subquery_set_on_conflict (SS_process_sublinks of onConflictSet)
INSERT INTO follows (a, b) VALUES (1, 2) ON CONFLICT (b, a) DO UPDATE SET since = (SELECT max(f.since) FROM follows f WHERE f.a = excluded.a);
-- name: constant_subquery_set_on_conflict (SS_process_sublinks of onConflictSet)
INSERT INTO follows (a, b) SELECT a, b + 1 FROM follows ON CONFLICT (b, a) DO UPDATE SET since = (SELECT min(since) FROM follows) WHERE follows.a < (SELECT count(*) FROM follows);
-- name: text_of_insert_through_a_view (rewriteTargetView)
INSERT INTO fees (owner, note, amount) VALUES (7, 'new', 3) RETURNING entry, doubled, kind;
-- name: text_of_insert_of_rows_through_views (rewriteTargetView)
INSERT INTO big_fees (holder, amount, note) VALUES (7, 1000, 'a'), (8, DEFAULT, 'b');
-- name: text_of_insert_select_through_a_view (rewriteTargetView)
INSERT INTO fees (owner, note) SELECT id, label FROM parent WHERE kind = 3 RETURNING fees;
-- name: text_of_insert_through_a_security_barrier (rewriteTargetView)
INSERT INTO guarded_fees (account, memo) VALUES (1, 'x');
-- name: text_of_upsert_through_a_view (rewriteTargetView)
INSERT INTO fees AS f (owner, note, amount) VALUES (7, 'm7', 3) ON CONFLICT (owner, note) DO UPDATE SET amount = f.amount + excluded.amount WHERE excluded.doubled > f.doubled;
-- name: text_of_update_through_a_view (rewriteTargetView)
UPDATE fees SET amount = doubled + 1 WHERE owner = 17 AND note LIKE 'm1%';
-- name: text_of_update_through_views (rewriteTargetView)
UPDATE big_fees AS b SET note = NULL, amount = DEFAULT WHERE holder BETWEEN 17 AND 40 RETURNING b.entry, doubled;
-- name: text_of_update_of_a_view_joined (rewriteTargetView)
UPDATE fees SET amount = p.price FROM parent AS p WHERE p.id = fees.owner AND p.kind = 3;
-- name: text_of_delete_through_views (rewriteTargetView)
DELETE FROM big_fees WHERE entry < 1000;
-- name: text_of_delete_of_a_view_using (rewriteTargetView)
DELETE FROM fees AS f USING child AS c WHERE c.a = f.owner AND c.b = 3 RETURNING f.*, c.id;
-- name: text_of_delete_through_a_view_with_a_subquery (rewriteTargetView)
DELETE FROM with_children WHERE kind = 'tax' AND NOT EXISTS (SELECT 1 FROM parent WHERE parent.id = with_children.account AND parent.kind = 2);
-- name: text_of_changed_rows_of_a_view_in_with (rewriteTargetView)
WITH gone AS (DELETE FROM fees WHERE doubled > 1900 RETURNING owner, doubled) SELECT owner, sum(doubled) FROM gone GROUP BY owner;
-- name: update_of_a_view_from_its_table (rewriteTargetView)
UPDATE fees SET note = o.memo FROM ledger AS o WHERE o.id = fees.entry + 1 AND fees.owner = 9;
-- name: jsonb_contains_a_built_object (matchingsel)
SELECT id FROM visit WHERE doc @> jsonb_build_object('path', '/7', 'ref', 'mail');
-- name: jsonb_contains_a_built_number (matchingsel)
SELECT id FROM child WHERE doc @> jsonb_build_object('kind', 3);
-- name: jsonb_contains_a_built_null (matchingsel)
SELECT id FROM child WHERE doc @> jsonb_build_object('kind', NULL, 'x', jsonb_build_array(1, true, 'a'));
-- name: jsonb_contains_a_row_as_jsonb (matchingsel)
SELECT id FROM slot WHERE props @> jsonb_build_object('k', to_jsonb('v'::text));
-- name: text_of_an_escaped_pattern (do_like_escape)
SELECT id FROM skewed WHERE title LIKE '%a/_b%' ESCAPE '/' OR title LIKE 'x\%%' ESCAPE '\' OR title ILIKE '50%%' ESCAPE '';
-- name: text_of_an_age (inline_function, contain_nonstrict_functions)
SELECT age(at) FROM parent WHERE age(at) > interval '3 years';
-- name: text_of_values_as_an_arm (pull_up_simple_values, is_safe_append_member)
SELECT id FROM parent UNION ALL SELECT a FROM child UNION ALL VALUES (1) UNION ALL VALUES (2);
-- name: text_of_an_arm_without_rows (cost_subqueryscan, clamp_row_est)
SELECT id FROM parent EXCEPT SELECT a FROM child WHERE b = 1 AND false;
-- name: union_with_an_arm_without_rows (cost_subqueryscan, clamp_row_est)
SELECT id FROM parent UNION SELECT a FROM child WHERE 1 = 0;
-- name: text_of_the_last_of_several_constants (generate_base_implied_equalities_const)
SELECT p.id, (SELECT count(*) FROM child AS c WHERE c.a = date_part('year', now())::integer AND c.a = p.kind) FROM parent AS p WHERE p.id < 9;
-- name: text_of_an_array_cast_by_element (cost_qual_eval_walker)
SELECT id FROM child WHERE a = ANY (string_to_array(doc ->> 'list', ',')::integer[]) AND b < 5;
-- name: text_of_a_group_beside_the_empty_set (flatten_grouping_sets)
SELECT a FROM child GROUP BY (), a;
-- name: text_of_the_empty_set_twice (flatten_grouping_sets)
SELECT count(*) FROM child GROUP BY (), ();
-- name: text_of_dates_in_words (DecodeDateTime)
SELECT * FROM sojourn WHERE at >= 'March 8, 2024 10:00 America/New_York' AND at < 'Mar 9 2024 PST' AND day BETWEEN '8-Mar-2024' AND '20240310';
-- name: text_of_dates_in_other_forms (DecodeDateTime)
SELECT * FROM sojourn WHERE at BETWEEN '2024-02-01T10:00Z' AND '02/09/24 04:05 PM CET' AND day = '2024.040' AND pause < '@ 2 hours 10 mins';
-- name: intervals_in_other_forms (DecodeISO8601Interval)
SELECT * FROM sojourn WHERE pause BETWEEN 'P0000-00-00T01:30:00' AND 'PT040506' AND day > 'J2460400';
-- name: today_as_a_constant (DecodeDateTime)
SELECT count(*) FROM sojourn WHERE at < 'tomorrow' AND day <= 'today'::date - 30 AND at > 'epoch';
-- name: yesterday_in_a_filter (DecodeDateTime)
SELECT id FROM sojourn WHERE pause > '1 hour' AND day <> 'yesterday' AND at::timestamp <> 'now';
-- name: local_days_of_moments (timestamptz_trunc)
SELECT count(*) FROM sojourn WHERE at >= date_trunc('month', timestamptz '2024-05-05 12:00+00', 'Asia/Tokyo') AND at < timestamp '2024-06-01' AT TIME ZONE 'America/Los_Angeles';
-- name: list_partition_with_an_operator_class (pg_get_partkeydef)
SELECT * FROM by_kind WHERE id = 1500 AND label = 'b';
-- name: null_of_an_attached_partition (get_matching_list_bounds)
SELECT * FROM by_kind WHERE id BETWEEN 1500 AND 2700 AND label IS NULL;
-- name: default_partition_outside_its_bounds (gen_partprune_steps_internal)
SELECT * FROM by_kind WHERE id < 1100 OR id BETWEEN 2100 AND 2200;
-- name: default_subpartition_within_its_own_bounds (gen_partprune_steps)
SELECT * FROM by_kind WHERE id <= 2000;
-- name: default_subpartition_contradicted (gen_partprune_steps_internal)
SELECT * FROM by_kind_high WHERE id = 3500;
-- name: relabeled_array_of_expressions (strip_array_coercion)
SELECT * FROM contact WHERE address IN ('m1@example.org', lower('M2@' || name));
-- name: not_exists_with_limit (simplify_EXISTS_query)
SELECT * FROM contact AS c WHERE NOT EXISTS (SELECT 1 FROM sojourn AS v WHERE v.id = c.id LIMIT 1);
-- name: exists_with_limit (simplify_EXISTS_query)
SELECT * FROM contact AS c WHERE EXISTS (SELECT v.at FROM sojourn AS v WHERE v.id = c.id AND v.pause > '1 hour' ORDER BY v.at LIMIT 1);
-- name: cte_that_is_volatile_in_where (contain_volatile_functions of a query)
WITH sample AS (SELECT id, name FROM contact WHERE random() < 0.1) SELECT * FROM sample WHERE id < 100;
-- name: cte_that_is_volatile_below (contain_volatile_functions of a query)
WITH drawn AS (SELECT * FROM (SELECT id, random() AS r FROM contact) AS c) SELECT * FROM drawn WHERE id < 100;
-- name: cte_that_locks_below (contain_dml)
WITH held AS (SELECT * FROM (SELECT id, weight FROM contact FOR UPDATE) AS c) SELECT * FROM held WHERE id < 100;
-- name: subquery_with_a_volatile_sublink (is_simple_subquery)
SELECT s.id, s.r, s.r + 1 FROM (SELECT id, (SELECT random()) AS r FROM contact) AS s WHERE s.id < 100;
-- name: recursion_within_with (is_recursive_union)
WITH RECURSIVE walk (id) AS (SELECT 1 UNION ALL (WITH step AS (SELECT id + 1 AS id FROM walk WHERE id < 50) SELECT step.id FROM step JOIN contact ON contact.id = step.id)) SELECT count(*) FROM walk;
-- name: recursion_within_with_twice (contain_outer_selfref)
WITH RECURSIVE walk (id) AS (SELECT 1 UNION ALL (WITH step AS NOT MATERIALIZED (SELECT id FROM walk) SELECT a.id + 1 FROM step AS a, step AS b WHERE a.id = b.id AND a.id < 50)) SELECT count(*) FROM walk;
-- name: casts_that_take_the_modifier (exprIsLengthCoercion)
SELECT (id)::bit(8), (id * 2)::bit(16) FROM sojourn WHERE id::bit(8) = B'00000001' OR (id + 1)::bit(8) = B'00000010';
-- name: union_of_records (cache_record_field_properties)
SELECT row(id, name) FROM contact WHERE id < 10 UNION SELECT row(id, at) FROM sojourn WHERE id < 10;
-- name: distinct_records (cache_record_field_properties)
SELECT DISTINCT row(weight, name) FROM contact;
-- name: rows_with_default_identity (findDefaultOnlyColumns)
INSERT INTO minted VALUES (DEFAULT, 'b'), (DEFAULT, 'c');
-- name: named_arguments_of_json_path (reorder_function_arguments)
SELECT jsonb_path_query_first(body, '$.tags[0]', silent => true) FROM document WHERE jsonb_path_match(body, '$.size > 5', silent => true);
-- name: text_rows_of_a_standard_body (inline_set_returning_function)
SELECT * FROM readings_of(4);
-- name: text_value_of_a_standard_body (inline_function)
SELECT next_reading(b) FROM reading_old;
-- name: text_sample_of_an_expression (system_samplescangetsamplesize)
SELECT * FROM reading_old TABLESAMPLE SYSTEM (100.0 / 11) REPEATABLE (0);
-- name: text_sample_in_a_view (system_samplescangetsamplesize)
SELECT * FROM some_readings;
-- name: text_minimum_of_one_group (preprocess_minmax_aggregates)
SELECT min(a) FROM reading_old GROUP BY ();
-- name: text_minimum_with_a_condition (create_minmaxagg_path)
SELECT max(a), min(a) FROM reading_old HAVING max(a) > 5 AND min(a) < 100;
-- name: text_condition_of_no_group (create_degenerate_grouping_paths)
SELECT 1 FROM reading_old HAVING 1 > 2;
-- name: text_true_condition_of_no_group (is_degenerate_grouping)
SELECT 1 FROM reading_old HAVING 1 < 2;
-- name: text_two_empty_grouping_sets (create_degenerate_grouping_paths)
SELECT 1 FROM reading_old GROUP BY GROUPING SETS ((), ());
-- name: text_false_condition_of_one_group (subquery_planner)
SELECT count(*) FROM reading_old HAVING 1 > 2;
-- name: text_whole_rows_of_union_arms (adjust_appendrel_attrs)
DELETE FROM reading_old USING (SELECT a, b FROM reading_new UNION ALL SELECT a + 3, b FROM reading_new) s WHERE reading_old.a = s.a;
-- name: group_by_shortened_before_it_is_ordered (remove_useless_groupby_columns, preprocess_groupclause)
SELECT c.name, s.day, count(*) FROM contact AS c JOIN sojourn AS s ON s.id = c.id + 5 WHERE c.weight = 3 GROUP BY c.id, c.name, s.day HAVING max(s.id) > 10 ORDER BY 1, 2;
-- name: partitioned_key_with_a_constant (get_relation_info, relation_has_unique_index_for)
SELECT count(*) FROM receipt AS r LEFT JOIN complaint AS c ON c.receipt_id = r.id WHERE c.id IS NULL AND r.day = '2024-02-10';
-- name: join_to_a_partitioned_key (innerrel_is_unique)
SELECT c.id, r.amount FROM complaint AS c JOIN receipt AS r ON r.id = c.receipt_id AND r.day = c.day;
-- name: useless_join_to_a_partitioned_key (join_is_removable)
SELECT c.id, c.note FROM complaint AS c LEFT JOIN receipt AS r ON r.id = c.receipt_id AND r.day = c.day WHERE c.id < 500;
-- name: in_of_a_partitioned_key (create_unique_path)
SELECT count(*) FROM complaint WHERE (receipt_id, day) IN (SELECT id, day FROM receipt WHERE shop = 3);
-- name: end_of_a_partitioned_key (get_actual_variable_range)
SELECT count(*) FROM complaint AS c JOIN receipt AS r ON r.id = c.receipt_id WHERE r.id > 8990 AND r.amount > 5;
-- name: join_to_a_part_of_a_partitioned_key (innerrel_is_unique)
SELECT c.id, r.amount FROM complaint AS c LEFT JOIN receipt AS r ON r.id = c.receipt_id WHERE c.note = 'about 7';
-- name: height_of_an_index_that_grew (_bt_split)
SELECT at FROM arrival WHERE project = 77;
-- name: order_of_computed_arms (add_child_rel_equivalences)
SELECT * FROM (SELECT id, lower(word) AS word FROM uttered UNION ALL SELECT id, lower(word) FROM written) AS t ORDER BY word LIMIT 20;
-- name: groups_of_computed_arms (add_child_rel_equivalences)
SELECT word, count(*) FROM (SELECT lower(word) AS word FROM written UNION ALL SELECT lower(word) FROM uttered_sung) AS t GROUP BY word ORDER BY word LIMIT 5;
-- name: max_of_computed_arms (add_child_rel_equivalences)
SELECT max(word) FROM (SELECT lower(word) AS word FROM uttered UNION ALL SELECT lower(word) FROM written) AS t;
-- name: join_of_computed_arms (get_appendrel_parampathinfo)
SELECT * FROM reader JOIN (SELECT id, lower(word) AS word FROM uttered UNION ALL SELECT id, lower(word) FROM written) AS t ON t.word = reader.name WHERE reader.page < 3;
-- name: left_join_of_a_grouped_subquery (query_is_distinct_for)
SELECT reader.* FROM reader LEFT JOIN (SELECT * FROM written GROUP BY written.id, written.page) AS w ON reader.page = w.id;
-- name: in_a_grouped_subquery (query_is_distinct_for)
SELECT * FROM reader WHERE page IN (SELECT id FROM written GROUP BY id, page);
-- name: with_read_in_values (inline_cte)
WITH one (n) AS (VALUES (42)) VALUES ((SELECT n FROM one));
-- name: with_read_in_on_conflict (inline_cte)
WITH one AS (SELECT 1 AS n) INSERT INTO written VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET word = 'y' WHERE written.id = (SELECT n FROM one);
-- name: right_join_of_one_row_of_values (pull_up_simple_values)
SELECT * FROM written RIGHT JOIN (VALUES (46)) AS v (page) ON written.page = v.page;
-- name: left_join_of_one_row_of_values (pull_up_simple_values)
SELECT written.* FROM (VALUES (46)) AS v (page) LEFT JOIN written USING (page);
-- name: subquery_in_one_row_of_values (pull_up_simple_values)
SELECT * FROM (VALUES ((SELECT max(page) FROM reader), 3)) AS v (a, b), written WHERE written.id = v.a;
-- name: result_right_of_a_left_join (remove_useless_result_rtes)
SELECT * FROM (SELECT 1 AS id) AS p LEFT JOIN (SELECT 2 AS n) AS q ON true LEFT JOIN written ON written.id = p.id;
-- name: group_by_a_coerced_join_column (findTargetlistEntrySQL99)
SELECT page, count(*) FROM written LEFT JOIN reader USING (page) GROUP BY page;
-- name: one_grouping_set (parseCheckAggregates)
SELECT page, word, count(*) FROM written GROUP BY page, GROUPING SETS (word);
-- name: having_of_min_without_an_index (preprocess_minmax_aggregates)
SELECT min(page), max(page) FROM written HAVING min(page) = max(page);
-- name: defaults_of_a_function_in_sql (add_function_defaults)
SELECT * FROM ledger WHERE priced(amount) > 500;
-- name: named_arguments_of_a_function_in_sql (reorder_function_arguments)
SELECT * FROM ledger WHERE priced(digits => 0, amount => id) > 500;
-- name: defaults_of_rows_from_a_function (inline_set_returning_function)
SELECT * FROM bills_between(2000) AS b WHERE b.state = 'PD';
-- name: named_argument_of_rows_from_a_function (inline_set_returning_function)
SELECT * FROM bills_between(high => 1700);
-- name: names_choose_the_function (MatchNamedCall)
SELECT * FROM ledger WHERE spelled(base => 7, n => id) = '3/7' AND spelled(word => memo) = 'aa';
-- name: defaults_of_built_in_functions (add_function_defaults)
SELECT * FROM document WHERE jsonb_path_exists(body, '$.tags') AND jsonb_set(body, '{kind}', '1') IS NOT NULL AND is_normalized(body ->> 'kind', 'NFD');
