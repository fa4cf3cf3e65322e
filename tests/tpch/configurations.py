#!/usr/bin/env python3
"""The 22 queries of TPC-H give PostgreSQL 15's answers on row and on columnar tables however the server is set:
one thread and many, batches of three rows, hardly any memory, and each rule of the optimizer switched off.

    configurations.py GRIZZLYD GENERATOR [--scale 0.01] [--only NAME ...]

The data comes from benchmarks/tpch/generator.cc, the queries from tests/sql/tpch/tpch.test.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import servers  # noqa: E402

SCRIPT = ROOT / "tests" / "sql" / "tpch" / "tpch.test"
TABLES = ("region", "nation", "supplier", "part", "partsupp", "customer", "orders", "lineitem")
SETTINGS = {
    "as_it_is": [],
    "one_thread": ["max_parallel_workers_per_gather = 0"],
    "many_threads": ["max_parallel_workers_per_gather = 8", "min_parallel_table_scan_size = 0"],
    "tiny_batches": ["grizzly.batch_rows_max = 3"],
    "tiny_batches_many_threads": ["grizzly.batch_rows_max = 7", "max_parallel_workers_per_gather = 8",
                                  "min_parallel_table_scan_size = 0"],
    "little_memory": ["work_mem = '64kB'", "hash_mem_multiplier = 1"],
}

# Without it some queries run a subquery over a whole table for every row: quadratic, so over fewer rows.
SLOW = ("without_unnest_subqueries",)
SLOW_SCALE = "0.00291"  # 29 suppliers: a prime gives no key twice


def records():
    """(DDL, queries) of the script: the CREATE TABLEs, and what stands between the queries with them."""
    tables, queries = [], []
    for record in re.split(r"\n\s*\n", SCRIPT.read_text()):
        lines = [line for line in record.splitlines() if not line.startswith("#")]
        if not lines or not lines[0].startswith(("statement", "query")):
            continue
        sql = "\n".join(lines[1:]).split("\n----")[0]
        if sql.startswith("CREATE TABLE"):
            tables.append(sql + ";")
        elif lines[0].startswith("query") or sql.lower().startswith(("create view", "drop view")):
            queries.append(sql + ";")
    return tables, queries


def psql(server, database, text, source=None):
    command = [servers.PSQL, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=0", *server.address(), "-d", database]
    if source is not None:
        command += ["-c", text]
    done = subprocess.run(command, input=text if source is None else None, stdin=source, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout


def load(server, method, tables, data):
    database = f"tpch_{method}"
    psql(server, "postgres", f"DROP DATABASE IF EXISTS {database};\nCREATE DATABASE {database};")
    access = f"SET default_table_access_method = {method};\n"
    print(psql(server, database, access + "\n".join(tables)), end="")
    for table in TABLES:
        with open(data / f"{table}.tbl", encoding="ascii") as rows:
            print(psql(server, database, f"COPY {table} FROM STDIN WITH (DELIMITER '|')", rows), end="")
    if method == "columnar":
        psql(server, database, "VACUUM;")
    psql(server, database, "ANALYZE;")
    return database


def rule_names(server):
    answer = psql(server, "postgres", "SET grizzly.disabled_rules = '?';")
    names = re.search(r"Available rules: (.*)\.", answer)
    if names is None:
        raise servers.ServerError(f"no list of rules: {answer}")
    return names.group(1).split(", ")


def answers(server, database, settings, queries):
    """The output of each query."""
    text = "".join(f"SET {setting};\n" for setting in settings)
    for query in queries:
        text += f"\\echo ------\n{query}\n"
    parts = psql(server, database, text).split("------\n")
    if parts[0]:
        print(f"  {parts[0].strip()}")
    return parts[1:]


def same_rows(expected, actual):
    """Rows that are equal in what is sorted by may change places."""
    return sorted(expected.splitlines()) == sorted(actual.splitlines())


def check(server, database, name, settings, queries, expected):
    wrong = 0
    for query, wanted, got in zip(queries, expected, answers(server, database, settings, queries)):
        if same_rows(wanted, got):
            continue
        wrong += 1
        print(f"{name} on {database} differs:\n{query}\n--- expected\n{wanted[:800]}--- got\n{got[:800]}")
    return wrong


def compare(options, oracle, server, scale, settings):
    """(wrong answers, configurations) over data of this scale."""
    if not settings:
        return 0, 0
    tables, queries = records()
    data = oracle.folder.parent / f"rows_{scale}"
    data.mkdir()
    subprocess.run([options.generator, scale, str(data)], check=True)
    expected = answers(oracle, load(oracle, "heap", tables, data), [], queries)
    databases = [load(server, method, tables, data) for method in ("heap", "columnar")]
    wrong = 0
    for name, lines in settings.items():
        for database in databases:
            wrong += check(server, database, name, lines, queries, expected)
    return wrong, len(settings) * len(databases)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("grizzlyd")
    parser.add_argument("generator")
    parser.add_argument("--scale", default="0.01")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    folder = servers.test_folder()
    running = []
    try:
        oracle = servers.Postgres(folder)
        running.append(oracle)
        server = servers.Grizzlyd(folder, options.grizzlyd)
        running.append(server)
        settings = dict(SETTINGS)
        for rule in rule_names(server):
            settings[f"without_{rule}"] = [f"grizzly.disabled_rules = '{rule}'"]
        if options.only:
            settings = {name: settings[name] for name in options.only}
        slow = {name: settings.pop(name) for name in SLOW if name in settings}
        wrong, count = compare(options, oracle, server, options.scale, settings)
        more_wrong, more = compare(options, oracle, server, SLOW_SCALE, slow)
    finally:
        for server in running:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)
    wrong, count = wrong + more_wrong, count + more
    print(f"TPC-H at scale {options.scale}: {count} configurations, {wrong} answers differ")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
