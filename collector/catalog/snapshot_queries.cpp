#include "collector/catalog/snapshot_queries.hpp"

#include <fmt/format.h>

#include "collector/catalog/sample_queries.hpp"

namespace quern::collector {

namespace {

// Newer columns are taken through to_jsonb(row) ->> 'name', which is null where a server does not
// have them: one text for servers 13 to 18. OIDs are cast to bigint because JSON prints oid as a
// string.

constexpr const char* kUserSchema =
    "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'";

constexpr const char* kServer = R"(
SELECT json_build_object(
  'server_version', current_setting('server_version_num')::int,
  'block_size', current_setting('block_size')::int,
  'database', d.datname,
  'encoding', pg_encoding_to_char(d.encoding),
  'collate', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate),
  'ctype', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datctype),
  'locale_provider', coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
  'taken_at', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'statistics_since', to_char(pg_stat_get_db_stat_reset_time(d.oid), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'is_replica', pg_is_in_recovery(),
  'search_path', to_json(current_schemas(false)),
  'extensions', (SELECT coalesce(json_agg(extname ORDER BY extname), '[]') FROM pg_extension))
FROM pg_database d WHERE d.datname = current_database())";

// reset_val: what a session starts with, not what this one has set. Text in base units.
constexpr const char* kSettings = R"(
SELECT json_object_agg(name, coalesce(reset_val, '') ORDER BY name) FROM pg_settings
WHERE category LIKE 'Query Tuning%'
   OR name IN ('work_mem', 'hash_mem_multiplier', 'maintenance_work_mem', 'shared_buffers', 'block_size',
     'server_version_num', 'max_parallel_workers', 'max_worker_processes', 'max_parallel_workers_per_gather',
     'max_parallel_maintenance_workers', 'parallel_leader_participation', 'huge_pages', 'search_path',
     'TimeZone', 'DateStyle', 'IntervalStyle', 'row_security', 'transform_null_equals', 'array_nulls',
     'wal_level', 'full_page_writes', 'wal_compression', 'wal_block_size', 'checkpoint_timeout',
     'max_wal_size', 'autovacuum', 'autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor',
     'autovacuum_vacuum_max_threshold', 'autovacuum_analyze_scale_factor',
     'default_toast_compression', 'effective_io_concurrency', 'maintenance_io_concurrency',
     'track_counts', 'statement_timeout', 'lock_timeout', 'default_text_search_config'))";

#define QUERN_COLUMN_STATISTICS(s)                                                                \
  "json_build_object('null_fraction', " s ".null_frac, 'average_width', " s                       \
  ".avg_width, 'n_distinct', " s ".n_distinct, 'most_common_values', " s                          \
  ".most_common_vals::text::text[], 'most_common_frequencies', " s                                \
  ".most_common_freqs, 'histogram_bounds', " s                                                    \
  ".histogram_bounds::text::text[], 'correlation', " s ".correlation, 'most_common_elements', " s \
  ".most_common_elems::text::text[], 'most_common_element_frequencies', " s                       \
  ".most_common_elem_freqs, 'element_count_histogram', " s ".elem_count_histogram)"

constexpr const char* kTables = R"(
WITH statistics AS MATERIALIZED (
  SELECT schemaname, tablename, attname, inherited, )" QUERN_COLUMN_STATISTICS("s") R"( AS numbers
  FROM pg_stats s WHERE schemaname NOT IN ('pg_catalog', 'information_schema')),
columns AS MATERIALIZED (
  SELECT a.attrelid, json_agg(json_build_object(
    'name', a.attname, 'number', a.attnum, 'type', a.atttypid::bigint, 'type_modifier', a.atttypmod,
    'collation', a.attcollation::bigint, 'not_null', a.attnotnull,
    'default', pg_get_expr(d.adbin, d.adrelid),
    'identity', a.attidentity, 'generated', a.attgenerated,
    'storage', CASE WHEN a.attstorage <> ty.typstorage THEN a.attstorage END,
    'compression', nullif(to_jsonb(a) ->> 'attcompression', ''),
    'statistics', own.numbers, 'inherited_statistics', all_.numbers) ORDER BY a.attnum) AS list
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN statistics own ON own.schemaname = n.nspname AND own.tablename = c.relname
    AND own.attname = a.attname AND NOT own.inherited
  LEFT JOIN statistics all_ ON all_.schemaname = n.nspname AND all_.tablename = c.relname
    AND all_.attname = a.attname AND all_.inherited
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND {user_schema}
  GROUP BY a.attrelid)
