-- A migration with something for every kind of finding.
CREATE INDEX orders_placed_at_idx ON orders (placed_at);
CREATE INDEX CONCURRENTLY orders_customer_again_idx ON orders (customer_id);
DROP INDEX order_items_order_id_idx;
ALTER TABLE customers ALTER COLUMN phone TYPE varchar(10);
