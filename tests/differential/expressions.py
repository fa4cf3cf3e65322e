"""Random expressions of a wanted type, out of PostgreSQL's own functions, operators and casts (facts/)."""

import csv
import random
from collections import defaultdict
from pathlib import Path

FACTS = Path(__file__).resolve().parents[2] / "facts"


def _integers(bits):
    edge = 2 ** (bits - 1)
    return lambda r: str(r.choice([0, 1, -1, 2, 3, 7, 10, 42, 100, r.randint(-1000, 1000),
                                   r.randint(-edge, edge - 1) if r.random() < 0.3 else 5, edge - 1, -edge]))


def _numeric(r):
    whole = r.choice(["0", "1", "-1", "10", "123", "99999", "-42", "12345678901234567890", str(r.randint(-999, 999))])
    return r.choice([whole, whole + "." + str(r.randint(0, 99999)), whole + ".50", "NaN", "0.001", "-0.5", whole + ".000",
                     "1e10", "1e-10", "Infinity" if r.random() < 0.3 else "2.5"])


def _float(r):
    return r.choice(["0", "1", "-1", "0.5", "1.5", "-2.25", "1e10", "1e-10", "NaN", "Infinity", "-Infinity", "3.14159",
                     "100", "-0", str(r.randint(-1000, 1000)), repr(r.uniform(-100, 100))])


WORDS = ["", "a", "A", "abc", "ABC", "aBcD", "hello world", " leading", "trailing ", "x_y%z", "12", "-7", "3.5", "true",
         "äöü", "ß", "日本", "a,b,c", "{1,2}", "foo bar baz", "2024-02-29", "\\\\", "''", "zz", "The quick brown fox"]


def _text(r):
    return r.choice(WORDS) if r.random() < 0.8 else "".join(r.choice("abcXYZ019 _-%") for _ in range(r.randint(1, 12)))


def _date(r):
    return r.choice(["2000-01-01", "1999-12-31", "2024-02-29", "1970-01-01", "infinity", "-infinity", "0044-03-15 BC",
                     f"{r.randint(1900, 2100)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"])


