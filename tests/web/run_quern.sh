#!/bin/sh
# Runs the program as a user would, on a part of the recorded shop that even a debug build advises on
# at once, and leaves every document it writes in OUT. Usage: run_quern.sh QUERN SOURCE OUT
set -eu
quern=$1 source=$2 out=$3
shop=$source/samples/shop
mkdir -p "$out"
cd "$source"
"$quern" -q collect samples/shop/logs/postgresql.log.gz --application exporter --application importer \
  --application psql -o "$out/recorded.workload.json"
"$quern" -q collect samples/shop/logs/postgresql.csv.gz -o "$out/all.workload.json"
"$quern" -q collect --format sql tests/web/more_statements.sql -o "$out/more.workload.json"
"$quern" -q collect tests/web/maintenance.log -o "$out/maintenance.workload.json"
"$quern" -q merge "$out/recorded.workload.json" "$out/more.workload.json" -o "$out/run.workload.json"
gzip -dc "$shop/catalog.json.gz" >"$out/run.catalog.json"
"$quern" -q snapshot --from-schema "$shop/schema.sql" -o "$out/schema.catalog.json"
"$quern" -q calibrate "$out/all.workload.json" -c "$out/run.catalog.json" \
  -o "$out/run.calibration.json" >"$out/run.calibration.txt"
"$quern" -q advise "$out/run.workload.json" -c "$out/run.catalog.json" \
  --calibration "$out/run.calibration.json" --html "$out/run.html" \
  --json "$out/run.advice.json" --markdown "$out/run.advice.md" >"$out/run.advice.txt"
printf '%s\n' '{"id":1,"sql":"SELECT * FROM orders WHERE customer_id = 7","create":["CREATE INDEX ON orders (customer_id)"]}' \
  '{"id":"sizes","create":["CREATE INDEX ON orders (placed_at)","CREATE INDEX ON products USING gin (attributes)"]}' \
  '{"id":"wal","sql":"INSERT INTO orders (customer_id) VALUES (7) ON CONFLICT (id) DO NOTHING","write":{"rows":1000}}' \
  '{"id":"wrong","sql":"SELECT FORM"}' |
  "$quern" -q what-if -c "$out/run.catalog.json" >"$out/run.what-if.jsonl" || true
status=0
"$quern" -q check "$out/run.workload.json" -c "$out/run.catalog.json" -m tests/web/migration.sql \
  --json "$out/run.check.json" --sarif "$out/run.check.sarif" --junit "$out/run.check.xml" \
  --markdown "$out/run.check.md" >"$out/run.check.txt" || status=$?
[ "$status" = 1 ] # it has findings
