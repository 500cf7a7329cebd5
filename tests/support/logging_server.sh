#!/usr/bin/env bash
# A throwaway PostgreSQL 15 that logs to stderr, csvlog, jsonlog and syslog at a time, for the tests
# of the log formats.
#
#   logging_server.sh start BUILD_DIR    a fresh server, and a local rsyslog where that may be run
#   logging_server.sh stop BUILD_DIR     stops both and deletes the data
#
# It listens on a Unix socket only and belongs to an unprivileged user. BUILD_DIR/logging-server.env
# tells its folder, its port, and whether syslog is written. PostgreSQL writes syslog to /dev/log and
# nowhere else: rsyslog gets it where /dev may be written and nobody listens there.
set -euo pipefail

command=${1:?start or stop}
build=$(cd "${2:?build folder}" && pwd)
bin=${QUERN_PG_BIN:-/usr/lib/postgresql/15/bin}
home=/tmp/quern-log-$(printf '%s' "$build" | sha256sum | cut -c1-12)
data=$home/data
port=54331
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  owner=nobody
  id postgres >/dev/null 2>&1 && owner=postgres
fi

as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$owner" -- "$@"); else "$@"; fi
}

stop_all() {
  if [ -s "$home/rsyslog.pid" ]; then
    kill "$(cat "$home/rsyslog.pid")" 2>/dev/null || true
    rm -f /dev/log
  fi
  as_owner "$bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$home"
  rm -f "$build/logging-server.env"
}

start_rsyslog() {
  command -v rsyslogd >/dev/null && [ -w /dev ] && [ ! -e /dev/log ] || return 1
  cat >"$home/rsyslog.conf" <<CONF
module(load="imuxsock" SysSock.Use="on" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")
global(workDirectory="$home")
if (\$programname == "postgres") then {
  action(type="omfile" file="$home/syslog.log" template="RSYSLOG_TraditionalFileFormat")
  action(type="omfile" file="$home/syslog-iso.log" template="RSYSLOG_FileFormat")
  action(type="omfile" file="$home/syslog-5424.log" template="RSYSLOG_SyslogProtocol23Format")
}
CONF
  rsyslogd -f "$home/rsyslog.conf" -i "$home/rsyslog.pid" >"$home/rsyslog.out" 2>&1 || return 1
  for _ in $(seq 100); do
    [ -S /dev/log ] && chmod 666 /dev/log && return 0
    sleep 0.02
  done
  return 1
}

case $command in
  start)
    stop_all
    mkdir -p "$home"
    chmod 755 "$home"
    [ "$(id -u)" != 0 ] || chown "$owner" "$home"
    syslog=no
    start_rsyslog && syslog=yes
    as_owner "$bin/initdb" -D "$data" -U quern -A trust --encoding=UTF8 --locale=C.UTF-8 \
      --no-sync >"$build/logging-server.log" 2>&1
    as_owner tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
port = $port
fsync = off
synchronous_commit = off
autovacuum = off
jit = off
shared_buffers = 32MB
timezone = 'UTC'
log_timezone = 'UTC'
shared_preload_libraries = 'pg_stat_statements,auto_explain'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog$([ $syslog = yes ] && echo ,syslog)'
log_directory = '$home'
log_filename = 'server.log'
log_rotation_age = 0
log_rotation_size = 0
log_file_mode = 0644
log_lock_waits = on
deadlock_timeout = 10ms
log_temp_files = 0
log_checkpoints = on
log_connections = on
CONF
    as_owner "$bin/pg_ctl" -D "$data" -l "$home/start.log" -w -t 60 start >/dev/null ||
      { echo "the logging server did not start; see $home/start.log" >&2; exit 1; }
    printf '%s\n%s\n%s\n' "$home" "$port" "$syslog" >"$build/logging-server.env"
    ;;
  stop)
    stop_all
    ;;
  *)
    echo "unknown command: $command" >&2
    exit 2
    ;;
esac
