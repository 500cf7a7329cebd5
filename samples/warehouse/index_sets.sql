-- What the oracle plans the reports under: "-- set: NAME" begins a set of statements, on top of the
-- database as loaded. "-- hypothetical" takes HypoPG's word for the indexes instead of building them.

-- set: as loaded

-- set: keys only
DROP INDEX till_sales_date_key_idx;
DROP INDEX till_sales_product_id_idx;
DROP INDEX till_sales_customer_id_idx;
DROP INDEX till_returns_product_id_idx;
DROP INDEX web_sales_ordered_key_idx;
DROP INDEX web_sales_customer_id_idx;
DROP INDEX web_sales_product_id_idx;
DROP INDEX trade_orders_account_id_idx;
DROP INDEX trade_orders_ordered_on_idx;
DROP INDEX trade_lines_ship_on_idx;
DROP INDEX trade_lines_product_id_grower_id_idx;
DROP INDEX customers_city_id_idx;
DROP INDEX page_views_viewed_at_idx;
DROP INDEX products_labels_idx;
DROP INDEX cafe_days_key;

-- set: tuned
CREATE INDEX ON till_sales (customer_id, sold_on);
CREATE INDEX ON till_sales (cafe_id, sold_on) INCLUDE (paid);
CREATE INDEX ON till_sales (product_id, date_key, paid);
CREATE INDEX ON till_returns (customer_id, product_id);
CREATE INDEX ON till_returns (returned_on);
CREATE INDEX ON web_sales (shipped_key);
CREATE INDEX ON web_sales (product_id, ordered_key) INCLUDE (paid);
CREATE INDEX ON web_sales (customer_id, ordered_key);
CREATE INDEX ON web_sales (promotion_id) WHERE promotion_id IS NOT NULL;
CREATE INDEX ON web_returns (product_id);
CREATE INDEX ON web_returns (customer_id);
CREATE INDEX ON trade_orders (account_id, ordered_on DESC);
CREATE INDEX ON trade_lines (ship_on, discount, quantity);
CREATE INDEX ON trade_lines (grower_id);
CREATE INDEX ON trade_lines (order_id) WHERE received_on IS NULL;
CREATE INDEX ON trade_lines (received_on) WHERE received_on > promised_on;
CREATE INDEX ON stock (product_id, date_key);
CREATE INDEX ON page_views (session_id, viewed_at);
CREATE INDEX ON page_views (customer_id, product_id);
CREATE INDEX ON customers (language, loyalty);
CREATE INDEX ON products (brand, category);
CREATE INDEX ON products (category) WHERE retired IS NULL;
CREATE INDEX ON growers (country_id);
CREATE INDEX ON supplies (grower_id);
CREATE INDEX ON dates (year, month);
CREATE INDEX ON accounts (segment);

-- set: tuned (HypoPG)
-- hypothetical
CREATE INDEX ON till_returns (customer_id, product_id);
CREATE INDEX ON till_returns (returned_on);
CREATE INDEX ON web_sales (shipped_key);
CREATE INDEX ON web_sales (product_id, ordered_key) INCLUDE (paid);
CREATE INDEX ON web_sales (customer_id, ordered_key);
CREATE INDEX ON web_sales (promotion_id) WHERE promotion_id IS NOT NULL;
CREATE INDEX ON web_returns (product_id);
CREATE INDEX ON trade_orders (account_id, ordered_on DESC);
CREATE INDEX ON trade_lines (ship_on, discount, quantity);
CREATE INDEX ON trade_lines (order_id) WHERE received_on IS NULL;
CREATE INDEX ON stock (product_id, date_key);
CREATE INDEX ON page_views (customer_id, product_id);
CREATE INDEX ON customers (language, loyalty);
CREATE INDEX ON products (brand, category);
CREATE INDEX ON dates (year, month);
CREATE INDEX ON accounts (segment);

-- set: covering (HypoPG)
-- hypothetical
CREATE INDEX ON web_sales (ordered_key) INCLUDE (customer_id, product_id, paid, profit);
CREATE INDEX ON web_sales (customer_id) INCLUDE (ordered_key, paid, order_id);
CREATE INDEX ON trade_lines (order_id) INCLUDE (price, discount, ship_on);
CREATE INDEX ON trade_lines (product_id, grower_id) INCLUDE (ship_on, quantity);
CREATE INDEX ON trade_orders (ordered_on) INCLUDE (account_id, priority);
CREATE INDEX ON customers (customer_id) INCLUDE (city_id, household_id);
CREATE INDEX ON stock (date_key) INCLUDE (product_id, depot_id, on_hand);
CREATE INDEX ON till_returns (date_key) INCLUDE (customer_id, cafe_id, refund);
CREATE INDEX ON products (product_id) INCLUDE (category, brand);
CREATE INDEX ON page_views (session_id, viewed_at) INCLUDE (page_id, customer_id);

-- set: little memory
SET work_mem = '256kB';
SET hash_mem_multiplier = 1;

-- set: fast disks, much memory
SET work_mem = '64MB';
SET random_page_cost = 1.1;
SET effective_cache_size = '32GB';
SET max_parallel_workers_per_gather = 4;

-- set: one process
SET max_parallel_workers_per_gather = 0;
