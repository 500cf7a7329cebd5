"""Kills `quern collect --state` in the middle, again and again, while logs grow and rotate, and checks that in
the end nothing was counted twice or lost. usage: kill_collect.py QUERN KILLS

A run is killed at any moment of the time that the last one took that came to its end; some are let be.
The log is rotated by renaming, and by copying and truncating; copies may be compressed. What the killed runs
leave, with one run at the end, is compared with one run over the whole log.
"""
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

quern, kills = sys.argv[1], int(sys.argv[2])
chance = random.Random(20261121)


def message(number):
    at = f"2026-11-21 10:{number // 60000 % 60:02}:{number // 1000 % 60:02}.{number % 1000:03} UTC"
    head = f"{at} [{100 + number % 7}] user=app,db=shop,app=web LOG:  "
    statement = chance.choice(
        [
            f"SELECT id, name FROM customers WHERE id = {number}",
            f"UPDATE stock\n\tSET reserved = {number}\n\tWHERE product_id = 7",
            f"INSERT INTO orders (id) VALUES ({number})",
        ]
    )
    if number % 5 == 0:
        return f"{head}execute s{number}: {statement}\n{head}duration: 0.{number % 1000:03} ms\n"
    return f"{head}duration: {number % 50}.125 ms  statement: {statement}\n"


def collect(folder, *more):
    return [quern, "--quiet", "collect", os.path.join(folder, "postgresql.log*"), *more]


def figures(path):
    """Of a document, all but where things stand and what hangs over its ends."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    document.pop("ends", None)
    for entry in document["skipped"].values():
        entry.pop("file"), entry.pop("line")
    return document


def rotate(folder, live, number):
    old = os.path.join(folder, f"postgresql.log.{number:03}")
    if chance.random() < 0.5:
        os.rename(live, old)
    else:
        shutil.copyfile(live, old)
        os.truncate(live, 0)
    if chance.random() < 0.5:
        with open(old, "rb") as plain, gzip.open(old + ".part", "wb") as packed:
            shutil.copyfileobj(plain, packed)
        os.rename(old + ".part", old + ".gz")
        os.remove(old)


def main():
    killed = ended = number = 0
    took, forever = 0.05, 60
    with tempfile.TemporaryDirectory() as folder:
        logs, live = os.path.join(folder, "logs"), os.path.join(folder, "logs", "postgresql.log")
        state, output = os.path.join(folder, "state"), os.path.join(folder, "workload.json")
        whole = os.path.join(folder, "whole.log")
        os.mkdir(logs)
        while killed < kills:
            text = "".join(message(number + i) for i in range(chance.randrange(1, 400)))
            number += 1000
            # The server may be in the middle of a line when the log is read.
            half = chance.randrange(len(text)) if chance.random() < 0.5 else len(text)
            with open(live, "a", encoding="utf-8") as log, open(whole, "a", encoding="utf-8") as all_of_it:
                log.write(text[:half])
                log.flush()
                all_of_it.write(text)
                process = subprocess.Popen(
                    collect(logs, "--state", state, "-o", output), stderr=subprocess.DEVNULL
                )
                start = time.monotonic()
                try:
                    process.wait(chance.random() * took if chance.random() < 0.85 else forever)
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed += 1
                else:
                    ended += 1
                    took = time.monotonic() - start
                process.wait()
                log.write(text[half:])
            if (killed + ended) % 9 == 8:
                rotate(logs, live, killed + ended)
        for _ in range(2):  # the second finds nothing new
            subprocess.run(collect(logs, "--state", state, "-o", output), check=True)
        expected = os.path.join(folder, "expected.json")
        subprocess.run([quern, "--quiet", "collect", whole, "-o", expected], check=True)
        ours, theirs = figures(output), figures(expected)
        if ours != theirs:
            for key in theirs:
                if ours[key] != theirs[key]:
                    print(f"{key}:\n  in pieces {str(ours[key])[:2000]}\n  at once   {str(theirs[key])[:2000]}")
            sys.exit(1)
        calls = sum(one["calls"] for one in theirs["classes"])
        print(f"{killed} runs killed, {ended} let be: {calls} executions, none lost or counted twice")


main()
