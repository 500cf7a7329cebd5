#!/usr/bin/env python3
"""An application's database and queries, for benchmarks: make_application.py schema|queries [TABLES [CLASSES [SEED]]]

`schema` prints the tables, filled and analyzed: each belongs to a tenant, refers to up to three tables before it, and has
states, amounts, times and a document; primary keys and half of the references are indexed, as applications have it.
`queries` prints as many query classes over them, each with its calls: mostly by key, by reference, by state or by time,
some joins and sums, a fifth writes. Same seed, same output.
"""
import random
import sys

STATES = ["new", "open", "paid", "sent", "done", "failed"]
WORDS = ["account", "address", "basket", "batch", "claim", "contact", "device", "draft", "event", "filter", "group", "image",
         "item", "label", "letter", "member", "note", "offer", "order", "packet", "quota", "rate", "report", "seat", "ticket"]


class Table:
    def __init__(self, number, before, rng):
        self.name = f"{WORDS[number % len(WORDS)]}_{number:03d}"
        self.rows = int(10 ** rng.uniform(2.3, 4.5))
        self.parents = rng.sample(before, min(len(before), rng.randint(0, 3)))
        self.references = [f"{parent.name}_id" for parent in self.parents]
        self.indexed = [r for r in self.references if rng.random() < 0.5]
        self.spread = rng.choice([1, 2, 4])  # of the states: how skewed they are


def make_tables(count, seed):
    rng = random.Random(seed)
    tables = []
    for number in range(count):
        tables.append(Table(number, tables[-40:], rng))
    return tables


def print_schema(tables):
    print("SELECT setseed(0.5);")
    for t in tables:
        columns = ["id bigint PRIMARY KEY", "tenant_id int NOT NULL", "state text NOT NULL", "amount numeric(12,2)",
                   "rank int NOT NULL", "active boolean NOT NULL", "title text NOT NULL", "created_at timestamptz NOT NULL",
                   "closed_at timestamptz", "extra jsonb NOT NULL"]
        columns += [f"{ref} bigint REFERENCES {parent.name}" for ref, parent in zip(t.references, t.parents)]
        print(f"CREATE TABLE {t.name} ({', '.join(columns)});")
        states = "(ARRAY['" + "','".join(STATES) + f"'])[1 + floor(power(random(), {t.spread}) * {len(STATES)})::int]"
        values = ["n", "1 + floor(power(random(), 3) * 50)", states, "round((random() * 500)::numeric, 2)",
                  "floor(random() * 1000)", "random() < 0.9", "'title ' || md5(n::text)",
                  f"timestamptz '2026-01-01' + n * interval '1 day' * 300 / {t.rows}",
                  "CASE WHEN random() < 0.3 THEN timestamptz '2026-11-01' + random() * interval '20 days' END",
                  "jsonb_build_object('source', floor(random() * 9), 'code', n % 97)"]
        values += [f"1 + floor(power(random(), 2) * {parent.rows})" for parent in t.parents]
        print(f"INSERT INTO {t.name} SELECT {', '.join(values)} FROM generate_series(1, {t.rows}) AS n;")
        for ref in t.indexed:
            print(f"CREATE INDEX {t.name}_{ref}_idx ON {t.name} ({ref});")
    print("ANALYZE;")


def statement(t, rng):
    """Text of one class; what is drawn here is part of its shape."""
    n, rows = t.name, t.rows
    some_id = rng.randint(1, rows)
    tenant = rng.randint(1, 50)
    state = rng.choice(STATES)
    day = f"timestamptz '2026-{rng.randint(6, 10):02d}-{rng.randint(1, 28):02d}'"
    wanted = ", ".join(rng.sample(["id", "state", "amount", "rank", "title", "created_at", "closed_at"], rng.randint(2, 5)))
    order = rng.choice(["created_at DESC", "rank", "amount DESC", "created_at"])
    limit = rng.choice([1, 10, 20, 50])
    filters = rng.sample([f"tenant_id = {tenant}", f"state = '{state}'", f"rank < {rng.randint(5, 300)}", "active",
                          f"created_at >= {day}", "closed_at IS NULL", f"amount > {rng.randint(200, 480)}",
                          f"state IN ('{state}', '{rng.choice(STATES)}')"], rng.randint(1, 3))
    where = " AND ".join(filters)
    kind = rng.random()
    if kind < 0.12:
        return f"SELECT {wanted} FROM {n} WHERE id = {some_id}"
    if kind < 0.30:
        return f"SELECT {wanted} FROM {n} WHERE {where} ORDER BY {order} LIMIT {limit}"
    if kind < 0.40:
        return f"SELECT count(*) FROM {n} WHERE {where}"
    if kind < 0.48:
        return f"SELECT state, count(*), sum(amount) FROM {n} WHERE {where} GROUP BY state"
    if kind < 0.66 and t.parents:
        ref, parent = rng.choice(list(zip(t.references, t.parents)))
        key = rng.randint(1, parent.rows)
        more = rng.choice(["", f" AND {where}"])
        return f"SELECT {wanted} FROM {n} WHERE {ref} = {key}{more} ORDER BY {order}"
    if kind < 0.80 and t.parents:
        ref, parent = rng.choice(list(zip(t.references, t.parents)))
        on_child = " AND ".join(f"c.{f}" for f in filters)
        return (f"SELECT c.id, c.title, p.title FROM {n} c JOIN {parent.name} p ON p.id = c.{ref} "
                f"WHERE {on_child} AND p.tenant_id = {tenant} ORDER BY c.{order} LIMIT {limit}")
    if kind < 0.88:
        column = rng.choice(["state", "rank", "closed_at", "amount"])
        value = {"state": f"'{state}'", "rank": str(rng.randint(0, 999)), "closed_at": day, "amount": "12.50"}[column]
        by = rng.choice([f"id = {some_id}", f"tenant_id = {tenant} AND state = '{state}'"])
        return f"UPDATE {n} SET {column} = {value} WHERE {by}"
    if kind < 0.96:
        return (f"INSERT INTO {n} (id, tenant_id, state, amount, rank, active, title, created_at, extra) VALUES "
                f"({rows + some_id}, {tenant}, '{state}', 9.99, 5, true, 'new', {day}, '{{}}')")
    return f"DELETE FROM {n} WHERE state = '{state}' AND created_at < {day}"


def print_queries(tables, classes, seed):
    rng = random.Random(seed + 1)
    seen = set()
    while len(seen) < classes:
        text = statement(rng.choice(tables), rng)
        if text in seen:
            continue
        seen.add(text)
        calls = int(10 ** rng.uniform(0.5, 4.5))
        if text.startswith("SELECT count") or " GROUP BY " in text or text.startswith("DELETE"):
            calls = 1 + calls // 100
        print(f"-- quern: calls={calls}\n{text};")


def main():
    what = sys.argv[1]
    count, classes, seed = (list(map(int, sys.argv[2:5])) + [200, 1000, 1][len(sys.argv[2:5]):])[:3]
    tables = make_tables(count, seed)
    if what == "schema":
        print_schema(tables)
    else:
        print_queries(tables, classes, seed)


main()
