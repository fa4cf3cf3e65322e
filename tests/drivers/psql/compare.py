"""Shows: psql's describe commands look on grizzlyd as they do on PostgreSQL 15, for the same schema.

    compare.py GRIZZLYD
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))

from servers import compare_outputs  # noqa: E402


def describe(server):
    return server.psql(HERE / "schema.sql", "-v", "ON_ERROR_STOP=1", "-q") + server.psql(HERE / "describe.sql")


if __name__ == "__main__":
    sys.exit(compare_outputs(sys.argv[1], describe, "psql"))