SELECT coalesce(json_agg(json_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'persistence', c.relpersistence,
  'pages', CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) / current_setting('block_size')::int ELSE 0 END,
  'relpages', c.relpages, 'reltuples', c.reltuples, 'all_visible', c.relallvisible,
  'rewritten', c.relkind NOT IN ('r', 'm') OR c.relfilenode <> c.oid,
  'options', (SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(c.reloptions)),
  'toast', CASE WHEN t.oid IS NOT NULL AND pg_relation_size(t.oid) > 0 THEN json_build_object(
    'pages', pg_relation_size(t.oid) / current_setting('block_size')::int,
    'index_pages', (SELECT sum(pg_relation_size(indexrelid))::bigint / current_setting('block_size')::int FROM pg_index WHERE indrelid = t.oid),
    'relpages', t.relpages, 'reltuples', t.reltuples,
    'live_rows', pg_stat_get_live_tuples(t.oid), 'dead_rows', pg_stat_get_dead_tuples(t.oid)) END,
  'columns', columns.list,
  'parents', (SELECT json_agg(inhparent::bigint ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid),
  'partition_key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
  'partition_bound', pg_get_expr(c.relpartbound, c.oid),
  'view_definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  'replica_identity', c.relreplident, 'owner', pg_get_userbyid(c.relowner),
  'row_security', c.relrowsecurity, 'force_row_security', c.relforcerowsecurity,
  'policies', (SELECT json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
      'roles', (SELECT json_agg(pg_get_userbyid(r) ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(p.polroles) r
        WHERE 0 <> ALL (p.polroles)),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
      ORDER BY p.polname COLLATE "C") FROM pg_policy p WHERE p.polrelid = c.oid),
  'rules', (SELECT json_agg(json_build_object('name', w.rulename, 'event', w.ev_type, 'instead', w.is_instead,
      'definition', pg_get_ruledef(w.oid)) ORDER BY w.rulename COLLATE "C")
    FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.ev_type <> '1' AND w.ev_enabled IN ('O', 'A')),
  'triggers', (SELECT json_agg(pg_get_triggerdef(t.oid) ORDER BY t.tgname) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'activity', CASE WHEN s.relid IS NOT NULL THEN json_build_object(
    'sequential_scans', s.seq_scan, 'index_scans', s.idx_scan, 'inserts', s.n_tup_ins,
    'updates', s.n_tup_upd, 'hot_updates', s.n_tup_hot_upd, 'deletes', s.n_tup_del,
    'live_rows', s.n_live_tup, 'dead_rows', s.n_dead_tup, 'modified_since_analyze', s.n_mod_since_analyze,
    'last_vacuum', to_char(greatest(s.last_vacuum, s.last_autovacuum), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'last_analyze', to_char(greatest(s.last_analyze, s.last_autoanalyze), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) END)
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND c.relkind IN ('r', 'm')
LEFT JOIN columns ON columns.attrelid = c.oid
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid AND c.relkind IN ('r', 'p', 'm')
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND {user_schema}
  AND NOT (c.relkind = 'v' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')))";

constexpr const char* kIndexes = R"(
WITH statistics AS MATERIALIZED (
  SELECT schemaname, tablename, attname, )" QUERN_COLUMN_STATISTICS("s") R"( AS numbers
  FROM pg_stats s WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND NOT inherited)
SELECT coalesce(json_agg(json_build_object(
  'oid', c.oid::bigint, 'table', i.indrelid::bigint, 'schema', n.nspname, 'name', c.relname,
  'access_method', am.amname, 'definition', pg_get_indexdef(c.oid),
  'keys', (SELECT json_agg(json_build_object(
      'column', i.indkey[k - 1],
      'expression', CASE WHEN i.indkey[k - 1] = 0 THEN pg_get_indexdef(c.oid, k, false) END,
      'operator_class', i.indclass[k - 1]::bigint, 'operator_class_name', oc.opcname,
      'collation', i.indcollation[k - 1]::bigint,
      'descending', i.indoption[k - 1] & 1 = 1, 'nulls_first', i.indoption[k - 1] & 2 = 2,
      'statistics', CASE WHEN i.indkey[k - 1] = 0 THEN st.numbers END) ORDER BY k)
    FROM generate_series(1, i.indnkeyatts::int) AS k
    JOIN pg_opclass oc ON oc.oid = i.indclass[k - 1]
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k
    LEFT JOIN statistics st ON i.indkey[k - 1] = 0 AND st.schemaname = n.nspname AND st.tablename = c.relname AND st.attname = a.attname),
  'included', (SELECT json_agg(i.indkey[k - 1] ORDER BY k) FROM generate_series(i.indnkeyatts + 1, i.indnatts::int) AS k),
  'predicate', pg_get_expr(i.indpred, i.indrelid),
  'unique', i.indisunique, 'primary', i.indisprimary, 'exclusion', i.indisexclusion,
  'nulls_not_distinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
  'valid', i.indisvalid, 'ready', i.indisready, 'replica_identity', i.indisreplident,
  'clustered', i.indisclustered, 'immediate', i.indimmediate,
  'constraint', (SELECT conname FROM pg_constraint WHERE conindid = c.oid AND contype IN ('p', 'u', 'x') LIMIT 1),
  'parent', coalesce((SELECT inhparent::bigint FROM pg_inherits WHERE inhrelid = c.oid LIMIT 1), 0),
  'options', (SELECT json_object_agg(option_name, option_value ORDER BY option_name) FROM pg_options_to_table(c.reloptions)),
  'pages', CASE WHEN c.relkind = 'i' THEN pg_relation_size(c.oid) / current_setting('block_size')::int ELSE 0 END,
  'relpages', c.relpages, 'reltuples', c.reltuples,
  'scans', CASE WHEN c.relkind = 'i' THEN pg_stat_get_numscans(c.oid) END)
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"), '[]')
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = c.relam
WHERE {user_schema})";

constexpr const char* kConstraints = R"(
SELECT coalesce(json_agg(json_build_object(
  'name', k.conname, 'table', k.conrelid::bigint, 'kind', k.contype, 'columns', k.conkey,
  'referenced_table', k.confrelid::bigint, 'referenced_columns', k.confkey,
  'on_delete', CASE WHEN k.contype = 'f' THEN k.confdeltype END,
  'on_update', CASE WHEN k.contype = 'f' THEN k.confupdtype END,
  'validated', k.convalidated, 'deferrable', k.condeferrable,
  'index', (SELECT relname FROM pg_class WHERE oid = k.conindid),
  'definition', pg_get_constraintdef(k.oid))
  ORDER BY k.conrelid, k.conname COLLATE "C"), '[]')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {user_schema})";

constexpr const char* kExtendedStatistics = R"(
SELECT coalesce(json_agg(json_build_object(
  'oid', s.oid::bigint, 'schema', n.nspname, 'name', s.stxname, 'table', s.stxrelid::bigint,
  'columns', to_json(s.stxkeys::int2[]), 'expressions', to_jsonb(e) -> 'exprs',
  'kinds', array_to_string(s.stxkind, ''),
  'inherited', coalesce((to_jsonb(e) ->> 'inherited')::boolean, false),
  'n_distinct', e.n_distinct::text, 'dependencies', e.dependencies::text,
  'most_common_values', e.most_common_vals, 'most_common_frequencies', e.most_common_freqs,
  'most_common_base_frequencies', e.most_common_base_freqs)
  ORDER BY n.nspname COLLATE "C", s.stxname COLLATE "C", to_jsonb(e) ->> 'inherited'), '[]')
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
LEFT JOIN pg_stats_ext e ON e.statistics_schemaname = n.nspname AND e.statistics_name = s.stxname
WHERE {user_schema})";

// pg_stats_ext_exprs: one row an expression; told apart by name and text.
constexpr const char* kExpressionStatistics = R"(
SELECT coalesce(json_agg(json_build_object(
  'schema', x.statistics_schemaname, 'name', x.statistics_name,
  'inherited', coalesce((to_jsonb(x) ->> 'inherited')::boolean, false), 'expression', x.expr,
  'statistics', )" QUERN_COLUMN_STATISTICS("x") R"()
  ORDER BY x.statistics_schemaname COLLATE "C", x.statistics_name COLLATE "C", x.expr COLLATE "C"), '[]')
FROM pg_stats_ext_exprs x)";

// STATISTIC_KIND_RANGE_LENGTH_HISTOGRAM is 6, its one number the share of empty ranges;
// STATISTIC_KIND_BOUNDS_HISTOGRAM is 7.
constexpr const char* kRangeStatistics = R"(
SELECT coalesce(json_agg(json_build_object(
  'relation', s.starelid::bigint, 'column', s.staattnum, 'inherited', s.stainherit, 'statistics', json_build_object(
  'range_bounds_histogram',
    CASE 7 WHEN stakind1 THEN stavalues1 WHEN stakind2 THEN stavalues2 WHEN stakind3 THEN stavalues3
           WHEN stakind4 THEN stavalues4 WHEN stakind5 THEN stavalues5 END::text::text[],
  'range_length_histogram',
    CASE 6 WHEN stakind1 THEN stavalues1 WHEN stakind2 THEN stavalues2 WHEN stakind3 THEN stavalues3
           WHEN stakind4 THEN stavalues4 WHEN stakind5 THEN stavalues5 END::text::text[],
  'range_empty_fraction',
    CASE 6 WHEN stakind1 THEN stanumbers1[1] WHEN stakind2 THEN stanumbers2[1] WHEN stakind3 THEN stanumbers3[1]
           WHEN stakind4 THEN stanumbers4[1] WHEN stakind5 THEN stanumbers5[1] END))
  ORDER BY s.starelid, s.staattnum, s.stainherit), '[]')
FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE 6 IN (stakind1, stakind2, stakind3, stakind4, stakind5) AND {user_schema})";

// Indexes whose order is the column's own, of tables without row security for this user: each probe
// reads one entry. Probes are counted as scans of an index, hence no column of which an index is
// unused so far: it has to stay known as that. Fifty columns a query.
constexpr const char* kColumnEnds = R"(
SELECT 'SELECT coalesce(json_agg(json_build_object(''relation'', r, ''column'', c, ''statistics'', ' ||
  'json_build_object(''lowest'', left(low, 1000), ''highest'', left(high, 1000))) ORDER BY r, c), ''[]'') FROM (' ||
  string_agg(format('SELECT %s::bigint, %s, ' ||
    '(SELECT t.%3$I::text FROM ONLY %4$I.%5$I AS t WHERE t.%3$I IS NOT NULL ORDER BY t.%3$I LIMIT 1), ' ||
    '(SELECT t.%3$I::text FROM ONLY %4$I.%5$I AS t WHERE t.%3$I IS NOT NULL ORDER BY t.%3$I DESC LIMIT 1)',
    relid, attnum, attname, nspname, relname), ' UNION ALL ' ORDER BY relid, attnum) || ') AS e (r, c, low, high)'
FROM (SELECT l.*, dense_rank() OVER (ORDER BY relid, attnum) / 50 AS part
  FROM (SELECT DISTINCT c.oid AS relid, a.attnum, a.attname, n.nspname, c.relname
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam AND am.amname = 'btree'
    JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'm') JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    JOIN pg_opclass o ON o.oid = i.indclass[0] AND o.opcdefault
    WHERE {user_schema} AND i.indisvalid AND i.indpred IS NULL AND i.indcollation[0] = a.attcollation
      AND NOT EXISTS (SELECT FROM pg_index u WHERE u.indrelid = c.oid AND u.indkey[0] = a.attnum
        AND NOT u.indisunique AND pg_stat_get_numscans(u.indexrelid) = 0)
      AND NOT (c.relkind = 'm' AND NOT c.relispopulated) AND NOT row_security_active(c.oid)
      AND has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')) AS l) AS numbered
GROUP BY part ORDER BY part)";

constexpr const char* kShownRangeStatistics = R"(
SELECT coalesce(json_agg(json_build_object(
  'relation', a.attrelid::bigint, 'column', a.attnum, 'inherited', s.inherited, 'statistics', json_build_object(
  'range_bounds_histogram', s.range_bounds_histogram::text::text[],
  'range_length_histogram', s.range_length_histogram::text::text[],
  'range_empty_fraction', s.range_empty_frac))
  ORDER BY a.attrelid, a.attnum, s.inherited), '[]')
FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE s.range_length_histogram IS NOT NULL AND {user_schema})";

// Row types of tables and their arrays are left out: a column list says as much.
constexpr const char* kTypes = R"(
SELECT coalesce(json_agg(json_build_object(
  'oid', t.oid::bigint, 'schema', n.nspname, 'name', t.typname, 'kind', t.typtype,
  'category', t.typcategory, 'preferred', t.typispreferred, 'length', t.typlen, 'by_value', t.typbyval,
  'alignment', t.typalign, 'storage', t.typstorage, 'element', t.typelem::bigint, 'array', t.typarray::bigint,
  'base', t.typbasetype::bigint, 'type_modifier', t.typtypmod, 'collation', t.typcollation::bigint,
  'not_null', t.typnotnull,
  'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
  'fields', (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::bigint,
      'type_modifier', a.atttypmod, 'collation', a.attcollation::bigint) ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
  ORDER BY n.nspname COLLATE "C", t.typname COLLATE "C"), '[]')
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_class c ON c.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)
WHERE t.oid >= 16384 AND {user_schema} AND (c.oid IS NULL OR c.relkind = 'c'))";

