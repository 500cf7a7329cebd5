#!/usr/bin/env bash
# A throwaway PostgreSQL 15 + HypoPG cluster with the shop sample loaded, for the oracle tests.
#
#   cluster.sh start BUILD_DIR [MAJOR]    makes it when it is missing or older than the sample; starts it
#   cluster.sh stop BUILD_DIR [MAJOR]     stops it; the data stay, so that the next start is fast
#   cluster.sh remove BUILD_DIR [MAJOR]   stops it and deletes the data
#
# With a major version: one of servers/package.json's, without HypoPG.
# It listens on a Unix socket only, belongs to an unprivileged user (initdb refuses root) and is told
# to the tests by BUILD_DIR/cluster.env or BUILD_DIR/cluster-MAJOR.env.
set -euo pipefail

command=${1:?start, stop or remove}
build=$(cd "${2:?build folder}" && pwd)
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
major=${3:-}
name=cluster${major:+-$major}
sample=$source_dir/samples/shop
bin=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}
psql=$bin/psql
port=54329
if [ -n "$major" ]; then
  bin=$source_dir/build/servers/node_modules/postgres-$major/native/bin
  port=$((54300 + major))
  if [ ! -x "$bin/postgres" ]; then
    echo "no binaries of PostgreSQL $major: run ./dev servers" >&2
    exit 1
  fi
fi

owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  owner=nobody
  id postgres >/dev/null 2>&1 && owner=postgres
fi

as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$owner" -- "$@"); else "$@"; fi
}

# The build folder where its owner may write and the socket's path fits sun_path (107 bytes); else a
# short folder of its own for this build.
choose_home() {
  home=$build/$name
  mkdir -p "$home"
  [ "$(id -u)" != 0 ] || chown "$owner" "$home"
  if [ ${#home} -gt 80 ] || ! as_owner test -w "$home" 2>/dev/null; then
    home=/tmp/quern-$(printf '%s' "$build/$name" | sha256sum | cut -c1-12)
    mkdir -p "$home"
    chmod 700 "$home"
    [ "$(id -u)" != 0 ] || chown "$owner" "$home"
  fi
  data=$home/data
}

# Binaries in a folder that the owner may not enter are copied beside the data.
choose_binaries() {
  if ! as_owner test -x "$bin/postgres" 2>/dev/null; then
    cmp -s "$bin/postgres" "$home/native/bin/postgres" ||
      { rm -rf "$home/native"; cp -r "$bin/.." "$home/native"; }
    bin=$home/native/bin
  fi
}

version_of_data() {
  cat "$0" "$bin/postgres" "$sample"/load.sh "$sample"/*.sql | sha256sum | cut -d' ' -f1
}

running() { as_owner "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; }

stop_server() {
  if running; then as_owner "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null; fi
}

write_settings() {
  as_owner tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
port = $port
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
jit = off
shared_buffers = 64MB
max_connections = 40
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
CONF
}

create_cluster() {
  stop_server
  rm -rf "$data"
  as_owner "$bin/initdb" -D "$data" -U quern -A trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$build/$name.log" 2>&1
  write_settings
}

start_server() {
  running && return
  as_owner "$bin/pg_ctl" -D "$data" -l "$home/server.log" -w -t 60 start >>"$build/$name.log" 2>&1 ||
    { echo "the throwaway server did not start; see $home/server.log" >&2; exit 1; }
}

case $command in
  start)
    choose_home
    choose_binaries
    version=$(version_of_data)
    if [ "$(as_owner cat "$data/quern.version" 2>/dev/null || true)" != "$version" ]; then
      create_cluster
      start_server
      "$sample/load.sh" "host=$home port=$port user=quern" shop >>"$build/$name.log" 2>&1 ||
        { echo "loading the sample failed; see $build/$name.log" >&2; exit 1; }
      if [ -z "$major" ]; then
        "$psql" -Xq "host=$home port=$port user=quern dbname=shop" -c 'CREATE EXTENSION hypopg' \
          >>"$build/$name.log" 2>&1
      fi
      printf '%s\n' "$version" | as_owner tee "$data/quern.version" >/dev/null
    else
      start_server
    fi
    printf '%s\n%s\n' "$home" "$port" >"$build/$name.env"
    ;;
  stop | remove)
    choose_home
    choose_binaries
    stop_server
    rm -f "$build/$name.env"
    if [ "$command" = remove ]; then rm -rf "$home"; fi
    ;;
  *)
    echo "unknown command: $command" >&2
    exit 2
    ;;
esac
