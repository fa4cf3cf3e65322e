"""Compares two folders of facts, byte for byte; prints what differs and exits 1.

    compare.py FACTS OTHER [--leave-out LIST]

LIST names rows that do not count, one a line: the file without .csv, and how the row begins. Rows of several lines
count as their first one.
"""

import argparse
import difflib
import sys
from pathlib import Path

SHOWN = 40  # lines of a file's difference


def lines_of(path, left_out):
    text = path.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not any(line.startswith(start) for start in left_out)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("facts", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--leave-out", type=Path)
    options = parser.parse_args()
    left_out = {}
    if options.leave_out:
        for line in options.leave_out.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                name, start = line.split(" ", 1)
                left_out.setdefault(name, []).append(start)
    differs = False
    for other in sorted(options.other.glob("*.csv")):
        starts = left_out.get(other.stem, [])
        difference = list(difflib.unified_diff(lines_of(options.facts / other.name, starts), lines_of(other, starts),
                                               f"facts/{other.name}", "PostgreSQL", lineterm="", n=1))
        differs = differs or bool(difference)
        for line in difference[:SHOWN]:
            print(line)
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())