constexpr const char* kFunctions = R"(
SELECT coalesce(json_agg(json_build_object(
  'oid', p.oid::bigint, 'schema', n.nspname, 'name', p.proname, 'kind', p.prokind,
  'volatility', p.provolatile, 'strict', p.proisstrict, 'returns_set', p.proretset,
  'leakproof', p.proleakproof, 'parallel', p.proparallel, 'cost', p.procost, 'rows', p.prorows,
  'result', p.prorettype::bigint, 'variadic', p.provariadic::bigint, 'defaults', p.pronargdefaults,
  'arguments', to_json(p.proargtypes::oid[]::bigint[]), 'language', l.lanname,
  'support', (SELECT s.proname FROM pg_proc s WHERE s.oid = p.prosupport),
  'body', CASE WHEN inlines THEN coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)) END,
  'argument_names', (SELECT json_agg(coalesce(p.proargnames[i], '') ORDER BY i)
    FROM generate_series(1, coalesce(cardinality(p.proargmodes), p.pronargs)) i
    WHERE p.proargnames IS NOT NULL AND coalesce(p.proargmodes[i], 'i') IN ('i', 'b', 'v')),
  'argument_defaults', CASE WHEN p.pronargdefaults > 0 THEN (SELECT json_agg(d ORDER BY i)
    FROM generate_series(1, coalesce(cardinality(p.proargmodes), p.pronargs)) i
    CROSS JOIN LATERAL pg_get_function_arg_default(p.oid, i) d WHERE d IS NOT NULL) END,
  'result_columns', coalesce((SELECT json_agg(json_build_object('name', coalesce(p.proargnames[i], ''),
      'type', p.proallargtypes[i]::bigint) ORDER BY i)
    FROM generate_series(1, cardinality(p.proargmodes)) i WHERE p.proargmodes[i] IN ('o', 'b', 't')),
    (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::bigint) ORDER BY a.attnum)
    FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
    WHERE t.oid = p.prorettype AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped)),
  'aggregate', (SELECT json_build_object('kind', g.aggkind, 'direct_arguments', g.aggnumdirectargs,
    'transition', g.aggtransfn::oid::bigint, 'final', g.aggfinalfn::oid::bigint,
    'combine', g.aggcombinefn::oid::bigint, 'serialize', g.aggserialfn::oid::bigint,
    'deserialize', g.aggdeserialfn::oid::bigint, 'transition_type', g.aggtranstype::bigint,
    'transition_space', g.aggtransspace, 'sort_operator', g.aggsortop::bigint,
    'starts_null', g.agginitval IS NULL, 'moving_transition', g.aggmtransfn::oid::bigint,
    'moving_final', g.aggmfinalfn::oid::bigint) FROM pg_aggregate g WHERE g.aggfnoid = p.oid))
  ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C", p.oid), '[]')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
