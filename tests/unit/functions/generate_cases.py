#!/usr/bin/env python3
"""Asks a PostgreSQL 15 what its built-in functions answer, and writes tests/unit/functions/cases/*.tsv.

usage: generate_cases.py <psql connection string> [family ...]

Each line: function oid, argument type oids, SQLSTATE or empty, result or error message, arguments.
COPY's text format; \\N is NULL. Calls are made from samples.py: a fixed choice of the combinations of
each argument type's sample values, and the calls listed there by name.
"""
import itertools
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import samples  # noqa: E402

SETUP = """
SET client_min_messages = error; SET timezone = 'UTC'; SET datestyle = 'ISO, MDY';
CREATE FUNCTION pg_temp.try(call text, OUT state text, OUT answer text) AS $f$
BEGIN
  EXECUTE 'SELECT CASE WHEN v IS NOT DISTINCT FROM NULL THEN NULL ELSE format(''%s'', v) END FROM '
          || '(SELECT ' || call || ' AS v) q' INTO answer;
  state := '';
EXCEPTION WHEN OTHERS THEN state := SQLSTATE; answer := SQLERRM;
END $f$ LANGUAGE plpgsql;
CREATE TEMP TABLE cases (id int, oid oid, types text, call text, args text[]);
"""


def psql(connection, script, *flags):
    return subprocess.run(["psql", connection, "-qAtX", "-v", "ON_ERROR_STOP=1", *flags],
                          input=script, capture_output=True, text=True, check=True).stdout


def quote(value):
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def procs(connection):
    rows = psql(connection, """SELECT oid, proname, proisstrict, provariadic, array_to_string(
        ARRAY(SELECT t::regtype FROM unnest(proargtypes) WITH ORDINALITY u(t, n) ORDER BY n), '|')
        FROM pg_proc WHERE prolang = 12 AND prokind = 'f' AND NOT proretset
        AND (provolatile <> 'v') AND pronamespace = 11 ORDER BY oid""", "-F", "\t")
    for line in rows.splitlines():
        oid, name, strict, variadic, types = line.split("\t")
        yield int(oid), name, strict == "t", variadic, types.split("|") if types else []


def concrete(types):
    """The polymorphic types of a signature made one concrete choice."""
    return [samples.POLYMORPHIC.get(t, t) for t in types]


def combinations(values, limit, seed):
    lists = list(itertools.product(*values))
    if len(lists) <= limit:
        return lists
    return random.Random(seed).sample(lists, limit)


def calls(connection):
    for oid, name, strict, variadic, types in procs(connection):
        if name in samples.SKIPPED or name.startswith(samples.SKIPPED_PREFIXES):
            continue
        actual = concrete(types)
        if variadic != "0" or not all(t in samples.VALUES for t in actual):
            continue
        values = [samples.VALUES[t] + ([] if strict else [None]) for t in actual]
        for arguments in combinations(values, samples.LIMIT, oid):
            yield oid, name, actual, arguments
    listed = {}
    for oid, name, strict, variadic, types in procs(connection):
        listed.setdefault((name, tuple(types)), oid)
    for name, types, argument_lists in samples.CALLS:
        oid = listed.get((name, tuple(types.split("|"))))
        if oid is None:  # a function in SQL: inlined, not ours to test
            print("skipped", name, types)
            continue
        for arguments in argument_lists:
            yield oid, name, concrete(types.split("|")), arguments


def main():
    connection, wanted = sys.argv[1], set(sys.argv[2:])
    families = {}
    for call in calls(connection):
        family = samples.family(call[1], call[2])
        if not wanted or family in wanted:
            families.setdefault(family, []).append(call)
    for family, rows in sorted(families.items()):
        script = [SETUP, "INSERT INTO cases VALUES"]
        lines = []
        for number, (oid, name, types, arguments) in enumerate(rows):
            call = 'pg_catalog."%s"(%s)' % (
                name, ", ".join(f"{quote(a)}::{samples.CAST.get(t, t)}"
                                for a, t in zip(arguments, types)))
            type_list = "|".join(types)
            array = "ARRAY[%s]::text[]" % ", ".join(quote(a) for a in arguments)
            lines.append(f"({number}, {oid}, {quote(type_list)}, {quote(call)}, {array})")
        script.append(",\n".join(lines) + ";")
        width = max(len(r[3]) for r in rows)
        columns = ", ".join(f"args[{i + 1}]" for i in range(width))
        script.append(f"""COPY (SELECT oid, array_to_string(ARRAY(SELECT t::regtype::oid FROM
            unnest(string_to_array(types, '|')) WITH ORDINALITY u(t, n) ORDER BY n), ','), state,
            answer{', ' + columns if columns else ''} FROM cases, LATERAL pg_temp.try(call)
            ORDER BY id) TO STDOUT;""")
        answer = psql(connection, "\n".join(script))
        (HERE / "cases" / f"{family}.tsv").write_text(answer)
        print(family, len(rows))


if __name__ == "__main__":
    main()
