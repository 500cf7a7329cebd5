-- Statements whose advice has what the recorded ones of the test leave out: a query that gets
-- slower, an index that is replaced, a construct that is not modelled, a table that the catalog does
-- not have, and a statement that does not parse.
-- quern: calls=20 mean_ms=0.35
SELECT i.line_no, i.quantity, i.unit_price, p.name, p.sku FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = 4711 ORDER BY i.line_no;
-- quern: calls=180 mean_ms=3.2
SELECT id, street, city, postcode, country FROM addresses WHERE customer_id = 17 AND is_default;
-- quern: calls=60 mean_ms=1.4
SELECT id, name, price FROM products WHERE category_id = 12 AND active ORDER BY price LIMIT 20;
-- quern: calls=3 mean_ms=12
SELECT feed.sku FROM xmltable('/items/item' PASSING ('<items/>'::xml) COLUMNS sku text) AS feed;
-- quern: calls=2 mean_ms=5
SELECT id, total FROM archived_orders WHERE customer_id = 17;
SELECT * FORM orders;
