"""No marks of unfinished work: what is not whole answers 0A000 by name and is listed in docs/STATUS.md."""

import re

from tree import Violation

MARK = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def check(tree):
    for file in tree.source_files:
        for number, line in enumerate(file.lines, 1):
            match = MARK.search(line)
            if match:
                yield Violation(file.path, number, f"{match.group(1)}: finish it, or refuse it with 0A000")
