#!/usr/bin/env bash
# Stops the throwaway servers of the other versions that a build folder's tests have started.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?build folder}
for major in $("$here/install.sh" versions); do
  if [ -e "$build/cluster-$major.env" ]; then
    "$here/../cluster.sh" stop "$build" "$major"
  fi
done
