-- What applications and reports send, written by hand over the shop sample: one statement for each
-- way of asking that the recorded queries do not have. "differs": the model is known not to follow.

-- name: products_by_attribute
SELECT id, attributes->>'color' AS color FROM products WHERE attributes @> '{"color":"red"}' AND active ORDER BY price LIMIT 20;
-- name: products_of_any_tag
SELECT id FROM products WHERE tags && ARRAY['sale','new'] ORDER BY id;
-- name: latest_orders_of_each_customer
SELECT c.id, c.email, o.id, o.total FROM customers c CROSS JOIN LATERAL (SELECT id, total FROM orders WHERE customer_id = c.id ORDER BY placed_at DESC LIMIT 3) o WHERE c.loyalty_points > 500;
-- name: category_tree
WITH RECURSIVE tree AS (SELECT id, parent_id, name, 1 AS depth FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.depth + 1 FROM categories c JOIN tree t ON c.parent_id = t.id) SELECT * FROM tree ORDER BY depth, name;
-- name: turnover_by_grouping_sets
SELECT status, currency, count(*), sum(total) FROM orders GROUP BY GROUPING SETS ((status, currency), (status), (currency), ());
-- name: turnover_cube
SELECT date_trunc('month', placed_at) AS m, status, sum(total) FROM orders GROUP BY CUBE (1, 2) ORDER BY 1, 2;
-- name: upsert_stock
INSERT INTO inventory (product_id, warehouse_id, quantity) VALUES (1, 1, 5) ON CONFLICT (product_id, warehouse_id) DO UPDATE SET quantity = inventory.quantity + excluded.quantity;
-- name: insert_unless_there
INSERT INTO coupons (code, percent_off, valid_from, valid_to) SELECT 'X' || id, 10, current_date, current_date + 30 FROM customers WHERE loyalty_points > 900 ON CONFLICT DO NOTHING;
-- name: raise_prices_of_category
UPDATE products p SET price = p.price * 1.1 FROM categories c WHERE c.id = p.category_id AND c.slug = 'coffee';
-- name: drop_sessions_of_deleted
DELETE FROM sessions USING customers c WHERE sessions.customer_id = c.id AND c.deleted_at IS NOT NULL;
-- name: merge_reservations
MERGE INTO inventory i USING (SELECT product_id, sum(quantity) AS q FROM order_items WHERE order_id BETWEEN 44000 AND 45000 GROUP BY product_id) s ON i.product_id = s.product_id AND i.warehouse_id = 1 WHEN MATCHED THEN UPDATE SET reserved = reserved + s.q::int WHEN NOT MATCHED THEN INSERT (product_id, warehouse_id, quantity) VALUES (s.product_id, 1, 0);
-- name: view_by_email
SELECT * FROM active_customers WHERE email = 'anna@example.org';
-- name: last_order_of_each_customer
SELECT DISTINCT ON (customer_id) customer_id, id, placed_at, total FROM orders ORDER BY customer_id, placed_at DESC;
-- name: top_three_of_category
SELECT * FROM (SELECT id, category_id, price, row_number() OVER (PARTITION BY category_id ORDER BY price DESC) AS rn FROM products) x WHERE rn <= 3;
-- name: orders_a_day_with_gaps
SELECT d::date, count(o.id) FROM generate_series('2025-10-01'::timestamptz, '2025-10-31', '1 day') d LEFT JOIN orders o ON o.placed_at >= d AND o.placed_at < d + interval '1 day' GROUP BY 1 ORDER BY 1;
-- name: next_page_by_row_comparison
SELECT id FROM orders WHERE (placed_at, id) < ('2025-10-01', 5000) ORDER BY placed_at DESC, id DESC LIMIT 20;
-- name: next_jobs
SELECT id FROM tickets WHERE state = 'open' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 5;
-- name: name_contains
SELECT id, name FROM products WHERE name ILIKE '%press%' LIMIT 10;
-- name: email_ignoring_case
SELECT id FROM customers WHERE lower(email) = lower('A@b.c');
-- name: delivery_time_by_status
SELECT o.status, avg(age(s.delivered_at, s.shipped_at)) FROM orders o JOIN shipments s ON s.order_id = o.id WHERE o.placed_at > now() - interval '90 days' GROUP BY o.status HAVING count(*) > 10;
-- name: products_with_rating
SELECT p.id, p.name, coalesce(r.avg, 0) FROM products p LEFT JOIN (SELECT product_id, avg(rating) AS avg FROM reviews WHERE approved GROUP BY product_id) r ON r.product_id = p.id WHERE p.category_id = 7;
-- name: customers_without_recent_order
SELECT c.* FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.placed_at > '2025-06-01');
-- name: customers_not_in_reviews
SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT customer_id FROM reviews);
-- name: orders_with_number_of_items
SELECT id, (SELECT count(*) FROM order_items i WHERE i.order_id = o.id) AS n FROM orders o WHERE status = 'paid' ORDER BY placed_at LIMIT 50;
-- name: gifts_a_month
SELECT extract(year FROM placed_at), extract(month FROM placed_at), count(*) FILTER (WHERE gift), count(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2;
-- name: most_used_tags
SELECT unnest(tags) AS tag, count(*) FROM products GROUP BY 1 ORDER BY 2 DESC LIMIT 10;
-- name: settings_by_key
SELECT key, count(*) FROM settings, jsonb_object_keys(preferences) AS key GROUP BY key;
-- name: events_of_two_days
SELECT * FROM events WHERE occurred_at >= '2025-09-10' AND occurred_at < '2025-09-12' ORDER BY occurred_at DESC LIMIT 100;
-- name: products_of_order
SELECT p.* FROM products p JOIN order_items i ON i.product_id = p.id WHERE i.order_id = 4711;
-- name: addresses_to_write_to
SELECT email FROM customers UNION SELECT c.company FROM customers c WHERE company IS NOT NULL ORDER BY 1;
-- name: some_of_two_states
(SELECT id, placed_at FROM orders WHERE status = 'pending' ORDER BY placed_at LIMIT 5) UNION ALL (SELECT id, placed_at FROM orders WHERE status = 'paid' ORDER BY placed_at LIMIT 5);
-- name: ordered_and_reviewed
SELECT customer_id FROM orders INTERSECT SELECT customer_id FROM reviews;
-- name: orders_beyond_reviews
SELECT customer_id FROM orders EXCEPT ALL SELECT customer_id FROM reviews;
-- name: share_of_turnover
SELECT x.product_id, x.total, x.total / sum(x.total) OVER () FROM (SELECT product_id, sum(quantity * unit_price) AS total FROM order_items GROUP BY product_id) x ORDER BY 2 DESC LIMIT 10;
-- name: month_over_month
WITH monthly AS (SELECT date_trunc('month', placed_at) AS m, sum(total) AS t FROM orders GROUP BY 1) SELECT m, t, lag(t) OVER (ORDER BY m), t - lag(t) OVER (ORDER BY m) FROM monthly ORDER BY m;
-- name: notes_that_begin
SELECT o.id, o.note FROM orders o WHERE o.note IS NOT NULL AND o.note LIKE 'Please%';
-- name: count_of_states_in_month
SELECT count(*) FROM orders WHERE status IN ('pending','paid') AND placed_at BETWEEN '2025-09-01' AND '2025-09-30';
-- name: customer_list_page
SELECT c.id, c.first_name || ' ' || c.last_name AS name, a.city FROM customers c LEFT JOIN addresses a ON a.customer_id = c.id AND a.is_default WHERE c.created_at > '2025-01-01' ORDER BY name LIMIT 25 OFFSET 50;
-- name: categories_of_a_name
SELECT p.name, string_agg(DISTINCT c.name, ', ' ORDER BY c.name) FROM products p JOIN categories c ON c.id = p.category_id GROUP BY p.name LIMIT 10;
-- name: median_total
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders WHERE status = 'delivered';
-- name: orders_as_json
SELECT json_agg(json_build_object('id', id, 'total', total)) FROM orders WHERE customer_id = 42;
-- name: orders_by_array
SELECT * FROM orders WHERE id = ANY (ARRAY[1,2,3,4,5]::bigint[]);
-- name: customer_by_id_or_email
SELECT * FROM customers WHERE id = 10 OR email = 'x@y.z';
-- name: everything_of_order
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id JOIN addresses a ON a.id = o.shipping_address_id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id JOIN categories k ON k.id = p.category_id WHERE o.id = 12345;
-- name: category_report
SELECT k.name, count(DISTINCT o.customer_id), sum(i.quantity) FROM categories k JOIN products p ON p.category_id = k.id JOIN order_items i ON i.product_id = p.id JOIN orders o ON o.id = i.order_id WHERE o.placed_at >= '2025-07-01' GROUP BY k.name ORDER BY 3 DESC;
-- name: countries_of_postcode
SELECT DISTINCT c.country FROM addresses c WHERE c.postcode LIKE '1%' ORDER BY 1;
-- name: first_and_last_order
SELECT max(placed_at), min(placed_at) FROM orders;
-- name: mean_and_deviation
SELECT round(avg(total), 2), round(stddev(total)) FROM orders;
-- name: orders_of_a_day_by_cast
SELECT id FROM orders WHERE placed_at::date = '2025-10-05';
-- name: large_orders_of_a_year
SELECT id FROM orders WHERE date_part('year', placed_at) = 2025 AND total > 500;
-- name: values_join
SELECT * FROM (VALUES (1,'a'),(2,'b'),(3,'c')) v(id, t) JOIN categories c ON c.id = v.id;
-- name: distinct_states
SELECT DISTINCT status FROM orders;
-- name: last_order_lateral
SELECT c.id, o.last FROM customers c LEFT JOIN LATERAL (SELECT max(placed_at) AS last FROM orders WHERE customer_id = c.id) o ON true WHERE c.newsletter;
-- name: cancel_stale
UPDATE orders SET status = 'cancelled', cancelled_at = now() WHERE status = 'pending' AND placed_at < now() - interval '7 days';
-- name: touch_products_to_reorder
UPDATE products SET updated_at = now() WHERE id IN (SELECT product_id FROM inventory WHERE quantity < reorder_level) RETURNING id;
-- name: purge_events
DELETE FROM events WHERE occurred_at < '2025-08-01';
-- name: purge_sessions_and_count
WITH moved AS (DELETE FROM sessions WHERE expires_at < now() RETURNING id) SELECT count(*) FROM moved;
-- name: insert_reviews
INSERT INTO reviews (product_id, customer_id, rating) VALUES (1, 2, 5), (2, 2, 4) RETURNING id;
-- name: rank_stock
SELECT i.product_id, rank() OVER w, dense_rank() OVER w, ntile(4) OVER w FROM inventory i WHERE warehouse_id = 1 WINDOW w AS (ORDER BY quantity DESC);
-- name: cities_above_average
SELECT a.city, count(*) FROM addresses a JOIN customers c ON c.id = a.customer_id AND c.deleted_at IS NULL GROUP BY a.city HAVING count(*) > (SELECT avg(n) FROM (SELECT count(*) AS n FROM addresses GROUP BY city) q) ORDER BY 2 DESC;
-- name: orders_above_all
SELECT * FROM orders WHERE total > ALL (SELECT total FROM orders WHERE customer_id = 5);
-- name: orders_above_any
SELECT * FROM orders WHERE customer_id = 5 AND total >= ANY (SELECT amount FROM payments WHERE status = 'failed');
-- name: orders_by_size
SELECT CASE WHEN total < 50 THEN 'small' WHEN total < 200 THEN 'medium' ELSE 'large' END AS size, count(*) FROM orders GROUP BY 1;
-- name: events_with_key
SELECT e.kind, count(*) FROM events e WHERE e.payload ? 'utm' GROUP BY e.kind;
-- name: returned_or_loyal
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'returned') OR c.loyalty_points > 1000;
-- name: coupons_live_by_range
SELECT tstzrange(valid_from::timestamptz, valid_to::timestamptz) @> now() AS live, count(*) FROM coupons GROUP BY 1;
-- name: double_clicks
SELECT o1.id FROM orders o1 JOIN orders o2 ON o1.customer_id = o2.customer_id AND o2.placed_at BETWEEN o1.placed_at - interval '1 hour' AND o1.placed_at WHERE o1.id <> o2.id;
-- name: products_for_export
SELECT p.id, lower(p.sku), upper(p.name), length(p.name), p.price::int FROM products p WHERE p.price BETWEEN 10 AND 20 AND p.discontinued_at IS NULL AND NOT p.active;
-- name: join_using
SELECT c.id, count(*) FROM customers c JOIN orders o USING (id) GROUP BY c.id, c.email;
-- name: sample_of_orders
SELECT * FROM orders TABLESAMPLE SYSTEM (1) WHERE status = 'paid';
-- name: row_by_ctid
SELECT ctid, * FROM orders WHERE ctid = '(0,1)';
-- name: series_sum
SELECT sum(x) FROM generate_series(1, 1000) x WHERE x % 2 = 0;
-- name: rows_as_json
SELECT row_to_json(t) FROM (SELECT id, name FROM products WHERE id < 10) t;
-- name: first_tag
SELECT c.id, t.tag FROM products c, unnest(c.tags) WITH ORDINALITY AS t(tag, n) WHERE t.n = 1;
-- name: payments_rollup
SELECT pay.method, o.status, count(*) FROM payments pay RIGHT JOIN orders o ON o.id = pay.order_id GROUP BY ROLLUP (pay.method, o.status);
-- name: orders_and_reviews_full
SELECT coalesce(a.customer_id, b.customer_id), a.n, b.n FROM (SELECT customer_id, count(*) n FROM orders GROUP BY 1) a FULL JOIN (SELECT customer_id, count(*) n FROM reviews GROUP BY 1) b ON a.customer_id = b.customer_id;
-- name: left_join_computed
SELECT o.id, s.carrier FROM orders o LEFT JOIN (SELECT order_id, 'via ' || carrier AS carrier, true AS sent FROM shipments) s ON s.order_id = o.id WHERE o.customer_id = 77;
-- name: window_moving_average
SELECT id, avg(total) OVER (PARTITION BY customer_id ORDER BY placed_at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM orders WHERE customer_id = 1234;
-- name: window_range_of_days
SELECT placed_at, sum(total) OVER (ORDER BY placed_at RANGE BETWEEN '7 days' PRECEDING AND CURRENT ROW) FROM orders WHERE status = 'returned';
-- name: window_two_orders
SELECT id, row_number() OVER (ORDER BY total), first_value(id) OVER (PARTITION BY status ORDER BY placed_at DESC) FROM orders WHERE gift;
-- name: exists_or_exists
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.gift) OR NOT EXISTS (SELECT 1 FROM reviews r WHERE r.customer_id = c.id);
-- name: exists_as_column
SELECT p.id, EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id AND r.rating = 1) AS disliked FROM products p WHERE p.category_id = 7;
-- name: exists_in_case
SELECT CASE WHEN EXISTS (SELECT 1 FROM tickets t WHERE t.customer_id = c.id) THEN 'has' ELSE 'none' END, count(*) FROM customers c GROUP BY 1;
-- name: exists_two_columns
SELECT i.order_id FROM order_items i WHERE i.quantity > 9 OR EXISTS (SELECT 1 FROM inventory s WHERE s.product_id = i.product_id AND s.warehouse_id = i.line_no);
-- name: in_correlated
SELECT o.id FROM orders o WHERE o.status = 'paid' AND o.total IN (SELECT p.amount FROM payments p WHERE p.order_id = o.id);
-- name: not_in_under_or
SELECT id FROM orders WHERE customer_id NOT IN (SELECT customer_id FROM tickets) OR total > 5000;
-- name: scalar_in_filter
SELECT id FROM products WHERE price > (SELECT avg(price) FROM products) AND active;
-- name: scalar_correlated_in_filter
SELECT p.id FROM products p WHERE p.price = (SELECT max(q.price) FROM products q WHERE q.category_id = p.category_id);
-- name: array_subquery
SELECT c.id, ARRAY(SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.id) FROM customers c WHERE c.id < 20;
-- name: any_of_array_subquery
SELECT * FROM products WHERE id = ANY (ARRAY(SELECT product_id FROM reviews WHERE rating = 1));
-- name: lateral_unnest
SELECT p.id, t FROM products p, unnest(p.tags) t WHERE p.id < 50;
-- name: lateral_values
SELECT o.id, v.what, v.amount FROM orders o CROSS JOIN LATERAL (VALUES ('total', o.total), ('tax', o.total * 0.2)) v(what, amount) WHERE o.customer_id = 3;
-- name: lateral_aggregate
SELECT p.id, s.n, s.q FROM products p LEFT JOIN LATERAL (SELECT count(*) AS n, sum(quantity) AS q FROM order_items i WHERE i.product_id = p.id) s ON true WHERE p.category_id = 3;
-- name: json_path
SELECT id FROM events_2025_09 WHERE payload -> 'utm' ->> 'source' = 'mail';
-- name: json_each
SELECT s.customer_id, e.key, e.value FROM settings s, jsonb_each_text(s.preferences) e WHERE s.customer_id < 100;
-- name: json_build
SELECT c.id, json_agg(json_build_object('id', o.id, 'total', o.total) ORDER BY o.id) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id BETWEEN 100 AND 120 GROUP BY c.id;
-- name: ilike_prefix
SELECT id FROM customers WHERE email ILIKE 'anna%';
-- name: similar_to
SELECT id FROM products WHERE sku SIMILAR TO '(A|B)[0-9]+%';
-- name: regex_anchored
SELECT id FROM products WHERE sku ~ '^AB1';
-- name: regex_ignoring_case
SELECT id FROM products WHERE name ~* 'grinder|kettle';
-- name: not_like
SELECT count(*) FROM customers WHERE email NOT LIKE '%@example.org';
-- name: starts_with
SELECT id FROM customers WHERE starts_with(last_name, 'Mar');
-- name: between_symmetric
SELECT id FROM orders WHERE total BETWEEN SYMMETRIC 500 AND 400;
-- name: is_distinct_from
SELECT id FROM orders WHERE coupon_id IS DISTINCT FROM 5 AND note IS NOT NULL;
-- name: coalesce_in_filter
SELECT id FROM orders WHERE coalesce(coupon_id, 0) = 0 AND status = 'pending';
-- name: nullif_and_greatest
SELECT id, greatest(total, 10), nullif(note, '') FROM orders WHERE least(total, 5) = total;
-- name: generic_by_key
SELECT * FROM orders WHERE id = $1;
-- name: generic_page
SELECT id, total FROM orders WHERE customer_id = $1 AND placed_at < $2 ORDER BY placed_at DESC LIMIT $3;
-- name: generic_any
SELECT * FROM products WHERE id = ANY ($1);
-- name: generic_range
SELECT count(*) FROM orders WHERE placed_at >= $1 AND placed_at < $2;
-- name: generic_like
SELECT id FROM customers WHERE email LIKE $1;
-- name: partition_join
SELECT e.kind, c.email FROM events e JOIN customers c ON c.id = e.customer_id WHERE e.occurred_at BETWEEN '2025-09-01' AND '2025-09-02';
-- name: partition_latest
SELECT id, kind FROM events ORDER BY occurred_at DESC LIMIT 20;
-- name: partition_group
SELECT date_trunc('day', occurred_at) AS d, kind, count(*) FROM events WHERE occurred_at >= '2025-10-15' GROUP BY 1, 2;
-- name: partition_update
UPDATE events SET payload = '{}' WHERE occurred_at BETWEEN '2025-09-01' AND '2025-09-02' AND kind = 'login';
-- name: partition_insert
INSERT INTO events (occurred_at, kind) VALUES ('2025-09-09', 'test');
-- name: update_from_values
UPDATE products p SET price = v.price FROM (VALUES (1, 10.0), (2, 20.0), (3, 30.0)) v(id, price) WHERE v.id = p.id;
-- name: update_by_subquery
UPDATE orders SET total = (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = orders.id) WHERE id BETWEEN 45000 AND 45020;
-- name: update_returning
UPDATE sessions SET last_seen_at = now() WHERE token = '3f333df6-90a4-4fda-8dd3-9485d27cee36' RETURNING customer_id;
-- name: delete_not_exists
DELETE FROM coupons c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.coupon_id = c.id);
-- name: delete_in
DELETE FROM order_items WHERE order_id IN (SELECT id FROM orders WHERE status = 'cancelled' AND placed_at < '2024-01-01');
-- name: insert_select_aggregate
INSERT INTO settings (customer_id, preferences) SELECT customer_id, jsonb_build_object('n', count(*)) FROM orders GROUP BY customer_id;
-- name: insert_default_values
INSERT INTO customers (email, first_name, last_name) VALUES ('a@b.c', 'A', 'B') RETURNING id;
-- name: merge_update_only
MERGE INTO products p USING (SELECT product_id, avg(rating) AS r FROM reviews GROUP BY product_id) v ON p.id = v.product_id WHEN MATCHED AND v.r < 2 THEN UPDATE SET active = false;
-- name: merge_values
MERGE INTO coupons c USING (VALUES ('A', 5), ('B', 10)) v(code, off) ON c.code = v.code WHEN MATCHED THEN UPDATE SET percent_off = v.off WHEN NOT MATCHED THEN INSERT (code, percent_off, valid_from, valid_to) VALUES (v.code, v.off, current_date, current_date + 7);
-- name: merge_delete
MERGE INTO sessions s USING customers c ON s.customer_id = c.id AND c.deleted_at IS NOT NULL WHEN MATCHED AND s.expires_at < now() THEN DELETE WHEN MATCHED THEN DO NOTHING;
-- name: cte_twice
WITH big AS (SELECT customer_id, sum(total) AS t FROM orders GROUP BY 1 HAVING sum(total) > 1000) SELECT a.customer_id, a.t, (SELECT max(t) FROM big) FROM big a ORDER BY a.t DESC LIMIT 10;
-- name: cte_materialized
WITH recent AS MATERIALIZED (SELECT * FROM orders WHERE placed_at > '2025-10-01') SELECT r.status, count(*) FROM recent r WHERE r.total > 100 GROUP BY 1;
-- name: cte_insert_chain
WITH o AS (INSERT INTO orders (customer_id, total) VALUES (1, 10) RETURNING id) INSERT INTO payments (order_id, method, amount, status) SELECT id, 'card', 10, 'open' FROM o;
-- name: recursive_numbers
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT sum(i) FROM n;
-- name: recursive_with_join
WITH RECURSIVE up AS (SELECT id, parent_id FROM categories WHERE id = 40 UNION SELECT c.id, c.parent_id FROM categories c JOIN up ON up.parent_id = c.id) SELECT p.id FROM products p JOIN up ON up.id = p.category_id;
-- name: union_ordered
SELECT city AS place FROM addresses WHERE country = 'DE' UNION SELECT name FROM warehouses ORDER BY place LIMIT 10;
-- name: union_all_grouped
SELECT kind, sum(n) FROM (SELECT 'order' AS kind, count(*) AS n FROM orders UNION ALL SELECT 'review', count(*) FROM reviews UNION ALL SELECT 'ticket', count(*) FROM tickets) x GROUP BY kind;
-- name: except_ids
SELECT id FROM customers EXCEPT SELECT customer_id FROM orders;
-- name: intersect_all
SELECT customer_id FROM tickets INTERSECT ALL SELECT customer_id FROM reviews;
-- name: distinct_on_expression
SELECT DISTINCT ON (date_trunc('day', placed_at)) id, placed_at FROM orders WHERE status = 'paid' ORDER BY date_trunc('day', placed_at), total DESC;
-- name: distinct_aggregate
SELECT status, count(DISTINCT customer_id), count(DISTINCT currency) FROM orders GROUP BY status;
-- name: filtered_aggregates
SELECT date_trunc('week', placed_at), count(*) FILTER (WHERE status = 'paid'), sum(total) FILTER (WHERE gift) FROM orders GROUP BY 1 ORDER BY 1 DESC LIMIT 8;
-- name: grouping_function
SELECT country, city, grouping(country, city), count(*) FROM addresses GROUP BY ROLLUP (country, city) HAVING count(*) > 5;
-- name: having_subquery
SELECT customer_id FROM orders GROUP BY customer_id HAVING sum(total) > (SELECT 10 * avg(total) FROM orders);
-- name: order_by_position_nulls
SELECT id, cancelled_at FROM orders ORDER BY 2 DESC NULLS LAST, 1 LIMIT 5;
-- name: limit_with_ties
SELECT id, rating FROM reviews ORDER BY rating FETCH FIRST 10 ROWS WITH TIES;
-- name: offset_far
SELECT id FROM orders ORDER BY id OFFSET 50000 LIMIT 10;
-- name: series_of_dates
SELECT d FROM generate_series(date '2025-01-01', date '2025-12-31', interval '1 month') d;
-- name: series_join
SELECT g.n, count(o.id) FROM generate_series(1, 12) AS g(n) LEFT JOIN orders o ON extract(month FROM o.placed_at) = g.n GROUP BY g.n;
-- name: rows_from_two
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b', 'c'])) WITH ORDINALITY AS t(i, s, o);
-- name: set_in_select_list
SELECT id, unnest(tags) FROM products WHERE id < 100;
-- name: set_with_order
SELECT id, unnest(tags) AS tag FROM products ORDER BY id LIMIT 20;
-- name: set_sorted_by
SELECT unnest(tags) AS tag FROM products ORDER BY tag LIMIT 20;
-- name: set_distinct
SELECT DISTINCT unnest(tags) FROM products;
-- name: set_of_aggregate
SELECT category_id, unnest(array_agg(DISTINCT name)) FROM products GROUP BY category_id;
-- name: set_within_call
SELECT upper(unnest(tags)), count(*) FROM products GROUP BY 1;
-- name: set_and_window
SELECT tag, row_number() OVER (ORDER BY tag) FROM (SELECT unnest(tags) AS tag FROM products) t;
-- name: sample_bernoulli
SELECT avg(total) FROM orders TABLESAMPLE BERNOULLI (10) REPEATABLE (1) WHERE gift;
-- name: for_update_join
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.email = 'a@b.c' FOR UPDATE OF o;
-- name: for_share_nowait
SELECT quantity FROM inventory WHERE product_id = 1 AND warehouse_id = 1 FOR SHARE NOWAIT;
-- name: self_join_pairs
SELECT a.product_id, b.product_id, count(*) FROM order_items a JOIN order_items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 10;
-- name: natural_join
SELECT count(*) FROM payments NATURAL JOIN (SELECT id AS order_id, gift FROM orders) o;
-- name: full_join_coalesce
SELECT coalesce(o.customer_id, t.customer_id) FROM (SELECT DISTINCT customer_id FROM orders) o FULL JOIN (SELECT DISTINCT customer_id FROM tickets) t USING (customer_id);
-- name: left_join_is_null
SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE p.id IS NULL;
-- name: left_join_useless
SELECT o.id, o.total FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.total > 900;
-- name: left_join_filter_on_right
SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.gift WHERE c.company IS NOT NULL;
-- name: left_join_strict_call
SELECT c.id, a.town FROM customers c LEFT JOIN (SELECT customer_id, upper(city) AS town FROM addresses) a ON a.customer_id = c.id WHERE c.id < 50;
-- name: left_join_constant_unused
SELECT c.id, a.city FROM customers c LEFT JOIN (SELECT customer_id, city, true AS there FROM addresses) a ON a.customer_id = c.id WHERE c.id < 50;
-- name: semi_of_two
SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o JOIN payments p ON p.order_id = o.id WHERE p.status = 'failed');
-- name: anti_with_condition
SELECT p.id FROM products p WHERE p.active AND NOT EXISTS (SELECT 1 FROM order_items i WHERE i.product_id = p.id AND i.discount IS NOT NULL);
-- name: view_join
SELECT a.email, o.total FROM active_customers a JOIN orders o ON o.customer_id = a.id WHERE o.placed_at >= '2025-10-30';
-- name: function_inlined
SELECT initials(first_name, last_name), count(*) FROM customers GROUP BY 1;
-- name: enum_order
SELECT id FROM orders WHERE status > 'shipped' ORDER BY status LIMIT 10;
-- name: array_contains
SELECT id FROM products WHERE tags @> '{sale}' AND NOT tags && '{new}';
-- name: array_length
SELECT cardinality(tags), count(*) FROM products GROUP BY 1;
-- name: interval_arithmetic
SELECT id FROM shipments WHERE delivered_at - shipped_at > interval '3 days';
-- name: age_and_extract
SELECT extract(dow FROM placed_at), avg(total) FROM orders WHERE placed_at >= date_trunc('month', timestamptz '2025-10-10') GROUP BY 1;
-- name: text_functions
SELECT id FROM customers WHERE split_part(email, '@', 2) = 'example.org' AND length(last_name) > 8;
-- name: inet_of_text
SELECT count(*) FROM sessions WHERE user_agent LIKE 'Mozilla/5.0%' AND expires_at > '2025-10-01';
-- name: ordered_set
SELECT method, mode() WITHIN GROUP (ORDER BY status), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY amount) FROM payments GROUP BY method;
-- name: minimum_by_index
SELECT min(placed_at) FROM orders WHERE customer_id = 55;
-- name: cross_join_settings
SELECT w.name, k.name FROM warehouses w CROSS JOIN categories k;
-- name: seven_tables
SELECT c.email, o.id, p.name, k.name, w.name, pay.status FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id JOIN categories k ON k.id = p.category_id LEFT JOIN shipments s ON s.order_id = o.id LEFT JOIN warehouses w ON w.id = s.warehouse_id LEFT JOIN payments pay ON pay.order_id = o.id WHERE o.placed_at >= '2025-10-30' AND k.slug = 'coffee';
-- name: lateral_union_all
SELECT c.id, x.id FROM customers c, LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id UNION ALL SELECT e.id FROM events e WHERE e.entity_id = c.id) x WHERE c.id < 50;
