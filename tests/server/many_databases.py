"""Shows: 1,000 databases exist side by side, each with its own tables, over a restart. Prints how long a
CREATE DATABASE and the restart took; no time is asserted.

    many_databases.py GRIZZLYD
"""

import shutil
import statistics
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "wire"))

from raw_client import RawClient  # noqa: E402
from servers import Grizzlyd, test_folder  # noqa: E402

DATABASES = 1_000


class Tenant(RawClient):
    def __init__(self, port, database):
        self.database = database
        super().__init__(port)

    def log_in(self):
        self.startup(196608, {"user": "postgres", "database": self.database})
        self.until_ready()


def make_databases(server):
    """The median time of a CREATE DATABASE, in milliseconds."""
    times = []
    with RawClient(server.port) as client:
        for i in range(DATABASES):
            start = time.monotonic()
            state = client.query(f"CREATE DATABASE tenant_{i}")
            times.append((time.monotonic() - start) * 1_000)
            if state != "ok":
                raise SystemExit(f"CREATE DATABASE tenant_{i}: {state}")
    return statistics.median(times)


def use_some(server):
    for i in range(0, DATABASES, 100):
        with Tenant(server.port, f"tenant_{i}") as tenant:
            for sql in ("CREATE TABLE own (n int)", f"INSERT INTO own VALUES ({i})"):
                if tenant.query(sql) != "ok":
                    raise SystemExit(f"{sql} failed in tenant_{i}")


def look_at_some(server):
    for i in range(0, DATABASES, 100):
        with Tenant(server.port, f"tenant_{i}") as tenant:
            if tenant.query(f"SELECT 1 / (SELECT (n = {i})::int FROM own)") != "ok":
                raise SystemExit(f"tenant_{i} does not hold its row")
        with Tenant(server.port, f"tenant_{i + 1}") as tenant:
            if tenant.query("SELECT * FROM own") != "42P01":
                raise SystemExit(f"tenant_{i + 1} sees another tenant's table")


def main():
    folder = test_folder()
    server = Grizzlyd(folder, sys.argv[1])
    try:
        create_ms = make_databases(server)
        use_some(server)
        server.end()
        start = time.monotonic()
        server.start(server.process.args)
        restart_seconds = time.monotonic() - start
        count = server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 'tenant_%'")
        look_at_some(server)
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{count} databases; CREATE DATABASE {create_ms:.2f} ms (median), restart {restart_seconds:.2f} s")
    return 0 if count == str(DATABASES) else 1


if __name__ == "__main__":
    sys.exit(main())