CROSS JOIN LATERAL (SELECT l.lanname = 'sql' AND p.prokind = 'f' AND NOT p.prosecdef
  AND p.proconfig IS NULL AND length(p.prosrc) < 10000
  AND CASE WHEN p.proretset THEN p.provolatile <> 'v' AND NOT p.proisstrict
    ELSE p.prorettype <> 'record'::regtype AND p.proargmodes IS NULL END AS inlines) s
WHERE p.oid >= 16384 AND {user_schema})";

constexpr const char* kOperators = R"(
SELECT coalesce(json_agg(json_build_object(
  'oid', o.oid::bigint, 'schema', n.nspname, 'name', o.oprname, 'left', o.oprleft::bigint,
  'right', o.oprright::bigint, 'result', o.oprresult::bigint, 'function', o.oprcode::oid::bigint,
  'commutator', o.oprcom::bigint, 'negator', o.oprnegate::bigint, 'merges', o.oprcanmerge,
  'hashes', o.oprcanhash,
  'restriction', (SELECT proname FROM pg_proc WHERE oid = o.oprrest),
  'join', (SELECT proname FROM pg_proc WHERE oid = o.oprjoin))
  ORDER BY n.nspname COLLATE "C", o.oprname COLLATE "C", o.oid), '[]')
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oid >= 16384 AND {user_schema})";

