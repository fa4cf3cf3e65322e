"""Shows: random schemas, changes, queries and expressions have the same answers on grizzlyd and on PostgreSQL 15.

    run.py GRIZZLYD [--statements N] [--seed N] [--only expressions|queries] [--verbose] [--port P --oracle-port P]

Everything follows from the seed: `--seed 7` repeats what a run printed as seed 7. Differences that are meant are in
known.txt, with the reason; any other one is printed and fails. Statements that time out on either side do not count.
"""

import argparse
import os
import random
import re
import shutil
import signal
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[0] / "support"))

from expressions import Expressions  # noqa: E402
from grammar import Grammar, aggregate_query, set_query  # noqa: E402
from libpq import Connection, ConnectionLost  # noqa: E402
from literals import LITERALS, ORDERED  # noqa: E402
from queries import Workload  # noqa: E402
from servers import Grizzlyd, Postgres, test_folder  # noqa: E402

SETTINGS = ("SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET lc_monetary = 'C'; SET statement_timeout = '10s'; "
            "SET max_parallel_workers_per_gather = 0")
DATABASE = f"grizzly_differential_{os.getpid()}"
FIRST_USER_OID = 16384
RESTART_SECONDS = 120
EXTENDED_ONE_IN = 5  # statements go through the extended protocol
QUERIES_A_ROUND, CHANGES_A_ROUND, EXPRESSIONS_A_ROUND = 60, 15, 200
EXPRESSIONS_A_PIPELINE = 25


class KnownDifferences:
    """Lines of known.txt: `what | pattern | reason`; `what`: sql, or error (the two servers' errors side by side)."""

    def __init__(self):
        self.entries = []
        for line in (HERE / "known.txt").read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                what, pattern, reason = (part.strip() for part in line.split(" | ", 2))
                self.entries.append((what, re.compile(pattern), reason))

    def reason(self, sql, ours, theirs):
        errors = f"{ours.state} {ours.message} // {theirs.state} {theirs.message}"
        for what, pattern, reason in self.entries:
            if pattern.search(sql if what == "sql" else errors):
                return reason
        return None


def is_runtime_error(answer):
    """Errors of values, found while a statement runs."""
    return answer.state[:2] in ("22", "21", "54") or \
        answer.state == "0A000" and answer.message.startswith(("cannot convert", "cannot add", "cannot subtract", "encoding conv")) or \
        answer.state == "42601" and answer.message.startswith(("invalid range bound", "invalid parameter list format")) or \
        answer.state == "XX000" and answer.message.startswith(("unrecognized weight", "invalid INTERVAL typmod"))


def like(message):
    """What two messages about one thing share."""
    return re.findall(r"[a-z]+", message.lower())[:2]


def shape(answer):
    return [(name, oid if oid < FIRST_USER_OID else "user", mod) for name, oid, mod in answer.columns]


def sorted_rows(rows):
    return sorted(rows, key=lambda row: tuple((value is None, value or "") for value in row))


def difference(ours, theirs, is_ordered):
    """A sentence, or None."""
    if ours.state or theirs.state:
        if (ours.state, ours.message, ours.position) == (theirs.state, theirs.message, theirs.position):
            return detail_difference(ours, theirs)
        return f"grizzlydb: {ours.state or 'no error'} {ours.message} at {ours.position or '-'}; " \
               f"postgres15: {theirs.state or 'no error'} {theirs.message} at {theirs.position or '-'}"
    if shape(ours) != shape(theirs):
        return f"columns: grizzlydb {shape(ours)}; postgres15 {shape(theirs)}"
    mine, other = (ours.rows, theirs.rows) if is_ordered else (sorted_rows(ours.rows), sorted_rows(theirs.rows))
    if mine != other:
        for i in range(max(len(mine), len(other))):
            left = mine[i] if i < len(mine) else "no row"
            right = other[i] if i < len(other) else "no row"
            if left != right:
                return f"row {i} of {len(mine)} and {len(other)}: grizzlydb {left}; postgres15 {right}"
    if ours.tag != theirs.tag:
        return f"tags: grizzlydb {ours.tag}; postgres15 {theirs.tag}"
    return None


def detail_difference(ours, theirs):
    """Of an error that is the same. Class 23 may be of another one of several rows."""
    if ours.hint != theirs.hint:
        return f"hints: grizzlydb {ours.hint}; postgres15 {theirs.hint}"
    may_differ = theirs.state[:2] in ("23", "40")
    mine, other = (re.sub(r"\d+|\(.*\)", "?", text) if may_differ else text for text in (ours.detail, theirs.detail))
    return None if mine == other else f"details: grizzlydb {ours.detail}; postgres15 {theirs.detail}"


