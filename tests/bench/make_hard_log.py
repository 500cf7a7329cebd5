"""Prints MB of stderr log that is hard on memory. usage: make_hard_log.py KIND MB
shapes: 10,000 query shapes; distinct: every statement is a shape of its own; long: statements of 1 MB, of 97 sessions;
names: 10,000 query shapes, and every session has an application_name of its own.
"""
import sys

kind, megabytes = sys.argv[1], int(sys.argv[2])
write = sys.stdout.write
left, number = megabytes * 1_000_000, 0
while left > 0:
    number += 1
    seconds = number // 1000
    app = f"worker-{number}" if kind == "names" else "web"
    session = number if kind == "names" else 1000 + number % 97
    time = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{number % 1000:03}"
    head = f"2026-11-21 {time} UTC [{session}] [user=app,db=shop,app={app}] LOG:  "
    if kind == "long":
        values = ", ".join(f"({number + i}, 'value {i}')" for i in range(45_000))
        sql = f"INSERT INTO events_{number % 50}_log (id, name) VALUES {values}"
    else:
        shape = number if kind == "distinct" else number * 7919 % 10_000
        sql = f"SELECT c_{shape % 100}x, d_{shape}x FROM table_{shape // 7}x WHERE id = {number} AND name = 'n{number}'"
    line = f"{head}duration: {number % 70}.{number % 1000:03} ms  statement: {sql}\n"
    left -= len(line)
    write(line)
