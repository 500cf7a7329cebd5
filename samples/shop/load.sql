-- The shop's data: always the same rows in the same order, on any machine. Every value comes from a
-- hash of (row number, salt), never from random() or the clock.
SET max_parallel_workers_per_gather = 0;
SET timezone = 'UTC';
SET synchronous_commit = off;
SET client_min_messages = warning;

-- Uniform in [0, 1).
CREATE FUNCTION pg_temp.u(i bigint, salt int) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(i, salt) >> 12) & 4503599627370495)::double precision / 4503599627370496.0 $$;

-- Uniform integer in [0, n).
CREATE FUNCTION pg_temp.n(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT floor(pg_temp.u(i, salt) * n)::int $$;

-- Skewed integer in [0, n): small numbers are frequent.
CREATE FUNCTION pg_temp.skewed(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT floor(pg_temp.u(i, salt) * pg_temp.u(i, salt) * pg_temp.u(i, salt) * n)::int $$;

CREATE FUNCTION pg_temp.pick(i bigint, salt int, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + pg_temp.n(i, salt, array_length(choices, 1))] $$;

INSERT INTO categories (parent_id, name, slug)
SELECT CASE WHEN i > 8 THEN 1 + (i - 9) % 8 END,
       initcap(w) || ' ' || i,
       w || '-' || i
FROM generate_series(1, 64) AS i,
     LATERAL (SELECT pg_temp.pick(i, 1, '{garden,kitchen,books,toys,tools,music,sports,office,pets,lamps}') AS w) AS word
ORDER BY i;

INSERT INTO products (category_id, sku, name, description, price, weight_grams, active, tags, attributes,
                      created_at, updated_at, discontinued_at)
SELECT 1 + pg_temp.skewed(i, 2, 64),
       'SKU-' || lpad(i::text, 6, '0'),
       initcap(pg_temp.pick(i, 3, '{red,blue,green,small,large,light,heavy,smart,classic,compact,vintage,modern}')) || ' ' ||
         pg_temp.pick(i, 4, '{lamp,chair,table,kettle,guitar,shovel,racket,notebook,puzzle,blanket,mirror,clock,speaker,helmet,tent}') ||
         ' ' || i,
       CASE WHEN pg_temp.u(i, 5) < 0.7 THEN 'A ' || repeat(pg_temp.pick(i, 6, '{sturdy ,useful ,elegant ,plain ,cheerful }'), 3 + pg_temp.n(i, 7, 20)) || 'thing.' END,
       round((2 + 400 * pg_temp.u(i, 8) * pg_temp.u(i, 9))::numeric, 2),
       CASE WHEN pg_temp.u(i, 10) < 0.9 THEN 50 + pg_temp.n(i, 11, 20000) END,
       pg_temp.u(i, 12) < 0.96,
       CASE WHEN pg_temp.u(i, 13) < 0.3 THEN '{}'::text[]
            ELSE ARRAY[pg_temp.pick(i, 14, '{new,sale,eco,gift}'), pg_temp.pick(i, 15, '{indoor,outdoor,kids,premium,import}')] END,
       jsonb_build_object('color', pg_temp.pick(i, 16, '{red,blue,green,black,white}'), 'warranty', 12 * (1 + pg_temp.n(i, 17, 3))),
       timestamptz '2022-01-01 00:00:00+00' + i * interval '4 hours',
       timestamptz '2025-01-01 00:00:00+00' + pg_temp.n(i, 18, 8000) * interval '1 hour',
       CASE WHEN pg_temp.u(i, 12) >= 0.96 THEN timestamptz '2025-06-01 00:00:00+00' + pg_temp.n(i, 19, 200) * interval '1 day' END
FROM generate_series(1, 6000) AS i
ORDER BY i;

INSERT INTO customers (email, first_name, last_name, phone, newsletter, loyalty_points, company, created_at,
                       last_login_at, deleted_at)
SELECT lower(f) || '.' || lower(l) || '.' || i || '@' || pg_temp.pick(i, 22, '{example.com,example.org,mail.example,post.example}'),
       f, l,
       CASE WHEN pg_temp.u(i, 23) < 0.4 THEN '+49' || lpad(pg_temp.n(i, 24, 9000)::text, 9, '3') END,
       pg_temp.u(i, 25) < 0.15,
       CASE WHEN pg_temp.u(i, 26) < 0.5 THEN 0 ELSE pg_temp.skewed(i, 27, 5000) END,
       CASE WHEN pg_temp.u(i, 28) < 0.05 THEN initcap(pg_temp.pick(i, 29, '{acme,globex,initech,umbra,vandelay}')) || ' ' || pg_temp.n(i, 30, 300) END,
       timestamptz '2021-01-01 00:00:00+00' + i * interval '105 minutes',
       CASE WHEN pg_temp.u(i, 31) < 0.8 THEN timestamptz '2025-12-31 00:00:00+00' - pg_temp.skewed(i, 32, 500000) * interval '1 minute' END,
       CASE WHEN pg_temp.u(i, 33) < 0.03 THEN timestamptz '2025-01-01 00:00:00+00' + pg_temp.n(i, 34, 360) * interval '1 day' END
FROM generate_series(1, 25000) AS i,
     LATERAL (SELECT pg_temp.pick(i, 20, '{Anna,Ben,Clara,David,Emma,Felix,Greta,Hugo,Ida,Jonas,Klara,Leon,Mia,Noah,Olga,Paul,Rosa,Samir,Tara,Yusuf}') AS f,
                     pg_temp.pick(i, 21, '{Adler,Becker,Costa,Dubois,Eriksen,Fischer,Garcia,Haas,Ivanov,Jansen,Keller,Lang,Meyer,Novak,Olsen,Peters,Rossi,Schmidt,Tanaka,Weber}') AS l) AS person
ORDER BY i;

INSERT INTO addresses (customer_id, street, city, postcode, country, is_default)
SELECT CASE WHEN i <= 25000 THEN i ELSE 1 + pg_temp.n(i, 40, 25000) END,
       initcap(pg_temp.pick(i, 41, '{station,market,church,mill,river,forest,castle,school}')) || ' Street ' || (1 + pg_temp.n(i, 42, 180)),
       (ARRAY['Berlin','Hamburg','Munich','Cologne','Leipzig','Paris','Lyon','Nantes','Vienna','Graz','Zurich','Basel'])[c + 1],
       (ARRAY['10','20','80','50','04','75','69','44','10','80','80','40'])[c + 1] || lpad(pg_temp.n(i, 43, 40)::text, 3, '1'),
       (ARRAY['DE','DE','DE','DE','DE','FR','FR','FR','AT','AT','CH','CH'])[c + 1],
       i <= 25000
FROM generate_series(1, 32000) AS i,
     LATERAL (SELECT pg_temp.skewed(i, 44, 12) AS c) AS place
ORDER BY i;

INSERT INTO warehouses (id, name, country)
VALUES (1, 'Berlin', 'DE'), (2, 'Hamburg', 'DE'), (3, 'Lyon', 'FR'), (4, 'Vienna', 'AT'), (5, 'Basel', 'CH');

INSERT INTO inventory (product_id, warehouse_id, quantity, reserved, reorder_level, counted_at)
SELECT p, w,
       CASE WHEN pg_temp.u(p * 10 + w, 50) < 0.08 THEN 0 ELSE pg_temp.skewed(p * 10 + w, 51, 900) END,
       pg_temp.skewed(p * 10 + w, 52, 20),
       5 * (1 + pg_temp.n(p * 10 + w, 53, 8)),
       date '2025-01-01' + pg_temp.n(p * 10 + w, 54, 360)
FROM generate_series(1, 6000) AS p, generate_series(1, 5) AS w
WHERE pg_temp.u(p * 10 + w, 55) < 0.5
ORDER BY p, w;

INSERT INTO coupons (code, percent_off, valid_from, valid_to, max_uses)
SELECT upper(pg_temp.pick(i, 60, '{spring,summer,autumn,winter,thanks,welcome}')) || i,
       5 * (1 + pg_temp.n(i, 61, 6)),
       date '2024-06-01' + pg_temp.n(i, 62, 500),
       date '2024-09-01' + pg_temp.n(i, 62, 500) + pg_temp.n(i, 63, 60),
       CASE WHEN pg_temp.u(i, 64) < 0.3 THEN 100 * (1 + pg_temp.n(i, 65, 10)) END
FROM generate_series(1, 400) AS i
ORDER BY i;

-- Orders come in time order; few customers order often. Old orders are nearly all delivered.
INSERT INTO orders (customer_id, shipping_address_id, coupon_id, status, total, currency, placed_at, updated_at,
                    cancelled_at, gift, note)
SELECT customer, CASE WHEN pg_temp.u(i, 71) < 0.97 THEN customer END,
       CASE WHEN pg_temp.u(i, 72) < 0.08 THEN 1 + pg_temp.skewed(i, 73, 400) END,
       status::order_status,
       round((8 + 600 * pg_temp.u(i, 74) * pg_temp.u(i, 75))::numeric, 2),
       CASE WHEN pg_temp.u(i, 76) < 0.88 THEN 'EUR' WHEN pg_temp.u(i, 76) < 0.97 THEN 'CHF' ELSE 'USD' END,
       placed, placed + pg_temp.n(i, 77, 10000) * interval '1 minute',
       CASE WHEN status = 'cancelled' THEN placed + pg_temp.n(i, 78, 3000) * interval '1 minute' END,
       pg_temp.u(i, 79) < 0.04,
       CASE WHEN pg_temp.u(i, 80) < 0.03 THEN 'Please ring ' || pg_temp.n(i, 81, 5) || ' times.' END
FROM generate_series(1, 90000) AS i,
     LATERAL (SELECT 1 + pg_temp.skewed(i, 70, 25000) AS customer,
                     timestamptz '2024-01-01 00:00:00+00' + i * interval '700 seconds' + pg_temp.n(i, 82, 600) * interval '1 second' AS placed,
                     CASE WHEN i < 88500 THEN
                            CASE WHEN pg_temp.u(i, 83) < 0.90 THEN 'delivered' WHEN pg_temp.u(i, 83) < 0.96 THEN 'cancelled'
                                 WHEN pg_temp.u(i, 83) < 0.99 THEN 'returned' ELSE 'shipped' END
                          ELSE pg_temp.pick(i, 84, '{pending,pending,paid,paid,packed,shipped,cancelled}') END AS status) AS o
ORDER BY i;

INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price, discount)
SELECT o, line, 1 + pg_temp.skewed(o * 8 + line, 90, 6000), 1 + pg_temp.skewed(o * 8 + line, 91, 6),
       round((2 + 300 * pg_temp.u(o * 8 + line, 92) * pg_temp.u(o * 8 + line, 93))::numeric, 2),
       CASE WHEN pg_temp.u(o * 8 + line, 94) < 0.1 THEN round((20 * pg_temp.u(o * 8 + line, 95))::numeric, 2) END
FROM generate_series(1, 90000) AS o, generate_series(1, 5) AS line
WHERE line <= 1 + pg_temp.skewed(o, 96, 5) + pg_temp.n(o, 97, 2)
ORDER BY o, line;

INSERT INTO payments (order_id, method, amount, status, provider_ref, created_at, refunded_at)
SELECT id, pg_temp.pick(id, 100, '{card,card,card,card,paypal,paypal,invoice,transfer}'), total,
       CASE WHEN status = 'returned' THEN 'refunded' WHEN pg_temp.u(id, 101) < 0.03 THEN 'failed' ELSE 'settled' END,
       CASE WHEN pg_temp.u(id, 102) < 0.8 THEN md5(id::text) END,
       placed_at + interval '3 minutes',
       CASE WHEN status = 'returned' THEN placed_at + interval '20 days' END
FROM orders WHERE status <> 'pending'
ORDER BY id;

INSERT INTO shipments (order_id, warehouse_id, carrier, tracking_code, shipped_at, delivered_at)
SELECT id, 1 + pg_temp.skewed(id, 110, 5), pg_temp.pick(id, 111, '{dhl,dhl,dhl,ups,gls,dpd}'),
       CASE WHEN pg_temp.u(id, 112) < 0.95 THEN upper(left(md5(id::text || 's'), 14)) END,
       placed_at + (1 + pg_temp.n(id, 113, 60)) * interval '1 hour',
       CASE WHEN status IN ('delivered', 'returned') THEN placed_at + (48 + pg_temp.n(id, 114, 120)) * interval '1 hour' END
FROM orders WHERE status IN ('shipped', 'delivered', 'returned')
ORDER BY id;

INSERT INTO reviews (product_id, customer_id, rating, title, body, approved, created_at)
SELECT 1 + pg_temp.skewed(i, 120, 6000), 1 + pg_temp.n(i, 121, 25000),
       CASE WHEN pg_temp.u(i, 122) < 0.5 THEN 5 WHEN pg_temp.u(i, 122) < 0.8 THEN 4 ELSE 1 + pg_temp.n(i, 123, 3) END,
       CASE WHEN pg_temp.u(i, 124) < 0.6 THEN initcap(pg_temp.pick(i, 125, '{good,great,fine,poor,odd}')) || ' product' END,
       repeat(pg_temp.pick(i, 126, '{works well. ,would buy again. ,came late. ,nice colour. }'), 1 + pg_temp.n(i, 127, 8)),
       pg_temp.u(i, 128) < 0.92,
       timestamptz '2023-01-01 00:00:00+00' + i * interval '50 minutes'
FROM generate_series(1, 30000) AS i
ORDER BY i;

INSERT INTO sessions (token, customer_id, user_agent, created_at, last_seen_at, expires_at)
SELECT md5('session' || i)::uuid,
       CASE WHEN pg_temp.u(i, 130) < 0.4 THEN 1 + pg_temp.skewed(i, 131, 25000) END,
       pg_temp.pick(i, 132, '{Firefox,Chrome,Safari,Edge,bot}') || '/' || (90 + pg_temp.n(i, 133, 40)),
       begun, begun + pg_temp.skewed(i, 134, 5000) * interval '1 minute', begun + interval '14 days'
FROM generate_series(1, 40000) AS i,
     LATERAL (SELECT timestamptz '2025-11-01 00:00:00+00' + i * interval '130 seconds' AS begun) AS s
ORDER BY i;

INSERT INTO settings (customer_id, preferences, updated_at)
SELECT i, jsonb_build_object('theme', pg_temp.pick(i, 140, '{light,light,light,dark}'), 'language', pg_temp.pick(i, 141, '{de,de,de,en,fr}'),
                             'per_page', 20 * (1 + pg_temp.n(i, 142, 3))),
       timestamptz '2025-01-01 00:00:00+00' + pg_temp.n(i, 143, 8000) * interval '1 hour'
FROM generate_series(1, 25000) AS i
WHERE pg_temp.u(i, 144) < 0.6
ORDER BY i;

INSERT INTO tickets (customer_id, order_id, subject, state, priority, assignee, opened_at, closed_at)
SELECT 1 + pg_temp.n(i, 150, 25000), CASE WHEN pg_temp.u(i, 151) < 0.7 THEN 1 + pg_temp.n(i, 152, 90000) END,
       initcap(pg_temp.pick(i, 153, '{late,broken,wrong,missing,refund}')) || ' ' || pg_temp.pick(i, 154, '{parcel,item,invoice,colour}'),
       CASE WHEN i < 9700 THEN 'closed' ELSE pg_temp.pick(i, 155, '{open,waiting}') END,
       1 + pg_temp.n(i, 156, 4),
       CASE WHEN pg_temp.u(i, 157) < 0.85 THEN pg_temp.pick(i, 158, '{lena,mark,nora,omar,petra}') END,
       opened, CASE WHEN i < 9700 THEN opened + pg_temp.n(i, 159, 5000) * interval '1 minute' END
FROM generate_series(1, 10000) AS i,
     LATERAL (SELECT timestamptz '2024-01-01 00:00:00+00' + i * interval '105 minutes' AS opened) AS t
ORDER BY i;

INSERT INTO events (occurred_at, kind, customer_id, entity_id, payload)
SELECT timestamptz '2025-07-01 00:00:00+00' + i * interval '132 seconds' + pg_temp.n(i, 160, 100) * interval '1 second',
       CASE WHEN pg_temp.u(i, 161) < 0.6 THEN 'view' WHEN pg_temp.u(i, 161) < 0.8 THEN 'search' WHEN pg_temp.u(i, 161) < 0.92 THEN 'cart'
            WHEN pg_temp.u(i, 161) < 0.98 THEN 'login' WHEN pg_temp.u(i, 161) < 0.995 THEN 'checkout' ELSE 'password' END,
       CASE WHEN pg_temp.u(i, 162) < 0.6 THEN 1 + pg_temp.skewed(i, 163, 25000) END,
       1 + pg_temp.n(i, 164, 6000),
       CASE WHEN pg_temp.u(i, 165) < 0.5 THEN jsonb_build_object('ip', '10.' || pg_temp.n(i, 166, 250) || '.' || pg_temp.n(i, 167, 250) || '.1') END
FROM generate_series(1, 120000) AS i
ORDER BY i;