CHOSEN = re.compile(r"\b(CASE|COALESCE|GREATEST|LEAST|NULLIF|AND|OR|IN|ANY|ALL|NULL)\b")


def explanation(sql, ours, theirs, over_rows):
    """Why two answers may differ that come from the same values; None: they may not."""
    if all(is_runtime_error(answer) or not answer.state for answer in (ours, theirs)):
        if over_rows and (ours.state or theirs.state):
            return "which row, and which of several conditions, is looked at first is the planner's choice"
        if ours.state and theirs.state and like(ours.message) != like(theirs.message) and sql.count("(") > 2:
            return "PostgreSQL computes what is immutable first, so another one of several errors"
        if ours.state and not theirs.state and re.search("CASE|COALESCE|NULLIF", sql):
            return "PostgreSQL computes no arguments beside a NULL, which folding of CASE and NULLIF shows; our literals are lifted out"
        if theirs.state and not ours.state and CHOSEN.search(sql):
            return "PostgreSQL computes immutable operands at planning even if nothing asks for them"
    if not ours.state and not theirs.state and sorted_rows(ours.rows) == sorted_rows(theirs.rows) and \
            [column[:2] for column in shape(ours)] == [column[:2] for column in shape(theirs)] and \
            (re.search("CASE|COALESCE|FETCH|EXECUTE", sql) or any(column[2] < -1 for column in theirs.columns)):
        return "PostgreSQL tells the typmod that an expression has after folding"
    return None


