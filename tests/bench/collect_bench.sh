#!/usr/bin/env bash
# Throughput of `quern collect` beside `wc -l` and pgBadger on the same log, on other formats, on two threads,
# and its memory. usage: collect_bench.sh [QUERN] [SAMPLE_LOG]
#
# The log is the recorded sample, repeated with each copy's process ids, literals and times moved on, so that it is
# not the same text again and again. Each program runs on one thread; times are processor seconds (a busy machine does
# not change them much), the file is in the page cache, and of quern and wc the best of three runs counts. BENCH_SMALL
# and BENCH_LARGE set the sizes in MB (300, 1000); the larger one is for two threads and memory.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
quern=${1:-$root/build/release/quern}
sample=${2:-$root/samples/shop/logs/postgresql.log.gz}
small=${BENCH_SMALL:-300} large=${BENCH_LARGE:-1000}
work=$(mktemp -d "${TMPDIR:-/tmp}/quern-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
[ -x "$quern" ] || { echo "collect_bench: no program at $quern; cmake --build build/release makes it" >&2; exit 2; }

make_log() { python3 "$root/tests/bench/make_log.py" "$sample" "$1"; }  # MB

seconds=0 peak=0 clock=0
measure() {  # RUNS COMMAND...: sets seconds and clock (the least) and peak (kB, the most)
  local runs=$1 s k c
  shift
  seconds=999999 peak=0 clock=999999
  while [ $((runs--)) -gt 0 ]; do
    python3 "$root/tests/bench/measure.py" "$work/measured" "$@"
    read -r s k c < "$work/measured"
    seconds=$(awk -v a="$seconds" -v b="$s" 'BEGIN { print (a < b ? a : b) }')
    clock=$(awk -v a="$clock" -v b="$c" 'BEGIN { print (a < b ? a : b) }')
    peak=$((k > peak ? k : peak))
  done
}

row() {  # NAME MB
  awk -v name="$1" -v mb="$2" -v s="$seconds" -v k="$peak" -v q="${quern_seconds:-$seconds}" 'BEGIN {
    printf "%-22s %8.0f %10.2f %10.1f %10.1f %12s\n", name, mb, s, mb / s, k / 1000, (q > 0 ? sprintf("%.1f x", s / q) : "") }'
}

make_log "$small" > "$work/log"
wc -c "$work/log" > /dev/null
echo "$(wc -l < "$work/log") lines of stderr log, one thread"
printf '%-22s %8s %10s %10s %10s %12s\n' "" MB "CPU s" MB/s "peak MB" "time / quern"

measure 3 "$quern" --quiet collect "$work/log" -o "$work/small.json"
quern_seconds=$seconds small_peak=$peak
row "quern collect" "$small"
measure 3 wc -l "$work/log"
wc_seconds=$seconds
row "wc -l" "$small"
if command -v pgbadger > /dev/null; then
  measure 1 pgbadger --quiet --jobs 1 --format stderr --prefix '%m [%p] %q[user=%u,db=%d,app=%a] ' \
    --outfile "$work/pgbadger.json" "$work/log"
  badger_seconds=$seconds
  row "pgbadger $(pgbadger --version | sed 's/.*version //')" "$small"
else
  echo "pgbadger is not installed: apt-get install pgbadger" >&2
fi
small_seconds=$quern_seconds

row_alone() { quern_seconds=0 row "$1" "$((($(stat -c %s "$2") + 500000) / 1000000))"; }  # NAME FILE

copies=$(((small * 12 + 99) / 100))
for format in csv json; do  # beside the sample, of about 9 MB
  for ((i = 0; i < copies; i++)); do zcat "${sample%.log.gz}.$format.gz"; done > "$work/$format"
  measure 3 "$quern" --quiet collect "$work/$format" -o "$work/small.json"
  row_alone "quern, ${format}log" "$work/$format"
  rm "$work/$format"
done
for packer in gzip zstd; do  # MB/s are of the plain bytes
  "$packer" -q -c "$work/log" > "$work/packed"
  measure 3 "$quern" --quiet collect "$work/packed" -o "$work/small.json"
  row_alone "quern, $packer" "$work/log"
done
rm "$work/log" "$work/packed"

make_log "$large" > "$work/log"
wc -c "$work/log" > /dev/null
# By turns, so that what else the machine does meets both; the best of five is each one's own.
one_seconds=999999 one_clock=999999 one_peak=0 two_seconds=999999 two_clock=999999 two_peak=0 both_clock=999999
least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a < b ? a : b) }'; }
for ((i = 0; i < 5; i++)); do
  measure 1 "$quern" --quiet collect "$work/log" -o "$work/large.json"
  one_seconds=$(least "$one_seconds" "$seconds") one_clock=$(least "$one_clock" "$clock")
  one_peak=$((peak > one_peak ? peak : one_peak))
  measure 1 "$quern" --quiet collect --threads 2 "$work/log" -o "$work/large2.json"
  two_seconds=$(least "$two_seconds" "$seconds") two_clock=$(least "$two_clock" "$clock")
  two_peak=$((peak > two_peak ? peak : two_peak))
  measure 1 sh -c '"$1" --quiet collect "$2" -o "$3" & "$1" --quiet collect "$2" -o "$4" && wait "$!"' - \
    "$quern" "$work/log" "$work/beside1.json" "$work/beside2.json"
  both_clock=$(least "$both_clock" "$clock")
done
cmp "$work/large.json" "$work/large2.json"
large_seconds=$one_seconds
seconds=$one_seconds peak=$one_peak row_alone "quern collect" "$work/log"
seconds=$two_seconds peak=$two_peak row_alone "quern, two threads" "$work/log"
measure 3 wc -l "$work/log"
large_wc=$seconds
quern_seconds=$large_seconds row "wc -l" "$large"
python3 "$root/tests/bench/measure.py" "$work/measured" "$quern" --quiet collect - -o "$work/large.json" < "$work/log"
read -r seconds large_peak clock < "$work/measured"
peak=$large_peak row_alone "quern collect (stdin)" "$work/log"
rm "$work/log"

for kind in shapes distinct long names; do  # hard on memory: 300 MB is the limit
  python3 "$root/tests/bench/make_hard_log.py" "$kind" "$small" > "$work/log"
  measure 1 "$quern" --quiet collect "$work/log" -o "$work/hard.json"
  row "quern, $kind" "$small"
  hard_peak=$((peak > ${hard_peak:-0} ? peak : ${hard_peak:-0}))
done
rm "$work/log"
[ "$hard_peak" -le 300000 ] || echo "collect_bench: $((hard_peak / 1000)) MB of memory, more than 300" >&2

awk -v q="$small_seconds" -v w="$wc_seconds" -v lq="$large_seconds" -v lw="$large_wc" -v one="$one_clock" -v two="$two_clock" -v both="$both_clock" -v b="${badger_seconds:-0}" -v s="$small" -v l="$large" \
  -v ps="$small_peak" -v pl="$large_peak" 'BEGIN {
    if (b > 0) printf "quern is %.0f times as fast as pgBadger; ", b / q
    printf "wc -l is %.1f times as fast as quern, on %d MB %.1f times\n", q / w, l, lq / lw
    printf "two threads take %.2f s on the clock, one %.2f: %.2f times as fast", two, one, one / two
    printf " (two processes at once, which is what the machine gives: %.2f)\n", 2 * one / both
    printf "memory from %d to %d MB of log: %.1f to %.1f MB\n", s, l, ps / 1000, pl / 1000 }'
