"""Redacts the sample and checks that no statement's what-if cost moves by more than 0.1 %, and that no quoted
literal of the workload is left in it. usage: redact_costs.py QUERN SOURCE
"""
import json
import os
import re
import subprocess
import sys
import tempfile

quern, source = sys.argv[1:3]
catalog = os.path.join(source, "samples/shop/catalog.json.gz")
log = os.path.join(source, "samples/shop/logs/postgresql.log.gz")


def run(*arguments, text=None):
    done = subprocess.run([quern, *arguments], input=text, capture_output=True, text=True, check=True)
    return done.stdout


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def samples(workload):
    """By fingerprint and place: redaction changes neither."""
    return {
        f"{c['fingerprint']}:{i}": sample
        for c in workload["classes"]
        if c["kind"] not in ("utility", "other")
        for i, sample in enumerate(c["samples"])
    }


def costs(workload, of):
    requests = [
        json.dumps({"id": name, "sql": sample["sql"], "params": sample["parameters"]})
        for name, sample in samples(workload).items()
    ]
    answers = map(json.loads, run("what-if", "-c", of, text="\n".join(requests)).splitlines())
    return {answer["id"]: answer.get("total_cost") for answer in answers}


def quoted_literals(workload):
    """But for words of the language and names of the schema, which stay."""
    found = set()
    for sample in samples(workload).values():
        found.update(text.replace("''", "'") for text in re.findall(r"'((?:[^']|'')+)'", sample["sql"]))
        found.update(value for value in sample["parameters"] if value and not value.replace(".", "").isdigit())
    names = re.sub(r"'(?:[^']|'')*'", "", " ".join(c["sql"] for c in workload["classes"])) + " cancelled"
    return {text for text in found if len(text) > 2 and text not in names and text not in ("month", "day", "hour")}


def main():
    with tempfile.TemporaryDirectory() as folder:
        before, after = os.path.join(folder, "before.json"), os.path.join(folder, "after.json")
        redacted = os.path.join(folder, "catalog.json")
        run("--quiet", "collect", log, "-o", before)
        run("redact", before, "-c", catalog, "-o", after, "--catalog-output", redacted)
        then, now = costs(load(before), catalog), costs(load(after), redacted)
        assert then and then.keys() == now.keys()
        worst = 0
        for name, cost in then.items():
            assert (cost is None) == (now[name] is None), name
            if cost:
                worst = max(worst, abs(now[name] / cost - 1))
        literals = quoted_literals(load(before))
        text = json.dumps(load(after)["classes"], ensure_ascii=False)
        left = [literal for literal in sorted(literals) if literal in text]
        print(f"{len(then)} statements, costs moved by {100 * worst:.4f} % at most; {len(left)} of {len(literals)} literals left")
        assert worst <= 0.001
        assert not left, left


if __name__ == "__main__":
    main()
