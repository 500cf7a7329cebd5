-- One statement a line, over the shop sample; accepted and refused ones side by side.
SELECT * FROM orders WHERE id = 5
SELECT o.*, c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.email LIKE 'a%' ORDER BY o.placed_at DESC LIMIT 10
SELECT count(*), sum(total), avg(total), max(placed_at), min(status) FROM orders WHERE status = 'paid'
SELECT status, count(*) n FROM orders GROUP BY status HAVING count(*) > 5 ORDER BY n DESC, 1
SELECT id FROM orders WHERE id IN (1,2,3) AND customer_id NOT IN (4,5)
SELECT id FROM orders WHERE status IN ('paid','shipped')
SELECT id FROM orders WHERE placed_at BETWEEN '2024-01-01' AND now() - interval '1 day'
SELECT id, total * 1.2 AS t, total::int, total::text, 'x' AS lit, NULL AS n, 1 + 1.5, 2147483648, 1e10 FROM orders
SELECT o.nosuch FROM orders o
SELECT nosuch FROM orders
SELECT * FROM nosuch
SELECT x.id FROM orders
SELECT id FROM orders o, customers c
SELECT * FROM orders JOIN order_items USING (order_id)
SELECT * FROM order_items JOIN payments USING (order_id)
SELECT * FROM order_items NATURAL JOIN payments
SELECT * FROM order_items oi FULL JOIN payments p USING (order_id) WHERE order_id = 3
SELECT customer_id, total FROM orders GROUP BY customer_id
SELECT * FROM orders GROUP BY id
SELECT o.id, o.note, c.email FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.id, c.id
SELECT (SELECT max(total) FROM orders o WHERE o.customer_id = c.id) FROM customers c
SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
SELECT * FROM customers c WHERE id IN (SELECT customer_id FROM orders)
SELECT * FROM customers c WHERE id NOT IN (SELECT id FROM orders)
SELECT * FROM customers WHERE (id, email) IN (SELECT customer_id, note FROM orders)
SELECT * FROM customers WHERE id > ALL (SELECT customer_id FROM orders)
SELECT ARRAY(SELECT id FROM orders), ARRAY[1,2,3], ARRAY['a','b'], ARRAY[[1,2],[3,4]]
WITH x AS (SELECT id, total FROM orders) SELECT * FROM x WHERE total > 5
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT * FROM t
WITH RECURSIVE tree AS (SELECT id, parent_id, name, 1 AS depth FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.depth + 1 FROM categories c JOIN tree t ON t.id = c.parent_id) SELECT * FROM tree ORDER BY depth
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at DESC) FROM orders
SELECT id, rank() OVER w, sum(total) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY id)
SELECT id, lag(total) OVER (ORDER BY id), lead(total, 2) OVER (ORDER BY id), ntile(4) OVER (ORDER BY total) FROM orders
SELECT 1 UNION SELECT 2.5 UNION ALL SELECT 3 ORDER BY 1
SELECT id, 'a' FROM orders UNION ALL SELECT id, email FROM customers ORDER BY id LIMIT 5
SELECT id FROM orders INTERSECT SELECT id FROM customers EXCEPT SELECT 5
SELECT NULL UNION SELECT 1
SELECT 'a' UNION SELECT 'b'
SELECT 1 UNION SELECT 'a'
SELECT 1, 2 UNION SELECT 1
VALUES (1, 'a'), (2, 'b')
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(id, name)
SELECT * FROM generate_series(1, 10) g
SELECT * FROM generate_series(1, 10) WITH ORDINALITY
SELECT * FROM generate_series('2024-01-01'::date, '2024-02-01', '1 day')
SELECT * FROM generate_series(timestamp '2024-01-01', '2024-02-01', '1 day') AS t(day)
SELECT p.id, t FROM products p, unnest(p.tags) t
SELECT p.id, t.tag, t.ord FROM products p CROSS JOIN LATERAL unnest(p.tags) WITH ORDINALITY AS t(tag, ord)
SELECT * FROM products p, jsonb_each(p.attributes) e WHERE e.key = 'color'
SELECT * FROM products p, jsonb_each_text(p.attributes) AS e(k, v)
SELECT e->>'a', e #> '{a,b}', e @> '{"x":1}' FROM products, jsonb_array_elements(attributes) e
SELECT attributes->>'color' AS color, attributes->'a'->'b', attributes ? 'x', attributes->>0 FROM products
SELECT attributes['color'] FROM products
SELECT tags[1], tags[1:2], tags && ARRAY['a'], 'a' = ANY(tags), array_length(tags, 1), cardinality(tags) FROM products
SELECT tags || 'x'::text, tags || ARRAY['y'] FROM products
SELECT * FROM customers c LEFT JOIN LATERAL (SELECT * FROM orders o WHERE o.customer_id = c.id ORDER BY placed_at DESC LIMIT 3) o ON true
SELECT * FROM customers c LEFT JOIN (SELECT * FROM orders o WHERE o.customer_id = c.id) o ON true
SELECT CASE WHEN total > 100 THEN 'big' WHEN total > 10 THEN 'mid' ELSE 'small' END, CASE status WHEN 'paid' THEN 1 ELSE 0.5 END FROM orders
SELECT COALESCE(note, 'none'), NULLIF(total, 0), GREATEST(total, 5), LEAST(id, 3) FROM orders
SELECT extract(year FROM placed_at), date_trunc('month', placed_at), placed_at::date, placed_at AT TIME ZONE 'UTC', age(placed_at), date_part('dow', placed_at), to_char(placed_at, 'YYYY-MM') FROM orders
SELECT CURRENT_DATE, CURRENT_TIMESTAMP, LOCALTIME, CURRENT_USER, now(), CURRENT_DATE - 7, CURRENT_DATE - interval '1 day', now() - placed_at FROM orders
SELECT lower(email) || ' ' || upper(first_name), substring(email from 1 for 3), position('@' in email), trim(email), length(email), email ~* 'x', email ILIKE 'a%', email NOT LIKE 'b', email SIMILAR TO 'c' FROM customers
SELECT count(DISTINCT customer_id), count(*) FILTER (WHERE total > 5), string_agg(note, ',' ORDER BY id DESC), array_agg(id), jsonb_agg(note), json_build_object('a', 1), bool_and(gift), percentile_cont(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY status) FROM orders
SELECT customer_id, status, sum(total), grouping(customer_id) FROM orders GROUP BY ROLLUP (customer_id, status)
SELECT customer_id, status, sum(total) FROM orders GROUP BY GROUPING SETS ((customer_id), (status), ())
SELECT customer_id, status, sum(total) FROM orders GROUP BY CUBE (customer_id, status)
SELECT DISTINCT customer_id FROM orders ORDER BY customer_id
SELECT DISTINCT customer_id FROM orders ORDER BY id
SELECT DISTINCT ON (customer_id) id, customer_id FROM orders ORDER BY customer_id, placed_at DESC
SELECT DISTINCT ON (customer_id) id, customer_id FROM orders ORDER BY placed_at DESC
SELECT o FROM orders o
SELECT orders FROM orders
SELECT (o).id FROM orders o
SELECT (o).* FROM orders o
SELECT count(o) FROM orders o
SELECT ctid, xmin, tableoid FROM orders
SELECT id FROM orders FOR UPDATE
SELECT id FROM orders o JOIN customers c USING (id) FOR UPDATE OF o SKIP LOCKED
SELECT count(*) FROM orders FOR UPDATE
SELECT sum(total) FROM orders WHERE sum(total) > 5
SELECT * FROM orders WHERE total
SELECT * FROM orders WHERE total = 'abc'
SELECT * FROM orders WHERE status = 'nosuch'
SELECT * FROM orders WHERE id = 'x'
SELECT * FROM orders WHERE note = 5
SELECT nosuchfn(id) FROM orders
SELECT lower(id) FROM orders
SELECT id + note FROM orders
SELECT id IS DISTINCT FROM 5, note IS NOT NULL, gift IS TRUE, gift IS NOT UNKNOWN, note IS NOT DISTINCT FROM NULL FROM orders
SELECT * FROM orders WHERE (customer_id, id) > (5, 10) ORDER BY customer_id, id
SELECT * FROM orders WHERE ROW(customer_id, id) = ROW(1, 2)
SELECT * FROM orders TABLESAMPLE SYSTEM (10)
SELECT * FROM ONLY orders
SELECT o.id FROM public.orders o
SELECT public.orders.id, orders.id FROM public.orders
SELECT orders.id FROM public.orders o
SELECT 1 AS a ORDER BY a, 1
SELECT 1 ORDER BY 2
SELECT id FROM orders ORDER BY total + 1, lower(note) DESC NULLS LAST
SELECT id FROM orders LIMIT '5' OFFSET 2.5
SELECT id FROM orders LIMIT id
SELECT make_interval(days => 5), make_date(2024, 1, 2), concat('a', 1, now()), format('%s', 1), to_timestamp(0)
SELECT '{"a":1}'::jsonb, '[1,2]'::json, 'a'::varchar(3), 'abc'::char(2), 1::numeric(10,2), '1'::bit(3), '(1,2)'::point, interval '1' day, date '2024-01-01', time '10:00', B'101', X'1F'
SELECT cast(id AS text), id::regclass, 'orders'::regclass FROM orders
SELECT price::money FROM products
SELECT count(*) OVER () FROM orders
SELECT max(count(*)) FROM orders GROUP BY id
SELECT sum(count(*)) OVER (ORDER BY status), status FROM orders GROUP BY status
SELECT unnest(tags), id FROM products
SELECT id, generate_series(1, 3) FROM orders
SELECT * FROM orders a JOIN orders b ON a.id = b.id JOIN orders c ON c.id = b.id
SELECT * FROM orders JOIN orders ON true
SELECT * FROM (orders o CROSS JOIN customers c) AS j
SELECT j.email FROM (orders o JOIN customers c ON c.id = o.customer_id) AS j
SELECT * FROM orders o JOIN order_items i ON i.order_id = o.id AND i.quantity > 2 LEFT JOIN products p ON p.id = i.product_id
SELECT sum(quantity * unit_price), avg(quantity), sum(discount) FROM order_items
SELECT string_agg(DISTINCT note, ',' ORDER BY note) FROM orders
SELECT string_agg(DISTINCT note, ',' ORDER BY id) FROM orders
SELECT quantity + 1, quantity / 2, -quantity, @ quantity, quantity % 3, quantity = 5 FROM inventory
SELECT country || 'x', country = 'DE', upper(country) FROM addresses
SELECT email COLLATE "C" FROM customers ORDER BY email COLLATE "C"
SELECT id COLLATE "C" FROM customers
SELECT $1::int + id FROM orders WHERE note = $2 AND total > $1
INSERT INTO coupons (code, percent_off, valid_from, valid_to) VALUES ('x', 5, '2024-01-01', now())
INSERT INTO coupons (code, percent_off, valid_from, valid_to) VALUES ('x', 5, '2024-01-01', '2024-02-01'), ('y', DEFAULT, now(), now())
INSERT INTO coupons (code, nosuch) VALUES ('x', 5)
INSERT INTO coupons (code) VALUES ('x', 5)
INSERT INTO coupons (code, percent_off) VALUES ('x')
INSERT INTO categories (id, name, slug) VALUES (1, 'a', 'b')
INSERT INTO orders (customer_id, total) SELECT id, 5 FROM customers WHERE id < 10 RETURNING id, total
INSERT INTO orders (customer_id, total) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET total = excluded.total + orders.total WHERE orders.id > 5 RETURNING *
INSERT INTO orders (customer_id, status, total) SELECT 1, 'paid', 5
INSERT INTO orders DEFAULT VALUES
UPDATE orders SET total = total + 1, status = 'paid' WHERE id = 5
UPDATE orders SET total = 'x' WHERE id = 5
UPDATE orders SET note = 5
UPDATE orders SET total = now()
UPDATE orders o SET total = s.t FROM (SELECT order_id, sum(unit_price) t FROM order_items GROUP BY order_id) s WHERE s.order_id = o.id RETURNING o.*
UPDATE orders SET (total, note) = (5, 'x') WHERE id = 1
UPDATE orders SET (total, note) = (SELECT 1, 'x') WHERE id = 1
UPDATE products SET tags = tags || 'x'::text, tags[1] = 'y', attributes = attributes || '{"a":1}' WHERE id = 1
DELETE FROM orders WHERE id = 5
DELETE FROM orders o USING customers c WHERE c.id = o.customer_id AND c.email = 'x' RETURNING *
WITH d AS (INSERT INTO orders (customer_id, total) VALUES (1, 2) RETURNING id) INSERT INTO payments (order_id, method, amount, status) SELECT id, 'x', 1, 'y' FROM d
SELECT customer_id, total FROM orders GROUP BY customer_id
SELECT id, total FROM orders GROUP BY id
SELECT o.id, o.total, c.email FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.id
SELECT date_trunc('day', placed_at), count(*) FROM orders GROUP BY date_trunc('day', placed_at)
SELECT date_trunc('day', placed_at) d, count(*) FROM orders GROUP BY d ORDER BY d
SELECT date_trunc('day', placed_at) d, count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', placed_at) d, count(*) FROM orders GROUP BY date_trunc('day', placed_at)
SELECT total FROM orders HAVING count(*) > 1
SELECT count(*) FROM orders ORDER BY id
SELECT status, (SELECT count(*) FROM customers c WHERE c.id = o.customer_id) FROM orders o GROUP BY status
SELECT status, (SELECT max(o.total)) FROM orders o GROUP BY status
SELECT lower(email), count(*) FROM customers GROUP BY lower(email) HAVING lower(email) > 'a'
SELECT grouping(total), status FROM orders GROUP BY status
SELECT max(total) + id FROM orders
SELECT o.* FROM orders o GROUP BY o.status
SELECT sum(sum(total)) OVER () FROM orders
SELECT sum(sum(total)) OVER (ORDER BY id) FROM orders
SELECT order_id, sum(amount) FROM payments GROUP BY payments.order_id HAVING sum(amount) > 5 AND order_id > 3
SELECT 5 AS x, count(*) FROM orders GROUP BY x
SELECT CASE WHEN total > 5 THEN 'a' ELSE 'b' END k, count(*) FROM orders GROUP BY k
SELECT customer_id + 1, count(*) FROM orders GROUP BY customer_id + 1
SELECT customer_id + 1, count(*) FROM orders GROUP BY customer_id
SELECT customer_id + 1, count(*) FROM orders GROUP BY customer_id + 2
SELECT row_number() OVER (ORDER BY count(*)), status FROM orders GROUP BY status
SELECT * FROM orders WHERE row_number() OVER () = 1
SELECT count(*) FROM orders GROUP BY count(*)
SELECT count(*) FROM orders JOIN customers ON count(*) = 1
SELECT * FROM orders LIMIT count(*)
SELECT * FROM orders, generate_series(1, count(*))
SELECT * FROM orders WHERE id = generate_series(1, 2)
SELECT * FROM orders o, (SELECT o.id) x
SELECT * FROM orders o JOIN customers c ON c.id = x.id JOIN payments x ON true
SELECT * FROM orders o RIGHT JOIN LATERAL (SELECT o.id) x ON true
SELECT x FROM (SELECT 1 AS x, 2 AS x) t
SELECT * FROM (SELECT 1 AS x, 2 AS x) t
SELECT t.x FROM (SELECT 1 x) t(y)
SELECT * FROM (SELECT 1 x) t(y, z)
SELECT * FROM (SELECT 1)
WITH x AS (SELECT 1), x AS (SELECT 2) SELECT * FROM x
WITH x(a, b) AS (SELECT 1) SELECT * FROM x
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1.5 FROM t) SELECT * FROM t
WITH RECURSIVE t AS (SELECT n FROM t) SELECT * FROM t
WITH RECURSIVE t(n, path) AS (SELECT 1, ARRAY[1] UNION ALL SELECT n + 1, path || n FROM t WHERE n < 5) SELECT * FROM t
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 x) SELECT * FROM a
WITH t AS (SELECT * FROM t) SELECT * FROM t
WITH orders AS (SELECT 1 AS one) SELECT * FROM orders
SELECT * FROM orders o WHERE EXISTS (WITH z AS (SELECT o.id) SELECT * FROM z)
SELECT 'a' || 'b', 1 || 'a', 'a' || 1, 1 || 2
SELECT '1' + 1, '1' + '2', 1 + '1.5'
SELECT 'abc' LIKE 'a%', 'abc' ~ 'b', 5::text LIKE '5'
SELECT NOT 1
SELECT true AND 'yes', 'x' AND true
SELECT -'5', - 5, + 5, |/ 25.0, 5 !
SELECT now() - '1 day', now() - interval '1 day', now() - '2024-01-01'::timestamptz, current_date - '2024-01-01', current_date + 1
SELECT '2024-01-01' < now(), date '2024-01-01' < '2024-02-30'
SELECT id FROM orders WHERE placed_at > '2024-13-01'
SELECT id FROM orders WHERE placed_at > 'yesterday' AND placed_at < 'now' AND placed_at > 'infinity'
SELECT id FROM orders WHERE total > 1e400
SELECT sum(DISTINCT total), count(DISTINCT (customer_id, status)), count(ALL id) FROM orders
SELECT count(DISTINCT *) FROM orders
SELECT lower(DISTINCT note) FROM orders
SELECT lower(note) OVER () FROM orders
SELECT row_number() FROM orders
SELECT percentile_cont(0.5) FROM orders
SELECT rank(5) WITHIN GROUP (ORDER BY total) FROM orders
SELECT percentile_disc(ARRAY[0.25,0.5]) WITHIN GROUP (ORDER BY placed_at) FROM orders
SELECT count() FROM orders
SELECT (SELECT id, total FROM orders LIMIT 1)
SELECT id = (SELECT 1, 2) FROM orders
SELECT id IN (SELECT 1, 2) FROM orders
SELECT (1, 2) IN (SELECT 1)
SELECT (1, 2) = (SELECT 1, 2)
SELECT (1,2) < (SELECT 3,4), (1,2,3) <> (1,2,4), (1,2) IS DISTINCT FROM (1,3), (1,2) IS NULL
SELECT 5 = ANY ('{1,2}'), 5 = ANY (ARRAY[1,2]), 5 <> ALL ('{1,2}'::int[]), 'a' = ANY ('{a,b}')
SELECT 5 = ANY (5)
SELECT id FROM orders WHERE id = ANY (SELECT order_id FROM payments)
SELECT id FROM orders WHERE id IN (1, customer_id, 3)
SELECT id FROM orders WHERE id IN (1.5, 2)
SELECT id FROM orders WHERE id IN ('1', '2')
SELECT id FROM orders WHERE id IN (1, 'x')
SELECT id FROM orders WHERE note IN (1, 2)
SELECT id FROM orders WHERE id IN (NULL, 1)
SELECT id FROM orders WHERE id NOT BETWEEN 1 AND 5 OR id BETWEEN SYMMETRIC 7 AND 2
SELECT GREATEST(1, 'x'), COALESCE(1, now())
SELECT CASE WHEN true THEN 1 ELSE 'a' END
SELECT CASE WHEN 1 THEN 1 END
SELECT CASE WHEN true THEN 1 ELSE now() END
SELECT NULLIF(1, 'x')
SELECT NULLIF('a', 'b'), COALESCE(NULL, NULL), GREATEST('a', 'b')
SELECT ARRAY[]
SELECT ARRAY[]::int[], ARRAY[1, 2.5], ARRAY[NULL, 1], ARRAY['1', 2]
SELECT (ARRAY[1,2,3])[1], ('{1,2}'::int[])[1:1]
SELECT id[1] FROM orders
SELECT (id).x FROM orders
SELECT o.id.x FROM orders o
SELECT nosuch.* FROM orders
SELECT *
SELECT * FROM orders ORDER BY nosuch
SELECT id AS x, total AS x FROM orders ORDER BY x
SELECT id FROM orders ORDER BY 'a'
SELECT id FROM orders GROUP BY 5
SELECT attributes FROM products ORDER BY attributes
SELECT DISTINCT attributes FROM products
SELECT DISTINCT attributes::json FROM products
SELECT attributes::json FROM products ORDER BY 1
SELECT attributes::json FROM products UNION SELECT '{}'
SELECT id::bool, id::numeric(5,1), total::int4, placed_at::time, '5'::int::text, note::int FROM orders
SELECT gift::int, gift::numeric FROM orders
SELECT id::uuid FROM orders
SELECT text(id), int4(total), numeric(id, 2), date(placed_at), varchar(note) FROM orders
SELECT text(5), float8(1), bool(1), int8('5')
SELECT coalesce(p.weight_grams, 0) * 1.0 / nullif(price, 0) FROM products p
SELECT round(price, 2), round(weight_grams / 3.0), floor(price), abs(-5), mod(5, 3), power(2, 3), sqrt(2), random(), pi() FROM products
SELECT to_tsvector('english', description) @@ to_tsquery('a & b'), ts_rank(to_tsvector(name), plainto_tsquery('x')) FROM products
SELECT id FROM products WHERE to_tsvector('simple', name) @@ 'abc'
SELECT regexp_replace(name, 'a', 'b'), split_part(name, ' ', 1), regexp_matches(name, 'a'), string_to_array(name, ' ') FROM products
SELECT jsonb_build_object('a', id), to_jsonb(p), row_to_json(p), jsonb_path_query(attributes, '$.a') FROM products p
SELECT json_agg(p), json_agg(p.*), json_agg(row(p.id, p.name)) FROM products p
SELECT row(1, 'a', now()), (1, 2), ROW()
SELECT daterange('2024-01-01', '2024-02-01') @> current_date, int4range(1, 5) && '[2,3]', '[1,5)'::int4range @> 3
SELECT inet '10.0.0.1' << '10.0.0.0/8', '\x01'::bytea, 'a'::name, '{}'::int[], 'a'::"char"
SELECT x FROM json_to_recordset('[]') AS t(x int, y text)
SELECT * FROM json_to_recordset('[]') AS t(x int, y text)
SELECT * FROM json_to_recordset('[]')
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a','b'])) AS t(a, b)
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b']) AS t(a, b)
SELECT * FROM current_date
SELECT * FROM now() AS n
SELECT * FROM lower('A') x
SELECT * FROM string_to_table('a,b', ',') s
SELECT * FROM regexp_split_to_table('a b', ' ') WITH ORDINALITY AS w(word, n)
SELECT g.* FROM generate_series(1,3) g(x)
SELECT g FROM generate_series(1,3) g
SELECT g.g + 1 FROM generate_series(1,3) g
SELECT x.* FROM (SELECT 1 AS a) x, (SELECT 2 AS b) y
SELECT y.b FROM (SELECT 1 AS a) x JOIN (SELECT 1 AS a, 2 AS b) y USING (a) WHERE a = 1
SELECT u.a FROM (SELECT 1 AS a) x JOIN (SELECT 1 AS a, 2 AS b) y USING (a) AS u
SELECT * FROM (SELECT 1 AS a) x LEFT JOIN (SELECT 1.5 AS a) y USING (a)
SELECT * FROM (SELECT 1 AS a) x JOIN (SELECT 'b' AS a) y USING (a)
SELECT * FROM (SELECT 1 AS a) x JOIN (SELECT 'b' AS c) y USING (a)
SELECT * FROM (SELECT 1 AS a) x NATURAL FULL JOIN (SELECT 2::bigint AS a) y
TABLE categories
SELECT FROM orders
SELECT * FROM order_summaries
SELECT max(id) FROM orders WHERE id < $1 AND note = $2 LIMIT $3
SELECT $1
SELECT $1 + 1, $2 || 'a', $1::text
SELECT * FROM orders WHERE placed_at > now() - $1::interval AND id = ANY($2)
SELECT * FROM orders WHERE placed_at > $1 - interval '1 day'
INSERT INTO nosuch VALUES (1)
INSERT INTO orders (id, customer_id, total) VALUES (1, 2, 'x')
INSERT INTO orders (id, id) VALUES (1, 2)
INSERT INTO orders (customer_id, total) VALUES (1, 2), (3)
INSERT INTO orders (customer_id, total) SELECT 1
INSERT INTO orders (customer_id, total) SELECT 'a', 1
INSERT INTO orders (customer_id, total) SELECT id, note FROM orders
INSERT INTO inventory (product_id, warehouse_id, quantity) VALUES (1, 2, 3) ON CONFLICT DO NOTHING
INSERT INTO inventory (product_id, warehouse_id, quantity) VALUES (1, 2, 3) ON CONFLICT (product_id, warehouse_id) DO UPDATE SET quantity = inventory.quantity + excluded.quantity
INSERT INTO inventory (product_id, warehouse_id, quantity) VALUES (1, 2, 3) ON CONFLICT (product_id, warehouse_id) DO UPDATE SET quantity = quantity + 1
INSERT INTO inventory (product_id, warehouse_id, quantity) VALUES (1, 2, 3) ON CONFLICT DO UPDATE SET quantity = 1
UPDATE orders SET id = id + 1, total = DEFAULT, note = NULL WHERE status = 'paid' AND customer_id IN (SELECT id FROM customers WHERE email LIKE '%x')
UPDATE orders o SET o.total = 5
UPDATE orders SET nosuch = 5
UPDATE orders SET total = 1, total = 2
UPDATE orders SET total = (SELECT sum(amount) FROM payments p WHERE p.order_id = orders.id)
UPDATE orders SET total = sum(total)
UPDATE orders SET total = t.x FROM (SELECT 1 AS x) t WHERE nosuch = 1
UPDATE categories SET id = 5
DELETE FROM orders WHERE nosuch = 1
DELETE FROM orders USING orders
SELECT count(*) FROM orders o, customers c WHERE o.customer_id = c.id AND o.total = (SELECT max(total) FROM orders o2 WHERE o2.customer_id = c.id)
SELECT email FROM customers WHERE email > 'a' COLLATE "C"
SELECT email || first_name COLLATE "C" FROM customers WHERE email COLLATE "C" < first_name COLLATE "POSIX"
SELECT name FROM products ORDER BY name USING <
SELECT name FROM products ORDER BY name USING <>
SELECT id, sum(total) OVER (ORDER BY placed_at RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW) FROM orders
SELECT id, sum(total) OVER (ORDER BY id, total RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders
SELECT id, sum(total) OVER nosuch FROM orders
SELECT id, first_value(id) OVER (PARTITION BY customer_id ORDER BY placed_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders
SELECT count(*) FROM orders o WHERE o.placed_at::date = '2024-01-01' AND o.total::text LIKE '1%' AND o.status::text = 'paid'
SELECT xmlelement(name a, 'x'), xmlparse(document '<a/>')
SELECT overlay('abc' placing 'x' from 2), 'a' IS NORMALIZED, (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', interval '1 day')
SELECT current_setting('work_mem'), version(), pg_backend_pid(), txid_current(), gen_random_uuid(), md5('a'), nextval('orders_id_seq'), pg_sleep(0)
SELECT * FROM orders o CROSS JOIN LATERAL (VALUES (o.id), (o.customer_id)) v(x)
SELECT (SELECT o.id FROM customers LIMIT 1) FROM orders o WHERE (SELECT true)
SELECT * FROM customers c JOIN (orders o JOIN payments p ON p.order_id = o.id) ON o.customer_id = c.id AND p.amount > 5
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY total
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY id + 1
(SELECT id FROM orders ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM customers LIMIT 2) OFFSET 1
SELECT id FROM orders EXCEPT ALL SELECT customer_id FROM orders
SELECT * FROM orders FETCH FIRST 5 ROWS WITH TIES
SELECT * FROM orders ORDER BY id FETCH FIRST 5 ROWS WITH TIES
UPDATE active_customers SET newsletter = NOT newsletter WHERE id = 3 RETURNING *
UPDATE active_customers AS a SET (first_name, last_name) = ROW(a.last_name, DEFAULT) WHERE a.email LIKE 'x%'
UPDATE active_customers SET newsletter = true, newsletter = false
UPDATE active_customers SET deleted_at = NULL
DELETE FROM active_customers AS a USING orders AS o WHERE o.customer_id = a.id AND a.loyalty_points = 0 RETURNING a, o.id
DELETE FROM active_customers WHERE deleted_at IS NULL
DELETE FROM active_customers WHERE active_customers.ctid = '(0,1)'
INSERT INTO active_customers (email, email) VALUES ('a', 'b')
INSERT INTO active_customers (email) VALUES (1, 2)
INSERT INTO active_customers (id, email, first_name) VALUES (1, 'a', 'b') ON CONFLICT (id) DO UPDATE SET email = excluded.email || active_customers.email RETURNING public.active_customers.created_at
INSERT INTO active_customers (email) VALUES ('a') ON CONFLICT ON CONSTRAINT customers_pkey DO NOTHING
INSERT INTO active_customers (email) SELECT email FROM active_customers ON CONFLICT (deleted_at) DO NOTHING
MERGE INTO active_customers AS a USING orders AS o ON o.customer_id = a.id WHEN MATCHED THEN DELETE
