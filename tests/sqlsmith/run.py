"""Shows: what sqlsmith writes neither crashes grizzlyd, nor meets an internal error, nor runs past its timeout.

    run.py GRIZZLYD [--seconds N] [--seed N] [--port P] [--oracle-port P] [--sqlsmith PROGRAM] [--user NAME]

sqlsmith (Debian package sqlsmith) looks at schema.sql in a server's database and writes statements from the seed; each
runs in a transaction that is rolled back. With --oracle-port, what grizzlyd refuses is explained there by PostgreSQL 15:
a statement only grizzlyd cannot bind is printed, and an internal error that PostgreSQL has too does not count.
"""

import argparse
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[0] / "support"))

from libpq import Connection, ConnectionLost  # noqa: E402
from servers import Grizzlyd, test_folder  # noqa: E402

DATABASE = f"grizzly_sqlsmith_{os.getpid()}"
TIMEOUT_MS = 1_000
GRACE_SECONDS = 2  # past the timeout, times as many processes as wait for each processor; then it is tried again
TRIES = 3
STATEMENTS_A_PROCESS = 100_000
SILENCE_SECONDS = 240  # sqlsmith may look for a statement without end; then the next seed comes
SETTINGS = f"SET statement_timeout = {TIMEOUT_MS}; SET lock_timeout = {TIMEOUT_MS}; SET client_min_messages = error"
INTERNAL = "XX000"
# Errors that are found before a statement runs, so that EXPLAIN has them too; and what is not supported.
BINDING = ("0A", "42")


def schema_statements():
    """schema.sql, cut at semicolons that end a line outside of $$."""
    statement, quoted = "", False
    for line in (HERE / "schema.sql").read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("--"):
            continue
        statement += line
        quoted ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not quoted:
            yield statement.strip()
            statement = ""


