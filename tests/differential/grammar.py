"""What makes a value of each type: the functions, operators, casts and aggregates of facts/."""

import csv
import re
from collections import defaultdict
from pathlib import Path

from literals import LITERALS, ORDERED, quoted_type

FACTS = Path(__file__).resolve().parents[2] / "facts"

# Not compared: what they give is of the server, of the moment, too big, or an internal's.
SKIPPED = {"repeat", "lpad", "rpad", "factorial", "setseed", "pg_sleep", "version", "pg_typeof", "getdatabaseencoding",
           "array_fill", "query_to_xml", "gamma", "regclass", "hashvarlena", "xmlvalidate", "amvalidate",
           "suppress_redundant_updates_trigger", "ts_debug", "ts_parse", "ts_token_type", "in_range", "array_typanalyze"}
SKIPPED_NAMES = re.compile(
    r"(_in|_out|_recv|_send|typmodin|typmodout|_accum|_combine|_serialize|_deserialize|_final|_finalfn|_transfn|_support|"
    r"sortsupport|sel|_trans|_inv|_sfunc|_larger|_smaller|_consistent|_subdiff|_canonical|_typanalyze|_subscript_handler|"
    r"_avg|_sum|_recv|recv|send|_estimate|_sortsupport|_compress|_penalty|_picksplit|_union|_same|_decompress|_distance)$|"
    r"^(pg_|_pg_|binary_upgrade|brin_|gin_|gist_|spg_|bt(?!rim)|ginarray|gin|gtsv|currtid|lo_|has_|unicode|json_populate|"
    r"txid_|in_range|elem_contained|range_gist|multirange_gist|array_unnest|amop|index_am|table_to|schema_to|database_to|cursor_to)")
# Of numeric they are slow or long with the values literals have.
SKIPPED_OF_NUMERIC = {"^", "power", "pow", "exp", "numeric_power", "numeric_exp"}
# Stable functions that look at settings only.
STABLE = {"age", "array_to_json", "array_to_string", "convert_from", "convert_to", "date", "date_part", "date_trunc", "extract",
          "json_to_tsvector", "length", "make_timestamptz", "numeric", "phraseto_tsquery", "plainto_tsquery", "quote_literal",
          "quote_nullable", "time", "timestamp", "timestamptz", "timetz", "timezone", "to_char", "to_date", "to_json", "to_jsonb",
          "to_number", "to_timestamp", "to_tsquery", "to_tsvector", "websearch_to_tsquery", "ts_headline", "to_regtype",
          "jsonb_path_query_array_tz", "jsonb_path_exists_tz", "overlaps", "generate_series"}
