-- Every SELECT of the sample workload with constants, one statement each.
-- Made by workload/run.py from workload/statements.sql.

-- name: customer_by_id
SELECT * FROM customers WHERE id = 3;

-- name: customer_by_email
SELECT id, first_name, last_name, deleted_at FROM customers WHERE email = 'paul.haas.9507@example.org';

-- name: customer_login
SELECT id, email, first_name FROM customers WHERE lower(email) = 'hugo.schmidt.9@mail.example' AND deleted_at IS NULL;

-- name: product_by_id
SELECT id, sku, name, price, description, tags, attributes FROM products WHERE id = 7;

-- name: product_by_sku
SELECT id, name, price FROM products WHERE sku = 'SKU-000303';

-- name: product_by_numeric_id
SELECT id, sku, price FROM products WHERE id = 2303.0;

-- name: session_by_token
SELECT id, customer_id, expires_at FROM sessions WHERE token = '216ed476-d720-034d-b95d-f644f90b7d09';

-- name: order_by_id
SELECT * FROM orders WHERE id = 15982;

-- name: preferences_of_customer
SELECT preferences FROM settings WHERE customer_id = 3365;

-- name: default_address
SELECT id, street, city, postcode, country FROM addresses WHERE customer_id = 2 AND is_default;

-- name: coupon_by_code
SELECT id, percent_off, valid_to FROM coupons WHERE code = 'SPRING171' AND valid_from <= '2025-08-01' AND valid_to >= '2025-08-01';

-- name: products_by_ids
SELECT id, name, price FROM products WHERE id IN (771, 2720, 3555, 5770);

-- name: shipment_by_tracking_code
SELECT order_id, carrier, shipped_at, delivered_at FROM shipments WHERE tracking_code = '2BB454A38E6D26';

-- name: orders_of_customer
SELECT id, status, total, placed_at FROM orders WHERE customer_id = 273 ORDER BY placed_at DESC LIMIT 10;

-- name: latest_orders
SELECT id, customer_id, status, total, placed_at FROM orders ORDER BY placed_at DESC LIMIT 25;

-- name: orders_by_status
SELECT id, customer_id, total, placed_at FROM orders WHERE status = 'packed' ORDER BY placed_at DESC LIMIT 50;

-- name: pending_orders_oldest_first
SELECT id, customer_id, placed_at FROM orders WHERE status = 'pending' ORDER BY placed_at LIMIT 20;

-- name: products_of_category
SELECT id, name, price FROM products WHERE category_id = 16 AND active ORDER BY price LIMIT 24;

-- name: products_cheap_in_category
SELECT id, name, price FROM products WHERE category_id = 3 AND price BETWEEN 5 AND 21 ORDER BY price, id;

-- name: newest_products
SELECT id, name, price, created_at FROM products WHERE active AND discontinued_at IS NULL ORDER BY created_at DESC LIMIT 12;

-- name: reviews_of_product
SELECT id, rating, title, body, created_at FROM reviews WHERE product_id = 3885 AND approved ORDER BY created_at DESC LIMIT 10;

-- name: unapproved_reviews
SELECT id, product_id, rating, title FROM reviews WHERE NOT approved ORDER BY created_at LIMIT 50;

-- name: reviews_of_customer
SELECT id, product_id, rating, created_at FROM reviews WHERE customer_id = 3874 ORDER BY created_at DESC;

-- name: open_tickets
SELECT id, subject, priority, opened_at FROM tickets WHERE state = 'open' ORDER BY priority DESC, opened_at LIMIT 30;

-- name: unassigned_tickets
SELECT id, subject, opened_at FROM tickets WHERE assignee IS NULL AND state <> 'closed' ORDER BY opened_at;

-- name: orders_page_40
SELECT id, customer_id, total, placed_at FROM orders ORDER BY id LIMIT 50 OFFSET 8 * 500;

-- name: customers_page
SELECT id, last_name, first_name, email FROM customers WHERE deleted_at IS NULL ORDER BY last_name, first_name LIMIT 50 OFFSET 1000;

-- name: orders_after_key
SELECT id, status, updated_at FROM orders WHERE id > 16488 ORDER BY id LIMIT 100;

-- name: big_orders_in_month
SELECT id, customer_id, total FROM orders WHERE placed_at >= '2024-09-06 14:08:00+00' AND placed_at < '2025-01-01' AND total > 300 ORDER BY total DESC LIMIT 100;

-- name: gift_orders_with_note
SELECT id, note FROM orders WHERE gift AND note IS NOT NULL;

-- name: customers_recent_login
SELECT id, email FROM customers WHERE last_login_at >= '2025-12-28 21:51:00+00' AND newsletter AND deleted_at IS NULL;

