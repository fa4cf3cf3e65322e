"""Types of columns, values for them, and expressions that cannot fail over these values."""

from expressions import Expressions
from grammar import Grammar
from literals import LITERALS, quoted_type

TYPES = ["bool", "int4", "int8", "text", "date", "timestamp", "numeric", "int2", "uuid", "interval", "bytea", "_int4", "_text",
         "jsonb", "int4range", "time", "bit", "float8", "timestamptz", "varchar", "bpchar", "daterange", "inet", "mood", "pair", "_pair", "small",
         "int4multirange"]
# One text per value: 1.0 and 1.00 are equal but do not look so, as 1 day and 24:00.
GROUPABLE = ["bool", "int4", "int8", "text", "date", "timestamp", "int2", "uuid", "bytea", "_int4", "_text", "int4range", "time",
             "timestamptz", "varchar", "daterange", "inet", "mood", "pair", "_pair", "small", "int4multirange"]
MINIMAL = ["int4", "int8", "text", "date", "timestamp", "int2", "time", "_int4", "timestamptz", "inet", "mood"]  # have min() and max()
UNINDEXED = {"jsonb", "int4range", "bit", "daterange"}

# What cannot fail over the values tables hold.
MAKERS = {
    "bool": [("(NOT {})", ["bool"]), ("starts_with({}, {})", ["text", "text"]), ("({} ~ '^[a-m]')", ["text"])],
    "int4": [("length({})", ["text"]), ("({} % 7)", ["int4"]), ("({} / 3)", ["int4"]), ("(- {})", ["int4"]),
             ("({} & 255)", ["int4"]), ("ascii({})", ["text"]), ("sign({})::int4", ["numeric"]),
             ("(CASE WHEN {} THEN {} ELSE {} END)", ["bool", "int4", "int4"]), ("abs({} % 1000)", ["int4"]),
             ("extract(year FROM {})::int4", ["date"]), ("({} - {})", ["date", "date"]),
             ("strpos({}, {})", ["text", "text"]), ("(({} % 1000) * ({} % 1000))", ["int4", "int4"])],
    "int8": [("{}::int8", ["int4"]), ("({} + {})", ["int8", "int4"]), ("({} % 11)", ["int8"]), ("({} * 2::int2)", ["int8"])],
    "text": [("upper({})", ["text"]), ("({} || {})", ["text", "text"]), ("{}::text", ["int4"]), ("{}::text", ["date"]),
             ("{}::text", ["bool"]), ("left({}, 2)", ["text"]), ("reverse({})", ["text"]), ("substr({}, 2, 2)", ["text"]),
             ("md5({})", ["text"]), ("replace({}, 'a', {})", ["text", "text"]), ("trim({})", ["text"]),
             ("to_char({}, 'YYYY-MM-DD HH24:MI')", ["timestamp"]), ("initcap({})", ["text"])],
    "date": [("({} + ({} % 1000))", ["date", "int4"]), ("{}::date", ["timestamp"])],
    "timestamp": [("{}::timestamp", ["date"]), ("date_trunc('month', {})", ["timestamp"]),
                  ("({} + interval '1 day 02:00')", ["timestamp"])],
    "numeric": [("({} + {})", ["numeric", "numeric"]), ("({} * {})", ["numeric", "int4"]), ("round({}, 1)", ["numeric"]),
                ("abs({})", ["numeric"]), ("trunc({})", ["numeric"]), ("({} / 3)", ["numeric"]),
                ("{}::numeric", ["int4"])],
    "int2": [("({} % 5::int2)", ["int2"]), ("({} & {})", ["int2", "int2"])],
    "uuid": [("md5({})::uuid", ["text"])],
    "interval": [("({} - {})", ["timestamp", "timestamp"]), ("({} * 2)", ["interval"]), ("justify_hours({})", ["interval"]),
                 ("make_interval(days => {} % 1000)", ["int4"])],
    "bytea": [("convert_to({}, 'UTF8')", ["text"]), ("substr({}, 1, 2)", ["bytea"]), ("({} || {})", ["bytea", "bytea"]),
              ("uuid_send({})", ["uuid"])],
    "_int4": [("ARRAY[{}, {}]", ["int4", "int4"]), ("({} || {})", ["_int4", "int4"]), ("({})[1:2]", ["_int4"]),
              ("array_remove({}, {})", ["_int4", "int4"])],
    "_text": [("string_to_array({}, 'a')", ["text"]), ("ARRAY[{}, {}]", ["text", "text"]), ("{}::text[]", ["_int4"]),
              ("array_append({}, {})", ["_text", "text"])],
    "jsonb": [("to_jsonb({})", ["int4"]), ("to_jsonb({})", ["text"]), ("jsonb_build_object('a', {}, 'b', {})", ["int4", "text"]),
              ("to_jsonb({})", ["_int4"]), ("({} -> 'a')", ["jsonb"]), ("jsonb_build_array({}, {})", ["jsonb", "bool"])],
    "int4range": [("int4range({} % 100, 100 + {} % 100)", ["int4", "int2"]), ("({} * {})", ["int4range", "int4range"])],
    "time": [("{}::time", ["timestamp"]), ("({} + interval '3 hours')", ["time"])],
    "bit": [("(~ {})", ["bit"]), ("({} & {})", ["bit", "bit"]), ("({} # B'0110')", ["bit"])],
}
MAKERS["bool"] += [("({} @> {})", ["_int4", "_int4"]), ("({} && {})", ["_text", "_text"]), ("({} @> {})", ["jsonb", "jsonb"]),
                   ("({} ? 'a')", ["jsonb"]), ("({} @> {})", ["int4range", "int4"]), ("({} && {})", ["int4range", "int4range"]),
                   ("({} = ANY ({}))", ["int4", "_int4"]), ("isempty({})", ["int4range"])]
