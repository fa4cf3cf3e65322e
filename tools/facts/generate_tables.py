"""Writes facts/<table>_table.cc: one constant array of facts per file of facts/.

The structs are in src/facts/*.h; the order of a table's fields here is the order of its struct's
members. A table is sorted by `order`; each of `indexes` is an array of positions in that table,
sorted by another key. Everything is constinit: no code runs before main().
"""
import sys

import fact_rows

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "?": "\\?"}


def literal(text: str) -> str:
    """The text as a C string; bytes outside ASCII as three octal digits."""
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        out.append(ESCAPES.get(char) or (char if 32 <= byte < 127 else f"\\{byte:03o}"))
    return '"' + "".join(out) + '"'


def view(text) -> str:
    """A std::string_view; NULL is the one whose data() is null."""
    return "{}" if text is None else f"{{{literal(text)}, {len(text.encode('utf-8'))}}}"


class Pool:
    """Arrays that rows point into, equal ones stored once."""

    def __init__(self, cpp_type: str, name: str, render):
        self.cpp_type, self.name, self.render = cpp_type, name, render
        self.elements, self.starts = [], {}

    def span(self, elements) -> str:
        if not elements:
            return "{}"
        key = tuple(elements)
        if key not in self.starts:
            self.starts[key] = len(self.elements)
            self.elements.extend(elements)
        return f"{{{self.name} + {self.starts[key]}, {len(key)}}}"

    def definition(self) -> str:
        if not self.elements:
            return ""
        rendered = [self.render(element) for element in self.elements]
        return f"constexpr {self.cpp_type} {self.name}[] = {{\n{wrapped(rendered)}\n}};\n\n"


def wrapped(cells, width=98) -> str:
    lines, line = [], "   "
    for cell in cells:
        if len(line) + len(cell) + 2 > width and line.strip():
            lines.append(line)
            line = "   "
        line += " " + cell + ","
    return "\n".join(lines + [line])


class Table:
    def __init__(self, header, struct, name, source, fields, order, indexes=None):
        self.header, self.struct, self.name, self.source = header, struct, name, source
        self.fields, self.order, self.indexes = fields, order, indexes or {}


def number(row, *columns):
    return tuple(int(row[column]) for column in columns)


def word(row, column):
    return row[column].encode("utf-8")


BY_OID = lambda row: number(row, "oid")

# Kinds: n number, f float, b bool, c char, s text, N namespace, L language, R class of pg_description,
# O span of Oid, C span of char, S span of text, I span of int16.
TABLES = {
    "types": Table(
        "facts/types.h", "TypeFact", "Type", "pg_type",
        "oid:n typname:s typnamespace:N typlen:n typbyval:b typtype:c typcategory:c "
        "typispreferred:b typisdefined:b typdelim:c typrelid:n typsubscript:n typelem:n typarray:n "
        "typinput:n typoutput:n typreceive:n typsend:n typmodin:n typmodout:n typanalyze:n "
        "typalign:c typstorage:c typnotnull:b typbasetype:n typtypmod:n typcollation:n "
        "typdefault:s sql_name:s",
        BY_OID, {"ByName": lambda r: (word(r, "typname"), r["typnamespace"] != "pg_catalog")}),
    "procs": Table(
        "facts/procs.h", "ProcFact", "Proc", "pg_proc",
        "oid:n proname:s pronamespace:N prolang:L procost:f prorows:f provariadic:n prosupport:n "
        "prokind:c prosecdef:b proleakproof:b proisstrict:b proretset:b provolatile:c "
        "proparallel:c pronargs:n pronargdefaults:n prorettype:n proargtypes:O proallargtypes:O "
        "proargmodes:C proargnames:S proargdefaults:s prosrc:s probin:s prosqlbody:s proacl:s",
        lambda r: (word(r, "proname"), int(r["oid"])),
        {"ByOid": BY_OID, "BySource": lambda r: (word(r, "prosrc"), int(r["oid"]))}),
    "operators": Table(
        "facts/operators.h", "OperatorFact", "Operator", "pg_operator",
        "oid:n oprname:s oprnamespace:N oprkind:c oprcanmerge:b oprcanhash:b oprleft:n oprright:n "
        "oprresult:n oprcom:n oprnegate:n oprcode:n oprrest:n oprjoin:n",
        lambda r: (word(r, "oprname"), int(r["oid"])), {"ByOid": BY_OID}),
    "casts": Table(
        "facts/casts.h", "CastFact", "Cast", "pg_cast",
        "oid:n castsource:n casttarget:n castfunc:n castcontext:c castmethod:c",
        lambda r: number(r, "castsource", "casttarget")),
}


class Lookups:
    """What fields refer to by name: namespaces and languages by their OIDs."""

    def __init__(self, folder: str):
        self.namespaces = {r["nspname"]: r["oid"] for r in fact_rows.read(f"{folder}/pg_namespace.csv")}
        self.languages = {r["lanname"]: r["oid"] for r in fact_rows.read(f"{folder}/pg_language.csv")}


def cell(kind: str, text, lookups: Lookups, pools) -> str:
    if kind == "n":
        return text or "0"
    if kind == "f":
        return text + "f" if "." in text else text
    if kind == "b":
        return {"t": "true", "f": "false"}[text]
    if kind == "c":
        return "'\\0'" if not text else "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if kind == "s":
        return view(text)
    if kind == "N":
        return lookups.namespaces[text]
    if kind == "L":
        return lookups.languages[text]
    return pools[kind].span(fact_rows.array(text))


def generate(table: Table, folder: str, target: str) -> None:
    lookups = Lookups(folder)
    pools = {
        "O": Pool("Oid", "kOids", str),
        "I": Pool("int16_t", "kNumbers", str),
        "C": Pool("char", "kChars", lambda char: f"'{char}'"),
        "S": Pool("std::string_view", "kTexts", view),
    }
    fields = [field.split(":") for field in table.fields.split()]
    rows = sorted(fact_rows.read(f"{folder}/{table.source}.csv"), key=table.order)
    lines = []
    for row in rows:
        cells = [cell(kind, row[column], lookups, pools) for column, kind in fields]
        lines.append("    {" + ", ".join(cells) + "},\n")
    with open(target, "w", encoding="utf-8") as out:
        out.write(f"// Generated by tools/facts/generate_tables.py from facts/{table.source}.csv.\n")
        out.write(f'#include "{table.header}"\n\nnamespace grizzly::facts {{\nnamespace {{\n\n')
        for pool in pools.values():
            out.write(pool.definition())
        out.write(f"constexpr {table.struct} kRows[] = {{\n{''.join(lines)}}};\n\n")
        for name, key in table.indexes.items():
            positions = sorted(range(len(rows)), key=lambda at: key(rows[at]))
            out.write(f"constexpr uint16_t kPositions{name}[] = {{\n"
                      f"{wrapped([str(at) for at in positions])}\n}};\n\n")
        out.write("}  // namespace\n\nnamespace table {\n")
        spans = [(table.struct, f"k{table.name}s", "kRows")]
        spans += [("uint16_t", f"k{table.name}s{n}", f"kPositions{n}") for n in table.indexes]
        for element, name, array in spans:
            out.write(f"extern const std::span<const {element}> {name};\n"
                      f"constinit const std::span<const {element}> {name}({array});\n")
        out.write("}  // namespace table\n\n}  // namespace grizzly::facts\n")


if __name__ == "__main__":
    generate(TABLES[sys.argv[1]], sys.argv[2], sys.argv[3])
