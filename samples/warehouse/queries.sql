-- The warehouse's reports. "uses" names the constructs that the oracle counts by; "quern" says how
-- often a report runs in a month.

-- name: pricing_summary
-- uses: GROUP BY
-- quern: calls=30
SELECT returned, status, sum(quantity) AS quantity, sum(price) AS gross, sum(price * (1 - discount)) AS net,
       sum(price * (1 - discount) * (1 + tax)) AS charged, avg(quantity) AS average_quantity, avg(price) AS average_price, count(*) AS lines
FROM trade_lines
WHERE ship_on <= date '2025-12-01' - interval '90 days'
GROUP BY returned, status
ORDER BY returned, status;

-- name: cheapest_grower
-- uses: correlated subquery
-- quern: calls=60
SELECT g.balance, g.name, co.name AS country, p.product_id, p.code, g.remark
FROM products p, growers g, supplies s, countries co, regions r
WHERE p.product_id = s.product_id AND g.grower_id = s.grower_id AND p.category = 'beans' AND p.name LIKE '%valley%'
  AND g.country_id = co.country_id AND co.region_id = r.region_id AND r.name = 'East Africa'
  AND s.unit_cost = (SELECT min(s2.unit_cost)
                     FROM supplies s2, growers g2, countries co2, regions r2
                     WHERE p.product_id = s2.product_id AND g2.grower_id = s2.grower_id AND g2.country_id = co2.country_id
                       AND co2.region_id = r2.region_id AND r2.name = 'East Africa')
ORDER BY g.balance DESC, co.name, g.name, p.product_id
LIMIT 100;

-- name: open_orders_of_segment
-- uses: GROUP BY, LIMIT
-- quern: calls=200
SELECT l.order_id, sum(l.price * (1 - l.discount)) AS revenue, o.ordered_on, o.priority
FROM accounts a, trade_orders o, trade_lines l
WHERE a.segment = 'hotel' AND a.account_id = o.account_id AND l.order_id = o.order_id AND o.ordered_on < date '2025-03-15' AND l.ship_on > date '2025-03-15'
GROUP BY l.order_id, o.ordered_on, o.priority
ORDER BY revenue DESC, o.ordered_on
LIMIT 10;

-- name: late_orders_by_priority
-- uses: EXISTS, GROUP BY
-- quern: calls=90
SELECT o.priority, count(*) AS orders
FROM trade_orders o
WHERE o.ordered_on >= date '2024-07-01' AND o.ordered_on < date '2024-07-01' + interval '3 months'
  AND EXISTS (SELECT * FROM trade_lines l WHERE l.order_id = o.order_id AND l.promised_on < l.received_on)
GROUP BY o.priority
ORDER BY o.priority;

-- name: local_supply
-- uses: GROUP BY
-- quern: calls=30
SELECT co.name, sum(l.price * (1 - l.discount)) AS revenue
FROM accounts a, trade_orders o, trade_lines l, cities ci, countries co, regions r
WHERE a.account_id = o.account_id AND l.order_id = o.order_id AND a.city_id = ci.city_id AND ci.country_id = co.country_id
  AND co.region_id = r.region_id AND r.name = 'Central Europe' AND o.ordered_on >= date '2024-01-01' AND o.ordered_on < date '2024-01-01' + interval '1 year'
GROUP BY co.name
ORDER BY revenue DESC;

-- name: forecast_revenue
-- uses: plain aggregate
-- quern: calls=300
SELECT sum(price * discount) AS revenue
FROM trade_lines
WHERE ship_on >= date '2024-01-01' AND ship_on < date '2024-01-01' + interval '1 year' AND discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND quantity < 24;

-- name: volume_between_countries
-- uses: subquery in FROM, GROUP BY, OR
-- quern: calls=20
SELECT grower_country, account_country, ship_year, sum(volume) AS revenue
FROM (SELECT c1.name AS grower_country, c2.name AS account_country, extract(year FROM l.ship_on) AS ship_year, l.price * (1 - l.discount) AS volume
      FROM growers g, trade_lines l, trade_orders o, accounts a, countries c1, cities ci, countries c2
      WHERE g.grower_id = l.grower_id AND o.order_id = l.order_id AND a.account_id = o.account_id AND g.country_id = c1.country_id
        AND ci.city_id = a.city_id AND ci.country_id = c2.country_id
        AND ((c1.name = 'Ethiopia' AND c2.name = 'Sweden') OR (c1.name = 'Brazil' AND c2.name = 'Norway'))
        AND l.ship_on BETWEEN date '2024-01-01' AND date '2025-12-31') AS shipping
GROUP BY grower_country, account_country, ship_year
ORDER BY grower_country, account_country, ship_year;

-- name: market_share
-- uses: subquery in FROM, CASE, GROUP BY
-- quern: calls=20
SELECT order_year, sum(CASE WHEN country = 'Brazil' THEN volume ELSE 0 END) / sum(volume) AS share
FROM (SELECT extract(year FROM o.ordered_on) AS order_year, l.price * (1 - l.discount) AS volume, c2.name AS country
      FROM products p, growers g, trade_lines l, trade_orders o, accounts a, cities ci, countries c1, countries c2, regions r
      WHERE p.product_id = l.product_id AND g.grower_id = l.grower_id AND l.order_id = o.order_id AND o.account_id = a.account_id
        AND a.city_id = ci.city_id AND ci.country_id = c1.country_id AND c1.region_id = r.region_id AND r.name = 'Nordics'
        AND g.country_id = c2.country_id AND o.ordered_on BETWEEN date '2023-01-01' AND date '2024-12-31' AND p.category = 'ground') AS sales
GROUP BY order_year
ORDER BY order_year;

-- name: profit_by_country_and_year
-- uses: subquery in FROM, GROUP BY
-- quern: calls=20
SELECT country, year, sum(amount) AS profit
FROM (SELECT co.name AS country, extract(year FROM o.ordered_on) AS year, net(l.price, l.discount) - s.unit_cost * l.quantity AS amount
      FROM products p, growers g, trade_lines l, supplies s, trade_orders o, countries co
      WHERE g.grower_id = l.grower_id AND s.grower_id = l.grower_id AND s.product_id = l.product_id AND p.product_id = l.product_id
        AND o.order_id = l.order_id AND g.country_id = co.country_id AND p.name LIKE '%river%') AS profits
GROUP BY country, year
ORDER BY country, year DESC;

-- name: accounts_that_return
-- uses: GROUP BY, LIMIT
-- quern: calls=60
SELECT a.account_id, a.name, sum(l.price * (1 - l.discount)) AS lost, a.balance, co.name AS country, a.phone, a.remark
FROM accounts a, trade_orders o, trade_lines l, cities ci, countries co
WHERE a.account_id = o.account_id AND l.order_id = o.order_id AND o.ordered_on >= date '2024-10-01' AND o.ordered_on < date '2024-10-01' + interval '3 months'
  AND l.returned = 'R' AND a.city_id = ci.city_id AND ci.country_id = co.country_id
GROUP BY a.account_id, a.name, a.balance, a.phone, co.name, a.remark
ORDER BY lost DESC
LIMIT 20;

-- name: important_supplies
-- uses: HAVING subquery, GROUP BY
-- quern: calls=10
SELECT s.product_id, sum(s.unit_cost * s.available) AS value
FROM supplies s, growers g, countries co
WHERE s.grower_id = g.grower_id AND g.country_id = co.country_id AND co.name = 'Colombia'
GROUP BY s.product_id
HAVING sum(s.unit_cost * s.available) > (SELECT sum(s.unit_cost * s.available) * 0.001
                                         FROM supplies s, growers g, countries co
                                         WHERE s.grower_id = g.grower_id AND g.country_id = co.country_id AND co.name = 'Colombia')
ORDER BY value DESC;

-- name: carriers_and_priority
-- uses: CASE, GROUP BY
-- quern: calls=30
SELECT ca.mode, sum(CASE WHEN o.priority = '1-urgent' OR o.priority = '2-high' THEN 1 ELSE 0 END) AS high,
       sum(CASE WHEN o.priority <> '1-urgent' AND o.priority <> '2-high' THEN 1 ELSE 0 END) AS low
FROM trade_orders o, trade_lines l, carriers ca
WHERE o.order_id = l.order_id AND ca.carrier_id = l.carrier_id AND ca.mode IN ('road', 'sea') AND l.promised_on < l.received_on AND l.ship_on < l.promised_on
  AND l.received_on >= date '2024-01-01' AND l.received_on < date '2024-01-01' + interval '1 year'
GROUP BY ca.mode
ORDER BY ca.mode;

