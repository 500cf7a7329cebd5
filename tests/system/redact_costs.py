"""Redacts the sample and checks that no statement's what-if cost moves by more than 0.1 %, and that the literals of
its statements are gone from both documents: texts of four characters and more byte by byte, wherever they stand;
numbers and shorter texts as whole values, wherever values stand (statements, parameters, conditions of plans,
statistics, predicates), since a digit is found in any count and cost. usage: redact_costs.py QUERN SOURCE
"""
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

quern, source = sys.argv[1:3]
catalog = os.path.join(source, "samples/shop/catalog.json.gz")
log = os.path.join(source, "samples/shop/logs/postgresql.log.gz")

# Words of the language, which date_trunc() and the like take as strings, and the document's own.
WORDS = {"month", "day", "hour", "week", "year", "true", "false", "null", "english", "simple", "cancelled"}
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
STRING = re.compile(r"'((?:[^']|'')*)'")
# What a plan says in words that are no values.
PLAN_VALUES = ("Cond", "Filter", "Key", "Output", "Query Text", "Query Parameters", "Group", "Order By")


def run(*arguments, text=None):
    done = subprocess.run([quern, *arguments], input=text, capture_output=True, text=True, check=True)
    return done.stdout


def load(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
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


def constants(sql):
    """The contents of its quoted strings, and its bare numbers."""
    yield from (text.replace("''", "'") for text in STRING.findall(sql))
    bare = re.sub(r"\"[^\"]*\"", " ", STRING.sub(" ", sql))
    yield from (match.group() for match in re.finditer(r"(?<![\w$.])\d+(\.\d+)?(?![\w.])", bare))


def literals(workload):
    """What stands in the statements as a constant, and their parameters."""
    found = set()
    for sample in samples(workload).values():
        found.update(constants(sample["sql"]))
        found.update(value for value in sample["parameters"] if value)
    return found - {""}


def plan_values(node, key=""):
    if isinstance(node, dict):
        for name, item in node.items():
            yield from plan_values(item, name)
    elif isinstance(node, list):
        for item in node:
            yield from plan_values(item, key)
    elif isinstance(node, str) and key.endswith(PLAN_VALUES):
        yield node


def values(workload, schema):
    """Every value of the two documents: constants of SQL and of conditions, parameters, statistics, labels."""
    for c in workload["classes"]:
        yield from constants(c["sql"])
        for sample in c["samples"]:
            yield from constants(sample["sql"])
            yield from filter(None, sample["parameters"])
        for plan in c["plans"]:
            if plan["example"]:
                for condition in plan_values(json.loads(plan["example"])):
                    yield from constants(condition)
    whole = ("most_common_values", "histogram_bounds", "most_common_elements", "labels")
    sql = ("default_expression", "partition_bound", "view_definition", "definition", "predicate", "expression")
    for key, text in strings(schema):
        if key in whole:
            yield text
        elif key in sql:
            yield from constants(text)


def strings(node, key=""):
    if isinstance(node, dict):
        for name, item in node.items():
            yield "", name
            yield from strings(item, name)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item, key)
    elif isinstance(node, str):
        yield key, node


def names(workload, schema):
    """Tables, columns, indexes, functions, and the documents' own keys: what redaction leaves."""
    bare = " ".join(STRING.sub(" ", c["sql"]) for c in workload["classes"])
    of_schema = (text for key, text in strings(schema) if key in ("", "name", "schema", "database", "index"))
    own = (text for key, text in strings(workload) if key in ("", "insight"))
    return " ".join([bare, *of_schema, *own])


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
        all_literals = literals(load(before))
        words = names(load(before), load(catalog))
        numbers = {t for t in all_literals if NUMBER.fullmatch(t)}
        texts = {t for t in all_literals - numbers - WORDS if len(t) >= 4 and t not in words}
        bytes_after = json.dumps([load(after), load(redacted)], ensure_ascii=False)
        texts_left = sorted(t for t in texts if t in bytes_after)
        left = (all_literals - texts - WORDS) & set(values(load(after), load(redacted)))
        telling_left = sorted(t for t in left if len(t) >= 4 and t not in words)
        short_left = sorted(t for t in left if len(t) < 4)
        telling = sum(len(t) >= 4 for t in numbers)
        print(f"{len(then)} statements, costs moved by {100 * worst:.4f} % at most; of {len(all_literals)} literals:")
        print(f"  {len(texts_left)} of {len(texts)} texts of 4 characters and more left, searched byte by byte")
        print(f"  {len(telling_left)} of {telling} numbers of 4 digits and more left among the values")
        print(f"  {len(short_left)} shorter ones, which count rows: {' '.join(short_left)}")
        assert worst <= 0.001
        assert not texts_left, texts_left
        assert not telling_left, telling_left


if __name__ == "__main__":
    main()
