"""Redacts workloads and catalogs, and looks for what was a value before. usage: redact_literals.py QUERN SOURCE

1. Place by place: redaction keeps the structure of the documents, so each value (a constant of SQL or of a plan's
   condition, a parameter, an entry of the statistics, an enum's label) has its image at the same place. A value that is
   its own image must be explained by a rule below: a row count, a position, a unit. Anything else fails.
2. Byte by byte: each text that was a value is searched in the bytes of the new documents. Where it is found, it must be
   a name there (a table, a column, a keyword, a key of the document). Texts of less than four characters may also
   stand within another value's image. Numbers are compared as whole values: every digit is found in some cost.

Read: the recorded shop, the warehouse's reports, and statements made to be hard (redact_hard.sql).
"""
import collections
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

quern, source = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))

TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
      |(?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
      |(?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
      |(?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
      |(?P<name>"(?:[^"]|"")*")
      |(?P<number>(?<![\w$.])(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?!\w))""",
    re.VERBOSE | re.DOTALL,
)
OPERATOR = re.compile(r"\s*[-+*/%|]")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")

# Keys of the documents whose texts are SQL, and those whose texts are values.
SQL = {"sql", "using", "check", "default", "partition_bound", "view_definition", "definition", "predicate", "expression", "expressions",
       "triggers", "body", "Query Text"}
PLAN = ("Cond", "Filter", "Key", "Output", "Query Parameters", "Group", "Order By", "Call")
VALUES = {"parameters", "most_common_values", "histogram_bounds", "range_bounds_histogram",
          "lowest", "highest", "most_common_elements", "labels"}

# Why a value may be its own image: by what stands before it, and what it is.
RULES = [
    ("a row count", re.compile(r"\b(LIMIT|OFFSET|FETCH FIRST)\s+'?[\d\s*+]*$", re.I), r"\d{1,3}"),
    ("a position", re.compile(r"\b(GROUP|ORDER|PARTITION) BY [^()]*$", re.I), r"\d"),
    ("a setting of the server", re.compile(r"\bSET\s+(LOCAL\s+|SESSION\s+)?\w+\s*(=|TO)\s*$", re.I), r".*"),
    ("a word of the language", re.compile(r"\b(date_trunc|date_part|extract|nextval|current_setting|set_config|"
                                          r"to_tsquery|to_tsvector)\($", re.I), r"[\w.]+"),
    ("a word of the language", re.compile(r"\b(AT TIME ZONE\s+|(to_char|to_date|to_timestamp|encode|decode)\([^()]*, )$",
                                          re.I), r".+"),
    ("a type's modifier", re.compile(r"\b(numeric|decimal|varchar|char|varying|bit|timestamp)\((\d+,\s*)?$", re.I),
     r"\d+"),
    ("rows of a subquery", re.compile(r"\(SELECT count\(.*\) *[<>=]+ *$", re.I | re.S), r"[01]"),
    ("a moment of the server's clock", re.compile(r""), r"now|today|epoch|-?infinity"),
    ("a duration that counts from now", re.compile(r"\bINTERVAL\s+$", re.I), r"[\d-]+"),
    ("no value", re.compile(r""), r"(\{\}|t|f|true|false|null|NULL|\s*)"),
    # An operand: neither compared with anything nor stored.
    ("an operand below 1000", re.compile(r"([-+*/%|]\s*|\(|,\s*|\b(SELECT|AS|THEN|ELSE|BETWEEN|FROM|FOR|ROWS)\s+)$",
                                         re.I), r"[\d.]{1,3}"),
    ("what is added to a constant", re.compile(r"\d\s*[-+]\s*$"), r"[\d.]+"),
]


def run(*arguments):
    subprocess.run([quern, "--quiet", *arguments], check=True)


def load(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def content(match):
    """What a constant of SQL means, as far as looking for it needs."""
    text = match.group()
    if match.lastgroup == "number":
        return text
    if match.group("dollar"):
        tag = len(match.group("tag")) + 2
        return text[tag:-tag]
    text = text[text.index("'") + 1 : -1]
    if match.group("escaped"):
        text = re.sub(r"\\(.)", r"\1", text, flags=re.S)
    return text.replace("''", "'")


def constants(sql):
    """(constant, what stands before it, whether an operator follows), in order."""
    return [(content(m), sql[max(0, m.start() - 300) : m.start()], OPERATOR.match(sql, m.end()) is not None) for m in TOKEN.finditer(sql)
            if not m.group("name") and not m.group("comment")]


def without_constants(sql):
    return TOKEN.sub(lambda m: m.group() if m.group("name") else " ", sql)


def places(document):
    """(kind, text) of every text of a document: 'key', 'sql', 'value' or 'name'."""
    found = []

    def walk(node, key):
        if isinstance(node, dict):
            for name, item in node.items():
                found.append(("key", name))
                walk(item, name)
        elif isinstance(node, list):
            for item in node:
                walk(item, key)
        elif isinstance(node, str):
            if key == "example" and node:
                walk(json.loads(node), key)
            elif key in SQL or key.endswith(PLAN):
                found.append(("sql", node))
            else:
                found.append(("value" if key in VALUES else "name", node))

    walk(document, "")
    return found


def values(texts):
    """(value, what stands before it, whether an operator follows) of each value, in the document's order."""
    for kind, text in texts:
        if kind == "sql":
            yield from constants(text)
        elif kind == "value":
            yield text, "", False


def names(texts):
    """Everything else that is text."""
    return {without_constants(text) if kind == "sql" else text for kind, text in set(texts) if kind != "value"}


def rule(value, before, operand):
    """The first that explains why the value stays."""
    for name, context, whole in RULES:
        if context.search(before) and re.fullmatch(whole, value):
            return name
    return "an operand below 1000" if operand and re.fullmatch(r"[\d.]{1,3}", value) else None


def kept_parts(document):
    """Without what hangs over the log's ends, which redaction drops."""
    document.pop("ends", None)
    return document


def check(title, folder, workload, catalog, catalog_too=True):
    paths = [os.path.join(folder, name) for name in ("workload.json", "catalog.json")]
    run("redact", workload, "-c", catalog, "-o", paths[0], "--catalog-output", paths[1])
    documents = list(zip([workload, catalog], paths))[: 2 if catalog_too else 1]
    before = [text for path, _ in documents for text in places(kept_parts(load(path)))]
    after = [text for _, path in documents for text in places(kept_parts(load(path)))]
    # All that stands between quotes in the new documents, unescaped, once.
    bytes_after = "\n".join({text for _, text in after})
    old, new = (list(values(texts)) for texts in (before, after))
    assert len(old) == len(new), f"{title}: {len(old)} values before, {len(new)} after"

    kept, leaks = collections.defaultdict(set), []
    for (value, *around), (image, *_) in zip(old, new):
        if value == image:
            why = rule(value, *around)
            kept[why].add(value)
            if why is None:
                leaks.append((value, around[0][-60:]))
    assert not leaks, f"{title}: {len(leaks)} values are their own images: {leaks[:20]}"

    own = {value for kept_values in kept.values() for value in kept_values}
    texts = {value for value, *_ in old if not NUMBER.fullmatch(value)} - own
    grams = {bytes_after[i : i + 4] for i in range(len(bytes_after))}
    found = {t for t in texts if t[:4] in grams or len(t) < 4}
    found = {t for t in found if t in bytes_after}
    all_names = "\n".join(names(after))
    images = "\n".join({image for image, *_ in new})
    as_names = sorted(t for t in found if t in all_names)
    within = sorted(t for t in found if t in images and len(t) < 4)
    unexplained = sorted(t for t in found if t not in all_names and t not in within)
    as_values = sorted(t for t in found if len(t) >= 4 and t in images)

    print(f"{title}: {len(old)} values, {len({value for value, *_ in old})} of them different")
    for why in sorted(kept):
        shown = sorted(kept[why])
        print(f"  stays, {why}: {' '.join(shown[:24])}{' ...' if len(shown) > 24 else ''}")
    print(f"  {len(texts)} texts searched byte by byte; found as names: {' '.join(as_names)}")
    print(f"  found within another value's image, being short: {' '.join(within)}")
    assert not unexplained, f"{title}: {unexplained}"
    assert not as_values, f"{title}: {as_values}"


def main():
    shop, warehouse = (os.path.join(source, "samples", name) for name in ("shop", "warehouse"))
    with tempfile.TemporaryDirectory() as folder:
        collected = os.path.join(folder, "collected.json")
        run("collect", os.path.join(shop, "logs/postgresql.log.gz"), "-o", collected)
        check("shop", folder, collected, os.path.join(shop, "catalog.json.gz"))
        run("collect", "--format", "sql", os.path.join(warehouse, "queries.sql"), "-o", collected)
        check("warehouse", folder, collected, os.path.join(warehouse, "catalog.json.gz"))
        run("collect", "--format", "sql", os.path.join(here, "redact_hard.sql"), "-o", collected)
        check("hard statements", folder, collected, os.path.join(shop, "catalog.json.gz"), catalog_too=False)


if __name__ == "__main__":
    main()