def _clock(r):
    return r.choice(["00:00:00", "23:59:59.999999", "12:34:56", f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:07.25"])


def _timestamp(r):
    day = _date(r)
    return day if "infinity" in day else day.replace(" BC", "") + " " + _clock(r) + (" BC" if "BC" in day else "")


def _interval(r):
    return r.choice(["1 day", "-1 day", "1 month", "1 year 2 months 3 days 04:05:06.789", "00:00:00", "-00:00:01",
                     "100 hours", "1 week", f"{r.randint(-50, 50)} months {r.randint(-50, 50)} days", "0.5 seconds"])


def _json(r, depth=2):
    if depth == 0 or r.random() < 0.4:
        return r.choice(["1", "-2.50", "null", "true", "false", '"a"', '"b c"', '""', "1e3", "[]", "{}"])
    if r.random() < 0.5:
        return "[" + ", ".join(_json(r, depth - 1) for _ in range(r.randint(0, 3))) + "]"
    keys = r.sample(["a", "b", "c", "k"], r.randint(0, 3))
    return "{" + ", ".join(f'"{key}": {_json(r, depth - 1)}' for key in keys) + "}"


def _array(element):
    def make(r):
        items = ["NULL" if r.random() < 0.1 else '"' + element(r).replace("\\", "\\\\").replace('"', '\\"') + '"'
                 for _ in range(r.randint(0, 4))]
        return "{" + ",".join(items) + "}"
    return make


def _range(element):
    def make(r):
        if r.random() < 0.1:
            return "empty"
        low, high = sorted((element(r), element(r)))
        return r.choice("[(") + r.choice(["", str(low)]) + "," + r.choice(["", str(high)]) + r.choice("])")
    return make


def _set_of_ranges(one):
    return lambda r: "{" + ",".join(one(r) for _ in range(r.randint(0, 3))) + "}"


def _point(r):
    return f"({r.choice([0, 1, -1, 2.5, 3, 10])},{r.choice([0, 1, -1, 2.5, 4, -10])})"


def _bits(r):
    return "".join(r.choice("01") for _ in range(r.randint(0, 12)))


def _address(r):
    return r.choice(["192.168.1.5/24", "10.0.0.1", "::1", "2001:db8::/32", "0.0.0.0/0", "192.168.1.0/24", "10.1.2.3/8"])


_small = lambda r: r.randint(-20, 20)  # noqa: E731
_day = lambda r: f"2024-{r.randint(1, 12):02}-{r.randint(1, 28):02}"  # noqa: E731

# Type -> what its literals say.
LITERALS = {
    "bool": lambda r: r.choice(["t", "f"]),
    "int2": _integers(16), "int4": _integers(32), "int8": _integers(64), "numeric": _numeric,
    "float4": _float, "float8": _float, "text": _text, "varchar": _text, "bpchar": _text,
    "name": lambda r: r.choice(["abc", "Name", "x_1", ""]), "char": lambda r: r.choice(["a", "Z", "0", ""]),
    "bytea": lambda r: r.choice(["\\x", "\\x00ff", "abc", "\\xdeadbeef", "\\x616263"]),
    "date": _date, "time": _clock, "timetz": lambda r: _clock(r) + r.choice(["+00", "-05", "+05:30"]),
    "timestamp": _timestamp, "timestamptz": _timestamp, "interval": _interval,
    "uuid": lambda r: r.choice(["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    "json": _json, "jsonb": _json, "oid": lambda r: str(r.choice([0, 1, 1259, 4294967295])),
    "inet": _address, "cidr": lambda r: r.choice(["192.168.1.0/24", "10.0.0.0/8", "::/0", "2001:db8::/32"]),
    "macaddr": lambda r: r.choice(["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"]),
    "macaddr8": lambda r: r.choice(["08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"]),
    "bit": _bits, "varbit": _bits, "money": lambda r: r.choice(["0", "1.25", "-3.99", "1000000", "$12.34"]),
    "pg_lsn": lambda r: r.choice(["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"]),
    "point": _point, "box": lambda r: f"({_point(r)},{_point(r)})", "lseg": lambda r: f"[{_point(r)},{_point(r)}]",
    "path": lambda r: r.choice(["[{}]", "({})"]).format(",".join(_point(r) for _ in range(r.randint(1, 4)))),
    "polygon": lambda r: "(" + ",".join(_point(r) for _ in range(r.randint(1, 4))) + ")",
    "circle": lambda r: f"<{_point(r)},{r.choice([0, 1, 2.5, 10])}>",
    "line": lambda r: f"{{{r.choice([1, -1, 2])},{r.choice([0, 1, -3])},{r.choice([0, 5])}}}",
    "int4range": _range(_small), "numrange": _range(_small), "daterange": _range(_day),
    "int4multirange": _set_of_ranges(_range(_small)),
    "tsvector": lambda r: r.choice(["a:1 b:2", "fat cat sat", "'x y':3A", ""]),
    "tsquery": lambda r: r.choice(["a & b", "fat | !cat", "a <-> b", ""]),
    "_int4": _array(lambda r: str(_small(r))), "_text": _array(lambda r: r.choice(["a", "b", "", "x y", "ä"])),
    "_numeric": _array(lambda r: r.choice(["1", "2.50", "-3"])),
}

# Not compared: what they give is of the server, of the moment, too big, or an internal's.
SKIPPED = {"repeat", "lpad", "rpad", "factorial", "setseed", "pg_sleep", "pow", "power", "exp", "version", "pg_typeof",
           "txid_snapshot_xmin", "numeric_fac", "getdatabaseencoding", "pg_column_size", "pg_column_compression",
           "array_fill", "query_to_xml", "has_any_column_privilege", "inet_client_addr", "gamma", "regclass",
           "pg_encoding_max_length", "hashvarlena", "xmlvalidate", "amvalidate", "suppress_redundant_updates_trigger"}
SKIPPED_OPERATORS = {"^", "<<", "!!"}
SKIPPED_PARTS = ("_in", "_out", "_recv", "_send", "typmodin", "typmodout", "_accum", "_combine", "_serialize",
                 "_deserialize", "_final", "_transfn", "_support", "sortsupport", "_sel", "_joinsel", "_trans", "_inv",
                 "_privilege", "pg_", "_sfunc", "_larger", "_smaller", "binary_upgrade", "brin_", "gin_", "gist_", "spg_",
                 "bt", "in_range", "hash", "_consistent", "_estimate", "ts_", "unicode", "json_populate", "_subdiff",
                 "_canonical", "_typanalyze", "currtid", "lo_", "has_", "_subscript_handler", "_avg", "_sum", "elem_contained")


class Grammar:
    """What can make a value of each type: [(text with {} for arguments, argument types, may it fail)]."""

    def __init__(self, known_functions=None):
        self.makers = defaultdict(list)
        types = {}
        with open(FACTS / "pg_type.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                types[row["oid"]] = row["typname"]
        functions = {}
        with open(FACTS / "pg_proc.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                functions[row["oid"]] = row
                self._add_function(row, types, known_functions)
        with open(FACTS / "pg_operator.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                self._add_operator(row, types)
        with open(FACTS / "pg_cast.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                source, target = types[row["castsource"]], types[row["casttarget"]]
                if source in LITERALS and target in LITERALS:
                    self.makers[target].append((f"({{}})::{quoted_type(target)}", [source]))

    def _add_function(self, row, types, known):
        arguments = [types.get(oid, "?") for oid in row["proargtypes"].split()]
        name = row["proname"]
        usable = (row["prokind"] == "f" and row["provolatile"] == "i" and row["proretset"] == "f" and
                  row["pronamespace"] == "pg_catalog" and arguments and name not in SKIPPED and
                  not any(part in name for part in SKIPPED_PARTS) and row["provariadic"] == "0")
        if not usable or (known is not None and row["oid"] not in known):
            return
        result = types.get(row["prorettype"], "?")
        if result in LITERALS and all(argument in LITERALS for argument in arguments):
            self.makers[result].append((f'"{name}"(' + ", ".join("{}" for _ in arguments) + ")", arguments))

    def _add_operator(self, row, types):
        left, right = types.get(row["oprleft"]), types.get(row["oprright"])
        result = types.get(row["oprresult"], "?")
        name = row["oprname"]
        if result not in LITERALS or right not in LITERALS or name in SKIPPED_OPERATORS:
            return
        if row["oprleft"] == "0":
            self.makers[result].append((f"({name} {{}})", [right]))
        elif left in LITERALS:
            self.makers[result].append((f"({{}} {name} {{}})", [left, right]))


def quoted_type(name):
    if name == "char":
        return '"char"'
    return name[1:] + "[]" if name.startswith("_") else name


def literal(r, type_name):
    if r.random() < 0.06:
        return f"NULL::{quoted_type(type_name)}"
    text = LITERALS[type_name](r).replace("'", "''")
    return f"'{text}'::{quoted_type(type_name)}"


class Expressions:
    """`scope`: {type: [column texts]}."""

    def __init__(self, r: random.Random, grammar: Grammar, types=None):
        self.r = r
        self.grammar = grammar
        self.types = list(types or LITERALS)

    def make(self, wanted, depth, scope=None):
        r = self.r
        columns = (scope or {}).get(wanted, [])
        if columns and r.random() < (0.9 if depth <= 0 else 0.35):
            return r.choice(columns)
        if depth <= 0 or r.random() < 0.1:
            return literal(r, wanted)
        if r.random() < 0.15:
            return self._choice(wanted, depth, scope)
        if wanted == "bool" and r.random() < 0.5:
            return self.condition(depth, scope)
        makers = [maker for maker in self.grammar.makers[wanted] if all(t in self.types for t in maker[1])]
        if not makers:
            return literal(r, wanted)
        text, arguments = r.choice(makers)
        return text.replace("{}", "\0").replace("{", "{{").replace("}", "}}").replace("\0", "{}").format(
            *(self.make(argument, depth - 1, scope) for argument in arguments))

    def _choice(self, wanted, depth, scope):
        r = self.r
        one = lambda: self.make(wanted, depth - 1, scope)  # noqa: E731
        test = lambda: self.make("bool", depth - 1, scope)  # noqa: E731
        kind = r.randint(0, 4)
        if kind == 0:
            return f"CASE WHEN {test()} THEN {one()} WHEN {test()} THEN {one()} ELSE {one()} END"
        if kind == 1:
            return f"COALESCE({one()}, {one()})"
        if kind == 2 and wanted in ORDERED:
            return f"{r.choice(['GREATEST', 'LEAST'])}({one()}, {one()}, {one()})"
        if kind == 3 and wanted in ORDERED:
            return f"NULLIF({one()}, {one()})"
        return f"CASE WHEN {test()} THEN {one()} END"

    def condition(self, depth, scope):
        r = self.r
        kind = r.randint(0, 9)
        if kind == 0:
            return f"({self.make('bool', depth - 1, scope)} {r.choice(['AND', 'OR'])} {self.make('bool', depth - 1, scope)})"
        if kind == 1:
            return f"(NOT {self.make('bool', depth - 1, scope)})"
        wanted = r.choice([t for t in self.types if t in ORDERED])
        a, b, c = (self.make(wanted, depth - 1, scope) for _ in range(3))
        if kind == 2:
            return f"({a} IS {r.choice(['', 'NOT '])}NULL)"
        if kind == 3:
            return f"({a} {r.choice(['', 'NOT '])}BETWEEN {r.choice(['', 'SYMMETRIC '])}{b} AND {c})"
        if kind == 4:
            return f"({a} {r.choice(['', 'NOT '])}IN ({b}, {c}, {literal(r, wanted)}))"
        if kind == 5:
            return f"({a} IS {r.choice(['', 'NOT '])}DISTINCT FROM {b})"
        if kind == 6 and not wanted.startswith("_"):
            return f"({a} {r.choice(['=', '<', '>', '<>', '<=', '>='])} {r.choice(['ANY', 'ALL'])} (ARRAY[{b}, {c}]))"
        if kind == 7:
            return f"({self.make('bool', depth - 1, scope)} IS {r.choice(['', 'NOT '])}{r.choice(['TRUE', 'FALSE', 'UNKNOWN'])})"
        if kind == 8:
            text = self.make("text", depth - 1, scope)
            pattern = r.choice(["a%", "%b%", "_", "%", "x\\_%", "", "A__"])
            return f"({text} {r.choice(['LIKE', 'NOT LIKE', 'ILIKE'])} '{pattern}')"
        return f"({a} {r.choice(['=', '<', '>', '<>', '<=', '>='])} {b})"


ORDERED = {"bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar", "bpchar", "name", "bytea",
           "date", "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "jsonb", "oid", "inet", "macaddr",
           "bit", "varbit", "money", "pg_lsn", "int4range", "numrange", "daterange", "_int4", "_text", "_numeric"}