-- name: addresses_in_city
SELECT id, customer_id, street FROM addresses WHERE city = 'Basel' AND country = 'CH';

-- name: product_name_prefix
SELECT id, name, price FROM products WHERE name LIKE 'Small ta%' ORDER BY name LIMIT 10;

-- name: product_name_search
SELECT id, name, price FROM products WHERE name ILIKE '%kettle%' AND active LIMIT 20;

-- name: customer_by_last_name_lower
SELECT id, first_name, last_name, email FROM customers WHERE lower(last_name) = 'keller' ORDER BY id LIMIT 50;

-- name: customer_by_email_prefix
SELECT id, email FROM customers WHERE email LIKE 'paul.weber.1%';

-- name: customer_by_phone
SELECT id, first_name, last_name FROM customers WHERE phone = '+49333331858';

-- name: orders_of_day
SELECT id, total FROM orders WHERE date(placed_at) = '2025-06-10';

-- name: revenue_of_year
SELECT sum(total) FROM orders WHERE extract(year FROM placed_at) = 2024;

-- name: payment_by_text_order
SELECT id, amount FROM payments WHERE order_id::text = '4958';

-- name: payment_by_provider_ref
SELECT id, order_id, amount, status FROM payments WHERE provider_ref = 'f2fff5fb2677ede8e6441ee2f77ed6c9';

-- name: order_with_customer
SELECT o.id, o.status, o.total, c.email, c.first_name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 66985;

-- name: items_of_order
SELECT i.line_no, i.quantity, i.unit_price, p.name, p.sku FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = 35679 ORDER BY i.line_no;

-- name: stock_of_product
SELECT w.name, i.quantity - i.reserved AS available FROM inventory i JOIN warehouses w ON w.id = i.warehouse_id WHERE i.product_id = 1849;

-- name: orders_with_address
SELECT o.id, o.placed_at, a.street, a.postcode FROM orders o JOIN addresses a ON a.id = o.shipping_address_id WHERE a.city = 'Nantes' AND o.status = 'paid' ORDER BY o.placed_at;

-- name: products_sold_of_category
SELECT p.id, p.name, sum(i.quantity) AS sold FROM products p JOIN order_items i ON i.product_id = p.id WHERE p.category_id = 53 GROUP BY p.id, p.name ORDER BY sold DESC LIMIT 10;

-- name: buyers_of_product
SELECT o.id, o.customer_id, o.placed_at FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.product_id = 3561 ORDER BY o.placed_at DESC LIMIT 20;

-- name: customer_order_overview
SELECT o.id, o.placed_at, o.status, p.method, s.carrier, s.tracking_code FROM orders o LEFT JOIN payments p ON p.order_id = o.id LEFT JOIN shipments s ON s.order_id = o.id WHERE o.customer_id = 23874 ORDER BY o.placed_at DESC LIMIT 20;

-- name: invoice
SELECT o.id, c.first_name, c.last_name, a.street, a.city, i.line_no, p.name, i.quantity, i.unit_price, pay.method FROM orders o JOIN customers c ON c.id = o.customer_id JOIN addresses a ON a.id = o.shipping_address_id JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id JOIN payments pay ON pay.order_id = o.id WHERE o.id = 65139 ORDER BY i.line_no;

-- name: undelivered_shipments
SELECT s.id, s.carrier, s.shipped_at, o.customer_id FROM shipments s JOIN orders o ON o.id = s.order_id WHERE s.delivered_at IS NULL ORDER BY s.shipped_at LIMIT 100;

-- name: reviews_with_product_and_author
SELECT r.id, r.rating, r.title, p.name, c.first_name FROM reviews r JOIN products p ON p.id = r.product_id JOIN customers c ON c.id = r.customer_id WHERE r.approved AND r.rating = 5 ORDER BY r.created_at DESC LIMIT 10;

-- name: low_stock
SELECT p.sku, p.name, w.name AS warehouse, i.quantity FROM inventory i JOIN products p ON p.id = i.product_id JOIN warehouses w ON w.id = i.warehouse_id WHERE i.quantity < i.reorder_level AND p.active ORDER BY i.quantity, p.sku;

-- name: coupon_usage
SELECT c.code, count(*) AS uses, sum(o.total) AS revenue FROM coupons c JOIN orders o ON o.coupon_id = c.id GROUP BY c.code ORDER BY uses DESC LIMIT 20;

-- name: orders_of_coupon
SELECT id, customer_id, total FROM orders WHERE coupon_id = 248;

-- name: tickets_with_orders
SELECT t.id, t.subject, o.status, o.total FROM tickets t LEFT JOIN orders o ON o.id = t.order_id WHERE t.assignee = 'lena' AND t.state = 'waiting' ORDER BY t.opened_at;

