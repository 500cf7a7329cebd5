#!/usr/bin/env bash
# Prints EXPLAIN (FORMAT JSON) of every statement of queries.sql, one line each: {"name", "plan"}.
#
#   explain.sh "host=... dbname=shop"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
psql=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}/psql
awk '/^-- name: /{print "\\echo @" $3; next} /^--/ || /^$/{next} {print "EXPLAIN (FORMAT JSON) " $0}' "$here/queries.sql" |
  "$psql" -XqAt -v ON_ERROR_STOP=1 "$1" |
  python3 -c '
import json, sys
for part in ("\n" + sys.stdin.read()).split("\n@")[1:]:
    name, _, plan = part.partition("\n")
    print(json.dumps({"name": name, "plan": json.loads(plan)[0]["Plan"]}))'