-- name: accounts_by_number_of_orders
-- uses: outer join, subquery in FROM, GROUP BY
-- quern: calls=10
SELECT orders, count(*) AS accounts
FROM (SELECT a.account_id, count(o.order_id) AS orders
      FROM accounts a LEFT JOIN trade_orders o ON a.account_id = o.account_id AND o.remark NOT LIKE '%special%requests%'
      GROUP BY a.account_id) AS per_account
GROUP BY orders
ORDER BY accounts DESC, orders DESC;

-- name: promotion_effect
-- uses: CASE, plain aggregate
-- quern: calls=100
SELECT 100.00 * sum(CASE WHEN p.category = 'beans' THEN l.price * (1 - l.discount) ELSE 0 END) / sum(l.price * (1 - l.discount)) AS share
FROM trade_lines l, products p
WHERE l.product_id = p.product_id AND l.ship_on >= date '2025-09-01' AND l.ship_on < date '2025-09-01' + interval '1 month';

-- name: top_growers
-- uses: CTE, correlated subquery
-- quern: calls=10
WITH revenue AS (
  SELECT grower_id, sum(price * (1 - discount)) AS total
  FROM trade_lines
  WHERE ship_on >= date '2025-01-01' AND ship_on < date '2025-01-01' + interval '3 months'
  GROUP BY grower_id)
SELECT g.grower_id, g.name, g.remark, r.total
FROM growers g, revenue r
WHERE g.grower_id = r.grower_id AND r.total = (SELECT max(total) FROM revenue)
ORDER BY g.grower_id;

-- name: growers_without_complaints
-- uses: NOT IN, DISTINCT, GROUP BY
-- quern: calls=10
SELECT p.brand, p.subcategory, p.grams, count(DISTINCT s.grower_id) AS growers
FROM supplies s, products p
WHERE p.product_id = s.product_id AND p.brand <> 'Brand 1-1' AND p.subcategory NOT LIKE 'tea%' AND p.grams IN (250, 1000)
  AND s.grower_id NOT IN (SELECT grower_id FROM growers WHERE remark LIKE '%complaints%')
GROUP BY p.brand, p.subcategory, p.grams
ORDER BY growers DESC, p.brand, p.subcategory, p.grams;

-- name: small_quantities
-- uses: correlated subquery, plain aggregate
-- quern: calls=20
SELECT sum(l.price) / 12.0 AS monthly
FROM trade_lines l, products p
WHERE p.product_id = l.product_id AND p.brand = 'Brand 2-3' AND p.grams = 500
  AND l.quantity < (SELECT 0.4 * avg(quantity) FROM trade_lines l2 WHERE l2.product_id = p.product_id);

-- name: large_orders
-- uses: IN, GROUP BY, LIMIT
-- quern: calls=20
SELECT a.name, a.account_id, o.order_id, o.ordered_on, o.total, sum(l.quantity) AS quantity
FROM accounts a, trade_orders o, trade_lines l
WHERE o.order_id IN (SELECT order_id FROM trade_lines GROUP BY order_id HAVING sum(quantity) > 280)
  AND a.account_id = o.account_id AND o.order_id = l.order_id
GROUP BY a.name, a.account_id, o.order_id, o.ordered_on, o.total
ORDER BY o.total DESC, o.ordered_on
LIMIT 100;

-- name: discounted_revenue
-- uses: OR, plain aggregate
-- quern: calls=40
SELECT sum(l.price * (1 - l.discount)) AS revenue
FROM trade_lines l, products p
WHERE (p.product_id = l.product_id AND p.brand = 'Brand 1-2' AND p.roast IN ('light', 'medium') AND l.quantity >= 1 AND l.quantity <= 11 AND p.grams BETWEEN 100 AND 600 AND l.carrier_id IN (2, 3))
   OR (p.product_id = l.product_id AND p.brand = 'Brand 2-1' AND p.roast IN ('dark', 'espresso') AND l.quantity >= 10 AND l.quantity <= 20 AND p.grams BETWEEN 100 AND 1200 AND l.carrier_id IN (2, 3))
   OR (p.product_id = l.product_id AND p.brand = 'Brand 3-1' AND l.quantity >= 20 AND l.quantity <= 30 AND p.grams BETWEEN 100 AND 2600 AND l.carrier_id IN (2, 3));

-- name: surplus_supplies
-- uses: IN, correlated subquery
-- quern: calls=20
SELECT g.name, g.remark
FROM growers g, countries co
WHERE g.grower_id IN (SELECT s.grower_id FROM supplies s
                      WHERE s.product_id IN (SELECT product_id FROM products WHERE name LIKE 'Wild%')
                        AND s.available > (SELECT 0.5 * sum(l.quantity) FROM trade_lines l
                                           WHERE l.product_id = s.product_id AND l.grower_id = s.grower_id AND l.ship_on >= date '2024-01-01' AND l.ship_on < date '2024-01-01' + interval '1 year'))
  AND g.country_id = co.country_id AND co.name = 'Kenya'
ORDER BY g.name;

-- name: growers_who_kept_orders_waiting
-- uses: EXISTS, NOT EXISTS, GROUP BY, LIMIT
-- quern: calls=10
SELECT g.name, count(*) AS waits
FROM growers g, trade_lines l1, trade_orders o, countries co
WHERE g.grower_id = l1.grower_id AND o.order_id = l1.order_id AND o.status = 'F' AND l1.received_on > l1.promised_on
  AND EXISTS (SELECT * FROM trade_lines l2 WHERE l2.order_id = l1.order_id AND l2.grower_id <> l1.grower_id)
  AND NOT EXISTS (SELECT * FROM trade_lines l3 WHERE l3.order_id = l1.order_id AND l3.grower_id <> l1.grower_id AND l3.received_on > l3.promised_on)
  AND g.country_id = co.country_id AND co.name = 'Guatemala'
GROUP BY g.name
ORDER BY waits DESC, g.name
LIMIT 100;

