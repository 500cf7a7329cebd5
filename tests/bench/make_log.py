"""Prints MB of stderr log made of a sample: each copy has other process ids, other numbers in its
statements and parameters, and times that follow the copy before."""
import datetime
import gzip
import re
import sys

MOVING = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?P<between>\.\d+ \w+ \[)(?P<pid>\d+)(?=\])"
    r"|(?<= = )(?P<number>\d{2,9})\b|(?<=')(?P<quoted>\d{2,9})(?=')",
    re.M,
)


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def pieces_of(text):
    """The text as a list, and the places in it of times, process ids and numbers."""
    pieces, times, pids, numbers, end = [], [], [], [], 0
    for match in MOVING.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        if match["time"]:
            times.append((len(pieces), datetime.datetime.fromisoformat(match["time"])))
            pieces += [match["time"], match["between"]]
            pids.append((len(pieces), int(match["pid"])))
            pieces.append(match["pid"])
        else:
            digits = match["number"] or match["quoted"]
            numbers.append((len(pieces), int(digits), len(digits)))
            pieces.append(digits)
    pieces.append(text[end:])
    return pieces, times, pids, numbers


def main(path, megabytes):
    pieces, times, pids, numbers = pieces_of(read(path))
    span = datetime.timedelta(seconds=int((times[-1][1] - times[0][1]).total_seconds()) + 1)
    limit = megabytes * 1_000_000
    written = copy = 0
    while written < limit:
        moved = {}
        for place, time in times:
            if time not in moved:
                moved[time] = str(time + copy * span)
            pieces[place] = moved[time]
        for place, pid in pids:
            pieces[place] = str(pid + copy)
        for place, number, digits in numbers:
            pieces[place] = str((number + copy * 7919) % 10**digits).zfill(digits)
        changed = "".join(pieces).encode("utf-8", "surrogateescape")
        if written + len(changed) > limit:
            changed = changed[: changed.rfind(b"\n", 0, limit - written) + 1]
        if not changed:
            break
        sys.stdout.buffer.write(changed)
        written += len(changed)
        copy += 1


main(sys.argv[1], int(sys.argv[2]))
