#!/usr/bin/env bash
# Records what CREATE EXTENSION puts into a database, one file an extension, for schema files that
# say no more than its name. Run by a superuser of a server that has the extensions' packages:
#   collector/catalog/extensions/record_extensions.sh "host=/tmp user=postgres" build/release/quern [NAME...]
# Without names those recorded here. A database of its own is made for it, and dropped.
set -euo pipefail
connection=${1:?usage: record_extensions.sh CONNECTION QUERN [NAME...]}
quern=$(realpath "${2:?the quern binary}")
shift 2
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(basename -s .json -- *.json)

database=quern_extensions_$$
work=$(mktemp -d)
maintenance() { psql -X -q -d "$connection dbname=postgres" -v ON_ERROR_STOP=1 -c "$1"; }
schema_for() { case $1 in plpgsql | adminpack) echo pg_catalog ;; *) echo extension_schema ;; esac; }
inside() { psql -X -q -At -d "$connection dbname=$database" -v ON_ERROR_STOP=1 -c "$1"; }
trap 'maintenance "DROP DATABASE IF EXISTS $database"; rm -rf "$work"' EXIT
maintenance "CREATE DATABASE $database TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"
inside 'CREATE SCHEMA extension_schema'  # stands for any; no search path has it
for name; do
  inside "SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS \"$name\" SCHEMA $(schema_for "$name") CASCADE"
done
"$quern" snapshot "$connection dbname=$database" -o "$work/all.json" 2>"$work/log" || { cat "$work/log"; exit 1; }

# Of each extension: what depends on it, and the arrays of its types.
inside "
WITH members AS (
  SELECT d.refobjid AS extension, d.classid, d.objid FROM pg_depend d
  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
SELECT json_object_agg(e.extname, json_build_object(
  'requires', (SELECT coalesce(json_agg(r.extname ORDER BY r.extname), '[]') FROM pg_depend d
    JOIN pg_extension r ON r.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_extension'::regclass
      AND d.objid = e.oid AND d.deptype = 'n'),
  'oids', (SELECT coalesce(json_object_agg(oid::text, true), '{}') FROM (
    SELECT objid AS oid FROM members WHERE extension = e.oid
    UNION SELECT t.typarray FROM members JOIN pg_type t ON t.oid = objid AND classid = 'pg_type'::regclass
      WHERE extension = e.oid AND t.typarray <> 0) all_),
  'casts', (SELECT coalesce(json_object_agg(c.castsource || ' ' || c.casttarget, true), '{}')
    FROM members JOIN pg_cast c ON c.oid = objid AND classid = 'pg_cast'::regclass WHERE extension = e.oid)))
FROM pg_extension e" >"$work/members.json"

# One object a line, so that a later recording shows what changed.
for name; do
  jq -r --arg name "$name" --slurpfile members "$work/members.json" '
    $members[0][$name] as $of
    | def own: map(select($of.oids[.oid | tostring]));
      def unfilled: del(.pages, .relpages, .reltuples, .rewritten, .tree_height, .scans);
      def lines: if length == 0 then "[]" else "[\n" + (map(tojson) | join(",\n")) + "]" end;
      def section($key; $list): if ($list | length) == 0 then empty else "\"\($key)\": \($list | lines)" end;
      "{\n" + ([
        section("extensions"; $of.requires),
        section("types"; (.types // []) | own),
        section("functions"; (.functions // []) | own),
        section("operators"; (.operators // []) | own),
        section("casts"; (.casts // []) | map(select($of.casts["\(.source) \(.target)"]))),
        section("operator_classes"; (.operator_classes // []) | own),
        section("tables"; (.tables // []) | own | map(del(.activity, .owner, .columns[]?.statistics) | unfilled)),
        section("indexes"; (.indexes // []) | map(select($of.oids[.table | tostring]) | unfilled)),
        section("constraints"; (.constraints // []) | map(select($of.oids[.table | tostring])))
      ] | join(",\n")) + "\n}"' "$work/all.json" >"$name.json"
done
wc -c -- *.json | tail -1