def make_schema(port, columnar):
    admin = Connection(port)
    admin.ask(f"DROP DATABASE IF EXISTS {DATABASE}")
    made = admin.ask(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    if made.state:
        raise SystemExit(f"port {port}: {made.message}")
    admin.close()
    connection = Connection(port, DATABASE)
    for statement in schema_statements():
        answer = connection.ask(statement if columnar else statement.replace("USING columnar", ""))
        if answer.state == "0A000":
            print(f"-- left out: {answer.message}")
        elif answer.state:
            raise SystemExit(f"port {port}: {answer.message}: {statement}")
    connection.close()


def written_statements(program, port, seed):
    """What sqlsmith writes, one statement at a time."""
    target = f"host=127.0.0.1 port={port} user=postgres dbname={DATABASE}"
    command = [program, f"--target={target}", "--dry-run", f"--seed={seed}", f"--max-queries={STATEMENTS_A_PROCESS}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pending = b""
    try:
        while select.select([process.stdout], [], [], SILENCE_SECONDS)[0]:
            more = os.read(process.stdout.fileno(), 1 << 16)
            if not more:
                break
            *whole, pending = (pending + more).split(b";\n")
            yield from (statement.decode(errors="replace").strip() for statement in whole)
    finally:
        process.kill()
        error = process.communicate()[1].decode(errors="replace")
    if "rror" in error:
        raise SystemExit(f"sqlsmith: {error}")


def resident_bytes(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


class Run:
    def __init__(self, options):
        self.options = options
        self.counts = Counter()
        self.states = Counter()
        self.seen = set()
        self.found = 0
        self.slowest_seconds = 0.0
        self.resident_bytes_max = 0
        self.connection = None
        self.oracle = None

    def connect(self):
        self.connection = Connection(self.options.port, DATABASE, self.options.user)
        self.connection.ask(SETTINGS)

    def report(self, seed, what, sql):
        """Once for each kind of finding: numbers and names of it are not looked at."""
        kind = re.sub(r"\d+|\"[^\"]*\"", "N", what)
        self.counts[kind] += 1
        if kind in self.seen:
            return False
        self.seen.add(kind)
        print(f"-- seed {seed}: {what}\n{sql};\n", flush=True)
        return True

    def timed(self, sql):
        start = time.monotonic()
        self.connection.ask("BEGIN")
        answer = self.connection.ask(sql)
        self.connection.ask("ROLLBACK")
        return answer, time.monotonic() - start

    def one(self, seed, sql):
        limit_seconds = TIMEOUT_MS / 1000 + GRACE_SECONDS * max(1, os.getloadavg()[0] / os.cpu_count())
        try:
            for _ in range(TRIES):
                answer, seconds = self.timed(sql)
                if seconds <= limit_seconds:
                    break
        except ConnectionLost as lost:
            self.lost(seed, sql, lost)
            return
        self.slowest_seconds = max(self.slowest_seconds, seconds)
        self.states[answer.state or "00000"] += 1
        if seconds > limit_seconds:
            self.found += self.report(seed, f"{seconds:.1f} s in spite of statement_timeout", sql)
        if answer.state == INTERNAL and not self.oracle_says(sql, INTERNAL):
            self.found += self.report(seed, f"{answer.state} {answer.message}", sql)
        elif answer.state[:2] in BINDING and self.oracle is not None and self.oracle_says("EXPLAIN " + sql, ""):
            self.report(seed, f"only grizzlydb: {answer.state} {answer.message} at {answer.position}", sql)

    def lost(self, seed, sql, lost):
        time.sleep(1)
        try:
            self.connect()
            # Functions that end one's own session may be called, and end it.
            if "57P01" not in str(lost) and "terminating connection" not in str(lost):
                self.found += self.report(seed, f"the connection went away: {str(lost).strip()}", sql)
        except ConnectionLost:
            self.found += self.report(seed, "grizzlydb went away", sql)
            raise

    def oracle_says(self, sql, state):
        """Whether PostgreSQL 15 answers with this SQLSTATE."""
        if self.options.oracle_port is None:
            return False
        try:
            if self.oracle is None:
                self.oracle = Connection(self.options.oracle_port, DATABASE)
                self.oracle.ask(SETTINGS)
            self.oracle.ask("BEGIN")
            answer = self.oracle.ask(sql)
            self.oracle.ask("ROLLBACK")
            return answer.state == state
        except ConnectionLost:
            self.oracle = None
            return False

    def slice(self, pid):
        options = self.options
        end = time.monotonic() + options.seconds
        seed = options.seed
        self.connect()
        if options.oracle_port is not None:
            self.oracle_says("SELECT 1", "")
        while time.monotonic() < end:
            for sql in written_statements(options.sqlsmith, options.port, seed):
                self.counts["statements"] += 1
                self.one(seed, sql)
                if pid:
                    self.resident_bytes_max = max(self.resident_bytes_max, resident_bytes(pid))
                if time.monotonic() > end:
                    break
            seed += 1
        return seed - 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("grizzlyd", nargs="?")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int)
    parser.add_argument("--oracle-port", type=int)
    parser.add_argument("--sqlsmith", default="sqlsmith")
    parser.add_argument("--user", default="postgres")
    options = parser.parse_args()
    folder = test_folder()
    server = None
    run = Run(options)
    last = options.seed
    try:
        if options.port is None:
            server = Grizzlyd(folder, options.grizzlyd)
            options.port = server.port
        make_schema(options.port, columnar=True)
        if options.oracle_port is not None:
            make_schema(options.oracle_port, columnar=False)
        last = run.slice(server.process.pid if server else 0)
    except ConnectionLost as lost:
        print(f"grizzlydb does not answer any more: {lost}")
    finally:
        if server is not None:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{run.counts['statements']} statements (seeds {options.seed} to {last}, {options.seconds} s), slowest "
          f"{run.slowest_seconds:.1f} s, at most {run.resident_bytes_max >> 20} MB resident, {run.found} kinds of findings")
    for what, count in run.counts.most_common():
        print(f"  {count:6} {what}")
    print("  SQLSTATEs: " + ", ".join(f"{state} {count}" for state, count in run.states.most_common()))
    return 1 if run.found else 0


if __name__ == "__main__":
    sys.exit(main())