MAKERS["int4"] += [("cardinality({})", ["_int4"]), ("({})[1]", ["_int4"]), ("length({})", ["bytea"]), ("{}::int4", ["int2"]),
                   ("array_length({}, 1)", ["_text"]), ("upper({})", ["int4range"]), ("extract(day FROM {})::int4", ["interval"])]
MAKERS["text"] += [("{}::text", ["uuid"]), ("{}::text", ["bytea"]), ("{}::text", ["_int4"]), ("({} ->> 'b')", ["jsonb"]),
                   ("{}::text", ["int4range"]), ("{}::text", ["bit"]), ("array_to_string({}, '-')", ["_text"]),
                   ("jsonb_typeof({})", ["jsonb"]), ("encode({}, 'hex')", ["bytea"]), ("split_part({}, ' ', 1)", ["text"]),
                   ("regexp_replace({}, '[aeiou]', '#', 'g')", ["text"]), ("lpad({}, 4, 'xy')", ["text"])]
MAKERS["bool"] += [("({} < 'happy'::mood)", ["mood"]), ("({} << '10.0.0.0/8')", ["inet"]), ("({} @> {})", ["daterange", "date"]),
                   ("({} <@ {})", ["_int4", "_int4"]), ("({} @? '$.a')", ["jsonb"]), ("({} <> ALL ({}))", ["text", "_text"]),
                   ("({} ~* {})", ["text", "varchar"]), ("({} IS NULL)", ["pair"]), ("({} = {})", ["pair", "pair"]),
                   ("({} -|- {})", ["int4range", "int4range"]), ("({} ?| ARRAY['a', 'k'])", ["jsonb"])]
MAKERS["int4"] += [("({}).a", ["pair"]), ("masklen({})", ["inet"]), ("position({} IN {})", ["text", "text"]), ("scale({})", ["numeric"]),
                   ("array_position({}, {})", ["_int4", "int4"]), ("width_bucket({}, 0, 100, 5)", ["numeric"]), ("char_length({})", ["bpchar"]),
                   ("bit_length({})", ["text"])]
