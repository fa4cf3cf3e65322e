"""Literals of any type: ordinary values, edges, and what reads as one of them."""


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

ORDERED = {"bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar", "bpchar", "name", "bytea",
           "date", "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "jsonb", "oid", "inet", "macaddr",
           "bit", "varbit", "money", "pg_lsn", "int4range", "numrange", "daterange", "_int4", "_text", "_numeric"}


def quoted_type(name):
    if name == "char":
        return '"char"'
    return name[1:] + "[]" if name.startswith("_") else name


def literal(r, type_name):
    if r.random() < 0.06:
        return f"NULL::{quoted_type(type_name)}"
    text = LITERALS[type_name](r).replace("'", "''")
    return f"'{text}'::{quoted_type(type_name)}"
