-- What the shop runs, one statement a block. `run:` says how often and as whom; `$n:` says where the
-- parameters come from (see run.py). samples/shop/queries.sql is made from the SELECTs below.

-- Lookups by key --------------------------------------------------------------------------------

-- name: customer_by_id
-- run: calls=500 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT * FROM customers WHERE id = $1;

-- name: customer_by_email
-- run: calls=160 protocol=extended user=shop_web app=web
-- $1: from SELECT email FROM customers WHERE id % 500 = 7 ORDER BY id
SELECT id, first_name, last_name, deleted_at FROM customers WHERE email = $1;

-- name: customer_login
-- run: calls=120 protocol=extended user=shop_web app=web
-- $1: from SELECT lower(email) FROM customers WHERE id % 500 = 9 ORDER BY id
SELECT id, email, first_name FROM customers WHERE lower(email) = $1 AND deleted_at IS NULL;

-- name: product_by_id
-- run: calls=900 protocol=prepared user=shop_web app=web
-- $1: int 1..6000 skewed
SELECT id, sku, name, price, description, tags, attributes FROM products WHERE id = $1;

-- name: product_by_sku
-- run: calls=120 protocol=simple user=shop_web app=web
-- $1: from SELECT sku FROM products WHERE id % 100 = 3 ORDER BY id
SELECT id, name, price FROM products WHERE sku = $1;

-- name: product_by_numeric_id
-- run: calls=12 protocol=extended user=shop_jobs app=importer
-- $1: numeric 1..6000
SELECT id, sku, price FROM products WHERE id = $1;

-- name: session_by_token
-- run: calls=700 protocol=prepared user=shop_web app=web
-- $1: from SELECT token FROM sessions WHERE id % 100 = 1 ORDER BY id
SELECT id, customer_id, expires_at FROM sessions WHERE token = $1;

-- name: order_by_id
-- run: calls=300 protocol=prepared user=shop_web app=web
-- $1: int 1..90000
SELECT * FROM orders WHERE id = $1;

-- name: preferences_of_customer
-- run: calls=250 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT preferences FROM settings WHERE customer_id = $1;

-- name: default_address
-- run: calls=180 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT id, street, city, postcode, country FROM addresses WHERE customer_id = $1 AND is_default;

-- name: coupon_by_code
-- run: calls=60 protocol=simple user=shop_web app=web
-- $1: from SELECT code FROM coupons WHERE id % 10 = 1 ORDER BY id
SELECT id, percent_off, valid_to FROM coupons WHERE code = $1 AND valid_from <= '2025-08-01' AND valid_to >= '2025-08-01';

-- name: products_by_ids
-- run: calls=150 protocol=simple user=shop_web app=web
-- $1: int 1..1500
-- $2: int 1501..3000
-- $3: int 3001..4500
-- $4: int 4501..6000
SELECT id, name, price FROM products WHERE id IN ($1, $2, $3, $4);

-- name: shipment_by_tracking_code
-- run: calls=40 protocol=extended user=shop_web app=web
-- $1: from SELECT tracking_code FROM shipments WHERE tracking_code IS NOT NULL AND id % 2000 = 5 ORDER BY id
SELECT order_id, carrier, shipped_at, delivered_at FROM shipments WHERE tracking_code = $1;

-- Lists -----------------------------------------------------------------------------------------

-- name: orders_of_customer
-- run: calls=260 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT id, status, total, placed_at FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 10;

-- name: latest_orders
-- run: calls=120 protocol=simple user=shop_admin app=backoffice
SELECT id, customer_id, status, total, placed_at FROM orders ORDER BY placed_at DESC LIMIT 25;

-- name: orders_by_status
-- run: calls=90 protocol=extended user=shop_admin app=backoffice
-- $1: choice pending|paid|packed|shipped|cancelled
SELECT id, customer_id, total, placed_at FROM orders WHERE status = $1 ORDER BY placed_at DESC LIMIT 50;

-- name: pending_orders_oldest_first
-- run: calls=60 protocol=simple user=shop_jobs app=worker
SELECT id, customer_id, placed_at FROM orders WHERE status = 'pending' ORDER BY placed_at LIMIT 20;

-- name: products_of_category
-- run: calls=220 protocol=prepared user=shop_web app=web
-- $1: int 1..64 skewed
SELECT id, name, price FROM products WHERE category_id = $1 AND active ORDER BY price LIMIT 24;

