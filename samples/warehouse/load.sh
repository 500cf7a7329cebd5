#!/usr/bin/env bash
# Makes the warehouse sample in a cluster of one's own.
#
#   load.sh "host=/tmp/socket port=5432 user=postgres" [DATABASE [SCALE]]
#
# The database (default: warehouse) must not exist yet. SCALE 1 is about two million rows; 0.02 loads
# in a second or two. UTF8 and the locale C.UTF-8, so that order and comparison are the same on every
# machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
connection=${1:?a psql connection string without dbname}
database=${2:-warehouse}
scale=${3:-1}
psql=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}/psql

run() { "$psql" -XqAt -v ON_ERROR_STOP=1 -v scale="$scale" "$connection dbname=$database" "$@"; }

"$psql" -Xq -v ON_ERROR_STOP=1 "$connection dbname=postgres" \
  -c "CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
run -c "ALTER DATABASE $database SET timezone = 'UTC'"
for step in schema load indexes; do
  run --single-transaction -f "$here/$step.sql"
done
run -c 'VACUUM (ANALYZE)'