MAKERS["int8"] += [("bit_count({})", ["bytea"]), ("{}::int8", ["int2"]), ("abs({} % 1000000)", ["int8"])]
MAKERS["text"] += [("({}).b", ["pair"]), ("{}::text", ["mood"]), ("host({})", ["inet"]), ("{}::text", ["timestamptz"]), ("{}::text", ["bpchar"]),
                   ("concat_ws('-', {}, {})", ["text", "int4"]), ("format('%s/%s', {}, {})", ["date", "varchar"]), ("{}::text", ["varchar"]),
                   ("translate({}, 'abc', 'xy')", ["text"]), ("quote_literal({})", ["text"]), ("to_char({}, 'FM99990.0')", ["numeric"]),
                   ("overlay({} PLACING 'Z' FROM 2)", ["text"]), ("({} #>> '{a,b}')", ["jsonb"]), ("{}::text", ["daterange"]), ("{}::text", ["pair"])]
MAKERS["jsonb"] += [("jsonb_strip_nulls({})", ["jsonb"]), ("to_jsonb({})", ["pair"]), ("jsonb_path_query_array({}, '$.*')", ["jsonb"]),
                    ("({} || jsonb_build_object('k', {}))", ["jsonb", "text"]), ("to_jsonb({})", ["timestamp"])]
MAKERS["date"] += [("lower({})", ["daterange"]), ("date_trunc('year', {})::date", ["timestamp"]), ("make_date(2020, 1 + abs({} % 12), 3)", ["int4"])]
MAKERS["timestamp"] += [("({} AT TIME ZONE 'Europe/Berlin')", ["timestamptz"]), ("({} - {})", ["timestamp", "interval"])]
MAKERS["numeric"] += [("extract(epoch FROM {})", ["interval"]), ("mod({}, 7)", ["numeric"]), ("ceil({})", ["numeric"])]
MAKERS["_int4"] += [("array_cat({}, {})", ["_int4", "_int4"]), ("array_replace({}, 1, {})", ["_int4", "int4"]), ("({})[:{}]", ["_int4", "int2"])]
MAKERS["_text"] += [("regexp_split_to_array({}, '[ b]')", ["text"]), ("enum_range({})::text[]", ["mood"])]
MAKERS |= {
    "float8": [("{}::float8", ["int4"]), ("({} * 0.5::float8)", ["float8"]), ("sqrt(abs({}))", ["float8"]), ("{}::float8", ["numeric"]),
               ("({} + {})", ["float8", "int4"]), ("round({})", ["float8"])],
    "timestamptz": [("({} AT TIME ZONE 'UTC')", ["timestamp"]), ("date_trunc('day', {}, 'Asia/Tokyo')", ["timestamptz"]),
                    ("({} + {})", ["timestamptz", "interval"]), ("{}::timestamptz", ["date"])],
    "varchar": [("{}::varchar(12)", ["text"]), ("upper({})::varchar(3)", ["varchar"])],
    "bpchar": [("{}::char(4)", ["text"]), ("{}::char(4)", ["varchar"])],
    "daterange": [("daterange({}, NULL)", ["date"]), ("({} * {})", ["daterange", "daterange"]), ("daterange(NULL, {}, '[]')", ["date"])],
    "inet": [("set_masklen({}, 24)", ["inet"]), ("({} | '0.0.0.255')", ["inet"]), ("network({})::inet", ["inet"])],
    "mood": [("(CASE WHEN {} THEN 'ok'::mood ELSE {} END)", ["bool", "mood"]), ("(enum_range(NULL::mood))[1 + abs({} % 3)]", ["int4"])],
    "pair": [("ROW({}, {})::pair", ["int4", "text"]), ("(CASE WHEN {} THEN {} END)", ["bool", "pair"])],
}
MAKERS |= {
    "_pair": [("ARRAY[{}, {}]", ["pair", "pair"]), ("({} || {})", ["_pair", "pair"]), ("({})[1:2]", ["_pair"]),
              ("array_remove({}, {})", ["_pair", "pair"])],
    "small": [("({} % 100)::small", ["int4"]), ("{}::small", ["int2"])],
    "int4multirange": [("int4multirange({}, {})", ["int4range", "int4range"]), ("({} + {})", ["int4multirange", "int4multirange"]),
                       ("({} * {})", ["int4multirange", "int4multirange"]), ("({} - {})", ["int4multirange", "int4multirange"]),
                       ("multirange({})", ["int4range"])],
}
MAKERS["pair"] += [("({})[1]", ["_pair"]), ("({})[{}]", ["_pair", "small"])]
MAKERS["bool"] += [("({} && {})", ["int4multirange", "int4range"]), ("({} @> {})", ["int4multirange", "int4"]), ("isempty({})", ["int4multirange"]),
                   ("({} = ANY ({}))", ["pair", "_pair"]), ("({} IS NOT NULL)", ["_pair"]), ("({} <@ {})", ["_pair", "_pair"]),
                   ("({} @@ '$.a == 1')", ["jsonb"]), ("jsonb_path_exists({}, '$.** ? (@ > 1)')", ["jsonb"]), ("({} > {})", ["small", "int2"])]
