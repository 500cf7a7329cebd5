-- The warehouse: reporting for a coffee roaster that sells in its cafés, on the web and to trade
-- customers. Dimensions first, then the facts of the three channels. Keys and indexes come after the
-- data, in indexes.sql.

CREATE TYPE roast AS ENUM ('light', 'medium', 'dark', 'espresso', 'raw');

-- Dimensions ------------------------------------------------------------------------------------

CREATE TABLE dates (
  date_key integer NOT NULL,               -- 20240131
  day date NOT NULL,
  year smallint NOT NULL,
  quarter smallint NOT NULL,
  month smallint NOT NULL,
  month_start date NOT NULL,
  week_start date NOT NULL,
  weekday smallint NOT NULL,               -- 1 is Monday
  day_name text NOT NULL,
  weekend boolean NOT NULL,
  holiday text,
  season text NOT NULL,
  fiscal_year smallint NOT NULL,
  week_number integer NOT NULL             -- counted through, so that weeks a year apart are 52 apart
);

CREATE TABLE clock (
  minute_key smallint NOT NULL,
  hour smallint NOT NULL,
  minute smallint NOT NULL,
  part_of_day text NOT NULL,
  meal text
);

CREATE TABLE regions (
  region_id smallint NOT NULL,
  name text NOT NULL
);

CREATE TABLE countries (
  country_id smallint NOT NULL,
  region_id smallint NOT NULL,
  code char(2) NOT NULL,
  name text NOT NULL,
  currency char(3) NOT NULL
);

CREATE TABLE cities (
  city_id integer NOT NULL,
  country_id smallint NOT NULL,
  name text NOT NULL,
  population integer,
  coastal boolean NOT NULL
);

CREATE TABLE households (
  household_id integer NOT NULL,
  persons smallint NOT NULL,
  income_band text NOT NULL,
  cars smallint,
  dwelling text NOT NULL
);

CREATE TABLE customers (
  customer_id integer NOT NULL,
  household_id integer,
  city_id integer NOT NULL,
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text,
  birth_year smallint,
  language char(2) NOT NULL,
  loyalty text NOT NULL,
  first_sale_key integer,
  preferred_cafe_id smallint
);

CREATE TABLE accounts (
  account_id integer NOT NULL,
  parent_id integer,                       -- chains of restaurants have a head office
  city_id integer NOT NULL,
  name text NOT NULL,
  segment text NOT NULL,
  credit_limit numeric(12,2),
  balance numeric(12,2) NOT NULL,
  phone varchar(20) NOT NULL,
  opened date NOT NULL,
  remark text
);

CREATE TABLE cafes (
  cafe_id smallint NOT NULL,
  city_id integer NOT NULL,
  name text NOT NULL,
  format text NOT NULL,
  seats integer,
  opened date NOT NULL,
  closed date
);

CREATE TABLE staff (
  staff_id integer NOT NULL,
  manager_id integer,
  cafe_id smallint,
  name text NOT NULL,
  role text NOT NULL,
  hired date NOT NULL,
  salary numeric(10,2) NOT NULL
);

CREATE TABLE growers (
  grower_id integer NOT NULL,
  country_id smallint NOT NULL,
  name text NOT NULL,
  rating numeric(4,1),
  balance numeric(12,2) NOT NULL,
  certified boolean,
  remark text
);

-- category, subcategory and brand hang together, and so do category and price.
CREATE TABLE products (
  product_id integer NOT NULL,
  code varchar(16) NOT NULL,
  name text NOT NULL,
  category text NOT NULL,
  subcategory text NOT NULL,
  brand text NOT NULL,
  roast roast,
  grams integer,
  list_price numeric(8,2) NOT NULL,
  unit_cost numeric(8,2) NOT NULL,
  launched date NOT NULL,
  retired date,
  labels text[] NOT NULL
);

CREATE TABLE supplies (
  product_id integer NOT NULL,
  grower_id integer NOT NULL,
  unit_cost numeric(8,2) NOT NULL,
  available integer NOT NULL,
  lead_days smallint,
  remark text
);

CREATE TABLE depots (
  depot_id smallint NOT NULL,
  city_id integer NOT NULL,
  name text NOT NULL,
  square_metres integer
);

CREATE TABLE promotions (
  promotion_id integer NOT NULL,
  name text NOT NULL,
  channel text NOT NULL,
  start_key integer NOT NULL,
  end_key integer NOT NULL,
  percent_off numeric(4,1) NOT NULL,
  purpose text
);

CREATE TABLE reasons (
  reason_id smallint NOT NULL,
  description text NOT NULL
);

CREATE TABLE carriers (
  carrier_id smallint NOT NULL,
  name text NOT NULL,
  mode text NOT NULL
);

CREATE TABLE pages (
  page_id smallint NOT NULL,
  kind text NOT NULL,
  url text NOT NULL,
  published date NOT NULL
);

-- Facts -----------------------------------------------------------------------------------------

