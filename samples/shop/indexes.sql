-- Keys and indexes as such shops have them: most are good, and some are marked as what a review finds.
ALTER TABLE categories ADD CONSTRAINT categories_pkey PRIMARY KEY (id);
ALTER TABLE products ADD CONSTRAINT products_pkey PRIMARY KEY (id);
ALTER TABLE customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
ALTER TABLE addresses ADD CONSTRAINT addresses_pkey PRIMARY KEY (id);
ALTER TABLE warehouses ADD CONSTRAINT warehouses_pkey PRIMARY KEY (id);
ALTER TABLE inventory ADD CONSTRAINT inventory_pkey PRIMARY KEY (product_id, warehouse_id);
ALTER TABLE coupons ADD CONSTRAINT coupons_pkey PRIMARY KEY (id);
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE order_items ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line_no);
ALTER TABLE payments ADD CONSTRAINT payments_pkey PRIMARY KEY (id);
ALTER TABLE shipments ADD CONSTRAINT shipments_pkey PRIMARY KEY (id);
ALTER TABLE reviews ADD CONSTRAINT reviews_pkey PRIMARY KEY (id);
ALTER TABLE sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE settings ADD CONSTRAINT settings_pkey PRIMARY KEY (customer_id);
ALTER TABLE tickets ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);
ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY (id, occurred_at);

ALTER TABLE categories ADD CONSTRAINT categories_slug_key UNIQUE (slug);
ALTER TABLE products ADD CONSTRAINT products_sku_key UNIQUE (sku);
ALTER TABLE customers ADD CONSTRAINT customers_email_key UNIQUE (email);
ALTER TABLE coupons ADD CONSTRAINT coupons_code_key UNIQUE (code);
ALTER TABLE sessions ADD CONSTRAINT sessions_token_key UNIQUE (token);

ALTER TABLE categories ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories;
ALTER TABLE products ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories;
ALTER TABLE addresses ADD CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;
ALTER TABLE inventory ADD CONSTRAINT inventory_product_id_fkey FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE inventory ADD CONSTRAINT inventory_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses;
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE orders ADD CONSTRAINT orders_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES addresses;
ALTER TABLE orders ADD CONSTRAINT orders_coupon_id_fkey FOREIGN KEY (coupon_id) REFERENCES coupons;
ALTER TABLE order_items ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE;
ALTER TABLE order_items ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE shipments ADD CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE reviews ADD CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE reviews ADD CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE settings ADD CONSTRAINT settings_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE tickets ADD CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_pending_idx ON orders (placed_at) WHERE status = 'pending';
CREATE INDEX products_category_id_idx ON products (category_id);
CREATE INDEX payments_order_id_idx ON payments (order_id);
CREATE INDEX reviews_product_id_rating_idx ON reviews (product_id, rating);
CREATE INDEX customers_lower_email_idx ON customers (lower(email));
CREATE INDEX events_occurred_at_idx ON events (occurred_at);
CREATE INDEX tickets_state_priority_idx ON tickets (state, priority DESC, opened_at);
-- The same index twice.
CREATE INDEX idx_orders_customer ON orders (customer_id);
-- A prefix of another index.
CREATE INDEX reviews_product_id_idx ON reviews (product_id);
-- A prefix of the primary key.
CREATE INDEX order_items_order_id_idx ON order_items (order_id);
-- Never used by this workload.
CREATE INDEX products_weight_grams_idx ON products (weight_grams);
CREATE INDEX sessions_user_agent_idx ON sessions (user_agent);
CREATE INDEX orders_currency_idx ON orders (currency);
-- One value for 96 % of the rows.
CREATE INDEX products_active_idx ON products (active);

CREATE STATISTICS addresses_place (ndistinct, dependencies, mcv) ON city, postcode, country FROM addresses;

CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
