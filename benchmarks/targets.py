"""What the benchmarks over several servers share: targets that load and answer, timing, comparing, JSON.

A target is NAME=HOST:PORT:ACCESS_METHOD, for servers that psql speaks to, or NAME=DIRECTORY, where @duckdb/node-api is
installed. The first target's answers are what the others are compared with.
"""

import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

TIME = re.compile(r"^Time: ([0-9.]+) ms.*$", re.MULTILINE)


def rows_file(folder, table):
    """TABLE.tbl or TABLE.csv, fields separated by |."""
    return next(path for path in (folder / f"{table}.tbl", folder / f"{table}.csv") if path.exists())


class PsqlTarget:
    """A server of PostgreSQL's protocol."""

    def __init__(self, name, address, options):
        self.name, self.options = name, options
        host, port, self.method = address.split(":")
        self.psql = ["psql", "-X", "-q", "-At", "-F|", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", port,
                     "-U", options.user]
        self.database = f"{options.name}_{self.method}"

    def run(self, text, database=None, stdin=None):
        command = self.psql + ["-d", database or self.database]
        command += ["-c", text] if stdin is not None else ["-f", "-"]
        done = subprocess.run(command, input=None if stdin is not None else text, stdin=stdin, text=True,
                              capture_output=True, timeout=self.options.timeout)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[0])
        return done.stdout

    def load(self, schema):
        """{table: seconds}; schema is {table: CREATE TABLE}, each with its rows in options.data."""
        self.run(f"DROP DATABASE IF EXISTS {self.database};\nCREATE DATABASE {self.database};", "postgres")
        seconds = {}
        for table in schema:
            copy = (f"BEGIN; SET LOCAL default_table_access_method = {self.method}; {schema[table]}; "
                    f"COPY {table} FROM STDIN WITH (DELIMITER '|'); COMMIT")
            with open(rows_file(self.options.data, table)) as rows:
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
        seconds, self.tables = {}, list(schema)
        for table in schema:
            path = rows_file(self.options.data, table)
            seconds[table] = self.ask([schema[table],
                                       f"COPY {table} FROM '{path}' (DELIMITER '|', HEADER false, NULLSTR '\\N')"])[0]
        return seconds

    def sizes(self):
        """Each table alone in a file of its own; a copy has no indexes."""
        sizes = {}
        with tempfile.TemporaryDirectory() as folder:
            for table in self.tables:
                path = pathlib.Path(folder) / table
                self.ask([f"ATTACH '{path}' AS alone", f"CREATE TABLE alone.{table} AS FROM {table}", "DETACH alone"])
                sizes[table] = [path.stat().st_size, 0]
        return sizes

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


def run_queries(targets, queries, options):
    """Prints a line a query, {name: text}; returns how many failed or differ, and {query: {target: seconds}}."""
    totals = {target.name: 0.0 for target in targets}
    failed, figures = 0, {}
    print("\n" + "query".ljust(8) + "".join(target.name.rjust(12) for target in targets))
    for name, text in queries.items():
        line, reference = name.ljust(8), None
        for target in targets:
            seconds, rows = measure(target, text, options.runs)
            if seconds is None:
                line += "failed".rjust(12)
                print(f"  {target.name} {name}: {rows}", file=sys.stderr)
                failed += 1
                continue
            totals[target.name] += seconds
            figures.setdefault(name, {})[target.name] = seconds
            reference = rows if reference is None else reference
            agrees = same_rows(rows, reference)
            failed += 0 if agrees else 1
            line += f"{seconds * 1000:.1f}{'' if agrees else ' DIFF'}".rjust(12)
        print(line, flush=True)
    print("total".ljust(8) + "".join(f"{totals[t.name] * 1000:.0f}".rjust(12) for t in targets))
    return failed, figures


def read_schema(path):
    """{table: CREATE TABLE} of a file with one a line, in its order."""
    lines = [line.strip().rstrip(";") for line in path.read_text().splitlines() if line.strip()]
    return {line.split()[2].lower(): line for line in lines}


def load_all(targets, schema, options):
    for target in targets:
        if not options.loaded or isinstance(target, DuckTarget):
            seconds = target.load(schema)
            largest = max(seconds, key=seconds.get)
            print(f"load {target.name}: {sum(seconds.values()):.1f} s, {largest} {seconds[largest]:.1f} s", flush=True)
        for table, (rows, indexes) in sorted(target.sizes().items()):
            print(f"  {table}: {rows / 2**20:.1f} MiB, indexes {indexes / 2**20:.1f} MiB")


def print_ratios(figures, targets):
    """Geometric means of each target's times over the first one's."""
    first = targets[0].name
    for target in targets[1:]:
        ratios = [figure[target.name] / figure[first] for figure in figures.values()
                  if target.name in figure and figure.get(first)]
        if ratios:
            print(f"{target.name} over {first}: {statistics.geometric_mean(ratios):.2f} ({len(ratios)} queries, geometric mean)")


def write_json(path, title, figures, targets):
    """For benchmarks/draw.py."""
    rows = [{"name": name, "ms": {target: round(seconds * 1000, 3) for target, seconds in figure.items()}}
            for name, figure in figures.items()]
    path.write_text(json.dumps({"title": title, "series": [target.name for target in targets], "rows": rows}, indent=1) + "\n")


def common_arguments(parser):
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of the rows")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--timeout", type=float, default=120, help="seconds of a query")
    parser.add_argument("--loaded", action="store_true", help="the databases are there already")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there")
    parser.add_argument("targets", nargs="+")
