"""Shows: a JDBC program sees on grizzlyd what it sees on PostgreSQL 15 (JdbcTour.java).

    compare.py GRIZZLYD
"""

import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))

from servers import compare_outputs  # noqa: E402

JDBC = "/usr/share/java/postgresql.jar"


def tour(server):
    command = ["java", "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-cp", JDBC,
               str(HERE / "JdbcTour.java"), str(server.port)]
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


if __name__ == "__main__":
    sys.exit(compare_outputs(sys.argv[1], tour, "jdbc"))
