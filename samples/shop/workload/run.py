#!/usr/bin/env python3
"""Runs statements.sql against a server through all three protocols, always in the same order with the
same parameters (libpq by ctypes: no package needed beyond libpq5).

  run.py CONNECTION                 runs the workload
  run.py CONNECTION --queries       prints every SELECT with constants instead: samples/shop/queries.sql
"""
import ctypes
import datetime
import random
import re
import sys
import time
from pathlib import Path

pq = ctypes.CDLL("libpq.so.5")
for name in ("PQconnectdb", "PQexec", "PQexecParams", "PQprepare", "PQexecPrepared", "PQgetResult"):
    getattr(pq, name).restype = ctypes.c_void_p
pq.PQgetvalue.restype = pq.PQerrorMessage.restype = pq.PQresultErrorMessage.restype = ctypes.c_char_p
NUMERIC = 1700
OK = (1, 2)  # PGRES_COMMAND_OK, PGRES_TUPLES_OK


class Connection:
    def __init__(self, dsn):
        self.handle = ctypes.c_void_p(pq.PQconnectdb(dsn.encode()))
        if pq.PQstatus(self.handle) != 0:
            sys.exit(pq.PQerrorMessage(self.handle).decode())
        self.prepared = set()

    def _rows(self, result, expect_failure=False):
        result = ctypes.c_void_p(result)
        status = pq.PQresultStatus(result)
        if (status not in OK) != expect_failure:
            sys.exit("unexpected: " + pq.PQresultErrorMessage(result).decode())
        rows = [pq.PQgetvalue(result, i, 0).decode() for i in range(pq.PQntuples(result))]
        pq.PQclear(result)
        return rows

    def simple(self, sql, expect_failure=False):
        return self._rows(pq.PQexec(self.handle, sql.encode()), expect_failure)

    @staticmethod
    def _arrays(params):
        values = (ctypes.c_char_p * max(1, len(params)))(*[p.text.encode() for p in params])
        types = (ctypes.c_uint * max(1, len(params)))(*[p.oid for p in params])
        return values, types

    def extended(self, sql, params):
        values, types = self._arrays(params)
        return self._rows(pq.PQexecParams(self.handle, sql.encode(), len(params), types, values, None, None, 0))

    def execute_prepared(self, name, sql, params):
        values, types = self._arrays(params)
        if name not in self.prepared:
            self._rows(pq.PQprepare(self.handle, name.encode(), sql.encode(), len(params), types))
            self.prepared.add(name)
        return self._rows(pq.PQexecPrepared(self.handle, name.encode(), len(params), values, None, None, 0))


class Parameter:
    def __init__(self, text, quoted, oid=0):
        self.text, self.quoted, self.oid = text, quoted, oid

    def literal(self):
        return "'" + self.text.replace("'", "''") + "'" if self.quoted else self.text


class Generator:
    """One `-- $n: ...` line: int, numeric, timestamp, date, choice, serial or from (a query)."""

    def __init__(self, spec, lookup):
        self.kind, _, self.rest = spec.partition(" ")
        self.next = 0
        if self.kind == "from":
            self.values = lookup(self.rest)
        elif self.kind == "choice":
            self.paired = self.rest.endswith(" paired")
            self.values = self.rest.removesuffix(" paired").split("|")
        elif self.kind == "serial":
            self.next = int(self.rest)
        else:
            bounds, _, self.shape = self.rest.partition(" ")
            self.low, _, self.high = bounds.partition("..")

    def draw(self, rng, state):
        if self.kind in ("int", "numeric"):
            low, high = int(self.low), int(self.high)
            u = rng.random() ** (3 if self.shape == "skewed" else 1)
            number = low + int(u * (high - low + 1))
            return Parameter(f"{number}.0", False, NUMERIC) if self.kind == "numeric" else Parameter(str(number), False)
        if self.kind in ("timestamp", "date"):
            low, high = (datetime.datetime.fromisoformat(b) for b in (self.low, self.high))
            moment = low + rng.random() * (high - low)
            return Parameter(moment.strftime("%Y-%m-%d" if self.kind == "date" else "%Y-%m-%d %H:%M:00+00"), True)
        if self.kind == "serial":
            self.next += 1
            return Parameter(str(self.next), False)
        if self.kind == "choice" and self.paired:
            return Parameter(self.values[state["choice"]], True)
        state["choice"] = rng.randrange(len(self.values))
        return Parameter(self.values[state["choice"]], True)