-- name: products_cheap_in_category
-- run: calls=70 protocol=simple user=shop_web app=web
-- $1: int 1..64 skewed
-- $2: int 20..120
SELECT id, name, price FROM products WHERE category_id = $1 AND price BETWEEN 5 AND $2 ORDER BY price, id;

-- name: newest_products
-- run: calls=80 protocol=simple user=shop_web app=web
SELECT id, name, price, created_at FROM products WHERE active AND discontinued_at IS NULL ORDER BY created_at DESC LIMIT 12;

-- name: reviews_of_product
-- run: calls=240 protocol=prepared user=shop_web app=web
-- $1: int 1..6000 skewed
SELECT id, rating, title, body, created_at FROM reviews WHERE product_id = $1 AND approved ORDER BY created_at DESC LIMIT 10;

-- name: unapproved_reviews
-- run: calls=25 protocol=simple user=shop_admin app=backoffice
SELECT id, product_id, rating, title FROM reviews WHERE NOT approved ORDER BY created_at LIMIT 50;

-- name: reviews_of_customer
-- run: calls=60 protocol=extended user=shop_web app=web
-- $1: int 1..25000
SELECT id, product_id, rating, created_at FROM reviews WHERE customer_id = $1 ORDER BY created_at DESC;

-- name: open_tickets
-- run: calls=45 protocol=simple user=shop_admin app=backoffice
SELECT id, subject, priority, opened_at FROM tickets WHERE state = 'open' ORDER BY priority DESC, opened_at LIMIT 30;

-- name: unassigned_tickets
-- run: calls=20 protocol=simple user=shop_admin app=backoffice
SELECT id, subject, opened_at FROM tickets WHERE assignee IS NULL AND state <> 'closed' ORDER BY opened_at;

-- name: orders_page_40
-- run: calls=30 protocol=simple user=shop_admin app=backoffice
-- $1: int 1..40
SELECT id, customer_id, total, placed_at FROM orders ORDER BY id LIMIT 50 OFFSET $1 * 500;

-- name: customers_page
-- run: calls=25 protocol=simple user=shop_admin app=backoffice
SELECT id, last_name, first_name, email FROM customers WHERE deleted_at IS NULL ORDER BY last_name, first_name LIMIT 50 OFFSET 1000;

-- name: orders_after_key
-- run: calls=40 protocol=extended user=shop_jobs app=worker
-- $1: int 1..89000
SELECT id, status, updated_at FROM orders WHERE id > $1 ORDER BY id LIMIT 100;

-- name: big_orders_in_month
-- run: calls=24 protocol=extended user=shop_reports app=reports
-- $1: timestamp 2024-02-01..2024-12-01
SELECT id, customer_id, total FROM orders WHERE placed_at >= $1 AND placed_at < '2025-01-01' AND total > 300 ORDER BY total DESC LIMIT 100;

-- name: gift_orders_with_note
-- run: calls=12 protocol=simple user=shop_admin app=backoffice
SELECT id, note FROM orders WHERE gift AND note IS NOT NULL;

-- name: customers_recent_login
-- run: calls=18 protocol=extended user=shop_reports app=reports
-- $1: timestamp 2025-12-25..2025-12-30
SELECT id, email FROM customers WHERE last_login_at >= $1 AND newsletter AND deleted_at IS NULL;

-- name: addresses_in_city
-- run: calls=30 protocol=simple user=shop_admin app=backoffice
-- $1: choice Lyon|Graz|Basel|Vienna
-- $2: choice FR|AT|CH|AT paired
SELECT id, customer_id, street FROM addresses WHERE city = $1 AND country = $2;

-- Text search -----------------------------------------------------------------------------------

-- name: product_name_prefix
-- run: calls=90 protocol=simple user=shop_web app=web
-- $1: choice Red lamp%|Modern te%|Small ta%|Vintage g%
SELECT id, name, price FROM products WHERE name LIKE $1 ORDER BY name LIMIT 10;

-- name: product_name_search
-- run: calls=60 protocol=simple user=shop_web app=web
-- $1: choice %lamp%|%guitar 1%|%kettle%
SELECT id, name, price FROM products WHERE name ILIKE $1 AND active LIMIT 20;

-- name: customer_by_last_name_lower
-- run: calls=30 protocol=simple user=shop_admin app=backoffice
-- $1: choice novak|keller|tanaka
SELECT id, first_name, last_name, email FROM customers WHERE lower(last_name) = $1 ORDER BY id LIMIT 50;