constexpr const char* kCasts = R"(
SELECT coalesce(json_agg(json_build_object(
  'source', c.castsource::bigint, 'target', c.casttarget::bigint, 'function', c.castfunc::bigint,
  'context', c.castcontext, 'method', c.castmethod) ORDER BY c.castsource, c.casttarget), '[]')
FROM pg_cast c WHERE c.oid >= 16384)";

constexpr const char* kOperatorClasses = R"(
SELECT coalesce(json_agg(json_build_object(
  'oid', o.oid::bigint, 'schema', n.nspname, 'name', o.opcname, 'access_method', am.amname,
  'family', o.opcfamily::bigint, 'input_type', o.opcintype::bigint, 'key_type', o.opckeytype::bigint,
  'is_default', o.opcdefault,
  'members', (SELECT json_agg(json_build_object('left', amoplefttype::bigint, 'right', amoprighttype::bigint,
      'strategy', amopstrategy, 'operator', amopopr::bigint) ORDER BY amoplefttype, amoprighttype, amopstrategy, amopopr)
    FROM pg_amop WHERE amopfamily = o.opcfamily))
  ORDER BY n.nspname COLLATE "C", o.opcname COLLATE "C", o.oid), '[]')
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_am am ON am.oid = o.opcmethod
WHERE o.oid >= 16384 AND {user_schema})";