class Statement:
    def __init__(self, block, lookup):
        self.name = re.search(r"^-- name: (\S+)", block, re.M).group(1)
        self.run = dict(part.split("=") for part in re.search(r"^-- run: (.*)", block, re.M).group(1).split())
        self.generators = [Generator(spec, lookup) for spec in re.findall(r"^-- \$\d+: (.*)", block, re.M)]
        self.sql = "\n".join(line for line in block.splitlines() if not line.startswith("--")).strip().rstrip(";")

    def draw(self, rng):
        state = {}
        return [generator.draw(rng, state) for generator in self.generators]

    def with_constants(self, params):
        def constant(match):
            return params[int(match.group(1)) - 1].literal()
        return re.sub(r"\$(\d+)", constant, self.sql)


def read_statements(lookup):
    text = (Path(__file__).parent / "statements.sql").read_text()
    blocks = re.split(r"^(?=-- name: )", text, flags=re.M)[1:]
    # A comment line after the statement belongs to the next section.
    return [Statement(block, lookup) for block in blocks]


def run_one(connection, statement, params):
    protocol = statement.run["protocol"]
    if protocol == "simple":
        return connection.simple(statement.with_constants(params))
    if protocol == "extended":
        return connection.extended(statement.sql, params)
    return connection.execute_prepared(statement.name, statement.sql, params)


def misfortunes(dsn, connections):
    """What a real log has too: errors, a cancelled statement, a lock wait, a sort on disk."""
    web, jobs = connections("shop_web", "web"), connections("shop_jobs", "worker")
    web.simple("SELECT * FORM orders", expect_failure=True)
    web.simple("SELECT id FROM order WHERE customer_id = 7", expect_failure=True)
    web.simple("INSERT INTO coupons (code, percent_off, valid_from, valid_to) "
               "SELECT code, percent_off, valid_from, valid_to FROM coupons WHERE id = 1", expect_failure=True)
    web.simple("SELECT nickname FROM customers WHERE id = 1", expect_failure=True)
    reports = connections("shop_reports", "reports")
    reports.simple("SET statement_timeout = '40ms'")
    reports.simple("SELECT count(*) FROM order_items a JOIN order_items b ON a.unit_price < b.unit_price",
                   expect_failure=True)
    reports.simple("SET statement_timeout = 0")
    reports.simple("SET work_mem = '256kB'")
    reports.simple("SELECT order_id, product_id, unit_price FROM order_items ORDER BY unit_price DESC, order_id OFFSET 200000")
    reports.simple("RESET work_mem")
    web.simple("BEGIN")
    web.simple("UPDATE inventory SET quantity = quantity WHERE product_id = 1")
    pq.PQsendQuery(jobs.handle, b"UPDATE inventory SET reserved = 0 WHERE product_id = 1")
    time.sleep(0.2)
    web.simple("COMMIT")
    while result := pq.PQgetResult(jobs.handle):
        pq.PQclear(ctypes.c_void_p(result))


def main():
    dsn = sys.argv[1]
    quiet = Connection(dsn + " options='-c log_min_duration_statement=-1 -c auto_explain.log_min_duration=-1'")
    statements = read_statements(quiet.simple)
    rng = random.Random(20260101)
    if "--queries" in sys.argv:
        print("-- Every SELECT of the sample workload with constants, one statement each.")
        print("-- Made by workload/run.py from workload/statements.sql.")
        for statement in statements:
            if statement.sql.startswith(("SELECT", "WITH")):
                print(f"\n-- name: {statement.name}\n{statement.with_constants(statement.draw(rng))};")
        return

    open_connections = {}

    def connections(user, app, number=0):
        key = (user, app, number)
        if key not in open_connections:
            open_connections[key] = Connection(f"{dsn} user={user} application_name={app}")
        return open_connections[key]

    followers = {s.run["each-of"]: s for s in statements if "each-of" in s.run}
    calls = [(s, s.draw(rng)) for s in statements for _ in range(int(s.run.get("calls", 0)))]
    rng.shuffle(calls)
    for number, (statement, params) in enumerate(calls):
        if number == len(calls) // 2:
            misfortunes(dsn, connections)
        connection = connections(statement.run["user"], statement.run["app"], rng.randrange(2))
        rows = run_one(connection, statement, params)
        if follower := followers.get(statement.name):
            for key in rows:
                run_one(connection, follower, [Parameter(key, False)])
        # Quiet and busy half minutes, so that the recorded time series has a shape.
        time.sleep(0.004 if (number // 900) % 2 == 0 else 0.02)


main()