-- name: customer_by_email_prefix
-- run: calls=24 protocol=simple user=shop_admin app=backoffice
-- $1: choice anna.novak%|paul.weber.1%|mia.lang%
SELECT id, email FROM customers WHERE email LIKE $1;

-- name: customer_by_phone
-- run: calls=30 protocol=extended user=shop_admin app=backoffice
-- $1: from SELECT phone FROM customers WHERE phone IS NOT NULL AND id % 1000 = 3 ORDER BY id
SELECT id, first_name, last_name FROM customers WHERE phone = $1;

-- Functions on columns, casts ---------------------------------------------------------------------

-- name: orders_of_day
-- run: calls=40 protocol=simple user=shop_reports app=reports
-- $1: date 2025-01-01..2025-12-20
SELECT id, total FROM orders WHERE date(placed_at) = $1;

-- name: revenue_of_year
-- run: calls=8 protocol=simple user=shop_reports app=reports
SELECT sum(total) FROM orders WHERE extract(year FROM placed_at) = 2024;

-- name: payment_by_text_order
-- run: calls=20 protocol=simple user=shop_jobs app=importer
-- $1: int 1..90000
SELECT id, amount FROM payments WHERE order_id::text = '$1';

-- name: payment_by_provider_ref
-- run: calls=40 protocol=extended user=shop_jobs app=importer
-- $1: from SELECT provider_ref FROM payments WHERE provider_ref IS NOT NULL AND id % 3000 = 7 ORDER BY id
SELECT id, order_id, amount, status FROM payments WHERE provider_ref = $1;

-- Joins -------------------------------------------------------------------------------------------

-- name: order_with_customer
-- run: calls=220 protocol=prepared user=shop_web app=web
-- $1: int 1..90000
SELECT o.id, o.status, o.total, c.email, c.first_name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1;

-- name: items_of_order
-- run: calls=300 protocol=prepared user=shop_web app=web
-- $1: int 1..90000
SELECT i.line_no, i.quantity, i.unit_price, p.name, p.sku FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = $1 ORDER BY i.line_no;

-- name: stock_of_product
-- run: calls=120 protocol=prepared user=shop_web app=web
-- $1: int 1..6000 skewed
SELECT w.name, i.quantity - i.reserved AS available FROM inventory i JOIN warehouses w ON w.id = i.warehouse_id WHERE i.product_id = $1;

-- name: orders_with_address
-- run: calls=40 protocol=extended user=shop_admin app=backoffice
-- $1: choice Nantes|Graz|Zurich
SELECT o.id, o.placed_at, a.street, a.postcode FROM orders o JOIN addresses a ON a.id = o.shipping_address_id WHERE a.city = $1 AND o.status = 'paid' ORDER BY o.placed_at;

-- name: products_sold_of_category
-- run: calls=16 protocol=simple user=shop_reports app=reports
-- $1: int 20..60
SELECT p.id, p.name, sum(i.quantity) AS sold FROM products p JOIN order_items i ON i.product_id = p.id WHERE p.category_id = $1 GROUP BY p.id, p.name ORDER BY sold DESC LIMIT 10;

-- name: buyers_of_product
-- run: calls=30 protocol=extended user=shop_web app=web
-- $1: int 200..6000
SELECT o.id, o.customer_id, o.placed_at FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.product_id = $1 ORDER BY o.placed_at DESC LIMIT 20;

-- name: customer_order_overview
-- run: calls=60 protocol=extended user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT o.id, o.placed_at, o.status, p.method, s.carrier, s.tracking_code FROM orders o LEFT JOIN payments p ON p.order_id = o.id LEFT JOIN shipments s ON s.order_id = o.id WHERE o.customer_id = $1 ORDER BY o.placed_at DESC LIMIT 20;

-- name: invoice
-- run: calls=50 protocol=extended user=shop_jobs app=worker
-- $1: int 1..90000
SELECT o.id, c.first_name, c.last_name, a.street, a.city, i.line_no, p.name, i.quantity, i.unit_price, pay.method FROM orders o JOIN customers c ON c.id = o.customer_id JOIN addresses a ON a.id = o.shipping_address_id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id JOIN payments pay ON pay.order_id = o.id WHERE o.id = $1 ORDER BY i.line_no;

