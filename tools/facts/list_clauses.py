"""Keeps facts/clauses.csv complete: every message and field of libpg_query's parse tree has a row.

    list_clauses.py           adds what is missing (as refused), drops what the grammar no longer has
    list_clauses.py --check   says what is missing or wrong; exit 1 if anything is

People write the columns handling and note; this program writes the rows. A message that acts is
listed with each of its fields, an enum field with each of its values; a message that is refused as
a whole with its fields only. Rows with a value of a string or bool field are written by hand.
"""
import argparse
import os
import re
import sys

import fact_rows

PROTO = "/usr/include/pg_query/pg_query.proto"
COLUMNS = ("message", "field", "value", "handling", "note")
HANDLINGS = ("acts", "refused", "position", "derived")
# Not part of a tree of clauses: the wrapper of all nodes, results of other entry points.
LEFT_OUT = ("Node", "ParseResult", "ScanResult", "ScanToken")
POSITION = ("position", "")


def is_position(field: str, kind: str) -> bool:
    return kind == "int32" and field in ("location", "stmt_location", "stmt_len")


def blocks(kind: str, text: str):
    return re.findall(rf"^{kind} (\w+)\s*\{{(.*?)^\}}", text, re.MULTILINE | re.DOTALL)


class Grammar:
    """Messages with their fields, and enums with their values, in the file's order."""

    def __init__(self, path: str):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.enums = {name: re.findall(r"(\w+) = \d+;", body)[1:] for name, body in blocks("enum", text)}
        self.messages = {
            name: [(field, kind) for kind, field in re.findall(
                r"^\s*(?:repeated )?([\w.]+) (\w+) = \d+", body, re.MULTILINE)]
            for name, body in blocks("message", text) if name not in LEFT_OUT}


class Clauses:
    def __init__(self, path: str):
        rows = fact_rows.read(path) if os.path.exists(path) else []
        self.rows = {(r["message"], r["field"] or "", r["value"] or ""): (r["handling"], r["note"] or "")
                     for r in rows}

    def by_hand(self, message: str, field: str):
        return [value for m, f, value in self.rows if (m, f) == (message, field) and value]

    def complete(self, grammar: Grammar):
        """The rows that must be there, in order; what is not written yet is refused."""
        for message, fields in grammar.messages.items():
            whole = self.rows.get((message, "", ""), ("refused", message))
            yield (message, "", ""), whole
            for field, kind in fields:
                if whole[0] != "acts":
                    yield (message, field, ""), POSITION if is_position(field, kind) else whole
                elif kind in grammar.enums:
                    for value in grammar.enums[kind]:
                        key = (message, field, value)
                        yield key, self.rows.get(key, ("refused", value))
                else:
                    yield from self.plain_field(message, field, kind)

    def plain_field(self, message: str, field: str, kind: str):
        key = (message, field, "")
        absent = POSITION if is_position(field, kind) else ("refused", f"{message} {field}")
        yield key, self.rows.get(key, absent)
        for value in self.by_hand(message, field):
            yield (message, field, value), self.rows[(message, field, value)]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\n]', text) else text


def write(path: str, rows) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for key, answer in rows:
            file.write(",".join(quoted(text) for text in (*key, *answer)) + "\n")


def complaints(clauses: Clauses, wanted: dict):
    for key in wanted.keys() - clauses.rows.keys():
        yield f"{'.'.join(filter(None, key))}: missing; run tools/facts/list_clauses.py"
    for key in clauses.rows.keys() - wanted.keys():
        yield f"{'.'.join(filter(None, key))}: no such message, field or value"
    for key, (handling, note) in clauses.rows.items():
        if handling not in HANDLINGS:
            yield f"{'.'.join(filter(None, key))}: handling {handling} is none of {', '.join(HANDLINGS)}"
        if handling == "refused" and not note:
            yield f"{'.'.join(filter(None, key))}: a refused clause needs its SQL name as note"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--proto", default=PROTO)
    options.add_argument("--file", default="facts/clauses.csv")
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    clauses, grammar = Clauses(chosen.file), Grammar(chosen.proto)
    wanted = dict(clauses.complete(grammar))
    if not chosen.check:
        write(chosen.file, wanted.items())
        return 0
    found = sorted(complaints(clauses, wanted))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
