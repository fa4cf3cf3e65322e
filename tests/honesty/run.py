"""Shows: every clause that facts/clauses.csv says acts is used by a SQL test, and that test notices when the
clause is taken away; a clause that is accepted and does nothing fails here.
How it works, and how to show a clause: README.md.

    run.py CLAUSE_COVERAGE SQL_RUNNER GRIZZLYD [--rewrite]

A clause is a field of libpg_query's parse tree, or one value of it. For each, clause_coverage finds statements
of tests/sql that use it and writes them without it; a copy of the test file with that statement must fail.
open.txt lists what is not shown yet, as `Message.field[=value] unused|unnoticed`: more fails, less is reported.
--rewrite writes it anew.
"""

import csv
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from servers import test_folder  # noqa: E402

OPEN = HERE / "open.txt"
# A copy that fails halfway would leave these behind for the next one.
LEAVES_TRACES = re.compile(r"create\s+(role|user|database)|^restart|^disconnect", re.IGNORECASE | re.MULTILINE)


def acting_clauses():
    with open(ROOT / "facts/clauses.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["handling"] == "acts" and row["field"]:
            yield row["message"], row["field"], row["value"]


def uses_of(clause_coverage):
    """{clause: [(file, first line, end line, statement without it)]}, those that fail last"""
    listing = subprocess.run([clause_coverage, "tests/sql"], cwd=ROOT, check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    uses = defaultdict(list)
    for line in sorted(listing.splitlines(), key=lambda line: line.split("\t")[3] == "error"):
        message, field, value, _, path, first, end, rest = line.split("\t")
        rest = re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match.group(1), match.group(1)), rest)
        uses[message, field, value].append((path, int(first), int(end), rest))
    return uses


def write_copy(target, use):
    path, first, end, rest = use
    lines = (ROOT / path).read_text().split("\n")
    # The statement is written anew: where in it the error is says nothing.
    lines[first - 2] = re.sub(r"^(statement error \w+) at \d+", r"\1", lines[first - 2])
    lines[first - 1:end - 1] = [line for line in rest.split("\n") if line.strip()]
    target.write_text("\n".join(lines))


def noticed(folder, sql_runner, grizzlyd, trials):
    """Those of `trials` ({clause: use}) whose copy fails."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    names = {}
    for number, (clause, use) in enumerate(sorted(trials.items())):
        name = f"without_{number:04}"
        names[name] = clause
        write_copy(folder / f"{name}.test", use)
    answer = subprocess.run([sql_runner, "--grizzlyd", grizzlyd, "--verbose", str(folder)], cwd=ROOT,
                            text=True, stdout=subprocess.PIPE)
    failed = set(re.findall(r"^FAILED \S*/(without_\d+)\.test", answer.stdout, re.MULTILINE))
    passed = set(re.findall(r"^ok +\S*/(without_\d+)\.test", answer.stdout, re.MULTILINE))
    if failed | passed != set(names):
        raise SystemExit(f"sql_runner did not finish:\n{answer.stdout[-2000:]}")
    return {names[name] for name in failed}


def not_shown(clause_coverage, sql_runner, grizzlyd):
    """{clause: "unused" or "unnoticed"}"""
    uses = uses_of(clause_coverage)
    clauses = set(acting_clauses())
    result = {clause: "unused" for clause in clauses if not uses[clause]}
    waiting = {}
    for clause in clauses - set(result):
        trials = [use for use in uses[clause]
                  if use[3] and not LEAVES_TRACES.search((ROOT / use[0]).read_text())]
        if trials:
            waiting[clause] = trials  # the others have no statement without them: being used is all there is
    folder = test_folder()
    try:
        while waiting:
            trials = {clause: left.pop(0) for clause, left in waiting.items()}
            for clause in noticed(folder / "copies", sql_runner, grizzlyd, trials):
                del waiting[clause]
            for clause in [clause for clause, left in waiting.items() if not left]:
                result[clause] = "unnoticed"
                del waiting[clause]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return result, len(clauses)


def main():
    result, count = not_shown(*sys.argv[1:4])
    lines = sorted(f"{m}.{f}{'=' + v if v else ''} {how}" for (m, f, v), how in result.items())
    if "--rewrite" in sys.argv:
        OPEN.write_text("".join(line + "\n" for line in lines))
    known = set(OPEN.read_text().splitlines())
    for line in sorted(set(lines) - known):
        print(f"not shown: {line}")
    for line in sorted(known - set(lines)):
        print(f"shown now, strike it from open.txt: {line}")
    print(f"{count} acting clauses, {count - len(lines)} shown by a test, {len(lines)} open")
    return 1 if set(lines) - known else 0


if __name__ == "__main__":
    sys.exit(main())