-- name: undelivered_shipments
-- run: calls=20 protocol=simple user=shop_admin app=backoffice
SELECT s.id, s.carrier, s.shipped_at, o.customer_id FROM shipments s JOIN orders o ON o.id = s.order_id WHERE s.delivered_at IS NULL ORDER BY s.shipped_at LIMIT 100;

-- name: reviews_with_product_and_author
-- run: calls=24 protocol=simple user=shop_web app=web
SELECT r.id, r.rating, r.title, p.name, c.first_name FROM reviews r JOIN products p ON p.id = r.product_id JOIN customers c ON c.id = r.customer_id WHERE r.approved AND r.rating = 5 ORDER BY r.created_at DESC LIMIT 10;

-- name: low_stock
-- run: calls=12 protocol=simple user=shop_jobs app=worker
SELECT p.sku, p.name, w.name AS warehouse, i.quantity FROM inventory i JOIN products p ON p.id = i.product_id JOIN warehouses w ON w.id = i.warehouse_id WHERE i.quantity < i.reorder_level AND p.active ORDER BY i.quantity, p.sku;

-- name: coupon_usage
-- run: calls=10 protocol=simple user=shop_reports app=reports
SELECT c.code, count(*) AS uses, sum(o.total) AS revenue FROM coupons c JOIN orders o ON o.coupon_id = c.id GROUP BY c.code ORDER BY uses DESC LIMIT 20;

-- name: orders_of_coupon
-- run: calls=16 protocol=extended user=shop_reports app=reports
-- $1: int 100..400
SELECT id, customer_id, total FROM orders WHERE coupon_id = $1;

-- name: tickets_with_orders
-- run: calls=20 protocol=simple user=shop_admin app=backoffice
-- $1: choice lena|omar|petra
SELECT t.id, t.subject, o.status, o.total FROM tickets t LEFT JOIN orders o ON o.id = t.order_id WHERE t.assignee = $1 AND t.state = 'waiting' ORDER BY t.opened_at;

-- Aggregates --------------------------------------------------------------------------------------

-- name: count_orders_by_status
-- run: calls=14 protocol=simple user=shop_reports app=reports
SELECT status, count(*) FROM orders GROUP BY status ORDER BY status;

-- name: revenue_by_month
-- run: calls=6 protocol=simple user=shop_reports app=reports
SELECT date_trunc('month', placed_at) AS month, count(*), sum(total) FROM orders WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1;

-- name: order_count_of_customer
-- run: calls=160 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT count(*) FROM orders WHERE customer_id = $1;

-- name: rating_of_product
-- run: calls=200 protocol=prepared user=shop_web app=web
-- $1: int 1..6000 skewed
SELECT avg(rating), count(*) FROM reviews WHERE product_id = $1;

-- name: best_customers
-- run: calls=5 protocol=simple user=shop_reports app=reports
SELECT c.id, c.email, sum(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.placed_at >= '2025-06-01' AND o.placed_at < '2025-07-01' GROUP BY c.id, c.email ORDER BY spent DESC LIMIT 20;

-- name: customers_with_many_orders
-- run: calls=5 protocol=simple user=shop_reports app=reports
SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id HAVING count(*) > 50 ORDER BY orders DESC;

-- name: sales_by_carrier_and_warehouse
-- run: calls=6 protocol=simple user=shop_reports app=reports
SELECT warehouse_id, carrier, count(*) FROM shipments WHERE shipped_at >= '2025-01-01' GROUP BY warehouse_id, carrier ORDER BY warehouse_id, carrier;

-- name: average_basket_by_country
-- run: calls=5 protocol=simple user=shop_reports app=reports
SELECT a.country, avg(o.total), count(*) FROM orders o JOIN addresses a ON a.id = o.shipping_address_id WHERE o.currency = 'EUR' GROUP BY a.country;

-- name: newest_order_of_customer
-- run: calls=60 protocol=extended user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT max(placed_at) FROM orders WHERE customer_id = $1;

-- name: highest_order_number
-- run: calls=20 protocol=simple user=shop_jobs app=worker
SELECT max(id) FROM orders;

-- name: failed_payments_of_month
-- run: calls=16 protocol=simple user=shop_reports app=reports
SELECT count(*), sum(amount) FROM payments WHERE status = 'failed' AND created_at >= '2025-11-01' AND created_at < '2025-12-01';

-- Subqueries ----------------------------------------------------------------------------------------

-- name: customers_without_orders
-- run: calls=6 protocol=simple user=shop_reports app=reports
SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id);