// Only roles that can decide about rows. Those of the server itself (pg_monitor and the like) are
// left out.
constexpr const char* kRoles = R"(
SELECT coalesce(json_agg(json_build_object(
  'name', r.rolname, 'superuser', r.rolsuper, 'bypasses_row_security', r.rolbypassrls,
  'privileges_of', CASE WHEN NOT r.rolsuper THEN (SELECT json_agg(m.rolname ORDER BY m.rolname COLLATE "C") FROM pg_roles m
    WHERE m.oid <> r.oid AND m.rolname !~ '^pg_' AND pg_has_role(r.oid, m.oid, 'USAGE')) END)
  ORDER BY r.rolname COLLATE "C"), '[]')
FROM pg_roles r WHERE r.rolname !~ '^pg_' AND EXISTS (SELECT FROM pg_class WHERE relrowsecurity))";

constexpr const char* kCaveats = R"(
SELECT coalesce(json_agg(caveat ORDER BY caveat COLLATE "C"), '[]')
FROM (
  SELECT 'statistics of ' || format('%I.%I', n.nspname, c.relname) || ' are not readable by this user (' || count(*) ||
    ' columns without SELECT): the estimates for it are defaults' AS caveat
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'm') AND {user_schema}
    AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')
  GROUP BY n.nspname, c.relname
  UNION ALL
  SELECT 'the bounds of ranges in ' || format('%I.%I.%I', n.nspname, c.relname, a.attname) || ' are read from ' ||
    'pg_statistic before PostgreSQL 17, which this user may not (pg_read_all_data may): the estimates for it are defaults'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid AND t.typtype IN ('r', 'm')
  WHERE c.relkind IN ('r', 'p', 'm') AND {user_schema} AND current_setting('server_version_num')::int < 170000
    AND NOT has_table_privilege('pg_catalog.pg_statistic', 'SELECT')) AS found)";

