#!/usr/bin/env bash
# The PostgreSQL binaries of package.json, by npm into build/servers: what cluster.sh starts when it is
# given a major version. About 60 MB a version; nothing when they are there already.
#
#   install.sh              installs
#   install.sh versions     lists the major versions that there are
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$(cd "$here/../../.." && pwd)/build/servers

majors() { sed -n 's/^ *"postgres-\([0-9]*\)": .*/\1/p' "$here/package.json"; }

# The archives hold no symbolic links; pg-symlinks.json lists them.
link_libraries() {
  local source link
  tr -d '[:space:]' <"$1/pg-symlinks.json" | grep -o '"source":"[^"]*","target":"[^"]*"' |
    sed 's/"source":"\(.*\)","target":"\(.*\)"/\1 \2/' | while read -r source link; do
    ln -sf "$(basename "$source")" "$1/../$link"
  done
}

if [ "${1:-}" = versions ]; then
  majors
  exit 0
fi
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo "the packages of PostgreSQL binaries in package.json are for Linux on x86-64" >&2
  exit 1
fi
mkdir -p "$target"
cmp -s "$here/package-lock.json" "$target/installed.json" && exit 0
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$target"
npm --prefix "$target" ci --ignore-scripts --no-audit --no-fund --loglevel=error
for major in $(majors); do
  native=$target/node_modules/postgres-$major/native
  chmod -R a+rX "$native"
  chmod a+x "$native"/bin/*
  link_libraries "$native"
done
cp "$here/package-lock.json" "$target/installed.json"