-- name: products_never_reviewed
-- run: calls=6 protocol=simple user=shop_reports app=reports
SELECT id, name FROM products WHERE id NOT IN (SELECT product_id FROM reviews) ORDER BY id;

-- name: customers_with_returns
-- run: calls=6 protocol=simple user=shop_reports app=reports
SELECT id, email FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'returned' AND placed_at >= '2025-09-01');

-- name: has_open_ticket
-- run: calls=90 protocol=prepared user=shop_web app=web
-- $1: int 1..25000
SELECT EXISTS (SELECT 1 FROM tickets WHERE customer_id = $1 AND state <> 'closed');

-- name: active_buyers_by_count
-- run: calls=5 protocol=simple user=shop_reports app=reports
SELECT c.id, c.email FROM customers c WHERE c.company IS NOT NULL AND (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 0;

-- name: products_with_reviews_distinct
-- run: calls=12 protocol=simple user=shop_web app=web
-- $1: int 10..60
SELECT DISTINCT p.id, p.name FROM products p WHERE p.category_id = $1;

-- name: distinct_buyers_of_product
-- run: calls=16 protocol=simple user=shop_reports app=reports
-- $1: int 100..6000
SELECT DISTINCT o.customer_id FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.product_id = $1;

-- name: dearest_in_category
-- run: calls=12 protocol=simple user=shop_web app=web
-- $1: int 1..64
SELECT id, name, price FROM products WHERE category_id = $1 AND price = (SELECT max(price) FROM products WHERE category_id = $1);

-- name: orders_paid_or_shipped_union
-- run: calls=10 protocol=simple user=shop_admin app=backoffice
SELECT id, placed_at FROM orders WHERE status = 'paid' UNION ALL SELECT id, placed_at FROM orders WHERE status = 'packed' ORDER BY placed_at LIMIT 40;

-- name: top_products_cte
-- run: calls=5 protocol=simple user=shop_reports app=reports
WITH sold AS (SELECT product_id, sum(quantity) AS pieces FROM order_items GROUP BY product_id) SELECT p.name, s.pieces FROM sold s JOIN products p ON p.id = s.product_id ORDER BY s.pieces DESC LIMIT 10;

-- jsonb, arrays, partitions, views -------------------------------------------------------------------

-- name: products_with_tag
-- run: calls=40 protocol=simple user=shop_web app=web
-- $1: choice {sale,kids}|{eco,premium}
SELECT id, name FROM products WHERE tags @> $1 LIMIT 20;

-- name: dark_theme_customers
-- run: calls=8 protocol=simple user=shop_reports app=reports
SELECT count(*) FROM settings WHERE preferences ->> 'theme' = 'dark';

-- name: events_of_customer_in_month
-- run: calls=60 protocol=extended user=shop_web app=web
-- $1: int 1..25000 skewed
SELECT occurred_at, kind, entity_id FROM events WHERE customer_id = $1 AND occurred_at >= '2025-12-01' AND occurred_at < '2026-01-01' ORDER BY occurred_at DESC LIMIT 50;

-- name: events_of_hour
-- run: calls=40 protocol=simple user=shop_jobs app=worker
SELECT kind, count(*) FROM events WHERE occurred_at >= '2025-11-15 10:00+00' AND occurred_at < '2025-11-15 11:00+00' GROUP BY kind;

-- name: password_changes
-- run: calls=10 protocol=simple user=shop_admin app=backoffice
SELECT id, occurred_at, customer_id FROM events WHERE kind = 'password' AND occurred_at >= '2025-12-01' ORDER BY occurred_at;

-- name: view_active_customer
-- run: calls=40 protocol=extended user=shop_admin app=backoffice
-- $1: int 1..25000
SELECT email, first_name, last_name, loyalty_points FROM active_customers WHERE id = $1;

-- name: loyal_active_customers
-- run: calls=10 protocol=simple user=shop_reports app=reports
SELECT id, email, loyalty_points FROM active_customers WHERE loyalty_points > 3000 ORDER BY loyalty_points DESC LIMIT 100;

-- name: expired_sessions
-- run: calls=20 protocol=simple user=shop_jobs app=worker
SELECT count(*) FROM sessions WHERE expires_at < '2025-11-20';

-- The N+1: a page of orders, then one query for each of them --------------------------------------------

-- name: order_page_for_export
-- run: calls=6 protocol=simple user=shop_jobs app=exporter
-- $1: int 1..80000
SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 40;

-- name: payment_of_each_order
-- run: each-of=order_page_for_export protocol=extended user=shop_jobs app=exporter
-- $1: int 1..90000
SELECT method, amount, status FROM payments WHERE order_id = $1;

-- Writes --------------------------------------------------------------------------------------------------

-- name: insert_order
-- run: calls=120 protocol=prepared user=shop_web app=web
-- $1: int 1..25000 skewed
-- $2: numeric 10..300
INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id;

-- name: insert_order_item
-- run: calls=240 protocol=prepared user=shop_web app=web
-- $1: int 1..90000
-- $2: serial 20
-- $3: int 1..6000 skewed
INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price) VALUES ($1, $2, $3, 1, 19.90);