-- name: count_orders_by_status
SELECT status, count(*) FROM orders GROUP BY status ORDER BY status;

-- name: revenue_by_month
SELECT date_trunc('month', placed_at) AS month, count(*), sum(total) FROM orders WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1;

-- name: order_count_of_customer
SELECT count(*) FROM orders WHERE customer_id = 20764;

-- name: rating_of_product
SELECT avg(rating), count(*) FROM reviews WHERE product_id = 1948;

-- name: best_customers
SELECT c.id, c.email, sum(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.placed_at >= '2025-06-01' AND o.placed_at < '2025-07-01' GROUP BY c.id, c.email ORDER BY spent DESC LIMIT 20;

-- name: customers_with_many_orders
SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id HAVING count(*) > 50 ORDER BY orders DESC;

-- name: sales_by_carrier_and_warehouse
SELECT warehouse_id, carrier, count(*) FROM shipments WHERE shipped_at >= '2025-01-01' GROUP BY warehouse_id, carrier ORDER BY warehouse_id, carrier;

-- name: average_basket_by_country
SELECT a.country, avg(o.total), count(*) FROM orders o JOIN addresses a ON a.id = o.shipping_address_id WHERE o.currency = 'EUR' GROUP BY a.country;

-- name: newest_order_of_customer
SELECT max(placed_at) FROM orders WHERE customer_id = 55;

-- name: highest_order_number
SELECT max(id) FROM orders;

-- name: failed_payments_of_month
SELECT count(*), sum(amount) FROM payments WHERE status = 'failed' AND created_at >= '2025-11-01' AND created_at < '2025-12-01';

-- name: customers_without_orders
SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id);

-- name: products_never_reviewed
SELECT id, name FROM products WHERE id NOT IN (SELECT product_id FROM reviews) ORDER BY id;

-- name: customers_with_returns
SELECT id, email FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'returned' AND placed_at >= '2025-09-01');

-- name: has_open_ticket
SELECT EXISTS (SELECT 1 FROM tickets WHERE customer_id = 5037 AND state <> 'closed');

-- name: active_buyers_by_count
SELECT c.id, c.email FROM customers c WHERE c.company IS NOT NULL AND (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 0;

-- name: products_with_reviews_distinct
SELECT DISTINCT p.id, p.name FROM products p WHERE p.category_id = 16;

-- name: distinct_buyers_of_product
SELECT DISTINCT o.customer_id FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.product_id = 611;

-- name: dearest_in_category
SELECT id, name, price FROM products WHERE category_id = 45 AND price = (SELECT max(price) FROM products WHERE category_id = 45);

-- name: orders_paid_or_shipped_union
SELECT id, placed_at FROM orders WHERE status = 'paid' UNION ALL SELECT id, placed_at FROM orders WHERE status = 'packed' ORDER BY placed_at LIMIT 40;

-- name: top_products_cte
WITH sold AS (SELECT product_id, sum(quantity) AS pieces FROM order_items GROUP BY product_id) SELECT p.name, s.pieces FROM sold s JOIN products p ON p.id = s.product_id ORDER BY s.pieces DESC LIMIT 10;

-- name: products_with_tag
SELECT id, name FROM products WHERE tags @> '{eco,premium}' LIMIT 20;

-- name: dark_theme_customers
SELECT count(*) FROM settings WHERE preferences ->> 'theme' = 'dark';

-- name: events_of_customer_in_month
SELECT occurred_at, kind, entity_id FROM events WHERE customer_id = 16087 AND occurred_at >= '2025-12-01' AND occurred_at < '2026-01-01' ORDER BY occurred_at DESC LIMIT 50;

-- name: events_of_hour
SELECT kind, count(*) FROM events WHERE occurred_at >= '2025-11-15 10:00+00' AND occurred_at < '2025-11-15 11:00+00' GROUP BY kind;

-- name: password_changes
SELECT id, occurred_at, customer_id FROM events WHERE kind = 'password' AND occurred_at >= '2025-12-01' ORDER BY occurred_at;

-- name: view_active_customer
SELECT email, first_name, last_name, loyalty_points FROM active_customers WHERE id = 4375;

-- name: loyal_active_customers
SELECT id, email, loyalty_points FROM active_customers WHERE loyalty_points > 3000 ORDER BY loyalty_points DESC LIMIT 100;

-- name: expired_sessions
SELECT count(*) FROM sessions WHERE expires_at < '2025-11-20';

-- name: order_page_for_export
SELECT id FROM orders WHERE id > 50092 ORDER BY id LIMIT 40;

-- name: payment_of_each_order
SELECT method, amount, status FROM payments WHERE order_id = 74314;
