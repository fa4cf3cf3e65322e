"""Shows: pg_dump writes of grizzlyd what it writes of PostgreSQL 15 for the same database, and what it wrote comes back:
restored and dumped again it is the same text.

    compare.py GRIZZLYD
"""

import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))

from servers import POSTGRES_PROGRAMS, PSQL, ServerError, compare_outputs  # noqa: E402

# The server's own version, and a key that differs from run to run.
OWN_LINES = re.compile(r"^(-- Dumped from database version .*|\\(un)?restrict .*)$", re.MULTILINE)
PG_DUMP = str(POSTGRES_PROGRAMS / "pg_dump")


def dump(server, database):
    answer = subprocess.run([PG_DUMP, *server.address(), database], text=True, capture_output=True)
    if answer.returncode != 0:
        raise ServerError(f"{server.name}: pg_dump: {answer.stderr}")
    return answer.stdout


def run(server, database, script):
    command = [PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", *server.address(), "-d", database]
    answer = subprocess.run(command, input=script, text=True, capture_output=True)
    if answer.returncode != 0:
        raise ServerError(f"{server.name}: {answer.stderr}")


def dump_twice(server):
    for database in ("first", "second"):
        server.ask(f"CREATE DATABASE {database}")
    run(server, "first", (HERE / "schema.sql").read_text())
    first = dump(server, "first")
    run(server, "second", first)
    second = dump(server, "second")
    same = "the same" if OWN_LINES.sub("", first) == OWN_LINES.sub("", second) else second
    return OWN_LINES.sub("", first) + "\nrestored and dumped again: " + same


if __name__ == "__main__":
    sys.exit(compare_outputs(sys.argv[1], dump_twice, "pg_dump"))