-- name: sleeping_accounts
-- uses: NOT EXISTS, subquery in FROM, GROUP BY
-- quern: calls=10
SELECT prefix, count(*) AS accounts, sum(balance) AS balance
FROM (SELECT substring(phone FROM 1 FOR 2) AS prefix, balance
      FROM accounts a
      WHERE substring(phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17')
        AND balance > (SELECT avg(balance) FROM accounts WHERE balance > 0 AND substring(phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17'))
        AND NOT EXISTS (SELECT * FROM trade_orders o WHERE o.account_id = a.account_id)) AS sleeping
GROUP BY prefix
ORDER BY prefix;

-- name: till_revenue_of_brand
-- uses: partitioned, GROUP BY, LIMIT
-- quern: calls=120
SELECT d.year, p.brand, sum(ts.paid) AS takings
FROM dates d, till_sales ts, products p
WHERE d.date_key = ts.date_key AND ts.product_id = p.product_id AND p.category = 'beans' AND d.month = 11
GROUP BY d.year, p.brand
ORDER BY d.year, takings DESC, p.brand
LIMIT 100;

-- name: till_month_by_cafe
-- uses: partitioned, GROUP BY
-- quern: calls=400
SELECT c.name, ci.name AS city, count(*) AS lines, sum(ts.paid) AS takings, sum(ts.profit) AS profit
FROM till_sales ts
JOIN cafes c ON c.cafe_id = ts.cafe_id
JOIN cities ci ON ci.city_id = c.city_id
WHERE ts.sold_on >= date '2025-11-01' AND ts.sold_on < date '2025-12-01'
GROUP BY c.name, ci.name
ORDER BY takings DESC;

-- name: average_basket_of_household
-- uses: partitioned, GROUP BY, LIMIT
-- quern: calls=30
SELECT p.code, avg(ts.quantity) AS quantity, avg(ts.list_price) AS list_price, avg(ts.paid) AS paid
FROM till_sales ts, customers cu, households h, dates d, products p, promotions pr
WHERE ts.date_key = d.date_key AND ts.product_id = p.product_id AND ts.customer_id = cu.customer_id AND cu.household_id = h.household_id AND ts.promotion_id = pr.promotion_id
  AND h.persons = 2 AND h.dwelling = 'flat' AND h.income_band = '35 to 50' AND (pr.channel = 'till' OR pr.purpose = 'loyalty') AND d.year = 2025
GROUP BY p.code
ORDER BY p.code
LIMIT 100;

-- name: rush_hours
-- uses: partitioned, plain aggregate
-- quern: calls=60
SELECT count(*) AS lines
FROM till_sales ts, clock cl, cafes c, customers cu, households h
WHERE ts.minute_key = cl.minute_key AND ts.cafe_id = c.cafe_id AND ts.customer_id = cu.customer_id AND cu.household_id = h.household_id
  AND cl.hour = 8 AND cl.minute >= 30 AND h.cars = 3 AND c.format = 'kiosk';

-- name: morning_to_evening
-- uses: scalar subquery, partitioned
-- quern: calls=15
SELECT morning.lines::numeric / nullif(evening.lines, 0) AS ratio
FROM (SELECT count(*) AS lines FROM web_sales ws, customers cu, pages pg, households h
      WHERE ws.customer_id = cu.customer_id AND pg.page_id = ws.page_id AND h.household_id = cu.household_id AND h.persons = 5 AND pg.kind = 'offer') AS morning,
     (SELECT count(*) AS lines FROM web_sales ws, customers cu, pages pg, households h
      WHERE ws.customer_id = cu.customer_id AND pg.page_id = ws.page_id AND h.household_id = cu.household_id AND h.persons = 5 AND pg.kind = 'story') AS evening
ORDER BY ratio
LIMIT 100;

-- name: bands_of_quantity
-- uses: scalar subquery, CASE, partitioned
-- quern: calls=5
SELECT CASE WHEN (SELECT count(*) FROM till_sales WHERE quantity BETWEEN 1 AND 2) > 100000
            THEN (SELECT avg(paid) FROM till_sales WHERE quantity BETWEEN 1 AND 2)
            ELSE (SELECT avg(profit) FROM till_sales WHERE quantity BETWEEN 1 AND 2) END AS small,
       CASE WHEN (SELECT count(*) FROM till_sales WHERE quantity BETWEEN 3 AND 5) > 100000
            THEN (SELECT avg(paid) FROM till_sales WHERE quantity BETWEEN 3 AND 5)
            ELSE (SELECT avg(profit) FROM till_sales WHERE quantity BETWEEN 3 AND 5) END AS large
FROM reasons
WHERE reason_id = 1;

-- name: returned_more_than_average
-- uses: CTE, correlated subquery, LIMIT
-- quern: calls=20
WITH refunds AS (
  SELECT r.customer_id, r.cafe_id, sum(r.refund) AS refunded
  FROM till_returns r, dates d
  WHERE r.date_key = d.date_key AND d.year = 2025
  GROUP BY r.customer_id, r.cafe_id)
SELECT cu.last_name, cu.first_name, r1.refunded
FROM refunds r1, cafes c, customers cu
WHERE r1.refunded > (SELECT avg(refunded) * 1.2 FROM refunds r2 WHERE r1.cafe_id = r2.cafe_id)
  AND c.cafe_id = r1.cafe_id AND c.format = 'corner' AND r1.customer_id = cu.customer_id
ORDER BY cu.last_name, cu.first_name
LIMIT 100;

-- name: weekday_comparison
-- uses: CTE, CASE, GROUP BY, partitioned
-- quern: calls=5
WITH per_week AS (
  SELECT d.week_number, ts.cafe_id,
         sum(CASE WHEN d.day_name = 'Sunday' THEN ts.paid END) AS sunday, sum(CASE WHEN d.day_name = 'Monday' THEN ts.paid END) AS monday,
         sum(CASE WHEN d.day_name = 'Wednesday' THEN ts.paid END) AS wednesday, sum(CASE WHEN d.day_name = 'Saturday' THEN ts.paid END) AS saturday
  FROM till_sales ts, dates d
  WHERE d.date_key = ts.date_key
  GROUP BY d.week_number, ts.cafe_id)
SELECT c.name, y.week_number, y.sunday / nullif(x.sunday, 0) AS sunday, y.monday / nullif(x.monday, 0) AS monday,
       y.wednesday / nullif(x.wednesday, 0) AS wednesday, y.saturday / nullif(x.saturday, 0) AS saturday
FROM per_week y
JOIN cafes c ON c.cafe_id = y.cafe_id
JOIN per_week x ON x.cafe_id = y.cafe_id AND x.week_number = y.week_number + 52
JOIN (SELECT DISTINCT week_number FROM dates WHERE year = 2024) AS w ON w.week_number = y.week_number
ORDER BY c.name, y.week_number
LIMIT 100;

-- name: channel_growth
-- uses: CTE, UNION ALL, partitioned, GROUP BY
-- quern: calls=5
WITH yearly AS (
  SELECT cu.customer_id, cu.first_name, cu.last_name, cu.loyalty, d.year, sum(ts.list_price - ts.paid) AS total, 't' AS channel
  FROM customers cu, till_sales ts, dates d
  WHERE cu.customer_id = ts.customer_id AND ts.date_key = d.date_key
  GROUP BY cu.customer_id, cu.first_name, cu.last_name, cu.loyalty, d.year
  UNION ALL
  SELECT cu.customer_id, cu.first_name, cu.last_name, cu.loyalty, d.year, sum(ws.list_price - ws.paid) AS total, 'w' AS channel
  FROM customers cu, web_sales ws, dates d
  WHERE cu.customer_id = ws.customer_id AND ws.ordered_key = d.date_key
  GROUP BY cu.customer_id, cu.first_name, cu.last_name, cu.loyalty, d.year)
SELECT t2.customer_id, t2.first_name, t2.last_name
FROM yearly t1, yearly t2, yearly w1, yearly w2
WHERE t2.customer_id = t1.customer_id AND t1.customer_id = w2.customer_id AND t1.customer_id = w1.customer_id
  AND t1.channel = 't' AND w1.channel = 'w' AND t2.channel = 't' AND w2.channel = 'w' AND t1.year = 2024 AND t2.year = 2025 AND w1.year = 2024 AND w2.year = 2025
  AND t1.total > 0 AND w1.total > 0 AND w2.total / w1.total > t2.total / t1.total
ORDER BY t2.customer_id, t2.first_name, t2.last_name
LIMIT 100;

-- name: channels_rollup
-- uses: CTE, UNION ALL, GROUPING SETS, partitioned
-- quern: calls=20
WITH sold AS (
  SELECT 'till' AS channel, 'cafe ' || ts.cafe_id AS place, ts.paid AS amount, 0::numeric AS refunded
  FROM till_sales ts WHERE ts.sold_on BETWEEN date '2025-08-01' AND date '2025-08-14'
  UNION ALL
  SELECT 'till', 'cafe ' || r.cafe_id, 0, r.refund
  FROM till_returns r WHERE r.returned_on BETWEEN date '2025-08-01' AND date '2025-08-14'
  UNION ALL
  SELECT 'web', 'page ' || ws.page_id, ws.paid, 0
  FROM web_sales ws WHERE ws.ordered_key BETWEEN 20250801 AND 20250814)
SELECT channel, place, sum(amount) AS sales, sum(refunded) AS refunds, sum(amount - refunded) AS net
FROM sold
GROUP BY ROLLUP (channel, place)
ORDER BY channel, place
LIMIT 100;

-- name: category_rollup
-- uses: GROUPING SETS, partitioned
-- quern: calls=20
SELECT p.category, p.subcategory, p.brand, sum(ts.profit) / nullif(sum(ts.paid), 0) AS margin, grouping(p.category, p.subcategory, p.brand) AS level
FROM till_sales ts JOIN dates d ON d.date_key = ts.date_key JOIN products p ON p.product_id = ts.product_id
WHERE d.year = 2025 AND d.quarter = 2
GROUP BY ROLLUP (p.category, p.subcategory, p.brand)
ORDER BY level DESC, p.category, p.subcategory, p.brand
LIMIT 100;

-- name: category_rank_rollup
-- uses: GROUPING SETS, window, partitioned
-- quern: calls=10
SELECT sum(ts.paid) AS takings, p.category, p.subcategory, grouping(p.category) + grouping(p.subcategory) AS level,
       rank() OVER (PARTITION BY grouping(p.category) + grouping(p.subcategory), CASE WHEN grouping(p.subcategory) = 0 THEN p.category END ORDER BY sum(ts.paid) DESC) AS rank
FROM till_sales ts, products p, cafes c
WHERE ts.product_id = p.product_id AND ts.cafe_id = c.cafe_id AND c.closed IS NULL AND ts.sold_on >= date '2025-06-01'
GROUP BY ROLLUP (p.category, p.subcategory)
ORDER BY level DESC, p.category, rank;

-- name: stock_cube
-- uses: GROUPING SETS
-- quern: calls=5
SELECT d.year, p.category, s.depot_id, avg(s.on_hand) AS on_hand, count(*) AS rows
FROM stock s, dates d, products p
WHERE s.date_key = d.date_key AND s.product_id = p.product_id AND d.month IN (1, 2)
GROUP BY CUBE (d.year, p.category, s.depot_id)
HAVING count(*) > 100
ORDER BY d.year, p.category, s.depot_id;

-- name: stock_grouping_sets
-- uses: GROUPING SETS
-- quern: calls=5
SELECT p.name, p.brand, d.quarter, avg(s.on_hand) AS on_hand
FROM stock s JOIN dates d ON d.date_key = s.date_key JOIN products p ON p.product_id = s.product_id
WHERE d.year = 2025
GROUP BY GROUPING SETS ((p.name, p.brand), (p.brand, d.quarter), (d.quarter), ())
ORDER BY on_hand, p.name, p.brand, d.quarter
LIMIT 100;

-- name: stock_variation
-- uses: CTE, subquery in FROM, CASE
-- quern: calls=5
WITH variation AS (
  SELECT depot_id, product_id, month, mean, CASE mean WHEN 0 THEN NULL ELSE deviation / mean END AS coefficient
  FROM (SELECT s.depot_id, s.product_id, d.month, stddev_samp(s.on_hand) AS deviation, avg(s.on_hand) AS mean
        FROM stock s, products p, depots de, dates d
        WHERE s.product_id = p.product_id AND s.depot_id = de.depot_id AND s.date_key = d.date_key AND d.year = 2025
        GROUP BY s.depot_id, s.product_id, d.month) AS monthly
  WHERE CASE mean WHEN 0 THEN 0 ELSE deviation / mean END > 1)
SELECT v1.depot_id, v1.product_id, v1.month, v1.mean, v1.coefficient, v2.month AS next_month, v2.mean AS next_mean, v2.coefficient AS next_coefficient
FROM variation v1, variation v2
WHERE v1.product_id = v2.product_id AND v1.depot_id = v2.depot_id AND v1.month = 1 AND v2.month = 2
ORDER BY v1.depot_id, v1.product_id, v1.month, v1.mean, v1.coefficient;

-- name: stock_before_and_after
-- uses: CASE, subquery in FROM, GROUP BY, LIMIT
-- quern: calls=10
SELECT *
FROM (SELECT de.name, p.code, sum(CASE WHEN d.day < date '2025-05-08' THEN s.on_hand ELSE 0 END) AS before, sum(CASE WHEN d.day >= date '2025-05-08' THEN s.on_hand ELSE 0 END) AS after
      FROM stock s, depots de, products p, dates d
      WHERE p.list_price BETWEEN 5.00 AND 12.00 AND p.product_id = s.product_id AND s.depot_id = de.depot_id AND s.date_key = d.date_key
        AND d.day BETWEEN date '2025-05-08' - 30 AND date '2025-05-08' + 30
      GROUP BY de.name, p.code) AS x
WHERE CASE WHEN before > 0 THEN after::numeric / before END BETWEEN 2.0 / 3.0 AND 3.0 / 2.0
ORDER BY name, code
LIMIT 100;

-- name: stock_latest_per_product
-- uses: DISTINCT ON
-- quern: calls=60
SELECT DISTINCT ON (s.product_id) s.product_id, s.date_key, s.depot_id, s.on_hand
FROM stock s
WHERE s.date_key >= 20251101 AND s.on_hand IS NOT NULL
ORDER BY s.product_id, s.date_key DESC, s.on_hand DESC;

-- name: first_purchase_on_the_web
-- uses: DISTINCT ON, subquery in FROM
-- quern: calls=20
SELECT c.loyalty, count(*) AS customers, avg(f.paid) AS paid
FROM (SELECT DISTINCT ON (customer_id) customer_id, ordered_key, paid FROM web_sales ORDER BY customer_id, ordered_key, order_id, line) AS f
JOIN customers c USING (customer_id)
WHERE c.language = 'sv'
GROUP BY c.loyalty;

-- name: both_channels
-- uses: INTERSECT, partitioned
-- quern: calls=10
SELECT count(*) AS customers
FROM (SELECT DISTINCT cu.last_name, cu.first_name, d.day FROM till_sales ts, dates d, customers cu
      WHERE ts.date_key = d.date_key AND ts.customer_id = cu.customer_id AND d.month_start BETWEEN date '2025-01-01' AND date '2025-12-01'
      INTERSECT
      SELECT DISTINCT cu.last_name, cu.first_name, d.day FROM web_sales ws, dates d, customers cu
      WHERE ws.ordered_key = d.date_key AND ws.customer_id = cu.customer_id AND d.month_start BETWEEN date '2025-01-01' AND date '2025-12-01') AS hot;

-- name: only_at_the_till
-- uses: EXCEPT, partitioned
-- quern: calls=10
SELECT customer_id FROM till_sales WHERE sold_on >= date '2025-10-01' AND customer_id IS NOT NULL
EXCEPT
SELECT customer_id FROM web_sales WHERE ordered_key >= 20251001
ORDER BY customer_id
LIMIT 1000;

-- name: products_in_three_channels
-- uses: INTERSECT, CTE, IN, UNION ALL, partitioned
-- quern: calls=5
WITH everywhere AS (
  SELECT p.product_id
  FROM products p,
       (SELECT p1.brand, p1.category FROM till_sales ts, products p1, dates d1 WHERE ts.product_id = p1.product_id AND ts.date_key = d1.date_key AND d1.year = 2025
        INTERSECT
        SELECT p2.brand, p2.category FROM web_sales ws, products p2, dates d2 WHERE ws.product_id = p2.product_id AND ws.ordered_key = d2.date_key AND d2.year = 2025
        INTERSECT
        SELECT p3.brand, p3.category FROM trade_lines l, products p3 WHERE l.product_id = p3.product_id AND l.ship_on >= date '2025-01-01') AS x
  WHERE p.brand = x.brand AND p.category = x.category),
average AS (
  SELECT avg(quantity * list_price) AS average
  FROM (SELECT quantity, list_price FROM till_sales WHERE sold_on >= date '2025-01-01'
        UNION ALL
        SELECT quantity, list_price FROM web_sales WHERE ordered_key >= 20250101
        UNION ALL
        SELECT quantity, price FROM trade_lines WHERE ship_on >= date '2025-01-01') AS y)
SELECT p.brand, p.category, sum(ts.quantity * ts.list_price) AS sales, count(*) AS lines
FROM till_sales ts, products p
WHERE ts.product_id IN (SELECT product_id FROM everywhere) AND ts.product_id = p.product_id AND ts.sold_on >= date '2025-11-01'
GROUP BY p.brand, p.category
HAVING sum(ts.quantity * ts.list_price) > (SELECT average FROM average)
ORDER BY p.brand, p.category;

-- name: channel_view_by_month
-- uses: view, UNION ALL, partitioned, GROUP BY
-- quern: calls=60
SELECT v.channel, d.month_start, sum(v.paid) AS sales, sum(v.profit) AS profit
FROM channel_sales v JOIN dates d ON d.date_key = v.date_key
WHERE d.year = 2025
GROUP BY v.channel, d.month_start
ORDER BY v.channel, d.month_start;

-- name: channel_view_of_customer
-- uses: view, UNION ALL, partitioned
-- quern: calls=3000
SELECT channel, date_key, product_id, quantity, paid
FROM channel_sales
WHERE customer_id = 4711
ORDER BY date_key DESC
LIMIT 50;

-- name: channel_view_of_product
-- uses: view, UNION ALL, partitioned, plain aggregate
-- quern: calls=500
SELECT count(*) AS lines, sum(quantity) AS quantity, sum(paid) AS paid, min(date_key) AS first, max(date_key) AS last
FROM channel_sales
WHERE product_id = 230;

-- name: missing_customers
-- uses: UNION ALL, GROUP BY, partitioned, LIMIT
-- quern: calls=5
SELECT channel, missing, year, quarter, category, count(*) AS lines, sum(amount) AS amount
FROM (SELECT 'till' AS channel, 'customer' AS missing, d.year, d.quarter, p.category, ts.paid AS amount
      FROM till_sales ts, products p, dates d WHERE ts.customer_id IS NULL AND ts.date_key = d.date_key AND ts.product_id = p.product_id
      UNION ALL
      SELECT 'web', 'page', d.year, d.quarter, p.category, ws.paid
      FROM web_sales ws, products p, dates d WHERE ws.page_id IS NULL AND ws.ordered_key = d.date_key AND ws.product_id = p.product_id
      UNION ALL
      SELECT 'web', 'carrier', d.year, d.quarter, p.category, ws.paid
      FROM web_sales ws, products p, dates d WHERE ws.carrier_id IS NULL AND ws.ordered_key = d.date_key AND ws.product_id = p.product_id) AS gaps
GROUP BY channel, missing, year, quarter, category
ORDER BY channel, missing, year, quarter, category
LIMIT 100;

-- name: best_sellers_per_month
-- uses: window, subquery in FROM, partitioned
-- quern: calls=30
SELECT month_start, product_id, takings, rank
FROM (SELECT d.month_start, ts.product_id, sum(ts.paid) AS takings, rank() OVER (PARTITION BY d.month_start ORDER BY sum(ts.paid) DESC) AS rank
      FROM till_sales ts JOIN dates d USING (date_key)
      WHERE d.year = 2025
      GROUP BY d.month_start, ts.product_id) AS ranked
WHERE rank <= 5
ORDER BY month_start, rank;

-- name: best_and_worst_products
-- uses: window, subquery in FROM, HAVING subquery
-- quern: calls=5
SELECT ascending.rank, p1.name AS best, p2.name AS worst
FROM (SELECT product_id, rank() OVER (ORDER BY average) AS rank
      FROM (SELECT product_id, avg(profit) AS average FROM web_sales WHERE depot_id = 4
            GROUP BY product_id
            HAVING avg(profit) > 0.9 * (SELECT avg(profit) FROM web_sales WHERE depot_id = 4 AND recipient_id IS NULL)) AS v1) AS ascending,
     (SELECT product_id, rank() OVER (ORDER BY average DESC) AS rank
      FROM (SELECT product_id, avg(profit) AS average FROM web_sales WHERE depot_id = 4
            GROUP BY product_id
            HAVING avg(profit) > 0.9 * (SELECT avg(profit) FROM web_sales WHERE depot_id = 4 AND recipient_id IS NULL)) AS v2) AS descending,
     products p1, products p2
WHERE ascending.rank < 11 AND descending.rank < 11 AND ascending.rank = descending.rank AND p1.product_id = ascending.product_id AND p2.product_id = descending.product_id
ORDER BY ascending.rank
LIMIT 100;

-- name: monthly_deviation
-- uses: CTE, window, partitioned
-- quern: calls=5
WITH monthly AS (
  SELECT p.category, p.brand, c.name, d.year, d.month, sum(ts.paid) AS takings,
         avg(sum(ts.paid)) OVER (PARTITION BY p.category, p.brand, c.name, d.year) AS average,
         rank() OVER (PARTITION BY p.category, p.brand, c.name ORDER BY d.year, d.month) AS rank
  FROM products p, till_sales ts, dates d, cafes c
  WHERE ts.product_id = p.product_id AND ts.date_key = d.date_key AND ts.cafe_id = c.cafe_id AND (d.year = 2025 OR (d.year = 2024 AND d.month = 12))
  GROUP BY p.category, p.brand, c.name, d.year, d.month)
SELECT m1.category, m1.brand, m1.year, m1.month, m1.average, m1.takings, m2.takings AS previous, m3.takings AS next
FROM monthly m1, monthly m2, monthly m3
WHERE m1.category = m2.category AND m1.category = m3.category AND m1.brand = m2.brand AND m1.brand = m3.brand AND m1.name = m2.name AND m1.name = m3.name
  AND m1.rank = m2.rank + 1 AND m1.rank = m3.rank - 1 AND m1.year = 2025 AND m1.average > 0 AND abs(m1.takings - m1.average) / m1.average > 0.1
ORDER BY m1.takings - m1.average, m1.name
LIMIT 100;

-- name: cumulative_sales
-- uses: window, CTE, outer join, partitioned
-- quern: calls=5
WITH web AS (
  SELECT ws.product_id, d.day, sum(sum(ws.paid)) OVER (PARTITION BY ws.product_id ORDER BY d.day) AS cumulative
  FROM web_sales ws, dates d WHERE ws.ordered_key = d.date_key AND d.month_start = date '2025-03-01'
  GROUP BY ws.product_id, d.day),
till AS (
  SELECT ts.product_id, d.day, sum(sum(ts.paid)) OVER (PARTITION BY ts.product_id ORDER BY d.day) AS cumulative
  FROM till_sales ts, dates d WHERE ts.date_key = d.date_key AND d.month_start = date '2025-03-01'
  GROUP BY ts.product_id, d.day)
SELECT *
FROM (SELECT product_id, day, web_sales, till_sales, max(web_sales) OVER (PARTITION BY product_id ORDER BY day) AS web_cumulative, max(till_sales) OVER (PARTITION BY product_id ORDER BY day) AS till_cumulative
      FROM (SELECT coalesce(web.product_id, till.product_id) AS product_id, coalesce(web.day, till.day) AS day, web.cumulative AS web_sales, till.cumulative AS till_sales
            FROM web FULL JOIN till ON web.product_id = till.product_id AND web.day = till.day) AS x) AS y
WHERE web_cumulative > till_cumulative
ORDER BY product_id, day
LIMIT 100;

-- name: share_of_class
-- uses: window, GROUP BY
-- quern: calls=20
SELECT p.code, p.category, p.subcategory, sum(ws.paid) AS revenue, sum(ws.paid) * 100 / sum(sum(ws.paid)) OVER (PARTITION BY p.subcategory) AS share
FROM web_sales ws, products p, dates d
WHERE ws.product_id = p.product_id AND p.category IN ('beans', 'machines', 'cups') AND ws.ordered_key = d.date_key AND d.day BETWEEN date '2025-02-22' AND date '2025-02-22' + 30
GROUP BY p.product_id, p.code, p.category, p.subcategory
ORDER BY p.category, p.subcategory, p.code, share;

-- name: running_takings
-- uses: window, view
-- quern: calls=60
SELECT cafe_id, sold_on, takings, sum(takings) OVER (PARTITION BY cafe_id ORDER BY sold_on ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week,
       lag(takings, 7) OVER (PARTITION BY cafe_id ORDER BY sold_on) AS week_before, ntile(4) OVER (ORDER BY takings) AS quartile
FROM cafe_days
WHERE sold_on >= date '2025-09-01'
ORDER BY cafe_id, sold_on;

-- name: top_customers_lateral
-- uses: LATERAL
-- quern: calls=30
SELECT ci.name, t.customer_id, t.spent
FROM cities ci
CROSS JOIN LATERAL (SELECT cu.customer_id, sum(ws.paid) AS spent
                    FROM customers cu JOIN web_sales ws ON ws.customer_id = cu.customer_id
                    WHERE cu.city_id = ci.city_id
                    GROUP BY cu.customer_id
                    ORDER BY spent DESC
                    LIMIT 3) AS t
WHERE ci.coastal AND ci.population > 1000000;

-- name: last_orders_lateral
-- uses: LATERAL, outer join
-- quern: calls=100
SELECT a.account_id, a.name, o.order_id, o.ordered_on, o.total
FROM accounts a
LEFT JOIN LATERAL (SELECT order_id, ordered_on, total FROM trade_orders WHERE account_id = a.account_id ORDER BY ordered_on DESC LIMIT 2) AS o ON true
WHERE a.segment = 'bakery'
ORDER BY a.name, o.ordered_on DESC;

-- name: staff_tree
-- uses: recursive CTE
-- quern: calls=100
WITH RECURSIVE below AS (
  SELECT staff_id, manager_id, name, 1 AS level FROM staff WHERE manager_id IS NULL
  UNION ALL
  SELECT s.staff_id, s.manager_id, s.name, b.level + 1 FROM below b JOIN staff s ON s.manager_id = b.staff_id)
SELECT b.level, count(*) AS people, avg(s.salary) AS salary
FROM below b JOIN staff s USING (staff_id)
GROUP BY b.level
ORDER BY b.level;

-- name: chain_takings
-- uses: recursive CTE, GROUP BY
-- quern: calls=20
WITH RECURSIVE chain AS (
  SELECT account_id AS head, account_id FROM accounts WHERE parent_id IS NULL AND account_id <= 20
  UNION
  SELECT ch.head, a.account_id FROM accounts a, chain ch WHERE a.parent_id = ch.account_id)
SELECT ch.head, count(DISTINCT o.account_id) AS accounts, sum(o.total) AS total
FROM chain ch JOIN trade_orders o ON o.account_id = ch.account_id
WHERE o.ordered_on >= date '2025-01-01'
GROUP BY ch.head
ORDER BY total DESC;

-- name: materialized_regions
-- uses: materialized CTE, view
-- quern: calls=20
WITH nordic AS MATERIALIZED (
  SELECT cu.customer_id, pl.city, pl.code FROM customers cu JOIN places pl ON pl.city_id = cu.city_id WHERE pl.region = 'Nordics')
SELECT n.code, count(*) AS lines, sum(ws.paid) AS paid
FROM nordic n JOIN web_sales ws ON ws.customer_id = n.customer_id
WHERE ws.ordered_key BETWEEN 20250601 AND 20250831 AND n.customer_id IN (SELECT customer_id FROM nordic WHERE city LIKE 'New%')
GROUP BY n.code
ORDER BY paid DESC;

-- name: web_returns_without_reason
-- uses: outer join, GROUP BY
-- quern: calls=30
SELECT coalesce(re.description, 'unknown') AS reason, count(*) AS returns, sum(r.refund) AS refund, avg(ws.paid) AS paid
FROM web_returns r
JOIN web_sales ws ON ws.order_id = r.order_id AND ws.line = r.line
LEFT JOIN reasons re ON re.reason_id = r.reason_id
GROUP BY coalesce(re.description, 'unknown')
ORDER BY returns DESC;

-- name: never_returned
-- uses: NOT EXISTS, outer join
-- quern: calls=10
SELECT p.category, count(*) AS lines, sum(ws.paid) AS paid
FROM web_sales ws
JOIN products p ON p.product_id = ws.product_id
WHERE NOT EXISTS (SELECT 1 FROM web_returns r WHERE r.order_id = ws.order_id AND r.line = ws.line) AND ws.ordered_key >= 20250701
GROUP BY p.category
ORDER BY paid DESC;

-- name: orders_from_two_depots
-- uses: EXISTS, NOT EXISTS, DISTINCT
-- quern: calls=10
SELECT count(DISTINCT ws1.order_id) AS orders, sum(ws1.postage) AS postage, sum(ws1.profit) AS profit
FROM web_sales ws1, dates d, customers cu, cities ci
WHERE d.day BETWEEN date '2025-02-01' AND date '2025-02-01' + 60 AND ws1.shipped_key = d.date_key AND ws1.customer_id = cu.customer_id AND cu.city_id = ci.city_id AND ci.country_id = 1
  AND EXISTS (SELECT * FROM web_sales ws2 WHERE ws1.order_id = ws2.order_id AND ws1.depot_id <> ws2.depot_id)
  AND NOT EXISTS (SELECT * FROM web_returns r WHERE ws1.order_id = r.order_id)
ORDER BY count(DISTINCT ws1.order_id)
LIMIT 100;

-- name: orders_from_two_depots_in
-- uses: CTE, IN, DISTINCT
-- quern: calls=10
WITH split AS (
  SELECT ws1.order_id, ws1.depot_id AS first, ws2.depot_id AS second
  FROM web_sales ws1, web_sales ws2 WHERE ws1.order_id = ws2.order_id AND ws1.depot_id <> ws2.depot_id)
SELECT count(DISTINCT ws1.order_id) AS orders, sum(ws1.postage) AS postage, sum(ws1.profit) AS profit
FROM web_sales ws1, dates d, customers cu
WHERE d.day BETWEEN date '2025-02-01' AND date '2025-02-01' + 60 AND ws1.shipped_key = d.date_key AND ws1.customer_id = cu.customer_id AND cu.language = 'it'
  AND ws1.order_id IN (SELECT order_id FROM split) AND ws1.order_id IN (SELECT r.order_id FROM web_returns r, split WHERE r.order_id = split.order_id);

-- name: customers_of_both_or_either
-- uses: EXISTS, OR, GROUP BY, partitioned
-- quern: calls=5
SELECT h.income_band, h.persons, h.dwelling, count(*) AS customers
FROM customers cu, cities ci, households h
WHERE cu.city_id = ci.city_id AND ci.coastal AND h.household_id = cu.household_id
  AND EXISTS (SELECT * FROM till_sales ts, dates d WHERE cu.customer_id = ts.customer_id AND ts.date_key = d.date_key AND d.year = 2025 AND d.quarter < 4)
  AND (EXISTS (SELECT * FROM web_sales ws, dates d WHERE cu.customer_id = ws.customer_id AND ws.ordered_key = d.date_key AND d.year = 2025 AND d.quarter < 4)
       OR EXISTS (SELECT * FROM web_returns r, dates d WHERE cu.customer_id = r.customer_id AND r.returned_key = d.date_key AND d.year = 2025 AND d.quarter < 4))
GROUP BY h.income_band, h.persons, h.dwelling
ORDER BY h.income_band, h.persons, h.dwelling
LIMIT 100;

-- name: customers_not_on_the_web
-- uses: EXISTS, NOT EXISTS, GROUP BY, partitioned
-- quern: calls=5
SELECT h.income_band, count(*) AS customers, min(cu.birth_year) AS oldest
FROM customers cu, households h
WHERE h.household_id = cu.household_id AND cu.language IN ('sv', 'de')
  AND EXISTS (SELECT * FROM till_sales ts WHERE cu.customer_id = ts.customer_id AND ts.sold_on BETWEEN date '2025-04-01' AND date '2025-06-30')
  AND NOT EXISTS (SELECT * FROM web_sales ws, dates d WHERE cu.customer_id = ws.customer_id AND ws.ordered_key = d.date_key AND d.year = 2025 AND d.month BETWEEN 4 AND 6)
GROUP BY h.income_band
ORDER BY h.income_band;

-- name: not_in_with_nulls
-- uses: NOT IN
-- quern: calls=5
SELECT count(*) AS customers
FROM customers
WHERE customer_id NOT IN (SELECT recipient_id FROM web_sales WHERE ordered_key >= 20251201) AND loyalty = 'gold';

-- name: cross_channel_customers
-- uses: partitioned, GROUP BY, LIMIT
-- quern: calls=10
SELECT p.code, c.name, sum(ts.profit) AS till_profit, sum(r.refund) AS refunds, sum(ws.profit) AS web_profit
FROM till_sales ts, till_returns r, web_sales ws, dates d1, dates d2, dates d3, cafes c, products p
WHERE d1.month = 4 AND d1.year = 2025 AND d1.date_key = ts.date_key AND p.product_id = ts.product_id AND c.cafe_id = ts.cafe_id
  AND ts.customer_id = r.customer_id AND ts.product_id = r.product_id AND ts.sale_id = r.sale_id AND r.date_key = d2.date_key AND d2.month BETWEEN 4 AND 10 AND d2.year = 2025
  AND r.customer_id = ws.customer_id AND r.product_id = ws.product_id AND ws.ordered_key = d3.date_key AND d3.year IN (2024, 2025)
GROUP BY p.code, c.name
ORDER BY p.code, c.name
LIMIT 100;

-- name: promotions_in_season
-- uses: partitioned, GROUP BY, LIMIT
-- quern: calls=10
SELECT pr.name, d.season, ci.name AS city, sum(ts.paid) AS takings, sum(ts.list_price - ts.paid) AS given
FROM till_sales ts
JOIN promotions pr ON pr.promotion_id = ts.promotion_id
JOIN dates d ON d.date_key = ts.date_key
JOIN dates s ON s.date_key = pr.start_key
JOIN dates e ON e.date_key = pr.end_key
JOIN cafes c ON c.cafe_id = ts.cafe_id
JOIN cities ci ON ci.city_id = c.city_id
WHERE d.day BETWEEN s.day AND e.day AND pr.percent_off > 15 AND ci.country_id IN (1, 2, 3)
GROUP BY pr.name, d.season, ci.name
ORDER BY given DESC
LIMIT 50;

-- name: everything_about_a_web_order
-- uses: outer join
-- quern: calls=2000
SELECT ws.order_id, ws.line, d.day, sd.day AS shipped, cu.last_name, rc.last_name AS recipient, p.name AS product, pg.url, pr.name AS promotion, ca.name AS carrier, de.name AS depot, r.refund, re.description
FROM web_sales ws
JOIN dates d ON d.date_key = ws.ordered_key
LEFT JOIN dates sd ON sd.date_key = ws.shipped_key
JOIN customers cu ON cu.customer_id = ws.customer_id
LEFT JOIN customers rc ON rc.customer_id = ws.recipient_id
JOIN products p ON p.product_id = ws.product_id
LEFT JOIN pages pg ON pg.page_id = ws.page_id
LEFT JOIN promotions pr ON pr.promotion_id = ws.promotion_id
LEFT JOIN carriers ca ON ca.carrier_id = ws.carrier_id
JOIN depots de ON de.depot_id = ws.depot_id
LEFT JOIN web_returns r ON r.order_id = ws.order_id AND r.line = ws.line
LEFT JOIN reasons re ON re.reason_id = r.reason_id
WHERE ws.order_id = 31337
ORDER BY ws.line;

-- name: regional_web_report
-- uses: GROUP BY
-- quern: calls=30
SELECT rg.name AS region, co.name AS country, h.income_band, ca.mode, d.quarter, count(*) AS lines, sum(ws.paid) AS paid
FROM web_sales ws, customers cu, cities ci, countries co, regions rg, households h, carriers ca, dates d, products p, depots de
WHERE cu.customer_id = ws.customer_id AND ci.city_id = cu.city_id AND co.country_id = ci.country_id AND rg.region_id = co.region_id AND h.household_id = cu.household_id
  AND ca.carrier_id = ws.carrier_id AND d.date_key = ws.ordered_key AND p.product_id = ws.product_id AND de.depot_id = ws.depot_id
  AND d.year = 2025 AND p.category = 'machines' AND de.square_metres > 5000
GROUP BY rg.name, co.name, h.income_band, ca.mode, d.quarter
ORDER BY paid DESC;

-- name: trade_report_of_nine
-- uses: GROUP BY, LIMIT
-- quern: calls=20
SELECT r1.name AS grown, r2.name AS drunk, p.category, ca.name AS carrier, count(*) AS lines, sum(net(l.price, l.discount)) AS revenue
FROM trade_lines l
JOIN trade_orders o ON o.order_id = l.order_id
JOIN accounts a ON a.account_id = o.account_id
JOIN cities ci ON ci.city_id = a.city_id
JOIN countries c2 ON c2.country_id = ci.country_id
JOIN regions r2 ON r2.region_id = c2.region_id
JOIN products p ON p.product_id = l.product_id
JOIN growers g ON g.grower_id = l.grower_id
JOIN countries c1 ON c1.country_id = g.country_id
JOIN regions r1 ON r1.region_id = c1.region_id
JOIN carriers ca ON ca.carrier_id = l.carrier_id
WHERE o.ordered_on >= date '2025-01-01' AND g.certified
GROUP BY r1.name, r2.name, p.category, ca.name
ORDER BY revenue DESC
LIMIT 40;

-- name: shipping_delay_pivot
-- uses: CASE, GROUP BY, LIMIT
-- quern: calls=30
SELECT de.name, ca.mode, sum(CASE WHEN sd.day - od.day <= 5 THEN 1 ELSE 0 END) AS days_5, sum(CASE WHEN sd.day - od.day > 5 AND sd.day - od.day <= 15 THEN 1 ELSE 0 END) AS days_15,
       sum(CASE WHEN sd.day - od.day > 15 AND sd.day - od.day <= 30 THEN 1 ELSE 0 END) AS days_30, sum(CASE WHEN sd.day - od.day > 30 THEN 1 ELSE 0 END) AS later
FROM web_sales ws, depots de, carriers ca, dates sd, dates od
WHERE sd.week_number BETWEEN 365 AND 390 AND ws.shipped_key = sd.date_key AND ws.ordered_key = od.date_key AND ws.depot_id = de.depot_id AND ws.carrier_id = ca.carrier_id
GROUP BY de.name, ca.mode
ORDER BY de.name, ca.mode
LIMIT 100;

-- name: filtered_aggregates
-- uses: FILTER, GROUP BY, partitioned
-- quern: calls=60
SELECT d.month_start, count(*) FILTER (WHERE ts.promotion_id IS NOT NULL) AS promoted, sum(ts.paid) FILTER (WHERE d.weekend) AS weekend, sum(ts.paid) FILTER (WHERE NOT d.weekend) AS weekday,
       count(DISTINCT ts.customer_id) AS customers, percentile_cont(0.5) WITHIN GROUP (ORDER BY ts.paid) AS median
FROM till_sales ts JOIN dates d ON d.day = ts.sold_on
WHERE ts.sold_on >= date '2025-07-01'
GROUP BY d.month_start
ORDER BY d.month_start;

-- name: first_and_last_sale
-- uses: MIN/MAX, partitioned
-- quern: calls=500
SELECT min(sale_id) AS first, max(sale_id) AS last FROM till_sales;

-- name: first_and_last_trade_order
-- uses: MIN/MAX
-- quern: calls=500
SELECT min(ordered_on) AS first, max(ordered_on) AS last FROM trade_orders WHERE status <> 'P';

-- name: newest_till_sales
-- uses: partitioned, LIMIT
-- quern: calls=5000
SELECT sale_id, sold_on, product_id, paid FROM till_sales ORDER BY sale_id DESC LIMIT 20;

-- name: sales_of_a_day
-- uses: partitioned
-- quern: calls=3000
SELECT ts.cafe_id, cl.part_of_day, sum(ts.paid) AS takings
FROM till_sales ts JOIN clock cl USING (minute_key)
WHERE ts.sold_on = date '2025-10-14'
GROUP BY ts.cafe_id, cl.part_of_day;

-- name: year_over_year
-- uses: CTE, UNION, outer join, partitioned
-- quern: calls=5
WITH all_sales AS (
  SELECT year, brand, subcategory, sum(quantity) AS quantity, sum(amount) AS amount
  FROM (SELECT d.year, p.brand, p.subcategory, ts.quantity - coalesce(r.quantity, 0) AS quantity, ts.paid - coalesce(r.refund, 0.0) AS amount
        FROM till_sales ts JOIN products p ON p.product_id = ts.product_id JOIN dates d ON d.date_key = ts.date_key
        LEFT JOIN till_returns r ON r.sale_id = ts.sale_id AND r.product_id = ts.product_id
        WHERE p.category = 'beans'
        UNION
        SELECT d.year, p.brand, p.subcategory, ws.quantity - coalesce(r.quantity, 0), ws.paid - coalesce(r.refund, 0.0)
        FROM web_sales ws JOIN products p ON p.product_id = ws.product_id JOIN dates d ON d.date_key = ws.ordered_key
        LEFT JOIN web_returns r ON r.order_id = ws.order_id AND r.line = ws.line
        WHERE p.category = 'beans') AS detail
  GROUP BY year, brand, subcategory)
SELECT c.brand, c.subcategory, p.quantity AS previous, c.quantity AS current, c.quantity - p.quantity AS change, c.amount - p.amount AS change_of_amount
FROM all_sales c, all_sales p
WHERE c.brand = p.brand AND c.subcategory = p.subcategory AND c.year = 2025 AND p.year = 2024 AND c.quantity::numeric / nullif(p.quantity, 0) < 0.9
ORDER BY change, change_of_amount
LIMIT 100;

-- name: loyal_and_lost
-- uses: CTE, outer join, CASE
-- quern: calls=10
WITH spent AS (SELECT customer_id, year, spent FROM customer_years)
SELECT cu.loyalty, count(*) AS customers, sum(CASE WHEN b.spent IS NULL THEN 1 ELSE 0 END) AS lost, avg(b.spent - a.spent) AS change
FROM customers cu
JOIN spent a ON a.customer_id = cu.customer_id AND a.year = 2024
LEFT JOIN spent b ON b.customer_id = cu.customer_id AND b.year = 2025
GROUP BY cu.loyalty
ORDER BY cu.loyalty;

-- name: customer_year_of_one
-- uses: view, GROUP BY
-- quern: calls=2000
SELECT year, orders, spent FROM customer_years WHERE customer_id = 815 ORDER BY year;

-- name: placeholder_under_outer_join
-- uses: outer join, subquery in FROM
-- quern: calls=20
SELECT g.country_id, count(x.flag) AS active, count(*) AS growers
FROM growers g
LEFT JOIN (SELECT s.grower_id, 'yes' AS flag, s.available * s.unit_cost AS value FROM supplies s WHERE s.available > 4000) AS x ON x.grower_id = g.grower_id AND x.value > 50000
GROUP BY g.country_id
ORDER BY g.country_id;

-- name: promotion_or_not
-- uses: outer join, subquery in FROM, partitioned
-- quern: calls=20
SELECT c.format, coalesce(pr.kind, 'regular') AS kind, sum(ts.paid) AS takings
FROM till_sales ts
JOIN cafes c ON c.cafe_id = ts.cafe_id
LEFT JOIN (SELECT promotion_id, coalesce(purpose, 'other') AS kind FROM promotions) AS pr ON pr.promotion_id = ts.promotion_id
WHERE ts.sold_on BETWEEN date '2025-03-01' AND date '2025-05-31'
GROUP BY c.format, coalesce(pr.kind, 'regular')
ORDER BY c.format, takings DESC;

-- name: labels
-- uses: set-returning function, GROUP BY
-- quern: calls=30
SELECT label, count(*) AS products, avg(list_price) AS price
FROM (SELECT unnest(labels) AS label, list_price FROM products WHERE retired IS NULL) AS labelled
GROUP BY label
ORDER BY products DESC;

-- name: labelled_products
-- uses: array, GROUP BY
-- quern: calls=200
SELECT p.product_id, p.name, sum(ws.quantity) AS sold
FROM products p JOIN web_sales ws ON ws.product_id = p.product_id
WHERE p.labels @> '{organic,limited}' AND ws.ordered_key >= 20251001
GROUP BY p.product_id, p.name
ORDER BY sold DESC
LIMIT 20;

-- name: views_per_day
-- uses: GROUP BY
-- quern: calls=90
SELECT date_trunc('day', viewed_at) AS day, agent, count(*) AS views, count(DISTINCT session_id) AS sessions, avg(seconds) AS seconds
FROM page_views
WHERE viewed_at >= timestamptz '2025-12-01 00:00:00+00' AND viewed_at < timestamptz '2025-12-15 00:00:00+00'
GROUP BY date_trunc('day', viewed_at), agent
ORDER BY day, agent;

-- name: sessions_that_buy
-- uses: CTE, window, EXISTS
-- quern: calls=10
WITH steps AS (
  SELECT session_id, page_id, viewed_at, customer_id, row_number() OVER (PARTITION BY session_id ORDER BY viewed_at) AS step, count(*) OVER (PARTITION BY session_id) AS steps
  FROM page_views WHERE customer_id IS NOT NULL)
SELECT pg.kind, count(*) AS sessions, avg(s.steps) AS steps
FROM steps s JOIN pages pg ON pg.page_id = s.page_id
WHERE s.step = 1 AND EXISTS (SELECT 1 FROM web_sales ws WHERE ws.customer_id = s.customer_id AND ws.ordered_key >= 20250701)
GROUP BY pg.kind
ORDER BY sessions DESC;

-- name: in_reporting_currency
-- uses: parallel restricted
-- quern: calls=20
SELECT o.clerk, sum(in_reporting_currency(l.price * (1 - l.discount))) AS revenue
FROM trade_orders o JOIN trade_lines l ON l.order_id = o.order_id
WHERE o.ordered_on >= date '2025-07-01'
GROUP BY o.clerk
ORDER BY revenue DESC
LIMIT 10;

-- name: restricted_condition
-- uses: parallel restricted
-- quern: calls=5
SELECT count(*) AS lines FROM web_sales WHERE in_reporting_currency(paid) > 150;

-- name: open_lines_by_account
-- uses: view, GROUP BY
-- quern: calls=60
SELECT a.segment, count(*) AS lines, sum(ol.revenue) AS revenue
FROM open_lines ol JOIN trade_orders o ON o.order_id = ol.order_id JOIN accounts a ON a.account_id = o.account_id
WHERE a.credit_limit IS NULL OR a.balance > a.credit_limit / 2
GROUP BY a.segment
ORDER BY revenue DESC;

-- name: months_without_gaps
-- uses: set-returning function, outer join, partitioned
-- quern: calls=30
SELECT m::date AS month, coalesce(sum(cd.takings), 0) AS takings
FROM generate_series(timestamp '2024-01-01', timestamp '2025-12-01', interval '1 month') AS m
LEFT JOIN cafe_days cd ON cd.sold_on >= m::date AND cd.sold_on < (m + interval '1 month')::date AND cd.cafe_id = 7
GROUP BY m
ORDER BY m;

-- name: banded_prices
-- uses: VALUES, GROUP BY
-- quern: calls=20
SELECT b.label, count(*) AS lines, sum(ws.paid) AS paid
FROM (VALUES ('low', 0, 10), ('middle', 10, 40), ('high', 40, 1000)) AS b (label, low, high)
JOIN web_sales ws ON ws.paid >= b.low AND ws.paid < b.high
WHERE ws.ordered_key BETWEEN 20251001 AND 20251031
GROUP BY b.label;

-- name: price_above_average
-- uses: correlated subquery, partitioned, LIMIT
-- quern: calls=10
SELECT ci.country_id, count(*) AS lines
FROM cities ci, customers cu, till_sales ts, dates d, products p
WHERE ci.city_id = cu.city_id AND cu.customer_id = ts.customer_id AND ts.date_key = d.date_key AND ts.product_id = p.product_id
  AND d.month_start = (SELECT DISTINCT month_start FROM dates WHERE year = 2025 AND month = 5)
  AND p.list_price > 1.2 * (SELECT avg(p2.list_price) FROM products p2 WHERE p2.category = p.category)
GROUP BY ci.country_id
HAVING count(*) >= 10
ORDER BY lines, ci.country_id
LIMIT 100;

-- name: excess_discount
-- uses: correlated subquery, plain aggregate
-- quern: calls=10
SELECT sum(ws.list_price - ws.paid) AS excess
FROM web_sales ws, products p, dates d
WHERE p.brand = 'Brand 1-4' AND p.product_id = ws.product_id AND d.day BETWEEN date '2025-01-10' AND date '2025-01-10' + 90 AND d.date_key = ws.ordered_key
  AND ws.list_price - ws.paid > (SELECT 1.3 * avg(ws2.list_price - ws2.paid) FROM web_sales ws2, dates d2
                                 WHERE ws2.product_id = p.product_id AND d2.day BETWEEN date '2025-01-10' AND date '2025-01-10' + 90 AND d2.date_key = ws2.ordered_key);

-- name: baskets_of_size
-- uses: subquery in FROM, partitioned, GROUP BY
-- quern: calls=10
SELECT cu.last_name, cu.first_name, t.sold_on, t.lines
FROM (SELECT ts.customer_id, ts.sold_on, count(*) AS lines
      FROM till_sales ts, cafes c, clock cl
      WHERE ts.cafe_id = c.cafe_id AND ts.minute_key = cl.minute_key AND cl.meal = 'lunch' AND c.seats > 40 AND ts.sold_on BETWEEN date '2025-09-01' AND date '2025-10-31'
      GROUP BY ts.customer_id, ts.sold_on) AS t, customers cu
WHERE t.customer_id = cu.customer_id AND t.lines BETWEEN 2 AND 5
ORDER BY t.lines DESC, cu.last_name;

-- name: sorted_on_disk
-- uses: sort
-- quern: calls=5
SELECT ws.product_id, ws.ordered_key, ws.paid, row_number() OVER (PARTITION BY ws.product_id ORDER BY ws.paid DESC) AS place
FROM web_sales ws
ORDER BY ws.product_id, place;

-- name: merge_of_facts
-- uses: DISTINCT
-- quern: calls=5
SELECT DISTINCT ws.customer_id, pv.agent
FROM web_sales ws JOIN page_views pv ON pv.customer_id = ws.customer_id AND pv.product_id = ws.product_id
WHERE pv.seconds > 120;

-- name: semi_join_to_products
-- uses: IN, GROUP BY
-- quern: calls=30
SELECT l.carrier_id, sum(l.price) AS price
FROM trade_lines l
WHERE l.product_id IN (SELECT product_id FROM web_sales WHERE ordered_key >= 20251220) AND l.ship_on >= date '2025-10-01'
GROUP BY l.carrier_id;

-- name: array_of_keys
-- uses: array, partitioned
-- quern: calls=2000
SELECT product_id, sum(quantity) AS sold, max(sold_on) AS last
FROM till_sales
WHERE product_id = ANY ('{17,230,511,1200,2900}') AND sold_on >= date '2025-12-01'
GROUP BY product_id;

-- name: latest_promotion_price
-- uses: scalar subquery, LIMIT
-- quern: calls=500
SELECT p.product_id, p.name, (SELECT ws.paid FROM web_sales ws WHERE ws.product_id = p.product_id AND ws.promotion_id IS NOT NULL ORDER BY ws.ordered_key DESC LIMIT 1) AS last_paid,
       (SELECT count(*) FROM web_returns r WHERE r.product_id = p.product_id) AS returns
FROM products p
WHERE p.category = 'machines' AND p.retired IS NULL
ORDER BY p.name
LIMIT 25;

-- name: except_of_supplies
-- uses: EXCEPT
-- quern: calls=5
SELECT product_id, grower_id FROM supplies
EXCEPT ALL
SELECT product_id, grower_id FROM trade_lines WHERE ship_on >= date '2025-01-01';

-- name: union_of_people
-- uses: UNION
-- quern: calls=10
SELECT name, 'staff' AS kind FROM staff WHERE hired >= date '2024-01-01'
UNION
SELECT first_name || ' ' || last_name, 'customer' FROM customers WHERE loyalty = 'gold'
ORDER BY name, kind
LIMIT 200;
