"""Shows: statistics are kept fresh without anybody's ANALYZE. Tables of which enough rows changed are analyzed in
the background, row and columnar ones; one with few changes is not; one that is locked is passed over and comes
next.

    auto_analyze.py GRIZZLYD
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from servers import PSQL, Grizzlyd, test_folder  # noqa: E402

ROWS = 5_000
PATIENCE_SECONDS = 120


def wait_for(server, sql, wanted):
    """Until the query answers `wanted`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := server.ask(sql)) != wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"{sql}: {answer} and not {wanted} after {PATIENCE_SECONDS} s")
        time.sleep(0.2)


def known(table):
    """Asks for rows, and columns with statistics."""
    return (f"SELECT reltuples || ' ' || (SELECT count(*) FROM pg_stats WHERE tablename = relname) "
            f"FROM pg_class WHERE relname = '{table}'")


def hold(server, table):
    """Another session with a lock that lets rows be written and ANALYZE not begin."""
    script = f"BEGIN; LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE; SELECT pg_advisory_lock(1);\n"
    holder = subprocess.Popen([PSQL, "-X", "-q", *server.address(), "-d", "postgres"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    holder.stdin.write(script)
    holder.stdin.flush()
    wait_for(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "1")
    return holder


def fill(server, table):
    server.ask(f"INSERT INTO {table} SELECT i, i % 10 FROM generate_series(1, {ROWS}) AS i")


def check(server):
    for table, method in (("row_table", "heap"), ("column_table", "columnar"), ("small", "heap"), ("locked", "heap")):
        server.ask(f"CREATE TABLE {table} (id integer, v integer) USING {method}")
    server.ask("INSERT INTO small SELECT i, i FROM generate_series(1, 20) AS i")
    holder = hold(server, "locked")
    try:
        for table in ("locked", "row_table", "column_table"):
            fill(server, table)
        for table in ("row_table", "column_table"):
            wait_for(server, known(table), f"{ROWS} 2")
        # A round has come by: the others were left alone.
        wait_for(server, known("small"), "-1 0")
        wait_for(server, known("locked"), "-1 0")
    finally:
        holder.communicate("COMMIT;\n")
    wait_for(server, known("locked"), f"{ROWS} 2")
    for table in ("row_table", "column_table"):
        server.ask(f"UPDATE {table} SET v = 7")
        wait_for(server, f"SELECT n_distinct FROM pg_stats WHERE tablename = '{table}' AND attname = 'v'", "1")
    wait_for(server, known("small"), "-1 0")


def main():
    folder = test_folder()
    server = Grizzlyd(folder, sys.argv[1], "autovacuum_naptime=1")
    try:
        check(server)
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    print("row and columnar tables were analyzed in the background; small and locked ones were not")
    return 0


if __name__ == "__main__":
    sys.exit(main())
