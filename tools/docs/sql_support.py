#!/usr/bin/env python3
"""Writes docs/sql_support.md: what of PostgreSQL 15's SQL acts here, with a test that shows it, and what is refused.

    sql_support.py CLAUSE_COVERAGE GRIZZLYD          rewrites the page
    sql_support.py CLAUSE_COVERAGE GRIZZLYD --check  exit 1 and sentences when it is not what facts and tests say

Clauses come from facts/clauses.csv, their tests from clause_coverage (tests/honesty), functions and operators from
facts/ and from what pg_proc and pg_operator of a grizzlyd list. A test that the page names already is kept while it
still uses the clause, so that new tests do not change the page; --check does not ask for tests the page has not.
"""

import csv
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from libpq import Connection  # noqa: E402
from servers import Grizzlyd, test_folder  # noqa: E402

PAGE = ROOT / "docs/sql_support.md"
UNTESTED = set()  # with --check: what the page has no test for
# Statements by the name users know; other messages are parts of statements.
RENAMED = {"CreateStmt": "CREATE TABLE", "IndexStmt": "CREATE INDEX", "ViewStmt": "CREATE VIEW", "CreatedbStmt": "CREATE DATABASE",
           "DropdbStmt": "DROP DATABASE", "CreateSeqStmt": "CREATE SEQUENCE", "AlterSeqStmt": "ALTER SEQUENCE",
           "VariableSetStmt": "SET", "VariableShowStmt": "SHOW", "TransactionStmt": "BEGIN, COMMIT, ROLLBACK, SAVEPOINT",
           "CreateTableAsStmt": "CREATE TABLE AS, CREATE MATERIALIZED VIEW", "RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW",
           "RenameStmt": "ALTER ... RENAME", "AlterOwnerStmt": "ALTER ... OWNER TO", "DropStmt": "DROP",
           "AlterObjectSchemaStmt": "ALTER ... SET SCHEMA", "DefineStmt": "CREATE AGGREGATE, OPERATOR, TYPE, COLLATION",
           "CompositeTypeStmt": "CREATE TYPE AS", "CreateEnumStmt": "CREATE TYPE AS ENUM", "CreateRangeStmt": "CREATE TYPE AS RANGE",
           "AlterEnumStmt": "ALTER TYPE ADD VALUE", "ConstraintsSetStmt": "SET CONSTRAINTS", "DeclareCursorStmt": "DECLARE",
           "ClosePortalStmt": "CLOSE", "CheckPointStmt": "CHECKPOINT", "VacuumStmt": "VACUUM, ANALYZE", "RuleStmt": "CREATE RULE",
           "CreateTrigStmt": "CREATE TRIGGER", "DropOwnedStmt": "DROP OWNED", "LockStmt": "LOCK TABLE"}


def statement_name(message):
    if message in RENAMED:
        return RENAMED[message]
    words = re.findall(r"[A-Z][a-z]*", message.removesuffix("Stmt"))
    return " ".join(words).upper()


