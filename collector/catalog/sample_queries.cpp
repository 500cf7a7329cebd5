#include "collector/catalog/sample_queries.hpp"

namespace quern::collector {

namespace {

// Columns whose keys the statistics do not tell, or not how they lie along the table: of the types
// that GIN takes apart, and ranges. Widths decide how many rows are 4 MB.
constexpr const char* kColumns = R"(
SELECT c.oid AS relid, a.attnum, format('%I', a.attname) AS attname, format('%I.%I', n.nspname, c.relname) AS name,
  k.keys_of, k.keys,
  pg_relation_size(c.oid) / current_setting('block_size')::int AS pages,
  CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples / c.relpages ELSE 100 END AS page_rows,
  least(30000, 4e6 / greatest(coalesce(s.avg_width, 100), 1)) AS most_rows,
  CASE WHEN NOT has_column_privilege(c.oid, a.attnum, 'SELECT') OR NOT has_schema_privilege(n.oid, 'USAGE')
      THEN 'this user may not read them'
    WHEN row_security_active(c.oid) THEN 'row-level security hides rows of their tables from this user'
    WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'their materialized views were never refreshed'
    WHEN am.amname <> 'heap' THEN 'their tables are not of the access method heap'
    WHEN current_setting('server_version_num')::int < 140000
      THEN 'the server has no scan of a range of row addresses before PostgreSQL 14' END AS refusal
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_type e ON e.oid = coalesce(b.typelem, t.typelem) AND coalesce(b.typcategory, t.typcategory) = 'A'
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
CROSS JOIN LATERAL (VALUES
  ('array_ops', e.typlen <> -2, format($keys$
 SELECT DISTINCT stretch, place, number, hashtextextended(k::text, 0) AS key,
   CASE WHEN k IS NULL THEN 0 WHEN %1$s > 0 THEN %1$s ELSE pg_column_size(k) - CASE WHEN pg_column_size(k) < 130 THEN 3 ELSE 0 END END AS bytes
 FROM seen, LATERAL unnest(value) AS u (k)$keys$, e.typlen)),
  ('tsvector_ops', coalesce(b.oid, t.oid) = 'tsvector'::regtype, $keys$
 SELECT stretch, place, number, hashtextextended(k, 0) AS key, octet_length(k) + CASE WHEN octet_length(k) < 126 THEN 1 ELSE 4 END AS bytes
 FROM seen, LATERAL unnest(tsvector_to_array(value)) AS u (k)$keys$),
  ('jsonb_ops', coalesce(b.oid, t.oid) = 'jsonb'::regtype, $keys$
 SELECT DISTINCT stretch, place, number, hashtextextended(kind || k, 0) AS key,
   2 + CASE WHEN octet_length(k) > 125 THEN 8 ELSE octet_length(k) END AS bytes
 FROM (SELECT stretch, place, number, 'k' AS kind, name AS k FROM node WHERE name IS NOT NULL
   UNION ALL
   SELECT stretch, place, number, CASE WHEN kind = 'string' AND element THEN 'k' ELSE left(kind, 2) END,
     CASE kind WHEN 'null' THEN '' WHEN 'boolean' THEN left(value #>> '{}', 1) ELSE value #>> '{}' END
   FROM node WHERE kind NOT IN ('object', 'array')) AS u$keys$),
  ('jsonb_path_ops', coalesce(b.oid, t.oid) = 'jsonb'::regtype, $keys$
 SELECT DISTINCT stretch, place, number, hashtextextended(kind || (CASE kind WHEN 'null' THEN '' ELSE value #>> '{}' END), path) AS key, 4 AS bytes
 FROM node WHERE kind NOT IN ('object', 'array')$keys$),
  ('gin_trgm_ops', coalesce(b.typcategory, t.typcategory) = 'S' AND coalesce(b.oid, t.oid) IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
    AND EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'), format($keys$
 SELECT stretch, place, number, hashtextextended(k, 0) AS key, 4 AS bytes
 FROM seen, LATERAL unnest(%s.show_trgm(value::text)) AS u (k)$keys$,
    (SELECT quote_ident(x.nspname) FROM pg_extension f JOIN pg_namespace x ON x.oid = f.extnamespace WHERE f.extname = 'pg_trgm'))),
  ('values', coalesce(b.typtype, t.typtype) = 'r', $keys$
 SELECT stretch, place, number, hashtextextended(value::text, 0) AS key, pg_column_size(value) AS bytes
 FROM seen WHERE value IS NOT NULL$keys$)) AS k (keys_of, suits, keys)
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND pg_relation_size(c.oid) > 0 AND k.suits)";

// A stretch has so many pages that there are about 48 of them, sixteen at most: an address takes a
// byte more from eight pages on. Where all of the table is read it is one stretch.
constexpr const char* kQueries = R"(
SELECT name, format($f$
SELECT json_build_object('relation', %s::bigint, 'column', %s, 'sample', (
WITH RECURSIVE stretch AS MATERIALIZED (
 SELECT DISTINCT floor((j + (hashint8extended(j, 0) & 1023) / 1024.0) * %4$s / %5$s)::bigint * %6$s AS first FROM generate_series(0, %5$s - 1) AS j),
seen AS MATERIALIZED (
 SELECT CASE WHEN %5$s < %4$s THEN first ELSE 0 END AS stretch, row_number() OVER (ORDER BY at) AS number,
   (at::text::point)[0]::bigint * 2048 + (at::text::point)[1]::bigint AS place, value
 FROM stretch, LATERAL (SELECT t.ctid AS at, t.%7$s AS value FROM ONLY %8$s AS t
   WHERE t.ctid >= format('(%%s,0)', first)::tid AND t.ctid < format('(%%s,0)', first + %6$s)::tid OFFSET 0) AS s),
node AS (
 SELECT stretch, place, number, value, jsonb_typeof(value) AS kind, 0::bigint AS path, NULL AS name, true AS element FROM
   (SELECT stretch, place, number, %9$s AS value FROM seen) AS s WHERE value IS NOT NULL
 UNION ALL
 SELECT stretch, place, number, m.value, jsonb_typeof(m.value), CASE WHEN m.name IS NULL THEN path ELSE hashtextextended(m.name, path) END,
   m.name, m.name IS NULL
 FROM node, LATERAL (
   SELECT name, value FROM jsonb_each(CASE kind WHEN 'object' THEN node.value ELSE '{}' END) AS x (name, value)
   UNION ALL SELECT NULL, value FROM jsonb_array_elements(CASE kind WHEN 'array' THEN node.value ELSE '[]' END) AS x (value)) AS m),
keyed AS MATERIALIZED (%10$s),
behind AS (
 SELECT key, bytes, place - lag(place) OVER w AS gap, number - lag(number) OVER w AS apart,
   lag(stretch) OVER w IS NOT DISTINCT FROM stretch AS near
 FROM keyed WHERE key IS NOT NULL WINDOW w AS (PARTITION BY key ORDER BY place)),
one AS (
 SELECT max(bytes) AS bytes, count(*) AS n, count(*) FILTER (WHERE near) AS near,
   coalesce(sum(apart) FILTER (WHERE near), 0) AS apart,
   coalesce(sum(1 + (gap >= 128)::int + (gap >= 16384)::int + (gap >= 2097152)::int) FILTER (WHERE near), 0) AS near_bytes
 FROM behind GROUP BY key),
alike AS (
 SELECT n - near AS stretches, count(*) AS keys, sum(n) AS n, sum(near) AS near, sum(apart) AS apart,
   sum(near_bytes) AS near_bytes, sum(bytes) AS bytes
 FROM one GROUP BY n - near, round(8 * ln(n)) )
SELECT json_build_object('keys_of', '%3$s', 'of_pages', %11$s,
  'pages', (SELECT sum(least(first + %6$s, %11$s) - first) FROM stretch),
  'stretches', CASE WHEN %5$s < %4$s THEN (SELECT count(*) FROM stretch) ELSE 1 END, 'rows', count(*), 'null_rows', count(*) FILTER (WHERE value IS NULL),
  'empty_rows', count(value) - (SELECT count(DISTINCT place) FROM keyed),
  'null_key_rows', (SELECT count(*) FROM keyed WHERE key IS NULL),
  'correlation', %12$s, 'falling', %13$s,
  'keys', (SELECT json_agg(json_build_object('keys', keys, 'stretches', stretches, 'rows', n, 'near', near, 'near_apart', apart,
    'near_bytes', near_bytes, 'key_bytes', bytes) ORDER BY stretches, n) FROM alike))
FROM seen))$f$, relid, attnum, keys_of, stretches, least(wanted, stretches), long, attname, name,
  CASE WHEN keys_of LIKE 'jsonb%' THEN 'value' ELSE 'NULL::jsonb' END, keys, pages,
  CASE keys_of WHEN 'values' THEN '(SELECT corr(a, number) FROM (SELECT number, row_number() OVER (ORDER BY value, number) AS a FROM seen WHERE value IS NOT NULL) AS r)'
    ELSE 'NULL' END,
  CASE keys_of WHEN 'values' THEN '(SELECT avg((value < before)::int) FROM (SELECT value, lag(value) OVER (ORDER BY number) AS before FROM seen WHERE value IS NOT NULL) AS r)'
    ELSE 'NULL' END)
FROM (SELECT *, ceil(pages / long)::bigint AS stretches,
    greatest(1, least(round(most_rows / (long * page_rows)), floor(1024 / long)))::bigint AS wanted
  FROM (SELECT *, least(16, greatest(1, round(most_rows / (48 * page_rows))))::numeric AS long FROM ({columns}) AS c WHERE refusal IS NULL) AS l) AS p
ORDER BY name COLLATE "C", attnum, keys_of)";

constexpr const char* kUnsampled = R"(
SELECT count(DISTINCT (relid, attnum)), refusal FROM ({columns}) AS c WHERE refusal IS NOT NULL GROUP BY refusal ORDER BY refusal COLLATE "C")";

std::string filled(const std::string& text) {
  const std::string mark = "{columns}";
  const auto at = text.find(mark);
  return text.substr(1, at - 1) + kColumns + text.substr(at + mark.size());
}

}  // namespace

const std::string& sample_queries() {
  static const std::string sql = filled(kQueries);
  return sql;
}

const std::string& unsampled_query() {
  static const std::string sql = filled(kUnsampled);
  return sql;
}

const std::vector<std::string>& sample_settings() {
  static const std::vector<std::string> settings = {
      "SET LOCAL statement_timeout = '10s'",
      "SET LOCAL enable_seqscan = off",
      "SET LOCAL max_parallel_workers_per_gather = 0",
  };
  return settings;
}

}  // namespace quern::collector
