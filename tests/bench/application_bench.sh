#!/usr/bin/env bash
# How long advice takes for an application of many tables and query classes, and in how much memory.
#
#   application_bench.sh BUILD_DIR [TABLES [CLASSES [SEED]]]    (200 tables, 1000 classes) on the throwaway server
set -euo pipefail

build=$(cd "${1:?build folder}" && pwd)
tables=${2:-200} classes=${3:-1000} seed=${4:-1}
here=$(cd "$(dirname "$0")" && pwd)
quern=$build/quern
"$here/../support/cluster.sh" start "$build"
mapfile -t server <"$build/cluster.env"
connection="host=${server[0]} port=${server[1]} user=quern"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

psql=(psql -X -q -v ON_ERROR_STOP=1 -o /dev/null)
PGOPTIONS='-c client_min_messages=warning' "${psql[@]}" "$connection dbname=postgres" -c 'DROP DATABASE IF EXISTS application' -c 'CREATE DATABASE application'
dsn="$connection dbname=application"
python3 "$here/make_application.py" schema "$tables" "$classes" "$seed" | "${psql[@]}" "$dsn"
"$quern" -q snapshot "$dsn" --no-clock -o "$work/catalog.json"
python3 "$here/make_application.py" queries "$tables" "$classes" "$seed" >"$work/queries.sql"
"$quern" -q collect "$work/queries.sql" -o "$work/workload.json"

python3 "$here/measure.py" "$work/measured" "$quern" -q advise "$work/workload.json" -c "$work/catalog.json" \
  --json "$work/advice.json"
read -r cpu peak clock <"$work/measured"
python3 - "$work/advice.json" <<'PY'
import json
import sys

advice = json.load(open(sys.argv[1], encoding="utf-8"))
cost = advice["cost"]
before, after = (cost["reads_" + when] + cost["writes_" + when] for when in ("before", "after"))
made = sum(any("CREATE" in line for line in p["ddl_up"]) for p in advice["proposals"])
print(f"{len(advice['queries'])} query classes, {len(advice['candidates'])} candidates, {made} indexes: "
      f"cost {before:.4g} to {after:.4g} ({100 * (after / before - 1):.1f} %), gap {100 * cost['gap']:.2f} %")
PY
awk -v t="$tables" -v c="$classes" -v s="$clock" -v u="$cpu" -v k="$peak" 'BEGIN {
  printf "%d tables, %d statements: advice in %.1f s on the clock, %.1f s of processor time, %.0f MB\n", t, c, s, u, k / 1000 }'