class Comparison:
    def __init__(self, grizzlydb, postgres, verbose):
        self.servers = {"grizzlydb": grizzlydb, "postgres15": postgres}
        self.verbose = verbose
        self.known = KnownDifferences()
        self.counts = Counter()
        self.explained = Counter()
        self.refused = Counter()
        self.unexplained = []
        self.connections = {}
        self.failed = False  # the last statement, on PostgreSQL

    def start_over(self):
        for name, port in self.servers.items():
            if name in self.connections:
                self.connections[name].close()
            admin = Connection(port)
            admin.ask(f"DROP DATABASE IF EXISTS {DATABASE}")
            made = admin.ask(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
            if made.state:
                raise SystemExit(f"{name}: {made.message}")
            admin.close()
            self.connections[name] = Connection(port, DATABASE)
            self.connections[name].ask(SETTINGS)

    def end(self):
        for name, port in self.servers.items():
            if name in self.connections:
                self.connections[name].close()
            Connection(port).ask(f"DROP DATABASE IF EXISTS {DATABASE}")

    def compare(self, seed, sql, is_ordered=False, over_rows=True):
        """False if one server did it and the other did not: their rows are no longer the same."""
        is_extended = zlib.crc32(sql.encode()) % EXTENDED_ONE_IN == 0
        self.connections["postgres15"].send(self.for_postgres(sql), is_extended)
        try:
            self.connections["grizzlydb"].send(sql, is_extended)
            ours = self.connections["grizzlydb"].answer()
        except ConnectionLost as lost:
            self.report(seed, sql, f"grizzlydb went away: {lost}")
            raise
        return self.judge(seed, sql, ours, self.connections["postgres15"].answer(), is_ordered, over_rows)

    def compare_all(self, seed, statements, over_rows):
        """[(sql, is its order total)] that change nothing, in one pipeline."""
        texts = [sql for sql, _ in statements]
        self.connections["postgres15"].send_all(map(self.for_postgres, texts))
        try:
            self.connections["grizzlydb"].send_all(texts)
            mine = self.connections["grizzlydb"].answers(len(texts))
        except ConnectionLost as lost:
            self.report(seed, ";\n".join(texts), f"grizzlydb went away: {lost}")
            raise
        for (sql, is_ordered), ours, theirs in zip(statements, mine, self.connections["postgres15"].answers(len(texts))):
            self.judge(seed, sql, ours, theirs, is_ordered, over_rows)

    @staticmethod
    def for_postgres(sql):
        return sql.replace(" USING columnar", "")

    def judge(self, seed, sql, ours, theirs, is_ordered, over_rows):
        self.counts["statements"] += 1
        if "57014" in (ours.state, theirs.state):
            self.counts["timed out"] += 1
            return ours.state == theirs.state
        self.failed = bool(theirs.state)
        self.counts["errors"] += self.failed
        found = difference(ours, theirs, is_ordered)
        if found is None:
            return True
        reason = explanation(sql, ours, theirs, over_rows) or self.known.reason(sql, ours, theirs)
        if reason is not None:
            self.explained[reason] += 1
            if ours.state == "0A000":
                self.refused[ours.message] += 1
        else:
            self.report(seed, sql, found)
        return bool(ours.state) == bool(theirs.state)

    def report(self, seed, sql, found):
        self.unexplained.append(sql)
        print(f"-- seed {seed}: {found}\n{sql};\n", flush=True)


def known_functions(port):
    """Functions we have: others are refused, which is no difference."""
    return {row[0] for row in Connection(port).ask("SELECT oid FROM pg_proc").rows}


def expression_round(comparison, seed, grammar):
    r = random.Random(seed)
    expressions = Expressions(r, grammar)
    types = [t for t in LITERALS if grammar.makers[t]]

    def statement():
        kind = r.random()
        if kind < 0.15:
            return (aggregate_query if kind < 0.09 else set_query)(expressions)
        wanted = r.choice(types if r.random() < 0.7 else sorted(ORDERED))
        return "SELECT " + expressions.make(wanted, r.choice([1, 1, 2, 2, 3]))

    for i in range(0, EXPRESSIONS_A_ROUND, EXPRESSIONS_A_PIPELINE):
        statements = [(statement(), True) for _ in range(EXPRESSIONS_A_PIPELINE)]
        if i % 2 == 0:
            comparison.compare_all(seed, statements, over_rows=False)
        else:
            for sql, is_ordered in statements:
                comparison.compare(seed, sql, is_ordered, over_rows=False)


def query_round(comparison, seed):
    workload = Workload(seed)
    for sql in workload.schema():
        comparison.compare(seed, sql)
        if sql.startswith("CREATE TABLE t") and " USING columnar" in sql:
            comparison.counts["columnar tables"] += 1
    for i in range(CHANGES_A_ROUND):
        for step in workload.steps():
            if not comparison.compare(seed, step.sql, step.is_ordered):
                return
            if step.effect and not comparison.failed:
                step.effect()
        queries = [workload.query() for _ in range(QUERIES_A_ROUND // CHANGES_A_ROUND)]
        if i % 2 == 0:
            comparison.compare_all(seed, queries, over_rows=True)
        else:
            for sql, is_ordered in queries:
                comparison.compare(seed, sql, is_ordered)


def comes_back(port):
    """Whether whoever watches over the server has started it again."""
    for _ in range(RESTART_SECONDS):
        time.sleep(1)
        try:
            Connection(port).close()
            return True
        except ConnectionLost:
            continue
    return False


def run(comparison, options):
    grammar = Grammar(known_functions(comparison.servers["grizzlydb"]))
    seed = options.seed
    start = time.monotonic()
    while comparison.counts["statements"] < options.statements:
        try:
            comparison.start_over()
            if options.only != "queries":
                expression_round(comparison, seed, grammar)
            if options.only != "expressions":
                query_round(comparison, seed)
        except KeyboardInterrupt:
            break
        except ConnectionLost:
            if not comes_back(comparison.servers["grizzlydb"]):
                print("grizzlydb does not answer any more: the end")
                break
        seed += 1
    seconds = time.monotonic() - start
    print(f"{comparison.counts['statements']} statements (seeds {options.seed} to {seed - 1}, {seconds:.0f} s): "
          f"{comparison.counts['errors']} failed alike or explained, {comparison.counts['timed out']} timed out, {comparison.counts['columnar tables']} columnar tables, "
          f"{len(comparison.unexplained)} differences without an explanation")
    for reason, count in comparison.explained.most_common():
        print(f"  {count:6} explained: {reason}")
    for message, count in comparison.refused.most_common():
        print(f"  {count:6} refused: {message}")
    return 1 if comparison.unexplained else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("grizzlyd", nargs="?")
    parser.add_argument("--statements", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["expressions", "queries"])
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--port", type=int)
    parser.add_argument("--oracle-port", type=int)
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # either ends the run with its counts
        signal.signal(number, signal.default_int_handler)
    folder = test_folder()
    servers = []
    try:
        if options.oracle_port is None:
            servers.append(Postgres(folder))
            options.oracle_port = servers[-1].port
        if options.port is None:
            servers.append(Grizzlyd(folder, options.grizzlyd))
            options.port = servers[-1].port
        comparison = Comparison(options.port, options.oracle_port, options.verbose)
        status = run(comparison, options)
        if comparison.unexplained or not servers:
            return status
        comparison.end()
        return status
    finally:
        for server in servers:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
