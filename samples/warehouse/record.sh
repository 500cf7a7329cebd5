#!/usr/bin/env bash
# Records the sample again, with the programs of a build: catalog.json.gz, and what PostgreSQL 15 prints for
# every report under every set (plans/). Takes about two minutes.
#
#   record.sh [BUILD]      default: build/release; uses quern and quern-oracle
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${1:-$here/../../build/release}")
"$build/quern-oracle" --sample warehouse --record "$here/plans/explain.jsonl"
gzip -9nf "$here/plans/explain.jsonl"
{ read -r home; read -r port; } <"$build/cluster.env"
"$build/quern" snapshot "host=$home port=$port user=quern dbname=warehouse" -o "$here/catalog.json"
gzip -9nf "$here/catalog.json"
du -sh "$here"