MAKERS["int4"] += [("(({})[1]).a", ["_pair"]), ("cardinality({})", ["_pair"]), ("({} + 1)", ["small"]), ("{}::int4", ["small"]),
                   ("lower({})", ["int4multirange"]), ("jsonb_array_length(jsonb_path_query_array({}, '$.*'))", ["jsonb"])]
MAKERS["text"] += [("(({})[2]).b", ["_pair"]), ("{}::text", ["_pair"]), ("{}::text", ["int4multirange"]), ("{}::text", ["small"]),
                   ("{}::text", ["interval"]), ("to_jsonb({})::text", ["_pair"]), ("format('%I-%L', {}, {})", ["text", "pair"])]
MAKERS["jsonb"] += [("jsonb_path_query_array({}, 'lax $.** ? (@ > 0)')", ["jsonb"]), ("jsonb_path_query_first({}, '$.a.b[*] ? (@ != null)')", ["jsonb"]),
                    ("to_jsonb({})", ["_pair"]), ("to_jsonb({})", ["int4range"]), ("jsonb_set(jsonb_build_object('k', {}), ARRAY['k', 'a'], {})", ["jsonb", "jsonb"])]
MAKERS["int4range"] += [("range_merge({})", ["int4multirange"]), ("range_merge({}, {})", ["int4range", "int4range"])]
VALUES = {
    "bool": lambda r: r.choice(["true", "false"]), "int4": lambda r: str(r.randint(-50, 200)),
    "int8": lambda r: str(r.choice([0, 1, 10 ** 10, -10 ** 10, r.randint(-999, 999)])),
    "text": lambda r: "'" + r.choice(["", "a", "b", "abc", "Abc", "zz", "x y", "ä", "foo", "bar", "100"]) + "'",
    "date": lambda r: f"'20{r.randint(10, 25)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}'",
    "timestamp": lambda r: f"'20{r.randint(10, 25)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(0, 23):02}:30'",
    "numeric": lambda r: f"{r.randint(-500, 500)}.{r.randint(0, 99):02}",
    "int2": lambda r: str(r.randint(-9, 9)), "uuid": lambda r: f"'{r.randint(0, 4):08x}-0000-0000-0000-000000000001'",
    "interval": lambda r: f"'{r.randint(-3, 40)} days {r.randint(0, 23)}:{r.randint(0, 59):02}'",
    "bytea": lambda r: r.choice(["'\\x'", "'\\x00'", "'\\xff01'", "'\\x616263'"]),
    "_int4": lambda r: "'{" + ",".join(r.choice(["1", "2", "3", "-5", "NULL"]) for _ in range(r.randint(0, 3))) + "}'",
    "_text": lambda r: "'{" + ",".join(r.choice(["a", "b", '""', '"x y"', "NULL"]) for _ in range(r.randint(0, 3))) + "}'",
    "jsonb": lambda r: r.choice(["'{}'", "'[]'", "'{\"a\": 1}'", "'{\"a\": {\"b\": [1, null]}, \"b\": \"t\"}'", "'7'",
                                 "'null'", "'\"s\"'"]),
    "int4range": lambda r: r.choice(["'empty'", "'(,5)'", "'[3,)'", f"'[{r.randint(0, 9)},{r.randint(10, 20)})'"]),
    "time": lambda r: f"'{r.randint(0, 23):02}:{r.randint(0, 59):02}:30'", "bit": lambda r: f"B'{r.randint(0, 15):04b}'",
    "float8": lambda r: r.choice(["0", "1.5", "-2.25", "1e10", "'NaN'", str(r.randint(-99, 99))]),
    "timestamptz": lambda r: f"'20{r.randint(10, 25)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(0, 23):02}:15+02'",
    "varchar": lambda r: "'" + r.choice(["", "a", "b", "abc", "long enough", "ß"]) + "'",
    "bpchar": lambda r: "'" + r.choice(["", "a", "ab", "abcd", " x"]) + "'",
    "daterange": lambda r: r.choice(["'empty'", "'[2015-01-01,2020-06-30)'", "'(,2018-05-05]'", f"'[20{r.randint(10, 19)}-03-01,)'"]),
    "inet": lambda r: f"'{r.choice([10, 192])}.0.{r.randint(0, 3)}.{r.randint(0, 9)}/{r.choice([8, 24, 32, 32])}'",
    "mood": lambda r: r.choice(["'sad'", "'ok'", "'happy'"]),
    "_pair": lambda r: r.choice(["'{}'", "'{\"(1,a)\"}'", "'{\"(2,\\\"x y\\\")\",NULL}'", "'{\"(,)\",\"(3,b)\"}'"]),
    "small": lambda r: str(r.randint(-90, 90)),
    "int4multirange": lambda r: r.choice(["'{}'", "'{[1,3),[5,9)}'", "'{(,2]}'", f"'{{[{r.randint(0, 5)},{r.randint(6, 12)}],[20,)}}'"]),
    "pair": lambda r: r.choice(["'(1,a)'", "'(,)'", "'(2,\"x y\")'", "'(1,)'", "'(-3,b)'"]),
}
USER_TYPES = ["CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')", "CREATE TYPE pair AS (a int4, b text)",
              "CREATE DOMAIN small AS int4 CHECK (VALUE BETWEEN -1000 AND 1000)"]
COLUMN_TYPES = {"numeric": "numeric(10,2)", "bit": "bit(4)", "varchar": "varchar(12)", "bpchar": "char(4)"}


class SafeGrammar(Grammar):
    def __init__(self):  # pylint: disable=super-init-not-called
        self.makers = MAKERS


class SafeExpressions(Expressions):
    def __init__(self, r):
        super().__init__(r, SafeGrammar(), TYPES)
        self.ordered += ["mood", "pair", "_pair", "small", "int4multirange"]

    def make(self, wanted, depth, scope=None):
        if depth <= 0 and not (scope or {}).get(wanted):
            return "NULL::" + COLUMN_TYPES.get(wanted, quoted_type(wanted)) if self.r.random() < 0.1 else self.value(wanted)
        return super().make(wanted, depth, scope)

    def literal(self, wanted):
        return super().literal(wanted) if wanted in LITERALS else self.value(wanted)

    def value(self, wanted):
        return VALUES[wanted](self.r) + "::" + COLUMN_TYPES.get(wanted, quoted_type(wanted))


def scope_of(columns):
    scope = {}
    for name, type_name in columns:
        scope.setdefault(type_name, []).append(name)
    return scope
