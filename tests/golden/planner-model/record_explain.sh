#!/usr/bin/env bash
# Records what a server prints for the sample's queries and for explain_statements.sql, as JSON and as
# text, into explain_plans.txt:   record_explain.sh "host=... port=... user=... dbname=shop"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
connection=${1:?a psql connection string}
psql=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}/psql

explain() {  # settings, statement, format
  "$psql" -XqAt -v ON_ERROR_STOP=1 "$connection" <<SQL
BEGIN;
SET LOCAL jit = off;
$1
EXPLAIN (FORMAT $3) $2
ROLLBACK;
SQL
}

grep -hv '^ *--\|^ *$' "$here/../../../samples/shop/queries.sql" "$here/explain_statements.sql" |
  while IFS= read -r line; do
    settings=$(grep -oE '^(SET [^;]*; )*' <<<"$line")
    statement=${line#"$settings"}
    printf '=== %s\n' "$line"
    explain "$settings" "$statement" JSON
    echo '---'
    explain "$settings" "$statement" TEXT
  done >"$here/explain_plans.txt"
