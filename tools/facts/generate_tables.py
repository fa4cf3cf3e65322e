"""Writes facts/<table>_table.cc: one constant array of facts per file of facts/.

The structs are in src/facts/*.h; the order of a table's fields here is the order of its struct's
members. A table is sorted by `order` (None: as the
file is); each of `indexes` is an array of positions in that table,
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

# Kinds: n number, f float, b bool, c char, s text, N namespace, L language, R catalog, H clause handling,
# O span of Oid, C span of char, S span of text, I span of int16.
TABLES = {
    "types": Table(
        "facts/types.h", "TypeFact", "Types", "pg_type",
        "oid:n typname:s typnamespace:N typlen:n typbyval:b typtype:c typcategory:c "
        "typispreferred:b typisdefined:b typdelim:c typrelid:n typsubscript:n typelem:n typarray:n "
        "typinput:n typoutput:n typreceive:n typsend:n typmodin:n typmodout:n typanalyze:n "
        "typalign:c typstorage:c typnotnull:b typbasetype:n typtypmod:n typcollation:n "
        "typdefault:s sql_name:s",
        BY_OID, {"ByName": lambda r: (word(r, "typname"), r["typnamespace"] != "pg_catalog")}),
    "procs": Table(
        "facts/procs.h", "ProcFact", "Procs", "pg_proc",
        "oid:n proname:s pronamespace:N prolang:L procost:f prorows:f provariadic:n prosupport:n "
        "prokind:c prosecdef:b proleakproof:b proisstrict:b proretset:b provolatile:c "
        "proparallel:c pronargs:n pronargdefaults:n prorettype:n proargtypes:O proallargtypes:O "
        "proargmodes:C proargnames:S proargdefaults:s prosrc:s probin:s prosqlbody:s proacl:s",
        lambda r: (word(r, "proname"), int(r["oid"])),
        {"ByOid": BY_OID, "BySource": lambda r: (word(r, "prosrc"), int(r["oid"]))}),
    "operators": Table(
        "facts/operators.h", "OperatorFact", "Operators", "pg_operator",
        "oid:n oprname:s oprnamespace:N oprkind:c oprcanmerge:b oprcanhash:b oprleft:n oprright:n "
        "oprresult:n oprcom:n oprnegate:n oprcode:n oprrest:n oprjoin:n",
        lambda r: (word(r, "oprname"), int(r["oid"])), {"ByOid": BY_OID}),
    "casts": Table(
        "facts/casts.h", "CastFact", "Casts", "pg_cast",
        "oid:n castsource:n casttarget:n castfunc:n castcontext:c castmethod:c",
        lambda r: number(r, "castsource", "casttarget")),
    "aggregates": Table(
        "facts/aggregates.h", "AggregateFact", "Aggregates", "pg_aggregate",
        "aggfnoid:n aggkind:c aggnumdirectargs:n aggtransfn:n aggfinalfn:n aggcombinefn:n "
        "aggserialfn:n aggdeserialfn:n aggmtransfn:n aggminvtransfn:n aggmfinalfn:n "
        "aggfinalextra:b aggmfinalextra:b aggfinalmodify:c aggmfinalmodify:c aggsortop:n "
        "aggtranstype:n aggtransspace:n aggmtranstype:n aggmtransspace:n agginitval:s "
        "aggminitval:s",
        lambda r: number(r, "aggfnoid")),
    "access_methods": Table(
        "facts/access_methods.h", "AccessMethodFact", "AccessMethods", "pg_am",
        "oid:n amname:s amhandler:n amtype:c", BY_OID),
    "opfamilies": Table(
        "facts/access_methods.h", "OpfamilyFact", "Opfamilies", "pg_opfamily",
        "oid:n opfmethod:n opfname:s opfnamespace:N", BY_OID),
    "opclasses": Table(
        "facts/access_methods.h", "OpclassFact", "Opclasses", "pg_opclass",
        "oid:n opcmethod:n opcname:s opcnamespace:N opcfamily:n opcintype:n opcdefault:b "
        "opckeytype:n",
        lambda r: number(r, "opcmethod", "opcintype", "oid"), {"ByOid": BY_OID}),
    "amops": Table(
        "facts/access_methods.h", "AmopFact", "Amops", "pg_amop",
        "oid:n amopfamily:n amoplefttype:n amoprighttype:n amopstrategy:n amoppurpose:c amopopr:n "
        "amopmethod:n amopsortfamily:n",
        lambda r: number(r, "amopfamily", "amoplefttype", "amoprighttype", "amopstrategy"),
        {"ByOperator": lambda r: number(r, "amopopr", "oid")}),
    "amprocs": Table(
        "facts/access_methods.h", "AmprocFact", "Amprocs", "pg_amproc",
        "oid:n amprocfamily:n amproclefttype:n amprocrighttype:n amprocnum:n amproc:n",
        lambda r: number(r, "amprocfamily", "amproclefttype", "amprocrighttype", "amprocnum")),
    "settings": Table(
        "facts/settings.h", "SettingFact", "Settings", "settings",
        "name:s unit:s category:s short_desc:s extra_desc:s context:s vartype:s min_val:s "
        "max_val:s enumvals:S boot_val:s flags:S",
        lambda r: word(r, "name").lower()),
    "collations": Table(
        "facts/collations.h", "CollationFact", "Collations", "pg_collation",
        "oid:n collname:s collnamespace:N collprovider:c collisdeterministic:b collencoding:n "
        "collcollate:s collctype:s colliculocale:s",
        lambda r: (word(r, "collname"), int(r["oid"])), {"ByOid": BY_OID}),
    "namespaces": Table(
        "facts/namespaces.h", "NamespaceFact", "Namespaces", "pg_namespace",
        "oid:n nspname:s nspowner:n nspacl:s", BY_OID),
    "languages": Table(
        "facts/namespaces.h", "LanguageFact", "Languages", "pg_language",
        "oid:n lanname:s lanowner:n lanispl:b lanpltrusted:b lanplcallfoid:n laninline:n "
        "lanvalidator:n lanacl:s", BY_OID),
    "roles": Table(
        "facts/roles.h", "RoleFact", "Roles", "pg_authid",
        "oid:n rolname:s rolsuper:b rolinherit:b rolcreaterole:b rolcreatedb:b rolcanlogin:b "
        "rolreplication:b rolbypassrls:b rolconnlimit:n", BY_OID),
    "role_members": Table(
        "facts/roles.h", "RoleMemberFact", "RoleMembers", "pg_auth_members",
        "roleid:n member:n grantor:n admin_option:b", lambda r: number(r, "roleid", "member")),
    "tablespaces": Table(
        "facts/roles.h", "TablespaceFact", "Tablespaces", "pg_tablespace",
        "oid:n spcname:s spcowner:n", BY_OID),
    "keywords": Table(
        "facts/keywords.h", "KeywordFact", "Keywords", "keywords",
        "word:s catcode:c barelabel:b catdesc:s baredesc:s", lambda r: word(r, "word")),
    "catalog_relations": Table(
        "facts/catalog_relations.h", "RelationFact", "Relations", "catalog_relations",
        "oid:n relname:s relnamespace:N reltype:n relowner:n relam:s relkind:c relisshared:b "
        "relhasindex:b relpersistence:c relnatts:n relreplident:c reltablespace:n reltoastrelid:n "
        "reloptions:s relacl:s",
        BY_OID, {"ByName": lambda r: (word(r, "relname"), r["relnamespace"] != "pg_catalog")}),
    "catalog_columns": Table(
        "facts/catalog_relations.h", "ColumnFact", "Columns", "catalog_columns",
        "attrelid:n attnum:n attname:s atttypid:n atttypmod:n attlen:n attnotnull:b attndims:n "
        "attbyval:b attalign:c attstorage:c attcollation:n",
        lambda r: number(r, "attrelid", "attnum")),
    "catalog_indexes": Table(
        "facts/catalog_relations.h", "IndexFact", "Indexes", "catalog_indexes",
        "indexrelid:n indrelid:n indisunique:b indisprimary:b indkey:I indcollation:O indclass:O "
        "indoption:I", lambda r: number(r, "indrelid", "indexrelid")),
    "catalog_constraints": Table(
        "facts/catalog_relations.h", "ConstraintFact", "Constraints", "pg_constraint",
        "oid:n conname:s connamespace:N contype:c conrelid:n contypid:n conindid:n conkey:I "
        "definition:s", BY_OID),
    "catalog_foreign_keys": Table(
        "facts/catalog_relations.h", "ForeignKeyFact", "ForeignKeys", "catalog_foreign_keys",
        "fktable:n fkcols:S pktable:n pkcols:S is_array:b is_opt:b",
        lambda r: (int(r["fktable"]), r["fkcols"])),
    "system_views": Table(
        "facts/system_views.h", "SystemViewFact", "SystemViews", "system_views",
        "oid:n relname:s relnamespace:N definition:s", BY_OID,
        {"ByName": lambda r: (word(r, "relname"), r["relnamespace"] != "pg_catalog")}),
    "descriptions": Table(
        "facts/descriptions.h", "DescriptionFact", "Descriptions", "pg_description",
        "class:R objoid:n objsubid:n description:s",
        # In a catalog's OID order: extract.py writes it so.
        None),
    "clauses": Table(
        "facts/clauses.h", "ClauseFact", "Clauses", "clauses",
        "message:s field:s value:s handling:H note:s",
        lambda r: tuple((r[column] or "").encode("utf-8") for column in ("message", "field", "value"))),
    "ranges": Table(
        "facts/ranges.h", "RangeFact", "Ranges", "pg_range",
        "rngtypid:n rngsubtype:n rngmultitypid:n rngcollation:n rngsubopc:n rngcanonical:n "
        "rngsubdiff:n", lambda r: number(r, "rngtypid")),
    "conversions": Table(
        "facts/conversions.h", "ConversionFact", "Conversions", "pg_conversion",
        "oid:n conname:s connamespace:N conowner:n conforencoding:n contoencoding:n conproc:n "
        "condefault:b", BY_OID),
    "text_search_parsers": Table(
        "facts/text_search.h", "TextSearchParserFact", "TextSearchParsers", "pg_ts_parser",
        "oid:n prsname:s prsnamespace:N prsstart:n prstoken:n prsend:n prsheadline:n prslextype:n",
        BY_OID),
    "text_search_token_types": Table(
        "facts/text_search.h", "TextSearchTokenTypeFact", "TextSearchTokenTypes",
        "pg_ts_token_type", "prsoid:n tokid:n alias:s description:s",
        lambda r: number(r, "prsoid", "tokid")),
    "text_search_templates": Table(
        "facts/text_search.h", "TextSearchTemplateFact", "TextSearchTemplates", "pg_ts_template",
        "oid:n tmplname:s tmplnamespace:N tmplinit:n tmpllexize:n", BY_OID),
    "text_search_dictionaries": Table(
        "facts/text_search.h", "TextSearchDictionaryFact", "TextSearchDictionaries", "pg_ts_dict",
        "oid:n dictname:s dictnamespace:N dictowner:n dicttemplate:n dictinitoption:s", BY_OID),
    "text_search_configurations": Table(
        "facts/text_search.h", "TextSearchConfigurationFact", "TextSearchConfigurations",
        "pg_ts_config", "oid:n cfgname:s cfgnamespace:N cfgowner:n cfgparser:n", BY_OID),
    "text_search_mappings": Table(
        "facts/text_search.h", "TextSearchMappingFact", "TextSearchMappings", "pg_ts_config_map",
        "mapcfg:n maptokentype:n mapseqno:n mapdict:n",
        lambda r: number(r, "mapcfg", "maptokentype", "mapseqno")),
    "stop_words": Table(
        "facts/text_search.h", "StopWordFact", "StopWords", "stop_words", "list:s word:s",
        lambda r: (word(r, "list"), word(r, "word"))),
    "timezone_abbreviations": Table(
        "facts/time_zones.h", "TimezoneAbbreviationFact", "TimezoneAbbreviations",
        "timezone_abbreviations", "abbrev:s utc_offset_seconds:n is_dst:b zone:s",
        lambda r: word(r, "abbrev")),
    "timezone_names": Table(
        "facts/time_zones.h", "TimezoneNameFact", "TimezoneNames", "timezone_names",
        "name:s", lambda r: word(r, "name")),
    "sql_features": Table(
        "facts/sql_features.h", "SqlFeatureFact", "SqlFeatures", "sql_features",
        "feature_id:s feature_name:s sub_feature_id:s sub_feature_name:s is_supported:s "
        "is_verified_by:s comments:s", None),
    "sql_implementation_info": Table(
        "facts/sql_features.h", "SqlImplementationFact", "SqlImplementations",
        "sql_implementation_info",
        "implementation_info_id:s implementation_info_name:s integer_value:s character_value:s "
        "comments:s", None),
    "sql_parts": Table(
        "facts/sql_features.h", "SqlPartFact", "SqlParts", "sql_parts",
        "feature_id:s feature_name:s is_supported:s is_verified_by:s comments:s", None),
    "sql_sizing": Table(
        "facts/sql_features.h", "SqlSizingFact", "SqlSizings", "sql_sizing",
        "sizing_id:n sizing_name:s supported_value:s comments:s", None),
}


class Lookups:
    """What fields refer to by name: namespaces and languages by their OIDs."""

    def __init__(self, folder: str):
        self.namespaces = {r["nspname"]: r["oid"] for r in fact_rows.read(f"{folder}/pg_namespace.csv")}
        relations = fact_rows.read(f"{folder}/catalog_relations.csv")
        self.classes = {r["relname"]: r["oid"] for r in relations}
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
    if kind == "H":
        return f"ClauseHandling::k{text.capitalize()}"
    if kind == "R":
        return lookups.classes[text]
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
    rows = fact_rows.read(f"{folder}/{table.source}.csv")
    if table.order is not None:
        rows.sort(key=table.order)
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
        spans = [(table.struct, f"k{table.name}", "kRows")]
        spans += [("uint16_t", f"k{table.name}{n}", f"kPositions{n}") for n in table.indexes]
        for element, name, array in spans:
            out.write(f"extern const std::span<const {element}> {name};\n"
                      f"constinit const std::span<const {element}> {name}({array});\n")
        out.write("}  // namespace table\n\n"
                  f"std::span<const {table.struct}> All{table.name}() {{ return table::k{table.name}; }}\n\n"
                  "}  // namespace grizzly::facts\n")


if __name__ == "__main__":
    generate(TABLES[sys.argv[1]], sys.argv[2], sys.argv[3])
