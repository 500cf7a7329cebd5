#!/usr/bin/env bash
# Records the sample again: makes the shop in a new cluster, runs the workload, and writes logs/,
# plans/, statements.csv, queries.sql and catalog.json.gz here. Takes about three minutes; times and the
# order of a few lines differ from run to run, statements and parameters do not.
#
#   record.sh [QUERN]      QUERN: the binary that takes the snapshot (build/release/quern)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
quern=$(realpath "${1:-$here/../../build/release/quern}")
bin=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}
work=$(mktemp -d /tmp/quern-record.XXXXXX)
chmod 755 "$work"

owner=$(id -un)
if [ "$(id -u)" = 0 ]; then owner=postgres; chown postgres "$work"; fi
as_owner() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$owner" -- "$@"); else "$@"; fi; }
finish() { as_owner "$bin/pg_ctl" -D "$work/data" -m fast -w stop >/dev/null 2>&1 || true; rm -rf "$work"; }
trap finish EXIT

as_owner "$bin/initdb" -D "$work/data" -U owner -A trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
as_owner tee -a "$work/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
autovacuum = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
deadlock_timeout = '50ms'
shared_preload_libraries = 'pg_stat_statements,auto_explain'
compute_query_id = on
logging_collector = on
log_directory = '$work/log'
log_filename = 'postgresql.log'
log_file_mode = 0644
log_destination = 'stderr,csvlog,jsonlog'
log_line_prefix = '%m [%p] %q[user=%u,db=%d,app=%a] '
CONF
as_owner "$bin/pg_ctl" -D "$work/data" -w start -l "$work/start.log" >/dev/null
server="host=$work user=owner"
"$here/load.sh" "$server" shop
sql() { "$bin/psql" -XqAt -v ON_ERROR_STOP=1 "$server dbname=$1" "${@:2}"; }
sql postgres -c 'CREATE EXTENSION pg_stat_statements' -c 'SELECT pg_stat_statements_reset()' >/dev/null
for role in web jobs admin reports; do
  sql shop -c "CREATE ROLE shop_$role LOGIN" \
    -c "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_$role"
done
"$here/workload/run.py" "$server dbname=shop" --queries >"$here/queries.sql"

for setting in "log_min_duration_statement = 0" "log_lock_waits = on" "log_temp_files = 0" "log_checkpoints = on" \
  "log_autovacuum_min_duration = 0" "auto_explain.log_min_duration = '15ms'" "auto_explain.log_analyze = on" \
  "auto_explain.log_buffers = on" "auto_explain.log_format = 'json'" "auto_explain.log_nested_statements = off"; do
  sql postgres -c "ALTER SYSTEM SET $setting"
done
sql postgres -c 'SELECT pg_stat_statements_reset(); SELECT pg_reload_conf()' >/dev/null
sleep 1
"$here/workload/run.py" "$server dbname=shop"
sql postgres -c 'ALTER SYSTEM RESET ALL' -c 'SELECT pg_reload_conf()' >/dev/null
sleep 1

mkdir -p "$here/logs" "$here/plans"
for kind in log csv json; do
  gzip -9nc "$work/log/postgresql.$kind" >"$here/logs/postgresql.$kind.gz"
done
sql postgres --csv -P tuples_only=off -c "SELECT r.rolname AS usename, d.datname, s.queryid, s.query, s.calls, s.total_exec_time, s.rows, s.shared_blks_hit,
    s.shared_blks_read, s.temp_blks_written, s.wal_records, s.wal_bytes
  FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = 'shop' ORDER BY r.rolname, s.query" >"$here/statements.csv"
"$here/explain.sh" "$server dbname=shop" >"$here/plans/queries.explain.json"
gzip -9nf "$here/plans/queries.explain.json"
sql postgres -c 'CHECKPOINT'
"$quern" snapshot "$server dbname=shop" -o "$work/catalog.json"
gzip -9nc "$work/catalog.json" >"$here/catalog.json.gz"
du -sh "$here"
