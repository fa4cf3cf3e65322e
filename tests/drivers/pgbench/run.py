"""Shows: unmodified pgbench fills and runs in every protocol mode without an error, and the sums agree.

    run.py GRIZZLYD [SECONDS of each run, default 8] [SCALE, default 10]
"""

import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from servers import Grizzlyd, ServerError, test_folder  # noqa: E402


def main():
    seconds = sys.argv[2] if len(sys.argv) > 2 else "8"
    scale = sys.argv[3] if len(sys.argv) > 3 else "10"
    folder = test_folder()
    server = None
    try:
        server = Grizzlyd(folder, sys.argv[1])
        server.pgbench("-i", "-q", "-s", scale)
        for workload in ([], ["-S"]):
            for mode in ("simple", "extended", "prepared"):
                output = server.pgbench("-n", "-c", "8", "-j", "2", "-T", seconds, "-M", mode, *workload)
                print(mode, *workload, *[line for line in output.splitlines() if line.startswith("tps")])
        server.check_pgbench_sums()
        return 0
    except ServerError as error:
        print(error)
        return 1
    finally:
        if server is not None:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