std::string filled(const char* text) {
  std::string sql{text};
  const std::string mark = "{user_schema}";
  for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) {
    sql.replace(at, mark.size(), kUserSchema);
  }
  return sql.substr(sql.find_first_not_of('\n'));
}

}  // namespace

const std::vector<SnapshotQuery>& snapshot_queries() {
  static const std::vector<SnapshotQuery> queries = {
      {"server", filled(kServer)},
      {"settings", filled(kSettings)},
      {"tables", filled(kTables)},
      {"indexes", filled(kIndexes)},
      {"constraints", filled(kConstraints)},
      {"extended_statistics", filled(kExtendedStatistics)},
      {"expression_statistics", filled(kExpressionStatistics), 140000},
      {"range_statistics", filled(kShownRangeStatistics), 170000},
      {"types", filled(kTypes)},
      {"functions", filled(kFunctions)},
      {"operators", filled(kOperators)},
      {"casts", filled(kCasts)},
      {"operator_classes", filled(kOperatorClasses)},
      {"roles", filled(kRoles)},
      {"caveats", filled(kCaveats)},
  };
  return queries;
}

const std::vector<std::string>& snapshot_session_settings() {
  static const std::vector<std::string> settings = {
      "SET LOCAL statement_timeout = '60s'",
      "SET LOCAL lock_timeout = '2s'",
      "SET LOCAL timezone = 'UTC'",
      "SET LOCAL datestyle = 'ISO, MDY'",
      "SET LOCAL intervalstyle = 'postgres'",
      "SET LOCAL extra_float_digits = 1",
      "SET LOCAL bytea_output = 'hex'",
      "SET LOCAL client_encoding = 'UTF8'",
      "SET LOCAL jit = off",
      "SET LOCAL quote_all_identifiers = off",
  };
  return settings;
}

const std::string& pageinspect_query() {
  static const std::string sql =
      "SELECT coalesce(min(quote_ident(n.nspname)), '') AS pageinspect,\n"
      "  coalesce(bool_or(has_function_privilege(p.oid, 'EXECUTE')), false) AND\n"
      "  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_inspect\n"
      "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace\n"
      "WHERE p.proname = 'bt_metap' AND p.pronargs = 1 AND has_schema_privilege(n.oid, 'USAGE')";
  return sql;
}

std::string tree_height_query(const std::string& pageinspect_schema) {
  return fmt::format(
      "SELECT coalesce(json_object_agg(i.oid, (SELECT fastlevel FROM {}.bt_metap(i.name)) ORDER BY "
      "i.oid), '{{}}')\n"
      "FROM (SELECT c.oid::bigint, format('%I.%I', n.nspname, c.relname) AS name\n"
      "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = "
      "c.relam JOIN pg_index x ON x.indexrelid = c.oid\n"
      "  WHERE c.relkind = 'i' AND c.relpersistence <> 't' AND am.amname = 'btree' AND "
      "x.indisvalid\n"
      "    AND pg_relation_size(c.oid) > 0 AND {}\n"
      "  OFFSET 0) AS i",
      pageinspect_schema, kUserSchema);
}

