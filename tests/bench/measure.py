"""Runs a command and writes its processor seconds, peak resident kilobytes and seconds on the clock into a file."""
import os
import sys
import time

nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
start = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=[nowhere])
_, status, used = os.wait4(child, 0)
elapsed = time.monotonic() - start
code = os.waitstatus_to_exitcode(status)
if code != 0:
    sys.exit(f"{sys.argv[2]} ended with {code}")
with open(sys.argv[1], "w", encoding="ascii") as out:
    out.write(f"{max(used.ru_utime + used.ru_stime, 1e-3):.3f} {used.ru_maxrss} {elapsed:.3f}\n")
