#!/usr/bin/env bash
# Throughput of `quern collect` beside `wc -l` and pgBadger on the same log, and its memory at two
# sizes of log. usage: collect_bench.sh [QUERN] [SAMPLE_LOG]
#
# The log is the recorded sample, repeated with each copy's process ids, literals and times moved on,
# so that it is not the same text again and again. All figures are processor seconds of one thread, of files in the
# page cache. BENCH_SMALL and BENCH_LARGE set the sizes in MB (100, 1000), BENCH_PGBADGER that of the cut
# for pgBadger (20).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
quern=${1:-$root/build/release/quern}
sample=${2:-$root/samples/shop/logs/postgresql.log.gz}
small=${BENCH_SMALL:-100} large=${BENCH_LARGE:-1000} cut=${BENCH_PGBADGER:-20}
work=$(mktemp -d "${TMPDIR:-/tmp}/quern-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

make_log() {  # MB FILE
  python3 "$root/tests/bench/make_log.py" "$sample" "$1" > "$2"
}

megabytes() { awk -v b="$(stat -c %s "$1")" 'BEGIN { printf "%.1f", b / 1e6 }'; }

seconds=0 peak=0
measure() {  # COMMAND...: sets seconds and peak (kB)
  /usr/bin/env python3 "$root/tests/bench/measure.py" "$work/measured" "$@"
  read -r seconds peak < "$work/measured"
}

rate() { awk -v mb="$(megabytes "$1")" -v s="$seconds" 'BEGIN { printf "%.1f", mb / s }'; }

row() { printf '%-28s %10s MB %9.2f s %10s MB/s %8.1f MB peak\n' "$1" "$2" "$seconds" "$3" \
  "$(awk -v k="$peak" 'BEGIN { print k / 1000 }')"; }

make_log "$small" "$work/small.log"
make_log "$cut" "$work/cut.log"
cat "$work"/*.log > /dev/null

measure wc -l "$work/small.log"
row "wc -l" "$(megabytes "$work/small.log")" "$(rate "$work/small.log")"
wc_rate=$(rate "$work/small.log")

measure "$quern" --quiet collect "$work/small.log" -o "$work/small.json"
row "quern collect" "$(megabytes "$work/small.log")" "$(rate "$work/small.log")"
quern_rate=$(rate "$work/small.log")
small_peak=$peak

if command -v pgbadger > /dev/null; then
  prefix='%m [%p] %q[user=%u,db=%d,app=%a] '
  measure pgbadger --quiet -j 1 -f stderr -p "$prefix" -o "$work/pgbadger.json" "$work/cut.log"
  row "pgbadger -j 1" "$(megabytes "$work/cut.log")" "$(rate "$work/cut.log")"
  badger_rate=$(rate "$work/cut.log")
  awk -v q="$quern_rate" -v b="$badger_rate" \
    'BEGIN { printf "quern is %.0f times as fast as pgBadger\n", q / b }'
fi
awk -v q="$quern_rate" -v w="$wc_rate" 'BEGIN { printf "wc -l is %.1f times as fast as quern\n", w / q }'

make_log "$large" "$work/large.log"
measure "$quern" --quiet collect "$work/large.log" -o "$work/large.json"
row "quern collect" "$(megabytes "$work/large.log")" "$(rate "$work/large.log")"
awk -v a="$small_peak" -v b="$peak" -v s="$small" -v l="$large" \
  'BEGIN { printf "memory at %d MB: %.1f MB, at %d MB: %.1f MB\n", s, a / 1000, l, b / 1000 }'
