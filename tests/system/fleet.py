"""The fleet recipes of collector/README.md, run as they stand there: each gives the bytes of one run over everything.
Hosts are folders, and `ssh HOST COMMAND` runs the command in the host's, in a network namespace of its own where the
machine allows that. usage: fleet.py QUERN SOURCE
"""
import gzip
import os
import shutil
import subprocess
import sys
import tempfile

quern, source = (os.path.abspath(path) for path in sys.argv[1:3])
LOG = os.path.join(source, "samples/shop/logs/postgresql.log.gz")
HOSTS = ["db1", "db2", "db3"]
SSH = """#!/bin/sh
host=$1; shift
cd "$FLEET/$host" || exit 255
if unshare --net true 2>/dev/null; then exec unshare --net sh -c "$*"; fi
exec sh -c "$*"
"""


def shell(command, folder, **environment):
    env = {**os.environ, **environment, "PATH": folder + "/bin:" + os.environ["PATH"], "FLEET": folder}
    subprocess.run(["bash", "-euc", command], cwd=folder, env=env, check=True)


def content(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def shards(text, count):
    """Cut at bytes, within a line and within a message."""
    borders = [len(text) * i // count for i in range(count + 1)]
    return [text[a:b] for a, b in zip(borders, borders[1:])]


def main():
    with tempfile.TemporaryDirectory() as folder, gzip.open(LOG) as log:
        os.mkdir(folder + "/bin")
        os.symlink(quern, folder + "/bin/quern")
        with open(folder + "/bin/ssh", "w", encoding="ascii") as ssh:
            ssh.write(SSH)
        os.chmod(folder + "/bin/ssh", 0o755)
        pieces = shards(log.read(), 12)
        for i, piece in enumerate(pieces):
            host = HOSTS[i * len(HOSTS) // len(pieces)]
            os.makedirs(f"{folder}/{host}/logs", exist_ok=True)
            with open(f"{folder}/{host}/logs/postgresql-{i:02}.log", "wb") as file:
                file.write(piece)
        for name, lines in (("hosts", HOSTS), ("logs.txt", [f"{HOSTS[i * 3 // 12]}/logs/postgresql-{i:02}.log" for i in range(12)])):
            with open(f"{folder}/{name}", "w", encoding="ascii") as file:
                file.write("".join(line + "\n" for line in lines))
        shell("xargs quern --quiet collect -o whole.json < logs.txt", folder)
        whole = content(folder, "whole.json")

        if shutil.which("parallel"):
            # Paths are as each host knows them, so that the one run must know them so, too.
            shell("parallel -j2 'ssh {} quern --quiet collect logs -o - > {}.workload.json' :::: hosts", folder)
            shell("quern merge db*.workload.json -o fleet.json", folder)
            again = content(folder, "fleet.json")
            shell("for i in db1 db2 db3; do cp -r $i/logs .; done; quern --quiet collect logs -o local.json", folder)
            assert again == content(folder, "local.json"), "GNU parallel over ssh"
            print("GNU parallel over ssh: three hosts, as one run")

        task = """f=$(sed -n "${SLURM_ARRAY_TASK_ID}p" logs.txt)
                  quern --quiet collect "$f" -o "part.$(printf %05d "$SLURM_ARRAY_TASK_ID").json" """
        for number in reversed(range(1, 13)):
            shell(task, folder, SLURM_ARRAY_TASK_ID=str(number))
        shell("quern merge part.*.json -o slurm.json", folder)
        assert content(folder, "slurm.json") == whole, "Slurm array"
        print("Slurm array: twelve tasks, as one run")

        for number in range(4):
            partition = f"sed -n '{number * 3 + 1},{number * 3 + 3}p' logs.txt"
            shell(f"{partition} | xargs quern --quiet collect -o - > part-{number:05}", folder)
        shell("quern merge part-* -o spark.json", folder)
        assert content(folder, "spark.json") == whole, "Spark pipe"
        print("Spark pipe: four partitions, as one run")


if __name__ == "__main__":
    main()
