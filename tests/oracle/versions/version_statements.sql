-- name: memoize_of_another_type (check_memoizable)
SELECT v.at, w.note FROM visits AS v JOIN visitors AS w ON w.id = v.visitor;
-- name: operator_class_hash (RelationInitIndexAccessInfo)
SELECT * FROM signal_box WHERE at = '2024-02-01';
-- name: operator_class_enum (RelationInitIndexAccessInfo)
SELECT * FROM signal_box WHERE lamp = 'green';
-- name: operator_class_array (RelationInitIndexAccessInfo)
SELECT * FROM signal_box WHERE tags @> ARRAY['t77'];
-- name: operator_class_jsonb (RelationInitIndexAccessInfo)
SELECT * FROM signal_box WHERE about @> '{"line": 3}';
-- name: operator_class_range (RelationInitIndexAccessInfo)
SELECT * FROM signal_box WHERE held @> 700;
-- name: window_over_a_prefix_of_its_order (create_one_window_path)
SELECT id, row_number() OVER (PARTITION BY id ORDER BY at) FROM signal_box;
-- name: rollup_in_order (make_pathkeys_for_sortclauses_extended)
SELECT at, lamp, count(*) FROM signal_box GROUP BY ROLLUP (at, lamp) ORDER BY at;
-- name: rollup_below_a_common_column (make_pathkeys_for_sortclauses_extended)
SELECT at, lamp, count(*) FROM signal_box GROUP BY at, ROLLUP (lamp) ORDER BY at, lamp;
