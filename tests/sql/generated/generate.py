"""Writes tests/sql/generated/*.test: each function and operator that pg_proc and pg_operator of grizzlyd list, called at
least once, with the answer of PostgreSQL 15 asked while writing.

    generate.py --port P --oracle-port P

Both servers run already, in time zone UTC. by_hand.test has the calls that need more than literals; it stays. What
cannot be called from SQL at all is listed in uncalled.txt, with the reason. tests/facts/calls_complete.py checks that
nothing is missing.
"""

import argparse
import csv
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "tests/differential"))

from expressions import LITERALS, quoted_type  # noqa: E402
from libpq import Connection  # noqa: E402

TRIES = 15
SETTINGS = "SET timezone = 'UTC'; SET statement_timeout = '3s'; SET client_min_messages = error"
SETUP = ["CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')", "CREATE SEQUENCE s",
         "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x' NOT NULL)", "CREATE INDEX t_b ON t (b)",
         "INSERT INTO t VALUES (1, 'one'), (2, 'two')", "CREATE VIEW v AS SELECT a FROM t"]
# Polymorphic and other types stand for these.
STAND_INS = {"anyelement": "int4", "anyarray": "_int4", "anynonarray": "int4", "anyrange": "int4range",
             "anymultirange": "int4multirange", "anycompatible": "int4", "anycompatiblearray": "_int4",
             "anycompatiblenonarray": "int4", "anycompatiblerange": "int4range",
             "anycompatiblemultirange": "int4multirange", "any": "int4", "anyenum": "mood"}
OTHER_LITERALS = {
    "mood": ["'sad'::mood", "'ok'::mood", "'happy'::mood"], "record": ["ROW(1, 'a')", "ROW(2, 'b')"],
    "regclass": ["'t'::regclass", "'t_b'::regclass", "'s'::regclass"], "regproc": ["'now'::regproc"],
    "regprocedure": ["'abs(int4)'::regprocedure"], "regoper": ["'!'::regoper", "'||/'::regoper"],
    "regoperator": ["'+(int4,int4)'::regoperator"], "regtype": ["'int4'::regtype", "'text'::regtype"],
    "regrole": ["'postgres'::regrole"], "regnamespace": ["'public'::regnamespace"],
    "regconfig": ["'english'::regconfig", "'simple'::regconfig"], "regdictionary": ["'simple'::regdictionary"],
    "regcollation": ["'\"C\"'::regcollation"], "jsonpath": ["'$.a'::jsonpath", "'$[*] ? (@ > 1)'::jsonpath", "'$'::jsonpath"],
    "xml": ["'<a>1</a>'::xml", "'<b c=\"d\"/>'::xml"], "xid": ["'1'::xid", "'700'::xid"], "xid8": ["'1'::xid8", "'700'::xid8"],
    "cid": ["'1'::cid"], "tid": ["'(0,1)'::tid", "'(1,2)'::tid"], "oidvector": ["'1 2'::oidvector"],
    "int2vector": ["'1 2'::int2vector"], "_text": ["ARRAY['a', 'b']", "'{x,y,NULL}'::text[]"],
    "_float8": ["'{1,2.5}'::float8[]"], "_float4": ["'{1,2.5}'::float4[]"], "_int8": ["'{1,2}'::int8[]"],
    "_int2": ["'{1,2}'::int2[]"], "_name": ["'{a,b}'::name[]"], "_char": ["'{a,b}'::\"char\"[]"],
    "_oid": ["'{1,2}'::oid[]"], "_jsonb": ["'{1,2}'::jsonb[]"], "_bpchar": ["'{a,b}'::bpchar[]"],
    "_aclitem": ["'{postgres=arwdDxt/postgres}'::aclitem[]"], "aclitem": ["'postgres=r/postgres'::aclitem"],
    "_regtype": ["'{int4,text}'::regtype[]"], "pg_snapshot": ["'10:20:10,14'::pg_snapshot"],
    "txid_snapshot": ["'10:20:10,14'::txid_snapshot"], "refcursor": ["'c'::refcursor"],
    "int8range": ["'[1,5)'::int8range", "'(2,9]'::int8range", "'empty'::int8range"],
    "tsrange": ["'[2020-01-01,2020-02-01)'::tsrange"], "tstzrange": ["'[2020-01-01,2020-02-01)'::tstzrange"],
    "int8multirange": ["'{[1,5)}'::int8multirange"], "nummultirange": ["'{[1,5)}'::nummultirange"],
    "tsmultirange": ["'{[2020-01-01,2020-02-01)}'::tsmultirange"],
    "tstzmultirange": ["'{[2020-01-01,2020-02-01)}'::tstzmultirange"],
    "datemultirange": ["'{[2020-01-01,2020-02-01)}'::datemultirange"],
    "cstring": ["'1'", "'a'", "'2020-01-01'", "'(1,2)'", "'{1,2}'", "'t'", "'[1,2)'", "'{}'", "'0/0'", "'1.2.3.4'", "'english'",
                "'int4'", "'08:00:2b:01:02:03'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'<(1,2),3>'", "'[(1,2),(3,4)]'",
                "'{1,2,3}'", "'abs(int4)'", "'t'", "'postgres=r/postgres'", "'(0,1)'", "'10:20:10'", "'$.a'", "'+(int4,int4)'",
                "'public'", "'postgres'", "'simple'", "'\"C\"'", "'{[1,2)}'", "'||/'"],
}
BY_HAND = HERE / "by_hand.test"
# Answers that differ by nature (they hold oids, they are the server's own): what is asked of them. {0} and {1} are the
# arguments.
LABEL_OID = "(SELECT oid FROM pg_enum WHERE enumtypid = 'mood'::regtype AND enumlabel = {0}::text)"
ASKED_AS = {"regclasssend": "= oidsend({0}::oid)", "hashenum": f"= hashoid({LABEL_OID})",
            "hashenumextended": f"= hashoidextended({LABEL_OID}, {{1}})", "pg_jit_available": "IS NOT NULL"}
