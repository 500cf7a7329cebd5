"""Prints MB of stderr log made of a sample: each copy has other process ids, other numbers in its
statements and parameters, and times that follow the copy before."""
import datetime
import gzip
import re
import sys

sample, megabytes = sys.argv[1], int(sys.argv[2])
opener = gzip.open if sample.endswith(".gz") else open
with opener(sample, "rt", encoding="utf-8", errors="surrogateescape", newline="") as file:
    text = file.read()

STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+ \w+ \[)(\d+)(\])", re.M)
NUMBER = re.compile(r"(?<= = )(\d{2,})\b|(?<=')(\d{2,})(?=')")


def seconds(stamp):
    return datetime.datetime.fromisoformat(stamp)


stamps = [seconds(m.group(1)) for m in STAMP.finditer(text)]
span = int((stamps[-1] - stamps[0]).total_seconds()) + 1
limit = megabytes * 1_000_000
written = copy = 0
while written < limit:
    moved = {}

    def stamp(match):
        if match.group(1) not in moved:
            later = seconds(match.group(1)) + datetime.timedelta(seconds=copy * span)
            moved[match.group(1)] = later.isoformat(" ")
        return moved[match.group(1)] + match.group(2) + str(int(match.group(3)) + copy) + match.group(4)

    def number(match):
        digits = match.group(1) or match.group(2)
        return str((int(digits) + copy * 7919) % 10 ** len(digits)).zfill(len(digits))

    changed = NUMBER.sub(number, STAMP.sub(stamp, text)).encode("utf-8", "surrogateescape")
    if written + len(changed) > limit:
        changed = changed[: changed.rfind(b"\n", 0, limit - written) + 1]
        if not changed:
            break
    sys.stdout.buffer.write(changed)
    written += len(changed)
    copy += 1
