#!/usr/bin/env bash
# Records everything.catalog.json.gz again from everything.sql, on a server that one may make databases on.
#
#   record.sh QUERN "host=... user=..."
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
quern=${1:?the quern program}
server=${2:?connection string without dbname}
psql -Xq "$server dbname=postgres" -c 'DROP DATABASE IF EXISTS everything' -c 'CREATE DATABASE everything'
psql -Xq -v ON_ERROR_STOP=1 "$server dbname=everything" -f "$here/everything.sql"
"$quern" snapshot "$server dbname=everything" -o - | gzip -9n >"$here/everything.catalog.json.gz"
