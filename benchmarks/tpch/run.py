#!/usr/bin/env python3
"""Loads TPC-H data and runs the queries on several servers in one run: times as medians, answers compared.

    generator 1 /tmp/sf1
    run.py --data /tmp/sf1 --schema schema.sql --queries queries/ --runs 3 \\
        row=127.0.0.1:5432:heap columnar=127.0.0.1:5432:columnar postgres=127.0.0.1:5433:heap duckdb=/tmp/duck

Targets: see benchmarks/targets.py. Queries are files of statements, one per query; schema.sql has one CREATE TABLE a
line.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import targets as t  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--schema", type=pathlib.Path, required=True)
    parser.add_argument("--queries", type=pathlib.Path, required=True)
    t.common_arguments(parser)
    options = parser.parse_args()
    options.data, options.name = options.data.resolve(), "tpch"
    targets = [t.make_target(word, options) for word in options.targets]
    t.load_all(targets, t.read_schema(options.schema), options)
    queries = {path.stem: path.read_text() for path in sorted(options.queries.glob("*.sql"))}
    failed, figures = t.run_queries(targets, queries, options)
    t.print_ratios(figures, targets)
    if options.json:
        t.write_json(options.json, "TPC-H, milliseconds", figures, targets)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
