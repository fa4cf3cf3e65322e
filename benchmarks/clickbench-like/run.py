#!/usr/bin/env python3
"""One wide table of page views, 43 queries, several servers in one run: times as medians, ratios, answers compared.

    generator 1000000 > /tmp/hits/hits.csv
    run.py --data /tmp/hits columnar=127.0.0.1:5432:columnar row=127.0.0.1:5432:heap postgres=127.0.0.1:5433:heap \\
        duckdb=/tmp/duck --json figures.json

Targets: see benchmarks/targets.py.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import targets as t  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    t.common_arguments(parser)
    options = parser.parse_args()
    options.data, options.name = options.data.resolve(), "hits"
    targets = [t.make_target(word, options) for word in options.targets]
    t.load_all(targets, t.read_schema(HERE / "schema.sql"), options)
    lines = (HERE / "queries.sql").read_text().splitlines()
    queries = {f"q{number:02}": line for number, line in enumerate(lines, 1)}
    failed, figures = t.run_queries(targets, queries, options)
    t.print_ratios(figures, targets)
    if options.json:
        t.write_json(options.json, "43 queries over page views, milliseconds", figures, targets)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
