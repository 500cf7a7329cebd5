-- name: text_join_of_ranges (try_partitionwise_join)
SELECT * FROM a JOIN b ON a.k = b.k WHERE a.v < 5;
-- name: three_tables (set_joinrel_partition_key_exprs)
SELECT count(*) FROM a JOIN b ON a.k = b.k JOIN c ON c.k = b.k WHERE a.v = 7;
-- name: text_join_grouped_by_key (create_partitionwise_grouping_paths)
SELECT a.k, sum(b.w) FROM a JOIN b USING (k) GROUP BY a.k;
-- name: text_grouped_by_a_nullable_key (group_by_has_partkey)
SELECT b.k, sum(b.w) FROM a LEFT JOIN b USING (k) GROUP BY b.k;
-- name: groups_finished_above (create_partial_grouping_paths)
SELECT a.t, count(*) FROM a JOIN b USING (k) GROUP BY a.t ORDER BY 2 DESC LIMIT 5;
-- name: text_full_join
SELECT k, count(*) FROM a FULL JOIN b USING (k) GROUP BY k;
-- name: full_join_of_full_join (set_joinrel_partition_key_exprs)
SELECT a.k FROM a FULL JOIN b USING (k) FULL JOIN c USING (k) WHERE a.k IS NULL;
-- name: text_semijoin
SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.w = 3) AND v < 20;
-- name: text_antijoin_in_order (generate_orderedappend_paths)
SELECT * FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k) ORDER BY k LIMIT 20;
-- name: text_semijoin_made_unique (adjust_rowcount_for_semijoins)
SELECT * FROM a WHERE a.k IN (SELECT k FROM b WHERE w < 10) AND a.k < 1500;
-- name: text_pruned_and_ordered
SELECT * FROM a JOIN b ON a.k = b.k WHERE a.k > 1200 ORDER BY a.k LIMIT 10;
-- name: with_a_plain_table
SELECT count(*) FROM a JOIN b ON a.k = b.k JOIN plain p ON p.k = a.k WHERE p.name = 'p3';
-- name: text_one_partition
SELECT a.k, b.k FROM a, b WHERE a.k = b.k AND a.k = 777;
-- name: list_of_keys
SELECT a.k, b.k FROM a, b WHERE a.k = b.k AND a.k IN (5, 1005, 2900);
-- name: expression_of_the_key (match_expr_to_partition_keys)
SELECT a.* FROM a, b WHERE a.k = b.k + 1 AND a.v = 1;
-- name: text_whole_row (set_rel_width, adjust_appendrel_attrs)
SELECT a, b.w FROM a JOIN b ON a.k = b.k WHERE b.w = 1;
-- name: with_itself
SELECT count(*) FROM a a1 JOIN a a2 ON a1.k = a2.k AND a1.v < a2.v WHERE a1.d < '2024-02-01';
-- name: text_hash_below_range (try_partitionwise_join)
SELECT m.day, m.dev, count(n.s) FROM m JOIN n ON n.day = m.day AND n.dev = m.dev GROUP BY m.day, m.dev;
-- name: nested_and_pruned
SELECT m.day, avg(m.v) FROM m JOIN n ON n.day = m.day AND n.dev = m.dev WHERE m.dev = 17 GROUP BY m.day;
-- name: nested_by_the_outer_key
SELECT m.day, count(*) FROM m JOIN n ON n.day = m.day GROUP BY m.day;
-- name: text_groups_of_nested_partitions
SELECT day, dev, max(v) FROM m GROUP BY day, dev HAVING max(v) > 0.9;
-- name: groups_of_the_inner_key
SELECT dev, max(v) FROM m GROUP BY dev;
-- name: text_groups_of_one_partition
SELECT day, max(v) FROM m WHERE day >= '2025-02-01' GROUP BY day;
-- name: without_groups
SELECT max(v), count(*) FROM m;
-- name: distinct_is_not_by_partition
SELECT DISTINCT day FROM m;
-- name: text_lists
SELECT l.kind, count(*) FROM l JOIN ll USING (kind) GROUP BY l.kind;
-- name: text_list_groups_in_order
SELECT kind, sum(n) FROM l GROUP BY kind ORDER BY kind;
-- name: lists_pruned
SELECT l.kind, count(ll.q) FROM l LEFT JOIN ll USING (kind) WHERE l.kind IN ('a', 'c') GROUP BY l.kind;
-- name: text_hash_with_foreign_key (get_foreign_key_join_selectivity)
SELECT h.tenant, h.id, sum(g.amount) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id GROUP BY h.tenant, h.id;
-- name: hash_grouped_in_order
SELECT h.tenant, sum(g.amount) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id WHERE h.x = 3 GROUP BY h.tenant ORDER BY 2 DESC LIMIT 5;
-- name: hash_grouped_by_another_column
SELECT h.x, sum(g.amount) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id GROUP BY h.x;
-- name: hash_of_one_tenant
SELECT * FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id WHERE h.tenant = 7 AND h.x = 2;
-- name: hash_in_a_star
SELECT p.name, count(*) FROM plain p JOIN h ON h.tenant = p.tenant JOIN g ON g.tenant = h.tenant AND g.hid = h.id WHERE p.k = 9 GROUP BY p.name;
-- name: text_antijoin_of_hash (has_indexed_join_quals)
SELECT h.tenant, h.id FROM h LEFT JOIN g ON g.tenant = h.tenant AND g.hid = h.id AND g.amount > 490 WHERE g.id IS NULL;
-- name: groups_that_must_be_whole
SELECT h.tenant, count(DISTINCT g.hid), sum(amount) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id GROUP BY h.tenant;
-- name: text_subquery_grouped_by_partition
SELECT h.tenant, x.total FROM h JOIN (SELECT tenant, hid, sum(amount) AS total FROM g GROUP BY tenant, hid) x ON x.tenant = h.tenant AND x.hid = h.id WHERE x.total > 5000;
-- name: window_above
SELECT h.tenant, h.id, rank() OVER (PARTITION BY h.tenant ORDER BY g.amount) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id WHERE g.amount > 450;
-- name: update
UPDATE g SET amount = amount + h.x FROM h WHERE h.tenant = g.tenant AND h.id = g.hid AND h.x = 5;
-- name: delete
DELETE FROM g USING h WHERE h.tenant = g.tenant AND h.id = g.hid AND h.tenant < 3;
-- name: subplan_of_a_member
SELECT h.tenant, (SELECT count(*) FROM g WHERE g.tenant = h.tenant AND g.hid = h.id) FROM h WHERE h.x = 1;
-- name: lateral
SELECT a.k, s.c FROM a CROSS JOIN LATERAL (SELECT count(*) AS c FROM b WHERE b.k = a.k) s WHERE a.v = 3;
-- name: arms_of_a_union
SELECT count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b) x JOIN c USING (k);
-- name: parameter
SELECT a.k, count(*) FROM a JOIN b USING (k) WHERE a.k < $1 GROUP BY a.k;
-- name: last_rows
SELECT a.k FROM a JOIN b USING (k) WHERE b.w = $1 ORDER BY a.k DESC LIMIT 5;
-- name: sets_are_not_by_partition
SELECT k, d, sum(v) FROM a GROUP BY GROUPING SETS ((k), (d));
-- name: extremes
SELECT min(k), max(k) FROM a;
-- name: ordered_aggregate
SELECT k, array_agg(v ORDER BY v) FROM a WHERE d = '2024-03-03' GROUP BY k;
-- name: text_three_of_one_table (get_variable)
SELECT count(*) FROM a a1, a a2, plain p, c WHERE a1.k = p.k AND a2.v = a1.v AND c.k = a2.k AND p.name = 'p3' AND a1.d < '2024-02-01';
-- name: text_genetic_search_of_partitions (geqo)
SELECT count(*) FROM a a1, a a2, a a3, b b1, b b2, b b3, c c1, c c2, c c3, plain p1, plain p2, plain p3, h, g WHERE a1.k = a2.k AND a2.k = a3.k AND a3.k = b1.k AND b1.k = b2.k AND b2.k = b3.k AND b3.k = c1.k AND c1.k = c2.k AND c2.k = c3.k AND p1.k = c3.k AND p2.k = p1.tenant AND p3.k = p2.k AND h.tenant = p3.tenant AND g.tenant = h.tenant AND g.hid = h.id AND a1.v = 3;
-- name: text_subplan_over_partitions_of_a_partition (get_parameter)
SELECT h.id FROM h WHERE h.x = 1 AND (SELECT sum(amount) FROM g WHERE g.tenant = h.tenant) > 900;
-- name: text_groups_sorted_incrementally (cost_incremental_sort)
SELECT h.tenant, h.x, array_agg(g.amount ORDER BY g.id) FROM h JOIN g ON g.tenant = h.tenant AND g.hid = h.id GROUP BY h.tenant, h.x;
