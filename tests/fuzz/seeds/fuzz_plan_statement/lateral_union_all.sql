select * from generate_series(1, 3) g, lateral (select id from child c join every e on c.every_id = e.id where g = cid union all select x from a where g = x) s