def clauses():
    """{message: [(field, value, handling, note)]}"""
    found = defaultdict(list)
    with open(ROOT / "facts/clauses.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["message"]].append((row["field"], row["value"], row["handling"], row["note"]))
    return found


def tests_of(clause_coverage):
    """{(message, field, value): {test files}}"""
    listing = subprocess.run([clause_coverage, "tests/sql"], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    uses = defaultdict(set)
    for line in listing.splitlines():
        message, field, value, _, path = line.split("\t")[:5]
        uses[message, field, value].add(path)
    return uses


def named_tests():
    """What the page names now: {"message.field=value": file}"""
    if not PAGE.exists():
        return {}
    return dict(re.findall(r"`([\w.=]+)` \[\w+\]\(\.\./(tests/sql/[\w/]+\.test)\)", PAGE.read_text(encoding="utf-8")))


def without_tests():
    """Clauses the page has without a test."""
    if not PAGE.exists():
        return set()
    return set(re.findall(r"`([A-Z][\w]*\.[\w.=]+)`(?! \[)", PAGE.read_text(encoding="utf-8")))


def clause_lines(message, rows, uses, named):
    acts, refused = [], []
    for field, value, handling, note in rows:
        key = f"{message}.{field}" + (f"={value}" if value else "")
        if handling == "acts" and field:
            files = uses.get((message, field, value), set()) if key not in UNTESTED else set()
            chosen = named.get(key) if named.get(key) in files else min(files, default=None)
            test = f" [{Path(chosen).stem}](../{chosen})" if chosen else ""
            acts.append(f"`{key}`{test}")
        elif handling == "refused" and note and note not in refused:
            refused.append(note)
    return acts, refused


def clause_section(found, uses, named, wants_statement):
    lines = []
    for message in sorted(found):
        if message.endswith("Stmt") != wants_statement:
            continue
        acts, refused = clause_lines(message, found[message], uses, named)
        if not acts and not refused:
            continue
        title = statement_name(message) if wants_statement else message
        whole = any(row[0] == "" and row[2] == "refused" for row in found[message])
        lines.append(f"### {title}" + (" (refused)" if whole else ""))
        if acts and not whole:
            lines.append("Acts: " + ", ".join(acts) + ".")
        if refused:
            lines.append("Refused: " + ", ".join(refused) + ".")
        lines.append("")
    return lines


def listed(grizzlyd, sql):
    folder = test_folder()
    server = Grizzlyd(folder, grizzlyd)
    try:
        return [set(server.ask(one).split()) for one in sql]
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def function_section(grizzlyd):
    procs, operators = listed(grizzlyd, ["SELECT oid FROM pg_proc WHERE oid < 16384",
                                         "SELECT oid FROM pg_operator WHERE oid < 16384"])
    lines = []
    for title, name, column, have in (("function", "pg_proc", "proname", procs), ("operator", "pg_operator", "oprname", operators)):
        with open(ROOT / f"facts/{name}.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        # Those in SQL are inlined from their bodies; pg_proc does not list them.
        have |= {row["oid"] for row in rows if row.get("prolang") == "sql" and row["proretset"] == "f"}
        missing = sorted({row[column] for row in rows if row["oid"] not in have})
        present = {row[column] for row in rows if row["oid"] in have}
        lines.append(f"{len([r for r in rows if r['oid'] in have])} of PostgreSQL's {len(rows)} {title}s work "
                     f"(`{name}` lists them" + (", but for those that are SQL" if title == "function" else "") +
                     "). [tests/sql/generated](../tests/sql/generated) calls each that is listed, "
                     "with the answers of PostgreSQL.")
        if missing:
            lines.append(f"Refused with 0A000, by name" + (" (`*`: only some argument types)" if title == "function" else "") + ": " +
                         ", ".join(f"{one}{'*' if one in present else ''}" for one in missing) + ".")
        lines.append("")
    return lines


def type_section(grizzlyd):
    with open(ROOT / "facts/pg_type.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["typtype"] in "brm" and not row["typname"].startswith("_")]
    folder = test_folder()
    server = Grizzlyd(folder, grizzlyd)
    try:
        connection = Connection(server.port)
        works = {row["typname"]: not connection.ask(f'SELECT NULL::pg_catalog."{row["typname"]}"').state for row in rows}
        connection.close()
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    return ["Text and binary input and output, comparison, arrays of it and domains over it: " +
            ", ".join(sorted(name for name in works if works[name])) + ".", "",
            "Refused: " + ", ".join(sorted(name for name in works if not works[name])) + ".", "",
            "And those users make: composite, enum, domain and range types with their multiranges.", ""]


def page(clause_coverage, grizzlyd):
    found, uses, named = clauses(), tests_of(clause_coverage), named_tests()
    lines = ["# What SQL is supported", "",
             "Written by `tools/docs/sql_support.py` from `facts/` and `tests/`; ctest `docs.sql_support` holds it true. PostgreSQL 15 is",
             "the specification: what acts here does what it does there, what is refused fails with SQLSTATE 0A000 and names the clause.",
             "Clauses are named as the grammar names them (libpg_query); beside each stands a test that uses it.", "",
             "## Types", "", *type_section(grizzlyd), "## Functions and operators", "", *function_section(grizzlyd),
             "## Statements", "", *clause_section(found, uses, named, True),
             "## Parts of statements", "", *clause_section(found, uses, named, False)]
    return "\n".join(lines).rstrip("\n") + "\n"


def main():
    if "--check" in sys.argv:
        UNTESTED.update(without_tests())
    text = page(*sys.argv[1:3])
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/sql_support.md is not what facts and tests say: run tools/docs/sql_support.py CLAUSE_COVERAGE GRIZZLYD")
    return 1


if __name__ == "__main__":
    sys.exit(main())
