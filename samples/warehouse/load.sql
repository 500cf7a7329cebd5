-- The warehouse's data: always the same rows in the same order, on any machine. Every value comes from
-- a hash of (row number, salt), never from random() or the clock. :scale shrinks the facts and the
-- dimensions that grow with them; calendar and geography stay.
SET max_parallel_workers_per_gather = 0;
SET timezone = 'UTC';
SET synchronous_commit = off;
SET client_min_messages = warning;

SELECT greatest(50, (40000 * :scale)::int) AS customers,
       greatest(50, (3000 * :scale)::int) AS products,
       greatest(20, (600 * :scale)::int) AS growers,
       greatest(20, (1500 * :scale)::int) AS accounts,
       greatest(20, (900 * :scale)::int) AS staff,
       (480000 * :scale)::int AS tills,
       (90000 * :scale)::int AS web_orders,
       (50000 * :scale)::int AS trade_orders,
       (160000 * :scale)::int AS views \gset

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

-- Row i of n falls on this one of `days` days: in order, and more rows a day towards the end.
CREATE FUNCTION pg_temp.day_of(i bigint, n bigint, days int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT least(days - 1, floor(days * ((i::double precision / n) * (1.5 - 0.5 * i::double precision / n)))::int) $$;

CREATE FUNCTION pg_temp.key(day date) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (extract(year FROM day) * 10000 + extract(month FROM day) * 100 + extract(day FROM day))::int $$;

-- Dimensions ------------------------------------------------------------------------------------

INSERT INTO dates
SELECT pg_temp.key(day), day, extract(year FROM day), extract(quarter FROM day), extract(month FROM day),
       date_trunc('month', day)::date, date_trunc('week', day)::date, extract(isodow FROM day),
       (ARRAY['Monday','Tuesday','Wednesday','Thursday','Friday','Saturday','Sunday'])[extract(isodow FROM day)::int],
       extract(isodow FROM day) >= 6,
       CASE to_char(day, 'MMDD') WHEN '0101' THEN 'New Year' WHEN '0501' THEN 'Labour Day' WHEN '1003' THEN 'Unity Day'
                                 WHEN '1225' THEN 'Christmas' WHEN '1226' THEN 'Boxing Day' END,
       (ARRAY['winter','winter','spring','spring','spring','summer','summer','summer','autumn','autumn','autumn','winter'])[extract(month FROM day)::int],
       extract(year FROM day + 92), (day - date '2018-01-01') / 7
FROM (SELECT date '2019-01-01' + i AS day FROM generate_series(0, 2921) AS i) AS days
ORDER BY day;

INSERT INTO clock
SELECT m, m / 60, m % 60,
       CASE WHEN m < 360 THEN 'night' WHEN m < 720 THEN 'morning' WHEN m < 1080 THEN 'afternoon' ELSE 'evening' END,
       CASE WHEN m BETWEEN 390 AND 570 THEN 'breakfast' WHEN m BETWEEN 690 AND 840 THEN 'lunch' WHEN m BETWEEN 1080 AND 1230 THEN 'dinner' END
FROM generate_series(0, 1439) AS m
ORDER BY m;

INSERT INTO regions
SELECT i, (ARRAY['Nordics','Central Europe','Southern Europe','Latin America','East Africa','South East Asia'])[i]
FROM generate_series(1, 6) AS i
ORDER BY i;

-- 1 to 15 drink the coffee, 16 to 27 grow it.
INSERT INTO countries
SELECT i, CASE WHEN i <= 5 THEN 1 WHEN i <= 10 THEN 2 WHEN i <= 15 THEN 3 WHEN i <= 19 THEN 4 WHEN i <= 23 THEN 5 ELSE 6 END,
       (ARRAY['SE','NO','DK','FI','IS','DE','AT','CH','PL','CZ','IT','ES','PT','FR','GR','BR','CO','GT','HN','ET','KE','RW','UG','VN','ID','IN','LA'])[i],
       (ARRAY['Sweden','Norway','Denmark','Finland','Iceland','Germany','Austria','Switzerland','Poland','Czechia','Italy','Spain','Portugal','France','Greece',
              'Brazil','Colombia','Guatemala','Honduras','Ethiopia','Kenya','Rwanda','Uganda','Vietnam','Indonesia','India','Laos'])[i],
       coalesce((ARRAY['SEK','NOK','DKK','EUR','ISK','EUR','EUR','CHF','PLN','CZK','EUR','EUR','EUR','EUR','EUR'])[i], 'USD')
FROM generate_series(1, 27) AS i
ORDER BY i;

INSERT INTO cities
SELECT i, 1 + pg_temp.skewed(i, 1, 15), initcap(pg_temp.pick(i, 2, '{north,south,east,west,old,new,upper,lower}')) ||
         pg_temp.pick(i, 3, '{haven,burg,ville,stad,field,bridge,port,kirk}') || ' ' || i,
       CASE WHEN pg_temp.u(i, 4) < 0.9 THEN 20000 + 10 * pg_temp.skewed(i, 5, 250000) END, pg_temp.u(i, 6) < 0.3
FROM generate_series(1, 300) AS i
ORDER BY i;

INSERT INTO households
SELECT i, 1 + i % 6, (ARRAY['under 20','20 to 35','35 to 50','50 to 75','75 to 110','over 110'])[1 + (i / 6) % 6],
       CASE WHEN (i / 36) % 5 < 4 THEN (i / 36) % 5 END, (ARRAY['flat','house','shared','farm'])[1 + (i / 180) % 4]
FROM generate_series(0, 719) AS i
ORDER BY i;

INSERT INTO customers
SELECT i, CASE WHEN pg_temp.u(i, 10) < 0.93 THEN pg_temp.skewed(i, 11, 720) END, 1 + pg_temp.skewed(i, 12, 300), f, l,
       CASE WHEN pg_temp.u(i, 13) < 0.8 THEN lower(f) || '.' || lower(l) || i || '@' || pg_temp.pick(i, 14, '{example.com,example.org,mail.example}') END,
       CASE WHEN pg_temp.u(i, 15) < 0.7 THEN 1940 + pg_temp.n(i, 16, 66) END,
       pg_temp.pick(i, 17, '{sv,de,de,de,it,es,fr,fr,en,en}'),
       CASE WHEN pg_temp.u(i, 18) < 0.6 THEN 'none' WHEN pg_temp.u(i, 18) < 0.85 THEN 'bronze' WHEN pg_temp.u(i, 18) < 0.97 THEN 'silver' ELSE 'gold' END,
       CASE WHEN pg_temp.u(i, 19) < 0.9 THEN pg_temp.key(date '2019-01-01' + pg_temp.day_of(i, :customers, 2500)) END,
       CASE WHEN pg_temp.u(i, 20) < 0.5 THEN 1 + pg_temp.skewed(i, 21, 48) END
FROM generate_series(1, :customers) AS i,
     LATERAL (SELECT pg_temp.pick(i, 22, '{Ada,Bo,Carla,Dario,Elin,Frida,Gino,Hanna,Ingrid,Jan,Karin,Lars,Marta,Nils,Otto,Pia,Rita,Sven,Tove,Vera}') AS f,
                     pg_temp.pick(i, 23, '{Aalto,Berg,Conti,Dahl,Ek,Ferri,Greco,Holm,Ilves,Jonsson,Kovac,Lind,Moser,Nyman,Ottosson,Pohl,Rossi,Sand,Toth,Vik}') AS l) AS person
ORDER BY i;

INSERT INTO accounts
SELECT i, CASE WHEN pg_temp.u(i, 30) < 0.4 AND i > 20 THEN 1 + pg_temp.n(i, 31, 20) END, 1 + pg_temp.skewed(i, 32, 300),
       'Account#' || lpad(i::text, 6, '0'), pg_temp.pick(i, 33, '{restaurant,restaurant,hotel,office,grocer,bakery}'),
       CASE WHEN pg_temp.u(i, 34) < 0.75 THEN 500 * (1 + pg_temp.skewed(i, 35, 100)) END,
       round((9000 * pg_temp.u(i, 36) - 1000)::numeric, 2),
       (10 + pg_temp.skewed(i, 37, 25)) || '-' || (100 + pg_temp.n(i, 38, 900)) || '-' || (1000 + pg_temp.n(i, 39, 9000)),
       date '2015-01-01' + pg_temp.n(i, 40, 3600),
       CASE WHEN pg_temp.u(i, 41) < 0.5 THEN pg_temp.pick(i, 42, '{pays late,asks for samples,prefers dark roasts,special requests,none}') END
FROM generate_series(1, :accounts) AS i
ORDER BY i;

INSERT INTO cafes
SELECT i, 1 + pg_temp.skewed(i, 50, 300), 'Café ' || pg_temp.pick(i, 51, '{Mill,Bean,Crema,Arabica,Aroma,Grind}') || ' ' || i,
       pg_temp.pick(i, 52, '{corner,corner,kiosk,flagship}'), CASE WHEN pg_temp.u(i, 53) < 0.8 THEN 10 + pg_temp.n(i, 54, 90) END,
       date '2010-01-01' + pg_temp.n(i, 55, 5000), CASE WHEN pg_temp.u(i, 56) < 0.1 THEN date '2025-01-01' + pg_temp.n(i, 57, 300) END
FROM generate_series(1, 48) AS i
ORDER BY i;

-- A tree: one head, then about seven to a manager.
INSERT INTO staff
SELECT i, CASE WHEN i > 1 THEN (i + 5) / 7 END, CASE WHEN i > 20 THEN 1 + pg_temp.n(i, 60, 48) END,
       pg_temp.pick(i, 61, '{Ada,Bo,Carla,Dario,Elin,Frida,Gino,Hanna}') || ' ' || pg_temp.pick(i, 62, '{Berg,Conti,Dahl,Ek,Ferri,Greco,Holm}'),
       CASE WHEN i = 1 THEN 'head' WHEN i <= 20 THEN 'area manager' WHEN i <= 120 THEN 'café manager' ELSE pg_temp.pick(i, 63, '{barista,barista,barista,baker,roaster}') END,
       date '2012-01-01' + pg_temp.n(i, 64, 4900), round((21000 + 60000 / (1 + ln(i)::numeric) + pg_temp.n(i, 65, 9000))::numeric, 2)
FROM generate_series(1, :staff) AS i
ORDER BY i;

INSERT INTO growers
SELECT i, 16 + pg_temp.skewed(i, 70, 12), 'Grower#' || lpad(i::text, 5, '0'),
       CASE WHEN pg_temp.u(i, 71) < 0.85 THEN round((60 + 40 * pg_temp.u(i, 72))::numeric, 1) END,
       round((11000 * pg_temp.u(i, 73) - 1000)::numeric, 2),
       CASE WHEN pg_temp.u(i, 74) < 0.5 THEN true WHEN pg_temp.u(i, 74) < 0.8 THEN false END,
       pg_temp.pick(i, 75, '{reliable,late at harvest,customer complaints,small lots,co-operative}') || ' since ' || (1990 + pg_temp.n(i, 76, 30))
FROM generate_series(1, :growers) AS i
ORDER BY i;

INSERT INTO products
SELECT i, upper(left(category, 2)) || '-' || lpad(i::text, 5, '0'),
       initcap(pg_temp.pick(i, 80, '{golden,misty,wild,grand,little,royal,slow,bright,velvet,harvest}')) || ' ' ||
         pg_temp.pick(i, 81, '{morning,valley,river,forest,sunrise,garden,mountain,island}') || ' ' || i,
       category, subcategory, 'Brand ' || kind || '-' || (1 + pg_temp.skewed(i, 82, 12)),
       CASE WHEN kind <= 2 THEN (enum_range(NULL::roast))[1 + pg_temp.skewed(i, 83, 5)] END,
       CASE WHEN kind <= 3 THEN (ARRAY[250, 500, 1000, 2500])[1 + pg_temp.skewed(i, 84, 4)] END,
       price, round(price * (0.35 + 0.3 * pg_temp.u(i, 85))::numeric, 2),
       date '2019-01-01' + pg_temp.n(i, 86, 2300), CASE WHEN pg_temp.u(i, 87) < 0.08 THEN date '2024-01-01' + pg_temp.n(i, 88, 700) END,
       CASE WHEN pg_temp.u(i, 89) < 0.4 THEN '{}' ELSE ARRAY[pg_temp.pick(i, 90, '{organic,fair trade,decaf,new}'), pg_temp.pick(i, 91, '{gift,limited,classic}')] END
FROM generate_series(1, :products) AS i,
     LATERAL (SELECT 1 + pg_temp.skewed(i, 92, 6) AS kind) AS k,
     LATERAL (SELECT (ARRAY['beans','ground','tea','machines','cups','bakery'])[kind] AS category,
                     (ARRAY['beans','ground','tea','machines','cups','bakery'])[kind] || ' ' || pg_temp.pick(i, 93, '{one,two,three,four}') AS subcategory,
                     round(((ARRAY[9, 7, 5, 180, 14, 3])[kind] * (0.5 + pg_temp.u(i, 94) + pg_temp.u(i, 95)))::numeric, 2) AS price) AS c
ORDER BY i;

INSERT INTO supplies
SELECT DISTINCT ON (p, g) p, g, round((2 + 30 * pg_temp.u(p * 8 + k, 100))::numeric, 2), pg_temp.skewed(p * 8 + k, 101, 9000),
       CASE WHEN pg_temp.u(p * 8 + k, 102) < 0.9 THEN 3 + pg_temp.skewed(p * 8 + k, 103, 60) END,
       CASE WHEN pg_temp.u(p * 8 + k, 104) < 0.2 THEN 'from the harvest of ' || (2018 + pg_temp.n(p * 8 + k, 105, 8)) END
FROM generate_series(1, :products) AS p, generate_series(0, 3) AS k,
     LATERAL (SELECT 1 + (p * 7 + k * (:growers / 4 + 1)) % :growers AS g) AS grower
ORDER BY p, g;

INSERT INTO depots
SELECT i, 1 + pg_temp.skewed(i, 110, 300), 'Depot ' || i, CASE WHEN i <> 4 THEN 1000 * (1 + pg_temp.n(i, 111, 12)) END
FROM generate_series(1, 6) AS i
ORDER BY i;

INSERT INTO promotions
SELECT i, initcap(pg_temp.pick(i, 120, '{spring,summer,autumn,winter,birthday,monday}')) || ' offer ' || i, pg_temp.pick(i, 121, '{till,till,web,mail,both}'),
       pg_temp.key(day), pg_temp.key(day + 7 + pg_temp.n(i, 122, 40)), 5 * (1 + pg_temp.n(i, 123, 6)), CASE WHEN pg_temp.u(i, 124) < 0.7 THEN pg_temp.pick(i, 125, '{clearance,launch,loyalty}') END
FROM generate_series(1, 240) AS i, LATERAL (SELECT date '2024-01-01' + 3 * i AS day) AS d
ORDER BY i;

INSERT INTO reasons
SELECT i, (ARRAY['too sour','too bitter','stale','wrong item','broken','late','changed my mind','double order','wrong grind','gift not wanted','other'])[i]
FROM generate_series(1, 11) AS i
ORDER BY i;

INSERT INTO carriers
SELECT i, 'Carrier ' || i, (ARRAY['post','road','road','rail','bike','air','sea','post'])[i]
FROM generate_series(1, 8) AS i
ORDER BY i;

INSERT INTO pages
SELECT i, pg_temp.pick(i, 130, '{product,product,product,story,recipe,offer,home}'), '/' || pg_temp.pick(i, 131, '{shop,read,brew,save}') || '/' || i, date '2022-01-01' + pg_temp.n(i, 132, 1200)
FROM generate_series(1, 80) AS i
ORDER BY i;

-- Facts -----------------------------------------------------------------------------------------

INSERT INTO till_sales
SELECT i, day, pg_temp.key(day), 360 + pg_temp.n(i, 140, 480) + pg_temp.skewed(i, 141, 500), cafe,
       CASE WHEN pg_temp.u(i, 142) < 0.97 THEN 1 + (cafe * 17 + pg_temp.n(i, 143, 12) * 48) % :staff END,
       1 + pg_temp.skewed(i, 144, :products),
       CASE WHEN pg_temp.u(i, 145) < 0.35 THEN 1 + pg_temp.skewed(i, 146, :customers) END,
       CASE WHEN pg_temp.u(i, 147) < 0.1 THEN 1 + (day - date '2024-01-01') / 3 % 240 END,
       1 + pg_temp.skewed(i, 148, 5), price, round(price * (1 - 0.3 * pg_temp.u(i, 149) * pg_temp.u(i, 150))::numeric, 2),
       CASE WHEN pg_temp.u(i, 151) < 0.95 THEN round(price * (0.5 - 0.6 * pg_temp.u(i, 149))::numeric, 2) END
FROM generate_series(1, :tills) AS i,
     LATERAL (SELECT date '2024-01-01' + pg_temp.day_of(i, :tills, 731) AS day, 1 + pg_temp.skewed(i, 152, 48) AS cafe,
                     round((2 + 30 * pg_temp.u(i, 153) * pg_temp.u(i, 154))::numeric, 2) AS price) AS s
ORDER BY i;

INSERT INTO till_returns
SELECT sale_id, product_id, day, pg_temp.key(day), CASE WHEN pg_temp.u(sale_id, 160) < 0.8 THEN cafe_id ELSE 1 + pg_temp.n(sale_id, 161, 48) END, customer_id,
       CASE WHEN pg_temp.u(sale_id, 162) < 0.9 THEN 1 + pg_temp.skewed(sale_id, 163, 11) END, 1, round(paid * 0.9, 2)
FROM till_sales, LATERAL (SELECT least(sold_on + 1 + pg_temp.skewed(sale_id, 164, 60), date '2025-12-31') AS day) AS d
WHERE pg_temp.u(sale_id, 165) < 0.05
ORDER BY sale_id;

INSERT INTO web_sales
SELECT o, line, pg_temp.key(day), CASE WHEN pg_temp.u(o, 170) < 0.97 THEN pg_temp.key(least(day + 1 + pg_temp.skewed(o * 8 + line, 171, 100), date '2026-06-30')) END,
       1 + pg_temp.skewed(o, 172, :customers), CASE WHEN pg_temp.u(o, 173) < 0.12 THEN 1 + pg_temp.n(o, 174, :customers) END,
       1 + pg_temp.skewed(o * 8 + line, 175, :products), CASE WHEN pg_temp.u(o, 176) < 0.98 THEN 1 + pg_temp.skewed(o, 177, 80) END,
       CASE WHEN pg_temp.u(o, 178) < 0.2 THEN 1 + pg_temp.n(o, 179, 240) END, CASE WHEN pg_temp.u(o, 180) < 0.97 THEN 1 + pg_temp.skewed(o, 181, 8) END,
       1 + pg_temp.n(o * 8 + line, 182, 6), 1 + pg_temp.skewed(o * 8 + line, 183, 8), price, round(price * (1 - 0.4 * pg_temp.u(o * 8 + line, 184) * pg_temp.u(o, 185))::numeric, 2),
       CASE WHEN pg_temp.u(o, 186) < 0.6 THEN round((3 + 9 * pg_temp.u(o, 187))::numeric, 2) END, round(price * (0.45 - 0.6 * pg_temp.u(o * 8 + line, 188))::numeric, 2)
FROM generate_series(1, :web_orders) AS o, generate_series(1, 5) AS line,
     LATERAL (SELECT date '2024-01-01' + pg_temp.day_of(o, :web_orders, 731) AS day, round((4 + 90 * pg_temp.u(o * 8 + line, 189) * pg_temp.u(o * 8 + line, 190))::numeric, 2) AS price) AS s
WHERE line <= 1 + pg_temp.skewed(o, 191, 5) + pg_temp.n(o, 192, 3)
ORDER BY o, line;

INSERT INTO web_returns
SELECT order_id, line, pg_temp.key(least(date '2024-01-03' + pg_temp.day_of(order_id, :web_orders, 731) + pg_temp.skewed(order_id, 200, 90), date '2026-06-30')), product_id,
       CASE WHEN pg_temp.u(order_id, 201) < 0.9 THEN customer_id ELSE 1 + pg_temp.n(order_id, 202, :customers) END,
       CASE WHEN pg_temp.u(order_id, 203) < 0.95 THEN 1 + pg_temp.skewed(order_id * 8 + line, 204, 11) END, 1 + (quantity - 1) / 2, round(paid * 0.95, 2),
       CASE WHEN pg_temp.u(order_id, 205) < 0.3 THEN 4.90 END
FROM web_sales
WHERE pg_temp.u(order_id * 8 + line, 206) < 0.08
ORDER BY order_id, line;

INSERT INTO trade_lines
SELECT o, line, product, 1 + (product * 7 + pg_temp.n(o * 8 + line, 210, 4) * (:growers / 4 + 1)) % :growers,
       1 + pg_temp.n(o * 8 + line, 211, 50), round((20 + 900 * pg_temp.u(o * 8 + line, 212) * pg_temp.u(o * 8 + line, 213))::numeric, 2),
       0.01 * pg_temp.n(o * 8 + line, 214, 11), 0.01 * pg_temp.n(o * 8 + line, 215, 9),
       CASE WHEN day > date '2025-06-17' THEN 'N' WHEN pg_temp.u(o * 8 + line, 216) < 0.5 THEN 'R' ELSE 'A' END, CASE WHEN day > date '2025-06-17' THEN 'O' ELSE 'F' END,
       day + 1 + pg_temp.n(o * 8 + line, 217, 120), day + 30 + pg_temp.n(o * 8 + line, 218, 60),
       CASE WHEN pg_temp.u(o * 8 + line, 219) < 0.96 THEN day + 2 + pg_temp.n(o * 8 + line, 217, 120) + pg_temp.n(o * 8 + line, 220, 30) END, 1 + pg_temp.n(o * 8 + line, 221, 8)
FROM generate_series(1, :trade_orders) AS o, generate_series(1, 7) AS line,
     LATERAL (SELECT date '2020-01-01' + pg_temp.day_of(o, :trade_orders, 2192) AS day, 1 + pg_temp.n(o * 8 + line, 222, :products) AS product) AS s
WHERE line <= 1 + pg_temp.n(o, 223, 7)
ORDER BY o, line;

INSERT INTO trade_orders
SELECT o, 1 + pg_temp.skewed(o, 230, :accounts * 2 / 3), date '2020-01-01' + pg_temp.day_of(o, :trade_orders, 2192),
       CASE WHEN o < :trade_orders * 0.85 THEN 'F' WHEN pg_temp.u(o, 231) < 0.9 THEN 'O' ELSE 'P' END, pg_temp.pick(o, 232, '{1-urgent,2-high,3-medium,4-low,5-none}'),
       'Clerk#' || lpad(pg_temp.n(o, 233, 200)::text, 4, '0'), coalesce(total, 0), CASE WHEN pg_temp.u(o, 234) < 0.5 THEN pg_temp.pick(o, 235, '{deliver before noon,special requests noted,ring twice,leave at the gate,split delivery}') END
FROM generate_series(1, :trade_orders) AS o
LEFT JOIN (SELECT order_id, sum(price) AS total FROM trade_lines GROUP BY order_id) AS t ON t.order_id = o
ORDER BY o;

INSERT INTO stock
SELECT pg_temp.key(date '2024-01-01' + 7 * w), p, d, CASE WHEN pg_temp.u(w * 100000 + p * 8 + d, 240) < 0.95 THEN pg_temp.skewed(w * 100000 + p * 8 + d, 241, 1000) END
FROM generate_series(0, 103) AS w, generate_series(1, :products, 5) AS p, generate_series(1, 6) AS d
ORDER BY w, p, d;

INSERT INTO page_views
SELECT timestamptz '2025-07-01 00:00:00+00' + i * (interval '184 days' / :views) + pg_temp.n(i, 250, 600) * interval '1 second', i / 6,
       1 + pg_temp.skewed(i, 251, 80), CASE WHEN pg_temp.u(i / 6, 252) < 0.45 THEN 1 + pg_temp.skewed(i / 6, 253, :customers) END,
       CASE WHEN pg_temp.u(i, 254) < 0.5 THEN 1 + pg_temp.skewed(i, 255, :products) END, CASE WHEN pg_temp.u(i, 256) < 0.8 THEN pg_temp.skewed(i, 257, 900) END,
       pg_temp.pick(i / 6, 258, '{Firefox,Chrome,Chrome,Safari,Edge,crawler}')
FROM generate_series(1, :views) AS i
ORDER BY i;

REFRESH MATERIALIZED VIEW cafe_days;