# What polymorphic arguments stand for, together.
INSTANCES = [
    {"anyelement": "int4", "anynonarray": "int4", "anyarray": "_int4", "anyrange": "int4range", "anymultirange": "int4multirange"},
    {"anyelement": "text", "anynonarray": "text", "anyarray": "_text"},
    {"anyelement": "numeric", "anynonarray": "numeric", "anyarray": "_numeric", "anyrange": "numrange"},
    {"anyelement": "date", "anynonarray": "date", "anyrange": "daterange"},
    {"anyelement": "jsonb", "anynonarray": "jsonb"},
]
VARIADIC = [
    ("text", "concat({}, {}, {})", ["text", "int4", "date"]), ("text", "concat_ws({}, {}, {})", ["text", "text", "numeric"]),
    ("text", "format('%s-%I-%L', {}, {}, {})", ["jsonb", "text", "timestamp"]), ("text", "format({}, {})", ["text", "text"]),
    ("int4", "num_nulls({}, {}, {})", ["int4", "text", "date"]), ("jsonb", "jsonb_build_array({}, {})", ["timestamptz", "float8"]),
    ("jsonb", "jsonb_build_object({}, {})", ["text", "numeric"]), ("json", "json_build_object({}, {})", ["text", "_text"]),
    ("text", "jsonb_extract_path_text({}, {}, {})", ["jsonb", "text", "text"]), ("json", "json_build_array({}, {})", ["bool", "json"]),
    ("jsonb", "jsonb_path_query_first({}, '$.a')", ["jsonb"]), ("jsonb", "jsonb_path_query_array({}, '$.**')", ["jsonb"]),
    ("jsonb", "jsonb_path_query_array({}, '$[*] ? (@.type() == \"number\")')", ["jsonb"]), ("jsonb", "({})['a']", ["jsonb"]),
    ("text", "to_char({}, 'YYYY-MM-DD HH24:MI:SS.US BC')", ["timestamp"]), ("text", "to_char({}, 'FMDay, DDth FMMonth IYYY-IW')", ["date"]),
    ("text", "to_char({}, 'FM9,999,990.00PR')", ["numeric"]), ("text", "to_char({}, 'S0000 RN')", ["int4"]),
    ("text", "to_char({}, '9.99EEEE')", ["float8"]), ("text", "to_char({}, 'DD HH24:MI:SS.MS')", ["interval"]),
    ("text", "xmlelement(name a, {})::text", ["text"]), ("int4", "({})[{}]", ["_int4", "int2"]), ("_text", "({})[2:{}]", ["_text", "int2"]),
    ("numeric", "extract(epoch FROM {})", ["interval"]), ("numeric", "extract(julian FROM {})", ["timestamp"]),
    ("numeric", "extract(week FROM {})", ["date"]), ("timestamp", "date_bin('15 minutes', {}, '2001-01-01')", ["timestamp"]),
    ("float8", "power({}, {})", ["float8", "float8"]), ("text", "substring({} FROM '[a-z]+')", ["text"]),
    ("text", "regexp_replace({}, '([a-z])', '<\\1>', 'g')", ["text"]), ("_text", "regexp_split_to_array({}, '[ ,]')", ["text"]),
    ("int4", "regexp_count({}, '[a-c]')", ["text"]), ("text", "overlay({} PLACING {} FROM 2 FOR 3)", ["text", "text"]),
    ("text", "trim(BOTH 'a ' FROM {})", ["text"]), ("bool", "({} SIMILAR TO '%(a|b)%')", ["text"]), ("text", "({})::varchar(3)", ["text"]),
    ("bpchar", "({})::char(4)", ["text"]), ("numeric", "({})::numeric(8,2)", ["float8"]), ("timestamp", "({})::timestamp(0)", ["timestamp"]),
    ("interval", "({})::interval hour to minute", ["interval"]), ("interval", "({})::interval(1)", ["interval"]),
    ("bool", "(({}, {}) OVERLAPS ({}, {}))", ["date", "date", "date", "interval"]), ("timestamptz", "({} AT TIME ZONE 'Europe/Berlin')", ["timestamp"]),
    ("timestamp", "({} AT TIME ZONE 'America/New_York')", ["timestamptz"]), ("bit", "({})::bit(5)", ["int4"]),
]


