"""A function of more than 70 lines or a file of more than 1,000 fails, unless it is a named exception.

size_exceptions.txt may only shrink: an entry carries the size it had, and an entry that is no longer
needed, or that allows more than the thing has, fails too.
"""

import cpp_scan
from tree import Violation

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 1000
SLACK_LINES = 10  # an entry may be this much larger than what it excuses
EXCEPTIONS = "tools/lint/size_exceptions.txt"


def check(tree):
    allowed = read_exceptions(tree)
    used = {}
    for file in tree.cpp_files:
        if file.path.endswith("/main.cc") and file.module == "tests":
            continue
        line_count = len(file.lines)
        if line_count > FILE_LINES_MAX:
            yield from judge(allowed, used, file.path, 1, line_count, FILE_LINES_MAX,
                             f"the file has {line_count} lines, {FILE_LINES_MAX} is the limit")
        for function in cpp_scan.scan(file.text)[0]:
            if function.line_count > FUNCTION_LINES_MAX:
                yield from judge(allowed, used, f"{file.path}:{function.name}", function.first_line,
                                 function.line_count, FUNCTION_LINES_MAX,
                                 f"{function.name} has {function.line_count} lines, "
                                 f"{FUNCTION_LINES_MAX} is the limit")
    yield from check_exceptions(allowed, used)


def read_exceptions(tree):
    """{name: (line in the file of exceptions, lines allowed)}; a name is `path` or `path:Function`."""
    allowed = {}
    for number, text in tree.settings(EXCEPTIONS):
        name, _, lines = text.rpartition(" ")
        allowed[name.strip()] = (number, int(lines))
    return allowed


def judge(allowed, used, name, line, line_count, limit, sentence):
    used[name] = max(used.get(name, 0), line_count)
    if name not in allowed:
        path = name.split(":")[0]
        yield Violation(path, line, sentence)
    elif line_count > allowed[name][1]:
        yield Violation(EXCEPTIONS, allowed[name][0],
                        f"{name} has grown to {line_count} lines; exceptions only shrink")


def check_exceptions(allowed, used):
    for name, (number, lines) in allowed.items():
        if name not in used:
            yield Violation(EXCEPTIONS, number, f"{name} needs no exception any more: remove the line")
        elif lines > used[name] + SLACK_LINES:
            yield Violation(EXCEPTIONS, number, f"{name} has shrunk to {used[name]} lines: lower the number")
