"""Writes facts/*.csv: what PostgreSQL 15 is, asked of a running one.

One query makes one file, one object one row, ordered by its key, so that two runs against equal
servers give equal bytes. Use a cluster made as tests/facts/extract_test.sh makes it (superuser
"postgres", locale C, no operating-system locales): the OIDs initdb hands out then do not depend
on the machine.

    extract.py --host 127.0.0.1 --port 5432 --out facts
"""
import argparse
import concurrent.futures
import os
import subprocess

# Objects that initdb makes; users' begin at 16384.
BUILT_IN = "oid < 16384"


def catalog(table: str, columns: str, order: str = "oid") -> str:
    return f"SELECT {columns} FROM pg_catalog.{table} WHERE {BUILT_IN} ORDER BY {order}"


# The relations whose shape is a fact.
CATALOG_SCHEMAS = "('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"

QUERIES = {
    "pg_namespace": catalog("pg_namespace", "oid, nspname, nspowner, nspacl"),
    "pg_language": catalog(
        "pg_language",
        "oid, lanname, lanowner, lanispl, lanpltrusted, lanplcallfoid, laninline, lanvalidator, lanacl"),
    "pg_authid": catalog(
        "pg_authid",
        "oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, "
        "rolreplication, rolbypassrls, rolconnlimit"),
    "pg_auth_members": "SELECT roleid, member, grantor, admin_option FROM pg_auth_members "
                       "WHERE roleid < 16384 AND member < 16384 ORDER BY 1, 2",
    "pg_tablespace": catalog("pg_tablespace", "oid, spcname, spcowner"),
    "pg_type": catalog(
        "pg_type t",
        "oid, typname, typnamespace::regnamespace AS typnamespace, typowner, typlen, typbyval, "
        "typtype, typcategory, typispreferred, typisdefined, typdelim, typrelid, "
        "typsubscript::oid AS typsubscript, typelem, typarray, typinput::oid AS typinput, "
        "typoutput::oid AS typoutput, typreceive::oid AS typreceive, typsend::oid AS typsend, "
        "typmodin::oid AS typmodin, typmodout::oid AS typmodout, typanalyze::oid AS typanalyze, "
        "typalign, typstorage, typnotnull, typbasetype, typtypmod, typndims, typcollation, "
        "typdefault, typacl, format_type(oid, NULL) AS sql_name"),
    "pg_proc": catalog(
        "pg_proc p",
        "oid, proname, pronamespace::regnamespace AS pronamespace, proowner, "
        "(SELECT lanname FROM pg_language l WHERE l.oid = prolang) AS prolang, procost, prorows, "
        "provariadic, prosupport::oid AS prosupport, prokind, prosecdef, proleakproof, "
        "proisstrict, proretset, provolatile, proparallel, pronargs, pronargdefaults, prorettype, "
        "proargtypes, proallargtypes, proargmodes, proargnames, "
        "pg_get_expr(proargdefaults, 0) AS proargdefaults, prosrc, probin, "
        "pg_get_function_sqlbody(oid) AS prosqlbody, proconfig, proacl"),
    "pg_operator": catalog(
        "pg_operator",
        "oid, oprname, oprnamespace::regnamespace AS oprnamespace, oprowner, oprkind, "
        "oprcanmerge, oprcanhash, oprleft, oprright, oprresult, oprcom, oprnegate, "
        "oprcode::oid AS oprcode, oprrest::oid AS oprrest, oprjoin::oid AS oprjoin"),
    "pg_cast": catalog("pg_cast", "oid, castsource, casttarget, castfunc, castcontext, castmethod"),
    "pg_aggregate": "SELECT aggfnoid::oid AS aggfnoid, aggkind, aggnumdirectargs, "
                    "aggtransfn::oid AS aggtransfn, aggfinalfn::oid AS aggfinalfn, "
                    "aggcombinefn::oid AS aggcombinefn, aggserialfn::oid AS aggserialfn, "
                    "aggdeserialfn::oid AS aggdeserialfn, aggmtransfn::oid AS aggmtransfn, "
                    "aggminvtransfn::oid AS aggminvtransfn, aggmfinalfn::oid AS aggmfinalfn, "
                    "aggfinalextra, aggmfinalextra, aggfinalmodify, aggmfinalmodify, aggsortop, "
                    "aggtranstype, aggtransspace, aggmtranstype, aggmtransspace, agginitval, "
                    "aggminitval FROM pg_aggregate WHERE aggfnoid::oid < 16384 "
                    "ORDER BY aggfnoid::oid",
    "pg_am": catalog("pg_am", "oid, amname, amhandler::oid AS amhandler, amtype"),
    "pg_opfamily": catalog(
        "pg_opfamily", "oid, opfmethod, opfname, opfnamespace::regnamespace AS opfnamespace, opfowner"),
    "pg_opclass": catalog(
        "pg_opclass",
        "oid, opcmethod, opcname, opcnamespace::regnamespace AS opcnamespace, opcowner, "
        "opcfamily, opcintype, opcdefault, opckeytype"),
    "pg_amop": catalog(
        "pg_amop",
        "oid, amopfamily, amoplefttype, amoprighttype, amopstrategy, amoppurpose, amopopr, "
        "amopmethod, amopsortfamily"),
    "pg_amproc": catalog(
        "pg_amproc",
        "oid, amprocfamily, amproclefttype, amprocrighttype, amprocnum, amproc::oid AS amproc"),
    # Collations of the operating system are the machine's, not PostgreSQL's: provider 'c' stays
    # only where initdb makes it itself. Versions are the installed library's.
    "pg_collation": "SELECT oid, collname, collnamespace::regnamespace AS collnamespace, collowner, "
                    "collprovider, collisdeterministic, collencoding, collcollate, collctype, "
                    "colliculocale FROM pg_collation WHERE oid < 16384 AND (collprovider <> 'c' "
                    "OR collname IN ('C', 'POSIX', 'ucs_basic')) ORDER BY oid",
    "pg_conversion": catalog(
        "pg_conversion",
        "oid, conname, connamespace::regnamespace AS connamespace, conowner, conforencoding, "
        "contoencoding, conproc::oid AS conproc, condefault"),
    "pg_ts_parser": catalog(
        "pg_ts_parser",
        "oid, prsname, prsnamespace::regnamespace AS prsnamespace, prsstart::oid AS prsstart, "
        "prstoken::oid AS prstoken, prsend::oid AS prsend, prsheadline::oid AS prsheadline, "
        "prslextype::oid AS prslextype"),
    "pg_ts_template": catalog(
        "pg_ts_template",
        "oid, tmplname, tmplnamespace::regnamespace AS tmplnamespace, tmplinit::oid AS tmplinit, "
        "tmpllexize::oid AS tmpllexize"),
    "pg_ts_dict": catalog(
        "pg_ts_dict",
        "oid, dictname, dictnamespace::regnamespace AS dictnamespace, dictowner, dicttemplate, "
        "dictinitoption"),
    "pg_ts_config": catalog(
        "pg_ts_config",
        "oid, cfgname, cfgnamespace::regnamespace AS cfgnamespace, cfgowner, cfgparser"),
    "pg_ts_config_map": "SELECT mapcfg, maptokentype, mapseqno, mapdict FROM pg_ts_config_map "
                        "WHERE mapcfg < 16384 ORDER BY 1, 2, 3",
    # The stop word lists that dictionaries name, from the server's share directory.
    "stop_words": "SELECT list, word FROM (SELECT DISTINCT substring(dictinitoption "
                  "FROM $$stopwords = '(.*)'$$) AS list FROM pg_ts_dict WHERE oid < 16384) lists, "
                  "regexp_split_to_table(pg_read_file((SELECT setting FROM pg_config() "
                  "WHERE name = 'SHAREDIR') || '/tsearch_data/' || list || '.stop'), $$\\s+$$) AS word "
                  "WHERE list IS NOT NULL AND word <> '' ORDER BY list COLLATE \"C\", word COLLATE \"C\"",
    "pg_ts_token_type": "SELECT p.oid AS prsoid, t.tokid, t.alias, t.description "
                        "FROM pg_ts_parser p, ts_token_type(p.oid) t ORDER BY 1, 2",
    "pg_range": "SELECT rngtypid, rngsubtype, rngmultitypid, rngcollation, rngsubopc, "
                "rngcanonical::oid AS rngcanonical, rngsubdiff::oid AS rngsubdiff FROM pg_range "
                "WHERE rngtypid < 16384 ORDER BY 1",
    "pg_description": "SELECT classoid::regclass AS class, objoid, objsubid, description FROM ("
                      "SELECT classoid, objoid, objsubid, description FROM pg_description "
                      "UNION ALL SELECT classoid, objoid, 0, description FROM pg_shdescription "
                      "WHERE classoid <> 'pg_database'::regclass) AS every "
                      "WHERE objoid < 16384 ORDER BY classoid, objoid, objsubid",
    "pg_constraint": catalog(
        "pg_constraint",
        "oid, conname, connamespace::regnamespace AS connamespace, contype, conrelid, contypid, "
        "conindid, conkey, pg_get_constraintdef(oid) AS definition"),
    # Every table, view and index of pg_catalog and information_schema, and the columns of each.
    "catalog_relations":
        "SELECT oid, relname, relnamespace::regnamespace AS relnamespace, reltype, relowner, "
        "(SELECT amname FROM pg_am WHERE pg_am.oid = relam) AS relam, relkind, relisshared, "
        "relhasindex, relpersistence, relnatts, relreplident, reltablespace, reltoastrelid, "
        "reloptions, relacl FROM pg_class "
        f"WHERE oid < 16384 AND relnamespace IN {CATALOG_SCHEMAS} ORDER BY oid",
    "catalog_columns":
        "SELECT attrelid, attnum, attname, atttypid, atttypmod, attlen, attnotnull, attndims, "
        "attbyval, attalign, attstorage, attcollation, atthasdef FROM pg_attribute "
        "JOIN pg_class c ON c.oid = attrelid "
        f"WHERE attrelid < 16384 AND relnamespace IN {CATALOG_SCHEMAS} AND relkind <> 'i' "
        "AND attnum > 0 AND NOT attisdropped ORDER BY attrelid, attnum",
    "catalog_indexes":
        "SELECT indexrelid, indrelid, indisunique, indisprimary, indkey, indcollation, indclass, "
        "indoption, indnullsnotdistinct FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
        f"WHERE indexrelid < 16384 AND relnamespace IN {CATALOG_SCHEMAS} ORDER BY indexrelid",
    "catalog_foreign_keys":
        "SELECT fktable::oid AS fktable, fkcols, pktable::oid AS pktable, pkcols, is_array, is_opt "
        "FROM pg_get_catalog_foreign_keys() ORDER BY 1, fkcols::text",
    "system_views":
        "SELECT oid, relname, relnamespace::regnamespace AS relnamespace, "
        "pg_get_viewdef(oid) AS definition FROM pg_class "
        f"WHERE oid < 16384 AND relkind = 'v' AND relnamespace IN {CATALOG_SCHEMAS} ORDER BY oid",
    "sql_features": "SELECT * FROM information_schema.sql_features ORDER BY 1, 3",
    "sql_implementation_info":
        "SELECT implementation_info_id, implementation_info_name, integer_value, "
        "CASE implementation_info_name WHEN 'DBMS VERSION' THEN NULL ELSE character_value END "
        "AS character_value, comments FROM information_schema.sql_implementation_info ORDER BY 1",
    "sql_parts": "SELECT * FROM information_schema.sql_parts ORDER BY 1",
    "sql_sizing": "SELECT * FROM information_schema.sql_sizing ORDER BY 1",
    # The four that SHOW knows and pg_settings hides come last in the union.
    "settings":
        "SELECT name, unit, category, short_desc, extra_desc, context, vartype, min_val, max_val, "
        "enumvals, CASE name WHEN 'timezone_abbreviations' THEN 'Default' ELSE boot_val END AS "
        "boot_val, pg_settings_get_flags(name) AS flags FROM pg_settings "
        "UNION ALL SELECT name, NULL, 'Ungrouped', NULL, NULL, context, vartype, min_val, max_val, "
        "NULL, boot_val, pg_settings_get_flags(name) FROM (VALUES "
        "('is_superuser', 'internal', 'bool', NULL, NULL, 'off'), "
        "('role', 'user', 'string', NULL, NULL, 'none'), "
        "('seed', 'user', 'real', '-1', '1', '0'), "
        "('session_authorization', 'user', 'string', NULL, NULL, NULL)) "
        "AS hidden (name, context, vartype, min_val, max_val, boot_val) ORDER BY 1",
    # Fixed abbreviations have an offset in seconds; the others mean what their zone means then.
    "timezone_abbreviations":
        "WITH RECURSIVE files AS ("
        "SELECT pg_read_file(setting || '/timezonesets/Default') AS body FROM pg_config "
        "WHERE name = 'SHAREDIR'), lines AS (SELECT regexp_split_to_array(trim(regexp_replace("
        "regexp_replace(line, '#.*', ''), '\\s+', ' ', 'g')), ' ') AS w FROM files, "
        "regexp_split_to_table(body, '\\n') AS line) SELECT w[1] AS abbrev, "
        "CASE WHEN w[2] ~ '^[-+]?[0-9]+$' THEN w[2]::int END AS utc_offset_seconds, "
        "coalesce(w[3] = 'D', false) AS is_dst, "
        "CASE WHEN w[2] !~ '^[-+]?[0-9]+$' THEN w[2] END AS zone FROM lines WHERE w[1] <> '' "
        "ORDER BY 1",
    "timezone_names": "SELECT name FROM pg_timezone_names WHERE name !~ '^(posix|right)/' "
                      'ORDER BY name COLLATE "C"',
    "keywords": "SELECT word, catcode, barelabel, catdesc, baredesc FROM pg_get_keywords() "
                'ORDER BY word COLLATE "C"',
}


def fetch(host: str, port: int, name: str) -> bytes:
    query = QUERIES[name]
    answer = subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", str(port),
         "-U", "postgres", "-d", "template1", "-c", "SET search_path = pg_catalog",
         "-c", f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER, NULL '')"],
        check=True, stdout=subprocess.PIPE, env=dict(os.environ, PGCLIENTENCODING="UTF8"))
    return answer.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=5432)
    options.add_argument("--out", default="facts")
    options.add_argument("names", nargs="*", help="files to write, without .csv; default: all")
    chosen = options.parse_args()
    names = chosen.names or list(QUERIES)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, rows in zip(names, pool.map(lambda n: fetch(chosen.host, chosen.port, n), names)):
            with open(os.path.join(chosen.out, name + ".csv"), "wb") as file:
                file.write(rows)


if __name__ == "__main__":
    main()