const std::string& may_read_statistics_query() {
  static const std::string sql =
      "SELECT current_setting('server_version_num')::int < 170000 AND\n"
      "  has_table_privilege('pg_catalog.pg_statistic', 'SELECT') AS may_read_statistics";
  return sql;
}

const std::string& range_statistics_query() {
  static const std::string sql = filled(kRangeStatistics);
  return sql;
}

const std::string& column_ends_queries() {
  static const std::string sql = filled(kColumnEnds);
  return sql;
}

const std::vector<std::string>& column_ends_settings() {
  static const std::vector<std::string> settings = {
      "SET LOCAL statement_timeout = '5s'",
      "SET LOCAL enable_seqscan = off",
      "SET LOCAL enable_bitmapscan = off",
      "SET LOCAL enable_sort = off",
  };
  return settings;
}

namespace {

/// Failures are printed and leave the rest as it was.
std::string column_ends_script() {
  std::string script = "SAVEPOINT column_ends;\n\\unset ON_ERROR_STOP\n";
  for (const std::string& setting : column_ends_settings()) {
    script += setting + ";\n";
  }
  script += fmt::format(
      "SAVEPOINT column_end;\n"
      "SELECT 'SELECT json_build_object(''section'', ''column_ends'', ''value'', (' || query || "
      "'))', 'ROLLBACK TO SAVEPOINT column_end' "
      "FROM (\n{}) AS queries (query) \\gexec\n",
      column_ends_queries());
  return script + "\\set ON_ERROR_STOP on\nROLLBACK TO SAVEPOINT column_ends;\n";
}

/// Each row of the query is a transaction: its columns are run one after the other.
std::string samples_script() {
  std::string script = "\\unset ON_ERROR_STOP\nSELECT 'BEGIN READ ONLY'";
  for (const auto* settings : {&snapshot_session_settings(), &sample_settings()}) {
    for (const std::string& setting : *settings) {
      script += fmt::format(",\n  $set${}$set$", setting);
    }
  }
  return script +
         fmt::format(
             ",\n  'SELECT json_build_object(''section'', ''samples'', ''value'', (' || query || "
             "'))', 'COMMIT'\nFROM (\n{}) AS queries (name, query) \\gexec\n"
             "\\set ON_ERROR_STOP on\n",
             sample_queries());
}

}  // namespace

std::string snapshot_psql_script(bool samples) {
  std::string script =
      "-- Reads what quern needs of one database's catalog: read-only, one transaction, with "
      "timeouts.\n"
      "--   psql -XAtq -f snapshot.sql -o prod.psql.json \"host=... dbname=...\"\n"
      "--   quern snapshot --from-psql prod.psql.json -o prod.catalog.json\n"
      "\\set ON_ERROR_STOP on\n"
      "\\pset format unaligned\n\\pset tuples_only on\n\\pset null ''\n"
      "\\encoding UTF8\n"
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n";
  for (const std::string& setting : snapshot_session_settings()) {
    script += setting + ";\n";
  }
  script += "SELECT json_build_object('format', 'quern-catalog-psql', 'version', 1);\n";
  const auto section = [](const std::string& name, const std::string& sql) {
    return fmt::format("SELECT json_build_object('section', '{}', 'value', ({}));\n", name, sql);
  };
  for (const SnapshotQuery& query : snapshot_queries()) {
    if (query.minimum_version > 0) {
      script += fmt::format(
          "SELECT current_setting('server_version_num')::int >= {} AS recent \\gset\n"
          "\\if :recent\n{}\\endif\n",
          query.minimum_version, section(query.section, query.sql));
    } else {
      script += section(query.section, query.sql);
    }
  }
  script += pageinspect_query() + " \\gset\n\\if :may_inspect\n" +
            section("tree_heights", tree_height_query(":pageinspect")) + "\\endif\n";
  script += may_read_statistics_query() + " \\gset\n\\if :may_read_statistics\n" +
            section("range_statistics", range_statistics_query()) + "\\endif\n";
  script += column_ends_script();
  script += "COMMIT;\n";
  if (samples) {
    script += samples_script();
  }
  script += "SELECT json_build_object('section', 'end', 'value', null);\n";
  return script;
}

}  // namespace quern::collector
