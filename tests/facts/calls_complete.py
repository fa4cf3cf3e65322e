"""Shows: every function and operator that pg_proc and pg_operator list is called by tests/sql/generated, whose answers
PostgreSQL 15 gave, or stands in uncalled.txt with the reason: it takes or gives what no SQL value is. No call is left out
(skipif grizzlydb).

    calls_complete.py GRIZZLYD
"""

import re
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from servers import Grizzlyd, test_folder  # noqa: E402

GENERATED = ROOT / "tests/sql/generated"


def called():
    """({function oids}, {operator oids}, how many calls are skipped)"""
    functions, operators, skipped = set(), set(), 0
    for path in sorted(GENERATED.glob("*.test")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"# operator (\d+) ", line):
                operators.add(match.group(1))
            elif match := re.match(r"# (\d+) \S+\(", line):
                functions.add(match.group(1))
            skipped += line == "skipif grizzlydb"
    return functions, operators, skipped


def main():
    functions, operators, skipped = called()
    for line in (GENERATED / "uncalled.txt").read_text(encoding="utf-8").splitlines():
        match = re.match(r"(operator )?(\d+) .*: \S", line)
        if not match:
            raise SystemExit(f"uncalled.txt: no reason: {line}")
        (operators if match.group(1) else functions).add(match.group(2))
    folder = test_folder()
    server = Grizzlyd(folder, sys.argv[1])
    try:
        missing = [f"function {line}" for line in server.ask(
            "SELECT oid || ' ' || proname FROM pg_proc WHERE oid < 16384 ORDER BY oid").splitlines()
                   if line.split()[0] not in functions]
        missing += [f"operator {line}" for line in server.ask(
            "SELECT oid || ' ' || oprname FROM pg_operator WHERE oid < 16384 ORDER BY oid").splitlines()
                    if line.split()[0] not in operators]
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    for line in missing:
        print(f"no test calls {line}")
    print(f"{len(functions)} functions and {len(operators)} operators are called or said not to be callable; "
          f"{skipped} calls are left out; {len(missing)} are missing")
    return 1 if missing or skipped else 0


if __name__ == "__main__":
    sys.exit(main())
