-- A reference by integer to a bigint.
CREATE TABLE visitors (id bigint PRIMARY KEY, note text);
CREATE TABLE visits (visitor integer, at date);
INSERT INTO visitors SELECT n, repeat('n', 200) FROM generate_series(1, 20000) AS n;
INSERT INTO visits SELECT n % 20, date '2024-01-01' + n % 300 FROM generate_series(1, 2000) AS n;
VACUUM ANALYZE visitors, visits;
-- Operator classes whose numbers initdb gives, and the columns of their indexes.
CREATE TYPE lamp AS ENUM ('red', 'amber', 'green');
CREATE TABLE signal_box (id int PRIMARY KEY, at timestamp, lamp lamp, tags text[], about jsonb, held int4range);
INSERT INTO signal_box SELECT i, timestamp '2024-01-01' + i % 3000 * interval '1 hour',
  (enum_range(NULL::lamp))[1 + (i % 100 = 0)::int + (i % 1000 = 0)::int], ARRAY['t' || i % 500, 'u' || i % 7],
  jsonb_build_object('line', i % 400), int4range(i, i + 5) FROM generate_series(1, 20000) AS i;
CREATE INDEX ON signal_box USING hash (at);
CREATE INDEX ON signal_box (lamp);
CREATE INDEX ON signal_box USING gin (tags);
CREATE INDEX ON signal_box USING gin (about);
CREATE INDEX ON signal_box USING gist (held);
CREATE INDEX ON signal_box USING brin (id);
VACUUM ANALYZE signal_box;
