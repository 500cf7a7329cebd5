#!/usr/bin/env bash
# Does the advice know where an index on a heavily updated column begins to pay? Two workloads on both
# sides of the break-even, advised and then run by pgbench with and without the index.
#
#   break_even.sh BUILD_DIR [SECONDS [ROUNDS]]    on the throwaway server of the build folder
#
# By turns, each first in every other round, both from a packed table and after a warm-up that gives its
# pages room for HOT updates; the median of the rounds counts.
set -euo pipefail

build=$(cd "${1:?build folder}" && pwd)
seconds=${2:-5}
rounds=${3:-5}
here=$(cd "$(dirname "$0")" && pwd)
pair=$here/../golden/advisor/break_even
"$here/../support/cluster.sh" start "$build"
mapfile -t server <"$build/cluster.env"
connection="host=${server[0]} port=${server[1]} user=quern"
psql=(psql -X -q -v ON_ERROR_STOP=1)
quern=$build/quern
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${psql[@]}" "$connection dbname=postgres" -c 'DROP DATABASE IF EXISTS break_even' -c 'CREATE DATABASE break_even'
dsn="$connection dbname=break_even"
"${psql[@]}" "$dsn" -f "$pair/schema.sql"
"$quern" -q snapshot "$dsn" --no-clock -o "$work/catalog.json"

cat >"$work/update.sql" <<'SQL'
\set id random(1, 100000)
\set score random(0, 49999)
UPDATE players SET score = :score WHERE id = :id;
SQL
cat >"$work/read.sql" <<'SQL'
\set score random(0, 49999)
SELECT id, name FROM players WHERE score = :score;
SQL

calls() { sed -n 's/^-- quern: calls=//p' "$1" | sed -n "$2p"; }

mix() {  # transactions per second of one side's updates and reads, for so many seconds
  PGHOST=${server[0]} PGPORT=${server[1]} PGUSER=quern pgbench -n -c 1 -T "$1" \
    -f "$work/update.sql@$2" -f "$work/read.sql@$3" --random-seed=1 break_even 2>/dev/null |
    sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

rate() {  # of the mix, with the index or without, appended to that one's rounds
  "${psql[@]}" "$dsn" -c 'DROP INDEX IF EXISTS players_score_idx' -c 'VACUUM FULL players'
  if [ "$1" = with ]; then "${psql[@]}" "$dsn" -c 'CREATE INDEX players_score_idx ON players (score)'; fi
  "${psql[@]}" "$dsn" -c 'VACUUM ANALYZE players'
  mix 3 "$2" "$3" >/dev/null
  mix "$seconds" "$2" "$3" >>"$work/$1"
}

median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }

printf '%-8s %10s %8s   %-14s %12s %12s   %s\n' side updates reads advice without with faster
for side in below above; do
  "$quern" -q collect --format sql "$pair/$side.sql" -o "$work/workload.json"
  advice=no\ index
  "$quern" -q advise "$work/workload.json" -c "$work/catalog.json" --json "$work/advice.json" >/dev/null
  if grep -q 'CREATE INDEX CONCURRENTLY players_score' "$work/advice.json"; then advice=index; fi
  updates=$(calls "$pair/$side.sql" 1)
  reads=$(calls "$pair/$side.sql" 2)
  : >"$work/with"
  : >"$work/without"
  for ((round = 0; round < rounds; ++round)); do
    order=(without with)
    if ((round % 2)); then order=(with without); fi
    for one in "${order[@]}"; do rate "$one" "$updates" "$reads"; done
  done
  without=$(median "$work/without")
  with=$(median "$work/with")
  faster=no\ index
  if [ "$with" -gt "$without" ]; then faster=index; fi
  printf '%-8s %10s %8s   %-14s %8s tps %8s tps   %s\n' "$side" "$updates" "$reads" "$advice" "$without" "$with" "$faster"
done
"${psql[@]}" "$connection dbname=postgres" -c 'DROP DATABASE break_even'
