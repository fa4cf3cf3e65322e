"""Shows: under a mixed load the server's memory and file handles stay where they are.

    soak.py GRIZZLYD [--minutes 0.5] [--sessions 20] [--seed N]

Sessions read, change, insert, delete, roll back to savepoints, fail, make and drop tables, spill sorts, prepare
statements, come and go. The first half warms up; in the second neither memory nor file handles may grow by more than
their slack.
"""

import argparse
import random
import shutil
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("support", "wire")]

from raw_client import RawClient  # noqa: E402
from servers import Grizzlyd, test_folder  # noqa: E402

SAMPLES = 20
MEMORY_SLACK_BYTES = 64 << 20  # memtables and the block cache fill in their own time
FILES_SLACK = 64
EXPECTED = {"ok", "40001", "40P01", "22012", "23505", "42P07", "42P01", "25P02"}
ROWS = 10_000


def statements(chance, number):
    row, other = chance.randrange(ROWS), chance.randrange(ROWS)
    return chance.choice((
        [f"SELECT * FROM soak WHERE id = {row}"],
        [f"SELECT count(*), sum(n) FROM soak WHERE id BETWEEN {row} AND {row + 500}"],
        [f"UPDATE soak SET n = n + 1, t = repeat('x', {chance.randrange(200)}) WHERE id = {row}"],
        ["BEGIN", f"UPDATE soak SET n = n - 1 WHERE id = {row}", f"UPDATE soak SET n = n + 1 WHERE id = {other}", "COMMIT"],
        ["BEGIN", "SAVEPOINT a", f"DELETE FROM soak WHERE id = {row}", "ROLLBACK TO a", "COMMIT"],
        ["BEGIN", f"INSERT INTO soak VALUES ({ROWS + number}, 1)", "ROLLBACK"],
        ["BEGIN ISOLATION LEVEL SERIALIZABLE", f"SELECT sum(n) FROM soak WHERE id < {row % 100}",
         f"UPDATE soak SET n = 0 WHERE id = {row % 100}", "COMMIT"],
        [f"CREATE TABLE soak_{number} (a int PRIMARY KEY, b text)",
         f"INSERT INTO soak_{number} SELECT i, 'row ' || i FROM generate_series(1, 300) i", f"DROP TABLE soak_{number}"],
        ["SET work_mem = '64kB'", "SELECT count(*) FROM (SELECT * FROM soak ORDER BY t, n LIMIT 5000) s", "RESET work_mem"],
        ["PREPARE p AS SELECT n FROM soak WHERE id = $1", f"EXECUTE p({row})", "DEALLOCATE p"],
        ["SELECT 1 / 0"],
        ["SELECT FROM no_such_table"],
    ))


class Load:
    def __init__(self, port, sessions, seed):
        self.port, self.stopping, self.count, self.wrong = port, False, 0, set()
        self.threads = [threading.Thread(target=self.run, args=(number, seed)) for number in range(sessions)]
        for thread in self.threads:
            thread.start()

    def run(self, number, seed):
        chance = random.Random(seed * 1000 + number)
        while not self.stopping:
            with RawClient(self.port) as client:
                for _ in range(chance.randrange(5, 60)):
                    if self.stopping:
                        return
                    for sql in statements(chance, number):
                        state = client.query(sql)
                        if state not in EXPECTED:
                            self.wrong.add(f"{sql}: {state}")
                    client.query("ROLLBACK")
                    self.count += 1

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


def measure(pid):
    """Resident bytes and open files."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kilobytes * 1024, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("grizzlyd")
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    line = parser.parse_args()
    print(f"seed {line.seed}", flush=True)
    folder = test_folder()
    server = Grizzlyd(folder, line.grizzlyd, f"max_connections={line.sessions + 10}", "shared_buffers=32MB")
    try:
        server.ask(f"CREATE TABLE soak AS SELECT i AS id, 0 AS n, 'row'::text AS t FROM generate_series(0, {ROWS - 1}) i")
        server.ask("ALTER TABLE soak ADD PRIMARY KEY (id)")
        load = Load(server.port, line.sessions, line.seed)
        samples = []
        for _ in range(SAMPLES):
            time.sleep(line.minutes * 60 / SAMPLES)
            samples.append(measure(server.process.pid))
            print(f"{samples[-1][0] >> 20} MiB, {samples[-1][1]} files, {load.count} steps", flush=True)
        load.stop()
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    wrong = sorted(load.wrong)
    for what, slack, place in (("memory", MEMORY_SLACK_BYTES, 0), ("open files", FILES_SLACK, 1)):
        first, second = samples[:SAMPLES // 2], samples[SAMPLES // 2:]
        growth = max(s[place] for s in second) - max(s[place] for s in first)
        if growth > slack:
            wrong.append(f"{what} grew by {growth}")
    for what in wrong:
        print(f"FAILED {what}")
    return 1 if wrong or load.count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
