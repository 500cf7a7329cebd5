#!/usr/bin/env bash
# Makes the shop sample in a cluster of one's own.
#
#   load.sh "host=/tmp/socket port=5432 user=postgres" [DATABASE]
#
# The database (default: shop) must not exist yet. UTF8 and the locale C.UTF-8, so that order and
# comparison are the same on every machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
connection=${1:?a psql connection string without dbname}
database=${2:-shop}
psql=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}/psql

run() { "$psql" -XqAt -v ON_ERROR_STOP=1 "$connection dbname=$database" "$@"; }

"$psql" -Xq -v ON_ERROR_STOP=1 "$connection dbname=postgres" \
  -c "CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
run -c "ALTER DATABASE $database SET timezone = 'UTC'"
for step in schema load indexes; do
  run --single-transaction -f "$here/$step.sql"
done
# Phone numbers repeat, so this fails and leaves an invalid index behind, as in real life.
if run -c 'CREATE UNIQUE INDEX CONCURRENTLY customers_phone_key ON customers (phone)' 2>/dev/null; then
  echo "customers_phone_key was expected to fail" >&2
  exit 1
fi
run -f "$here/finish.sql"
