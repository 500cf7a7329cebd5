"""Runs a command and writes its processor seconds (a busy machine does not change them) and peak
resident kilobytes into a file."""
import os
import resource
import subprocess
import sys

with open(os.devnull, "wb") as nowhere:
    code = subprocess.call(sys.argv[2:], stdout=nowhere)
if code != 0:
    sys.exit(f"{sys.argv[2]} ended with {code}")
with open(sys.argv[1], "w", encoding="ascii") as out:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime
    out.write(f"{max(spent, 1e-3):.3f} {used.ru_maxrss}\n")
