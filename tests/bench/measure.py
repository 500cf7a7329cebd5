"""Runs a command and writes its wall-clock seconds and peak resident kilobytes into a file."""
import os
import resource
import subprocess
import sys
import time

start = time.monotonic()
with open(os.devnull, "wb") as nowhere:
    code = subprocess.call(sys.argv[2:], stdout=nowhere)
spent = time.monotonic() - start
if code != 0:
    sys.exit(f"{sys.argv[2]} ended with {code}")
with open(sys.argv[1], "w", encoding="ascii") as out:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    out.write(f"{max(spent, 1e-3):.3f} {peak}\n")
