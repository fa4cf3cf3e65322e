#!/usr/bin/env python3
"""Loads TPC-H data and runs the queries on several servers in one run: times as medians, answers compared.

    generator 1 /tmp/sf1
    run.py --data /tmp/sf1 --schema schema.sql --queries queries/ --runs 3 \\
        row=127.0.0.1:5432:heap columnar=127.0.0.1:5432:columnar postgres=127.0.0.1:5433:heap duckdb=/tmp/duck

A target is NAME=HOST:PORT:ACCESS_METHOD, for servers that psql speaks to, or NAME=DIRECTORY, where
@duckdb/node-api is installed. The first target's answers are what the others are compared with. Queries are
files of statements, one per query; schema.sql has one CREATE TABLE a line.
"""

import argparse
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import time

TABLES = ("region", "nation", "supplier", "part", "partsupp", "customer", "orders", "lineitem")
TIME = re.compile(r"^Time: ([0-9.]+) ms.*$", re.MULTILINE)


class PsqlTarget:
    """A server of PostgreSQL's protocol."""

    def __init__(self, name, address, options):
        self.name, self.options = name, options
        host, port, self.method = address.split(":")
        self.psql = ["psql", "-X", "-q", "-At", "-F|", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", port,
                     "-U", options.user]
        self.database = f"tpch_{self.method}"

    def run(self, text, database=None, stdin=None):
        command = self.psql + ["-d", database or self.database]
        command += ["-c", text] if stdin is not None else ["-f", "-"]
        done = subprocess.run(command, input=None if stdin is not None else text, stdin=stdin, text=True,
                              capture_output=True, timeout=self.options.timeout)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[0])
        return done.stdout

    def load(self, schema):
        """{table: seconds}"""
        self.run(f"DROP DATABASE IF EXISTS {self.database};\nCREATE DATABASE {self.database};", "postgres")
        seconds = {}
        for table in TABLES:
            copy = (f"BEGIN; SET LOCAL default_table_access_method = {self.method}; {schema[table]}; "
                    f"COPY {table} FROM STDIN WITH (DELIMITER '|'); COMMIT")
            with open(self.options.data / f"{table}.tbl") as rows:
                start = time.monotonic()
                command = []
                for statement in copy.split("; "):
                    command += ["-c", statement]
                subprocess.run(self.psql + ["-d", self.database] + command, stdin=rows, check=True)
                seconds[table] = time.monotonic() - start
        self.run("VACUUM ANALYZE;" if self.method != "heap" else "ANALYZE;")
        return seconds

    def sizes(self):
        rows = self.run("SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
                        "WHERE relkind = 'r' AND oid >= 16384;")
        return {row.split("|")[0]: [int(field) for field in row.split("|")[1:]]
                for row in rows.splitlines()}

    def query(self, text):
        """(seconds, rows)"""
        out = self.run("\\timing on\n" + text)
        rows = [line.split("|") for line in TIME.sub("", out).splitlines()
                if line and not line.startswith("Timing is")]
        return sum(float(ms) for ms in TIME.findall(out)) / 1000, rows


class DuckTarget:
    """DuckDB in a node process of its own; it answers lines of JSON."""

    def __init__(self, name, directory, options):
        self.name, self.options = name, options
        script = pathlib.Path(__file__).with_name("duckdb.mjs")
        self.process = subprocess.Popen(["node", str(script), directory], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, statements):
        self.process.stdin.write(json.dumps(statements) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["seconds"], answer["rows"]

    def load(self, schema):
        seconds = {}
        for table in TABLES:
            path = self.options.data / f"{table}.tbl"
            seconds[table] = self.ask([schema[table],
                                       f"COPY {table} FROM '{path}' (DELIMITER '|', HEADER false)"])[0]
        return seconds

    def sizes(self):
        return {}

    def query(self, text):
        statements = [statement for statement in text.split(";") if statement.strip()]
        seconds, rows = self.ask(statements)
        return seconds, [["" if value is None else str(value) for value in row] for row in rows]


def make_target(word, options):
    name, _, address = word.partition("=")
    return (PsqlTarget if address.count(":") == 2 else DuckTarget)(name, address, options)


def same(a, b):
    if a.rstrip() == b.rstrip():
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-6)
    except ValueError:
        return False


def same_rows(a, b):
    return len(a) == len(b) and all(
        len(x) == len(y) and all(map(same, x, y)) for x, y in zip(a, b))


def measure(target, text, runs):
    """(median seconds, rows), or (None, message)"""
    try:
        rows = target.query(text)[1]  # warm
        return statistics.median(target.query(text)[0] for _ in range(runs)), rows
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        return None, str(error)


def run_queries(targets, options):
    totals = {target.name: 0.0 for target in targets}
    failed = 0
    print("\n" + "query".ljust(8) + "".join(target.name.rjust(12) for target in targets))
    for path in sorted(options.queries.glob("*.sql")):
        line, reference = path.stem.ljust(8), None
        for target in targets:
            seconds, rows = measure(target, path.read_text(), options.runs)
            if seconds is None:
                line += "failed".rjust(12)
                print(f"  {target.name} {path.stem}: {rows}", file=sys.stderr)
                failed += 1
                continue
            totals[target.name] += seconds
            reference = rows if reference is None else reference
            agrees = same_rows(rows, reference)
            failed += 0 if agrees else 1
            line += f"{seconds * 1000:.1f}{'' if agrees else ' DIFF'}".rjust(12)
        print(line, flush=True)
    print("total".ljust(8) + "".join(f"{totals[t.name] * 1000:.0f}".rjust(12) for t in targets))
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--schema", type=pathlib.Path, required=True)
    parser.add_argument("--queries", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--loaded", action="store_true", help="the databases are there already")
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    options.data = options.data.resolve()
    schema = {}
    for line in options.schema.read_text().splitlines():
        if line.strip():
            schema[line.split()[2].lower()] = line.strip().rstrip(";")
    targets = [make_target(word, options) for word in options.targets]
    for target in targets:
        if not options.loaded or isinstance(target, DuckTarget):
            seconds = target.load(schema)
            print(f"load {target.name}: {sum(seconds.values()):.1f} s, "
                  f"lineitem {seconds['lineitem']:.1f} s", flush=True)
        for table, (rows, indexes) in sorted(target.sizes().items()):
            print(f"  {table}: {rows / 2**20:.1f} MiB, indexes {indexes / 2**20:.1f} MiB")
    return 1 if run_queries(targets, options) else 0


if __name__ == "__main__":
    sys.exit(main())
