"""Shows: statistics are kept fresh without anybody's ANALYZE. Tables of which enough rows changed are analyzed in
the background, row and columnar ones, partitions each; one with few changes is not; one that is locked is passed over
and comes next. What was loaded shortly before a restart is analyzed after it. Before any of that plans know how many
rows commits added, and pg_stat_user_tables says so.

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


def expect(server, sql, wanted):
    answer = server.ask(sql)
    if answer != wanted:
        raise SystemExit(f"{sql}: {answer} and not {wanted}")


def counted(table):
    return (f"SELECT n_tup_ins, n_tup_upd, n_tup_del, n_live_tup, n_mod_since_analyze FROM pg_stat_user_tables "
            f"WHERE relname = '{table}'")


def check_uncounted(server):
    """With nobody to analyze: what commits count, and what plans make of it."""
    server.ask("CREATE TABLE parts (id integer, v integer) PARTITION BY RANGE (id)")
    server.ask("CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (3001)")
    server.ask("CREATE TABLE high PARTITION OF parts FOR VALUES FROM (3001) TO (9999)")
    server.ask("CREATE TABLE loaded (id integer, v integer) USING columnar")
    fill(server, "parts")
    fill(server, "loaded")
    server.ask("BEGIN; DELETE FROM parts; ROLLBACK")
    server.ask("UPDATE parts SET id = id + 3000 WHERE id = 1")
    server.ask("UPDATE parts SET v = 0 WHERE id <= 10")
    server.ask("DELETE FROM parts WHERE id BETWEEN 11 AND 20")
    expect(server, counted("low"), "3000|9|11|2989|3020")
    expect(server, counted("high"), "2001|0|0|2001|2001")
    expect(server, counted("loaded"), f"{ROWS}|0|0|{ROWS}|{ROWS}")
    server.ask("SELECT pg_stat_reset_single_table_counters('high'::regclass)")
    expect(server, counted("high"), "0|0|0|2001|2001")
    server.ask("SELECT pg_stat_reset()")
    expect(server, counted("low"), "0|0|0|2989|3020")
    for table, rows in (("low", 2989), ("high", 2001), ("loaded", ROWS)):
        if f"rows={rows} " not in server.ask(f"EXPLAIN SELECT * FROM {table}"):
            raise SystemExit(server.ask(f"EXPLAIN SELECT * FROM {table}"))


def check_replanned(server):
    """A prepared statement gets another plan when its table has become many times as large, or was analyzed."""
    script = ("CREATE TABLE grows (id integer PRIMARY KEY, v integer); CREATE TABLE probe (id integer);"
              "PREPARE q AS SELECT count(*) FROM probe p JOIN grows g ON g.v = p.id; EXECUTE q;"
              "EXPLAIN EXECUTE q; INSERT INTO grows SELECT i, i FROM generate_series(1, 50000) i; EXPLAIN EXECUTE q;"
              "TRUNCATE grows; ANALYZE grows; EXPLAIN EXECUTE q")
    plans = []
    for statement in script.split(";"):
        plans.append(("-c", statement))
    output = subprocess.run([PSQL, "-X", "-At", *server.address(), "-d", "postgres"] + [word for p in plans for word in p],
                            check=True, text=True, stdout=subprocess.PIPE).stdout
    estimates = [line.split("rows=")[1].split()[0] for line in output.splitlines() if " on grows" in line]
    if estimates != ["1000", "50000", "1"]:
        raise SystemExit(f"estimates {estimates} in\n{output}")


def main():
    folder = test_folder()
    server = Grizzlyd(folder, sys.argv[1], "autovacuum=off")
    try:
        check_uncounted(server)
        check_replanned(server)
        server.end()
        server.start_with("autovacuum_naptime=1")
        for table, rows in (("low", 2989), ("high", 2001), ("loaded", ROWS)):
            wait_for(server, known(table), f"{rows} 2")
        check(server)
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    print("row and columnar tables were analyzed in the background; small and locked ones were not")
    return 0


if __name__ == "__main__":
    sys.exit(main())
