"""Redacts the samples' workloads and catalogs: no statement's what-if cost moves by more than 0.1 %.
usage: redact_costs.py QUERN SOURCE
"""
import json
import os
import subprocess
import sys
import tempfile

quern, source = sys.argv[1:3]


def run(*arguments, text=None):
    return subprocess.run([quern, *arguments], input=text, capture_output=True, text=True, check=True).stdout


def samples(path):
    """By fingerprint and place, which redaction changes neither of."""
    with open(path, encoding="utf-8") as file:
        workload = json.load(file)
    return {
        f"{c['fingerprint']}:{i}": sample
        for c in workload["classes"]
        if c["kind"] not in ("utility", "other")
        for i, sample in enumerate(c["samples"])
    }


def costs(workload, catalog):
    requests = [
        json.dumps({"id": name, "sql": sample["sql"], "params": sample["parameters"]})
        for name, sample in samples(workload).items()
    ]
    answers = map(json.loads, run("what-if", "-c", catalog, text="\n".join(requests)).splitlines())
    return {answer["id"]: answer.get("total_cost") for answer in answers}


def check(sample, folder, *collect):
    catalog = os.path.join(source, "samples", sample, "catalog.json.gz")
    before, after, redacted = (os.path.join(folder, name) for name in ("before", "after", "catalog"))
    run("--quiet", "collect", *collect, "-o", before)
    run("redact", before, "-c", catalog, "-o", after, "--catalog-output", redacted)
    then, now = costs(before, catalog), costs(after, redacted)
    assert then and then.keys() == now.keys()
    for name, cost in then.items():
        assert (cost is None) == (now[name] is None), name
    moved = {name: abs(now[name] / cost - 1) for name, cost in then.items() if cost}
    worst = max(moved, key=moved.get)
    print(f"{sample}: {len(then)} statements, costs moved by {100 * moved[worst]:.4f} % at most ({worst})")
    assert moved[worst] <= 0.001


def main():
    with tempfile.TemporaryDirectory() as folder:
        check("shop", folder, os.path.join(source, "samples/shop/logs/postgresql.log.gz"))
        check("warehouse", folder, "--format", "sql", os.path.join(source, "samples/warehouse/queries.sql"))


if __name__ == "__main__":
    main()