-- name: insert_payment
-- run: calls=100 protocol=extended user=shop_web app=web
-- $1: int 1..90000
INSERT INTO payments (order_id, method, amount, status) VALUES ($1, 'card', 49.90, 'settled');

-- name: insert_event
-- run: calls=300 protocol=prepared user=shop_web app=web
-- $1: timestamp 2026-01-01..2026-01-02
-- $2: int 1..25000 skewed
-- $3: int 1..6000
INSERT INTO events (occurred_at, kind, customer_id, entity_id) VALUES ($1, 'view', $2, $3);

-- name: insert_review
-- run: calls=30 protocol=simple user=shop_web app=web
-- $1: int 1..6000
-- $2: int 1..25000
INSERT INTO reviews (product_id, customer_id, rating, title, body) VALUES ($1, $2, 4, 'Good product', 'It''s fine;
does what it says.');

-- name: touch_session
-- run: calls=500 protocol=prepared user=shop_web app=web
-- $1: int 1..40000
UPDATE sessions SET last_seen_at = now() WHERE id = $1;

-- name: set_order_status
-- run: calls=140 protocol=prepared user=shop_jobs app=worker
-- $1: choice paid|packed|shipped
-- $2: int 88500..90000
UPDATE orders SET status = $1, updated_at = now() WHERE id = $2;

-- name: mark_order_gift
-- run: calls=30 protocol=extended user=shop_web app=web
-- $1: int 80000..90000
UPDATE orders SET gift = true WHERE id = $1;

-- name: reserve_stock
-- run: calls=160 protocol=prepared user=shop_web app=web
-- $1: int 1..6000 skewed
UPDATE inventory SET reserved = reserved + 1 WHERE product_id = $1 AND warehouse_id = 1;

-- name: move_product_to_category
-- run: calls=20 protocol=extended user=shop_admin app=backoffice
-- $1: int 1..64
-- $2: int 1..6000
UPDATE products SET category_id = $1 WHERE id = $2;

-- name: close_stale_tickets
-- run: calls=4 protocol=simple user=shop_jobs app=worker
-- $1: timestamp 2025-10-01..2025-11-30
UPDATE tickets SET state = 'closed', closed_at = now() WHERE state = 'waiting' AND opened_at < $1;

-- name: add_loyalty_points
-- run: calls=90 protocol=prepared user=shop_jobs app=worker
-- $1: int 1..25000 skewed
UPDATE customers SET loyalty_points = loyalty_points + 10 WHERE id = $1;

-- name: save_preferences
-- run: calls=40 protocol=extended user=shop_web app=web
-- $1: int 1..25000
INSERT INTO settings (customer_id, preferences) VALUES ($1, '{"theme": "dark"}') ON CONFLICT (customer_id) DO UPDATE SET preferences = settings.preferences || excluded.preferences, updated_at = now();

-- name: delete_session
-- run: calls=60 protocol=extended user=shop_web app=web
-- $1: from SELECT token FROM sessions WHERE id % 500 = 2 ORDER BY id
DELETE FROM sessions WHERE token = $1;

-- name: purge_sessions
-- run: calls=3 protocol=simple user=shop_jobs app=worker
-- $1: timestamp 2025-11-15..2025-11-16
DELETE FROM sessions WHERE expires_at < $1 AND customer_id IS NULL;

-- name: delete_unapproved_reviews_of_customer
-- run: calls=10 protocol=extended user=shop_admin app=backoffice
-- $1: int 1..25000
DELETE FROM reviews WHERE customer_id = $1 AND NOT approved;