-- The tills of the cafés: the largest fact, a partition a month.
CREATE TABLE till_sales (
  sale_id bigint NOT NULL,
  sold_on date NOT NULL,
  date_key integer NOT NULL,
  minute_key smallint NOT NULL,
  cafe_id smallint NOT NULL,
  staff_id integer,
  product_id integer NOT NULL,
  customer_id integer,                     -- of those who show a card
  promotion_id integer,
  quantity smallint NOT NULL,
  list_price numeric(8,2) NOT NULL,
  paid numeric(10,2) NOT NULL,
  profit numeric(10,2)
) PARTITION BY RANGE (sold_on);

SELECT format('CREATE TABLE till_sales_%s PARTITION OF till_sales FOR VALUES FROM (%L) TO (%L)',
              to_char(month, 'YYYY_MM'), month::date, (month + interval '1 month')::date)
FROM generate_series(timestamp '2024-01-01', timestamp '2025-12-01', interval '1 month') AS month
ORDER BY month \gexec
CREATE TABLE till_sales_rest PARTITION OF till_sales DEFAULT;

CREATE TABLE till_returns (
  sale_id bigint NOT NULL,
  product_id integer NOT NULL,
  returned_on date NOT NULL,
  date_key integer NOT NULL,
  cafe_id smallint NOT NULL,
  customer_id integer,
  reason_id smallint,
  quantity smallint NOT NULL,
  refund numeric(10,2) NOT NULL
);

CREATE TABLE web_sales (
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  ordered_key integer NOT NULL,
  shipped_key integer,
  customer_id integer NOT NULL,
  recipient_id integer,                    -- when it is a present
  product_id integer NOT NULL,
  page_id smallint,
  promotion_id integer,
  carrier_id smallint,
  depot_id smallint NOT NULL,
  quantity smallint NOT NULL,
  list_price numeric(8,2) NOT NULL,
  paid numeric(10,2) NOT NULL,
  postage numeric(8,2),
  profit numeric(10,2)
);

CREATE TABLE web_returns (
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  returned_key integer NOT NULL,
  product_id integer NOT NULL,
  customer_id integer NOT NULL,
  reason_id smallint,
  quantity smallint NOT NULL,
  refund numeric(10,2) NOT NULL,
  fee numeric(8,2)
);

CREATE TABLE trade_orders (
  order_id integer NOT NULL,
  account_id integer NOT NULL,
  ordered_on date NOT NULL,
  status char(1) NOT NULL,
  priority text NOT NULL,
  clerk text NOT NULL,
  total numeric(12,2) NOT NULL,
  remark text
);

CREATE TABLE trade_lines (
  order_id integer NOT NULL,
  line smallint NOT NULL,
  product_id integer NOT NULL,
  grower_id integer NOT NULL,
  quantity numeric(6,1) NOT NULL,
  price numeric(10,2) NOT NULL,
  discount numeric(4,2) NOT NULL,
  tax numeric(4,2) NOT NULL,
  returned char(1) NOT NULL,
  status char(1) NOT NULL,
  ship_on date NOT NULL,
  promised_on date NOT NULL,
  received_on date,
  carrier_id smallint NOT NULL
);

-- What lay in each depot on each Monday.
CREATE TABLE stock (
  date_key integer NOT NULL,
  product_id integer NOT NULL,
  depot_id smallint NOT NULL,
  on_hand integer
);

CREATE TABLE page_views (
  viewed_at timestamptz NOT NULL,
  session_id bigint NOT NULL,
  page_id smallint NOT NULL,
  customer_id integer,
  product_id integer,
  seconds integer,
  agent text NOT NULL
);

-- What reports share ----------------------------------------------------------------------------

-- What remains of a price after a discount; plain enough to be expanded into the statement.
CREATE FUNCTION net(price numeric, discount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
PARALLEL SAFE AS $$ SELECT price * (1 - discount) $$;

-- Reads a setting of the session, so it may run in the leader only.
CREATE FUNCTION in_reporting_currency(amount numeric) RETURNS numeric LANGUAGE plpgsql STABLE
PARALLEL RESTRICTED COST 20 AS $$
BEGIN
  RETURN amount * coalesce(nullif(current_setting('warehouse.rate', true), '')::numeric, 1);
END $$;

CREATE VIEW channel_sales AS
  SELECT 'till' AS channel, date_key, product_id, customer_id, promotion_id, quantity, paid, profit
  FROM till_sales
UNION ALL
  SELECT 'web', ordered_key, product_id, customer_id, promotion_id, quantity, paid, profit
  FROM web_sales;

CREATE VIEW places AS
  SELECT ci.city_id, ci.name AS city, co.code, co.name AS country, r.name AS region
  FROM cities ci
  JOIN countries co ON co.country_id = ci.country_id
  JOIN regions r ON r.region_id = co.region_id;

CREATE VIEW customer_years AS
  SELECT ws.customer_id, d.year, count(DISTINCT ws.order_id) AS orders, sum(ws.paid) AS spent
  FROM web_sales ws
  JOIN dates d ON d.date_key = ws.ordered_key
  GROUP BY ws.customer_id, d.year;

CREATE VIEW open_lines AS
  SELECT l.*, net(l.price, l.discount) AS revenue
  FROM trade_lines l
  WHERE l.received_on IS NULL;

CREATE MATERIALIZED VIEW cafe_days AS
  SELECT cafe_id, sold_on, count(*) AS lines, sum(paid) AS takings
  FROM till_sales
  GROUP BY cafe_id, sold_on
WITH NO DATA;