class Grammar:
    """`makers`: type -> [(text with {} for arguments, argument types)]; `aggregates`, `sets`: [(the same)]."""

    def __init__(self, known_functions=None):
        self.makers = defaultdict(list)
        self.aggregates, self.sets = [], []
        self.known = known_functions
        self.types = {row["oid"]: row["typname"] for row in self._facts("pg_type")}
        for row in self._facts("pg_proc"):
            self._add_function(row)
        for row in self._facts("pg_operator"):
            self._add_operator(row)
        for row in self._facts("pg_cast"):
            source, target = self.types[row["castsource"]], self.types[row["casttarget"]]
            if source in LITERALS and target in LITERALS:
                self.makers[target].append((f"({{}})::{quoted_type(target)}", [source]))
        for target, text, arguments in VARIADIC:
            self.makers[target].append((text, arguments))

    @staticmethod
    def _facts(name):
        with open(FACTS / f"{name}.csv", encoding="utf-8") as file:
            yield from csv.DictReader(file)

    def _is_usable(self, row):
        name = row["proname"]
        return (row["pronamespace"] == "pg_catalog" and name not in SKIPPED and not SKIPPED_NAMES.search(name) and
                row["provariadic"] == "0" and (row["provolatile"] == "i" or row["provolatile"] == "s" and name in STABLE) and
                (self.known is None or row["oid"] in self.known))

    @staticmethod
    def _instances(types):
        """The argument types (and the result's, last), polymorphic ones replaced in each way there is."""
        if not any(t.startswith("any") for t in types):
            return [types]
        plain = [t.replace("anycompatible", "any", 1) if t.startswith("anycompatible") else t for t in types]
        plain = ["anyelement" if t == "any" else t for t in plain]
        made = [[one.get(t, t) for t in plain] for one in INSTANCES]
        return [m for m in made if not any(t.startswith("any") for t in m)]

    def _add_function(self, row):
        name = row["proname"]
        if not self._is_usable(row):
            return
        arguments = [self.types.get(oid, "?") for oid in row["proargtypes"].split()]
        for *inputs, result in self._instances(arguments + [self.types.get(row["prorettype"], "?")]):
            if not inputs or any(t not in LITERALS for t in inputs) or name in SKIPPED_OF_NUMERIC and "numeric" in inputs:
                continue
            call = f'"{name}"(' + ", ".join("{}" for _ in inputs) + ")"
            if row["prokind"] == "a":
                self.aggregates.append((name, inputs))
            elif row["proretset"] == "t":
                self.sets.append((call, inputs))
            elif row["prokind"] == "f" and result in LITERALS:
                self.makers[result].append((call, inputs))

    def _add_operator(self, row):
        name = row["oprname"]
        sides = [self.types.get(row[side], "") for side in ("oprleft", "oprright", "oprresult")]
        for left, right, result in self._instances(sides):
            if result not in LITERALS or right not in LITERALS or name in SKIPPED_OF_NUMERIC and right == "numeric":
                continue
            if row["oprleft"] == "0":
                self.makers[result].append((f"({name} {{}})", [right]))
            elif left in LITERALS:
                self.makers[result].append((f"({{}} {name} {{}})", [left, right]))


WITHIN_GROUP = {"percentile_cont", "percentile_disc", "mode", "rank", "dense_rank", "percent_rank", "cume_dist"}


def aggregate_query(expressions):
    """One aggregate over a few values, in an order."""
    r = expressions.r
    name, inputs = r.choice([a for a in expressions.grammar.aggregates if a[0] not in WITHIN_GROUP])
    rows = ", ".join("(" + ", ".join([str(i)] + [expressions.make(t, r.choice([0, 0, 1]), {}) for t in inputs]) + ")"
                     for i in range(r.randint(1, 5)))
    names = [f"x{i}" for i in range(len(inputs))]
    distinct = "DISTINCT " if len(inputs) == 1 and inputs[0] in ORDERED and r.random() < 0.15 else ""
    order = f" ORDER BY {names[0]}" if distinct else " ORDER BY n"
    over = "" if r.random() < 0.8 or distinct else " OVER (ORDER BY n)"
    filtered = " FILTER (WHERE n <> 1)" if r.random() < 0.2 else ""
    call = f'"{name}"({distinct}{", ".join(names)}{"" if over else order}){filtered}{over}'
    return f"SELECT {call} FROM (VALUES {rows}) v (n, {', '.join(names)})" + (" ORDER BY n" if over else "")


def set_query(expressions):
    """A function that makes rows, in FROM or beside another."""
    r = expressions.r
    call, inputs = r.choice(expressions.grammar.sets)
    made = expressions.fill(call, [expressions.make(t, r.choice([0, 0, 1]), {}) for t in inputs])
    if call.startswith('"generate_series"'):  # they may be many: FROM would make all
        return f"SELECT {made} LIMIT 20"
    if r.random() < 0.3:
        return f"SELECT {made}, generate_series(1, 3)"
    return f"SELECT * FROM {made}{r.choice(['', ' WITH ORDINALITY'])}"