# Their answers are of the server, of the moment, or of chance: the type is what is compared.
OWN_VALUE_WORDS = ("pg_stat", "clock", "now", "random", "txid", "xact", "pid", "timeofday", "_size", "version", "wal",
                   "settings", "conf", "addr", "port", "uuid", "snapshot", "database", "listening", "postmaster", "lock",
                   "pg_ls", "replication", "start_time", "export", "filenode", "acl", "xid", "current_query", "pg_timezone",
                   "tablespace", "collation_actual", "extension", "pg_config", "show_", "hba", "temp_schema")


def read(name):
    with open(ROOT / f"facts/{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Writer:
    def __init__(self, options):
        self.ours = Connection(options.port, "grizzly_calls")
        self.oracle = Connection(options.oracle_port, "grizzly_calls")
        self.types = {row["oid"]: row for row in read("pg_type")}
        self.families = defaultdict(list)
        self.by_hand = set(re.findall(r"^# (\d+) ", BY_HAND.read_text(encoding="utf-8"), re.M))
        self.uncalled = []
        for connection in (self.ours, self.oracle):
            for sql in [SETTINGS, *SETUP]:
                answer = connection.ask(sql)
                if answer.state:
                    raise SystemExit(f"{sql}: {answer.message}")

    def type_name(self, oid):
        name = self.types[oid]["typname"]
        return STAND_INS.get(name, name)

    def argument(self, r, type_name):
        if type_name in OTHER_LITERALS:
            return r.choice(OTHER_LITERALS[type_name])
        if type_name in LITERALS:
            text = LITERALS[type_name](r).replace("'", "''")
            return f"'{text}'::{quoted_type(type_name)}"
        return None

    def family_of(self, row, types):
        kind = row.get("prokind", "operator")
        if kind in "aw":
            return "aggregate_window"
        first = types[0] if types else self.type_name(row["prorettype"])
        for family, names in FAMILIES.items():
            if first in names:
                return family
        return "arrays" if first.startswith("_") else "other"

    # ---- what is asked ----

    def forms(self, row, types, r):
        """The text of one call, or None when a type has no literals."""
        arguments = [self.argument(r, name) for name in types]
        if None in arguments:
            return None
        name = f'"{row["proname"]}"' if row["pronamespace"] == "pg_catalog" else f'{row["pronamespace"]}."{row["proname"]}"'
        if row["provariadic"] not in ("0", "2276") and arguments:
            arguments[-1] = "VARIADIC " + arguments[-1]
        text = f"{name}({', '.join(arguments)})"
        if row["proname"] in ASKED_AS:
            text += " " + ASKED_AS[row["proname"]].format(*arguments)
        if row["prokind"] == "w":
            return f"SELECT {text} OVER ()"
        if row["prokind"] == "a":
            return self.aggregate(row, name, types, r)
        return f"SELECT * FROM {text}" if row["proretset"] == "t" else f"SELECT {text}"

    def aggregate(self, row, name, types, r):
        kind, direct = self.kinds[row["oid"]]
        rows = ", ".join("(" + ", ".join(self.argument(r, t) for t in types) + ")" for _ in range(3)) if types else "(1), (2)"
        columns = [f"x{i}" for i in range(max(1, len(types)))]
        source = f"FROM (VALUES {rows}) v ({', '.join(columns)})"
        if kind == "n":
            return f"SELECT {name}({', '.join(columns) if types else '*'}) {source}"
        given = ", ".join(self.argument(r, t) if t != "float8" else "0.5" for t in types[:direct])
        ordered = ", ".join(columns[direct:] if kind == "o" else columns)
        if kind == "h":
            given, ordered = self.argument(r, "int4"), "x0"
        return f"SELECT {name}({given}) WITHIN GROUP (ORDER BY {ordered}) {source}"

    def calls(self, row, types):
        r = random.Random(int(row["oid"]))
        kept, error = [], None
        for _ in range(TRIES):
            sql = self.forms(row, types, r)
            if sql is None:
                return None
            answer = self.oracle.ask(sql)
            if answer.state:
                error = error or sql
            elif sql not in kept:
                kept.append(sql)
                if len(kept) == 2:
                    break
        return kept or [error]

    # ---- functions and operators ----

    def function(self, row):
        types = [self.type_name(oid) for oid in row["proargtypes"].split()]
        label = f"{row['oid']} {row['proname']}({', '.join(types)})"
        if row["oid"] in self.by_hand:
            return
        if "internal" in types or self.type_name(row["prorettype"]) in NOT_FROM_SQL:
            self.uncalled.append(f"{label}: of type internal or a handler: not callable from SQL")
            return
        found = self.calls(row, types)
        if found is None:
            self.uncalled.append(f"{label}: no literals of an argument's type")
            return
        own = row["provolatile"] != "i" and any(word in row["proname"] for word in OWN_VALUE_WORDS)
        for sql in found:
            self.record(self.family_of(row, types), label, sql, own)

    def record(self, family, label, sql, own):
        theirs, ours = self.oracle.ask(sql), self.ours.ask(sql)
        if own or (not theirs.state and not ours.state and sorted(map(str, theirs.rows)) != sorted(map(str, ours.rows)) and
                   any(word in label for word in OWN_VALUE_WORDS)):
            call = sql.removeprefix("SELECT * FROM ").removeprefix("SELECT ")
            sql = f"SELECT count(*) >= 0 FROM {call}" if sql.startswith("SELECT *") else f"SELECT pg_typeof({call})"
        self.families[family].append((label, sql, " rowsort" if sql.startswith("SELECT * FROM") else ""))

    def operator(self, row):
        left = self.type_name(row["oprleft"]) if row["oprleft"] != "0" else None
        right = self.type_name(row["oprright"])
        r = random.Random(int(row["oid"]))
        label = f"operator {row['oid']} {left or ''} {row['oprname']} {right}"
        kept, error = [], None
        for _ in range(TRIES):
            a, b = self.argument(r, left) if left else "", self.argument(r, right)
            if a is None or b is None:
                self.uncalled.append(f"{label}: no literals of an operand's type")
                return
            sql = f"SELECT {a} {row['oprname']} {b}".replace("SELECT  ", "SELECT ")
            answer = self.oracle.ask(sql)
            if answer.state:
                error = error or sql
            else:
                kept.append(sql)
                break
        for family, names in FAMILIES.items():
            if right in names:
                break
        else:
            family = "arrays" if right.startswith("_") else "other"
        for sql in kept or [error]:
            self.families["operators_" + family].append((label, sql, ""))

    def run(self):
        self.kinds = {row["aggfnoid"]: (row["aggkind"], int(row["aggnumdirectargs"])) for row in read("pg_aggregate")}
        have = {row[0] for row in self.ours.ask("SELECT oid FROM pg_proc WHERE oid < 16384").rows}
        for row in read("pg_proc"):
            if row["oid"] in have:
                self.function(row)
        have = {row[0] for row in self.ours.ask("SELECT oid FROM pg_operator WHERE oid < 16384").rows}
        for row in read("pg_operator"):
            if row["oid"] in have:
                self.operator(row)
        for old in HERE.glob("*.test"):
            if old != BY_HAND:
                old.unlink()
        for family, records in self.families.items():
            self.write(family, records)
        (HERE / "uncalled.txt").write_text("".join(line + "\n" for line in self.uncalled))
        print(f"{sum(len(r) for r in self.families.values())} calls, {len(self.uncalled)} uncalled")

    def write(self, family, records):
        lines = [f"# file:   tests/sql/generated/{family}.test",
                 f"# shows:  every function and operator of {family.replace('_', ' ')} answers as PostgreSQL 15 does",
                 "# source: written by tests/sql/generated/generate.py; oracle postgres15", "statement ok", "SET timezone = 'UTC'"]
        for sql in SETUP:
            lines += ["", "statement ok", sql]
        last = None
        for label, sql, mode in records:
            lines += [""] + ([f"# {label}"] if label != last else []) + [f"query ?{mode}", sql]
            last = label
        (HERE / f"{family}.test").write_text("\n".join(lines) + "\n")


NOT_FROM_SQL = {"internal", "language_handler", "fdw_handler", "index_am_handler", "tsm_handler", "table_am_handler", "trigger",
                "event_trigger"}
FAMILIES = {
    "numbers": {"int2", "int4", "int8", "numeric", "float4", "float8", "oid", "money"},
    "strings": {"text", "varchar", "bpchar", "name", "char", "bytea", "cstring", "xml"},
    "datetime": {"date", "time", "timetz", "timestamp", "timestamptz", "interval"},
    "json": {"json", "jsonb", "jsonpath"},
    "ranges": {"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "int4multirange",
               "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange"},
    "geometry": {"point", "box", "lseg", "line", "path", "polygon", "circle"},
    "network_bits": {"inet", "cidr", "macaddr", "macaddr8", "bit", "varbit", "uuid", "bool", "pg_lsn"},
    "text_search": {"tsvector", "tsquery", "regconfig", "regdictionary"},
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--oracle-port", type=int, required=True)
    options = parser.parse_args()
    for port in (options.port, options.oracle_port):
        admin = Connection(port)
        admin.ask("DROP DATABASE IF EXISTS grizzly_calls")
        admin.ask("CREATE DATABASE grizzly_calls TEMPLATE template0")
        admin.close()
    writer = Writer(options)
    writer.run()
    writer.ours.close()
    writer.oracle.close()
    for port in (options.port, options.oracle_port):
        Connection(port).ask("DROP DATABASE grizzly_calls")


if __name__ == "__main__":
    main()
