"""Sample values per type, and calls worth making by name: what generate_cases.py asks PostgreSQL."""

LIMIT = 12  # combinations per function

POLYMORPHIC = {
    "anyelement": "integer", "anyarray": "integer[]", "anynonarray": "integer",
    "anycompatible": "integer", "anycompatiblearray": "integer[]", "anyrange": "int4range",
    "anymultirange": "int4multirange", "anycompatiblenonarray": "integer",
}

# What to write after :: where the name alone means something shorter.
CAST = {"character": "bpchar", "bit": 'pg_catalog."bit"'}

VALUES = {
    "boolean": ["t", "f"],
    "smallint": ["0", "1", "-1", "7", "-32768", "32767"],
    "integer": ["0", "1", "-1", "2", "5", "17", "-2147483648", "2147483647"],
    "bigint": ["0", "1", "-1", "12", "1000000007", "-9223372036854775808", "9223372036854775807"],
    "real": ["0", "1", "-1.5", "3.4e38", "1e-40", "NaN", "Infinity", "-Infinity", "0.3"],
    "double precision": ["0", "1", "-1.5", "0.5", "2.5", "1e308", "1e-310", "NaN", "Infinity",
                         "-Infinity", "30", "45.25", "-0"],
    "numeric": ["0", "1", "-1", "2.50", "-3.14159", "1234567890123456789012345678.123456789", "NaN",
                "Infinity", "-Infinity", "0.0000000001", "99999999", "10.00"],
    "oid": ["0", "1", "4294967295"],
    "xid": ["3", "7"], "xid8": ["3", "18446744073709551615"], "cid": ["0", "5"],
    '"char"': ["a", "Z", ""],
    "text": ["", "a", "abc", "Hello World", "  padded  ", "äöü€ß", "x%y_z", "12", "aaa", "b"],
    "character varying": ["", "abc", "Hello"],
    "character": ["", "abc  ", "abc", "b"],
    "name": ["", "abc", "pg_class", "Mixed Case"],
    "bytea": ["\\x", "\\x00", "\\x616263", "\\xff00ff7f", "\\x68656c6c6f20776f726c64"],
    "uuid": ["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
             "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "date": ["2000-01-01", "1999-12-31", "2024-02-29", "0001-01-01 BC", "infinity", "-infinity",
             "5874897-12-31"],
    "time without time zone": ["00:00:00", "23:59:59.999999", "12:34:56.5", "24:00:00"],
    "time with time zone": ["00:00:00+00", "12:34:56.5-08", "23:59:59+14:59"],
    "timestamp without time zone": ["2000-01-01 00:00:00", "2024-02-29 12:34:56.789012",
                                    "1969-07-20 20:17:40", "0044-03-15 12:00:00 BC", "infinity",
                                    "-infinity", "294276-12-31 23:59:59"],
    "timestamp with time zone": ["2000-01-01 00:00:00+00", "2024-02-29 12:34:56.789012+02",
                                 "1969-07-20 20:17:40-05", "infinity", "-infinity"],
    "interval": ["0", "1 day", "-1 month 2 days 03:04:05.678", "10 years", "23:59:59.999999",
                 "-00:00:01", "35 days 25:00:00"],
    "money": ["0", "12.34", "-5.00"],
    "integer[]": ["{}", "{1,2,3}", "{NULL,5}", "[2:4]={7,8,9}", "{{1,2},{3,4}}"],
    "text[]": ["{}", "{a,b,c}", '{"x y",NULL}'],
    "int2vector": ["", "1 2"], "oidvector": ["", "23 25"],
    "bit": ["1", "0"], "bit varying": ["", "101", "1111000"],
    "json": ["null", '{"a":1,"b":[1,2,{"c":"x"}]}', "[1,\"two\",null,true]", '"text"', "12.50"],
    "jsonb": ["null", '{"a":1,"b":[1,2,{"c":"x"}]}', "[1,\"two\",null,true]", '"text"', "12.50",
              "{}", "[]"],
    "int4range": ["empty", "[1,5)", "[3,)", "(,10)", "(,)"],
    "numrange": ["empty", "[1.5,2.5]", "(0,10)"],
    "int4multirange": ["{}", "{[1,3),[5,9)}", "{(,2),[7,)}"],
    "pg_lsn": ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"],
    "inet": ["192.168.1.5", "10.0.0.0/8", "::1", "fe80::1/64"], "cidr": ["10.0.0.0/8", "::/0"],
    "macaddr": ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"],
    "macaddr8": ["08:00:2b:01:02:03:04:05"],
    "point": ["(0,0)", "(1.5,-2)", "(3,4)"], "box": ["(1,1),(0,0)", "(3,4),(-1,-2)"],
    "lseg": ["[(0,0),(1,1)]", "[(0,1),(1,0)]"], "line": ["{1,-1,0}", "{0,1,2}"],
    "path": ["[(0,0),(1,1),(2,0)]", "((0,0),(1,0),(1,1))"],
    "polygon": ["((0,0),(1,0),(1,1))", "((0,0),(4,0),(4,4),(0,4))"],
    "circle": ["<(0,0),1>", "<(1,2),3.5>"],
    "tid": ["(0,1)", "(5,6)"],
}

SKIPPED = {
    "txid_status", "currval", "lastval", "set_config", "current_setting", "now", "format_type",
    "current_schema", "current_user", "session_user", "current_database", "current_schemas",
    "database_to_xml", "inet_client_addr", "inet_server_addr", "version", "getpgusername",
    "transaction_timestamp", "statement_timestamp", "row_security_active", "shobj_description",
    "getdatabaseencoding", "to_regclass", "to_regproc", "to_regtype", "to_regnamespace",
    "to_regrole", "to_regoper", "to_regoperator", "to_regprocedure", "to_regcollation",
    # Beyond the sensible: age() with infinities, and the words of make_*() for NaN. See CALLS.
    "age", "make_date", "make_time", "make_timestamp", "make_timestamptz",
    "int4_avg_accum", "mxid_age", "age_xid", "in_range", "parse_ident_",
}
SKIPPED_PREFIXES = ("pg_", "has_", "lo_", "txid_", "binary_upgrade", "table_to", "query_to",
                    "schema_to", "cursor_to", "brin", "gin_", "gist", "spg_", "ts_", "xml", "xpath",
                    "inet_c", "inet_s", "amvalidate", "hash", "timehash", "uuid_hash", "jsonb_hash",
                    "network_hash", "interval_hash")

DATES = ["2024-02-29 12:34:56.789012", "1999-12-31 23:59:59", "0044-03-15 01:02:03 BC"]
DATE_FORMATS = [
    "YYYY-MM-DD HH24:MI:SS.US", "Day, DD Month YYYY", "FMDay, FMDD FMMonth YYYY", "Dy DD Mon YY",
    "HH12:MI:SS AM", "J Q WW IW IYYY ID D DDD CC", "MS US SSSS FF1 FF3 FF6", "Y,YYY YYY Y RM rm",
    "DDth FMDDTH mon MON Month MONTH", '"literal" YYYY', "TZ tz OF TZH:TZM", "BC AD b.c. a.m. P.M.",
    "TMDay TMMonth", "IDDD I IY IYY", "SSSSS", "W", "fmDD-fmMM", "DD\\\"MM",
]
NUMBERS = ["0", "1", "-1", "12.345", "-485", "1234567.891", "0.5", "-0.05", "99999", "NaN"]
NUMBER_FORMATS = [
    "9", "999", "9990.99", "FM9990.99", "0000", "9,999,999.99", "S999", "999S", "MI999", "999MI",
    "999PR", "SG999", "PL999", "L999", "999.9EEEE", "RN", "FMRN", "999V99", "B999", "9G999D99",
    "FM999.999", "999th", "999TH", "00.0", '"n="999', "999,", ".99", "999D", "FM0", "9.9.9",
]
PATTERNS = ["a", "(b)(a)r", "^f", "o+", "[[:alpha:]]+", "\\d+", "\\mbar\\M", "(?i)BAR", "x*", "b.z",
            "(foo|bar)baz", "a{2,3}", "[^a-z]", "\\yfoo\\y", "(o)\\1", "$", "[[:<:]]bar"]
SUBJECTS = ["foobarbaz", "foo bar", "aaa 123 ooo", "", "line1\nline2", "äöü BAR"]
FIELDS = ["year", "month", "day", "hour", "minute", "second", "epoch", "dow", "isodow", "doy", "week",
          "quarter", "century", "decade", "millennium", "millisecond", "milliseconds",
          "microseconds", "isoyear", "julian", "timezone", "timezone_hour", "timezone_minute",
          "nosuch", "YEAR", "y"]
STAMPS = VALUES["timestamp without time zone"]
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "+03", "EST", "Nowhere/None", "asia/kolkata"]


def product(*lists):
    import itertools
    return list(itertools.product(*lists))


CALLS = [
    ("to_char", "timestamp without time zone|text", product(DATES, DATE_FORMATS)),
    ("to_char", "timestamp with time zone|text", product(DATES[:1], DATE_FORMATS)),
    ("to_char", "interval|text", product(["1 year 2 mons 3 days 04:05:06.789", "-26:00:00"],
                                         DATE_FORMATS)),
    ("to_char", "numeric|text", product(NUMBERS, NUMBER_FORMATS)),
    ("to_char", "integer|text", product(["0", "-12", "485", "123456"], NUMBER_FORMATS)),
    ("to_char", "bigint|text", product(["-12", "1234567890123"], NUMBER_FORMATS)),
    ("to_char", "double precision|text", product(["0", "-12.5", "485.123", "1e20"],
                                                 NUMBER_FORMATS)),
    ("to_char", "real|text", product(["-12.5", "485.123"], NUMBER_FORMATS)),
    ("to_number", "text|text", [("12,454.8-", "99G999D9S"), ("-12", "S99"), ("$1,234.56", "L9,999.99"),
                                ("1234", "9999"), ("<12>", "99PR"), ("0.5", "9.9"), ("", "9"),
                                ("abc", "999"), ("12.5", "99"), ("1 234", "9G999"), ("12th", "99th")]),
    ("to_date", "text|text", [("05 Dec 2000", "DD Mon YYYY"), ("2000-02-30", "YYYY-MM-DD"),
                              ("20240229", "YYYYMMDD"), ("2024 060", "YYYY DDD"), ("x", "YYYY"),
                              ("2024-W09-4", 'IYYY-"W"IW-ID'), ("44-03-15 BC", "YYYY-MM-DD BC"),
                              ("1 jan 99", "D MON YY"), ("12/31/1999", "MM/DD/YYYY"),
                              ("2451545", "J"), ("", ""), ("21", "CC"), ("2024-13-01", "YYYY-MM-DD")]),
    ("to_timestamp", "text|text", [("05 Dec 2000 13:14:15", "DD Mon YYYY HH24:MI:SS"),
                                   ("2011-12-18 11:38 PM", "YYYY-MM-DD HH12:MI PM"),
                                   ("12.345", "SS.MS"), ("12.3456", "SS.US"), ("2018-11-02 12:34:56.025",
                                   "YYYY-MM-DD HH24:MI:SS.FF3"), ("25:00", "HH24:MI"),
                                   ("2011-12-18 13:38", "YYYY-MM-DD HH12:MI"),
                                   ("20000-1131", "YYYY-MMDD"), ("97/Feb/16", "YYMonDD"),
                                   ("2011$03!18 23_38_15", "YYYY-MM-DD HH24:MI:SS"),
                                   ("2018-11-02 12:34:56 +05:20", "YYYY-MM-DD HH24:MI:SS TZH:TZM"),
                                   ("86399", "SSSS")]),
    ("to_timestamp", "double precision", [("0",), ("1284352323.5",), ("-1e9",), ("Infinity",),
                                          ("NaN",), ("1e20",)]),
    ("date_part", "text|timestamp without time zone", product(FIELDS, STAMPS[:3])),
    ("extract", "text|timestamp without time zone", product(FIELDS, STAMPS[:5])),
    ("extract", "text|timestamp with time zone", product(FIELDS, ["2024-02-29 12:34:56.789012+02",
                                                                 "infinity"])),
    ("extract", "text|date", product(FIELDS, ["2024-02-29", "0044-03-15 BC", "infinity"])),
    ("extract", "text|interval", product(FIELDS, ["1 year 2 mons 3 days 04:05:06.789",
                                                  "-26:00:00"])),
    ("extract", "text|time without time zone", product(FIELDS, ["12:34:56.5"])),
    ("extract", "text|time with time zone", product(FIELDS, ["12:34:56.5-08"])),
    ("date_part", "text|interval", product(FIELDS, ["1 year 2 mons 3 days 04:05:06.789"])),
    ("date_trunc", "text|timestamp without time zone", product(FIELDS, STAMPS[:5])),
    ("date_trunc", "text|timestamp with time zone", product(FIELDS, STAMPS[:2])),
    ("date_trunc", "text|interval", product(FIELDS, ["1 year 2 mons 3 days 04:05:06.789"])),
    ("date_trunc", "text|timestamp with time zone|text", product(["day", "hour", "week", "month"],
                                                                 STAMPS[:2], ZONES[:4])),
    ("date_bin", "interval|timestamp without time zone|timestamp without time zone",
     product(["15 minutes", "1 day", "0", "1 month", "-5 min"], STAMPS[:3], STAMPS[:1])),
    ("timezone", "text|timestamp without time zone", product(ZONES, STAMPS[:3])),
    ("timezone", "text|timestamp with time zone", product(ZONES, STAMPS[:3])),
    ("age", "timestamp without time zone|timestamp without time zone", product(STAMPS[:4], STAMPS[:4])),
    ("make_date", "integer|integer|integer", [("2024", "2", "29"), ("2023", "2", "29"), ("-44", "3", "15"),
                                              ("0", "1", "1"), ("2024", "13", "1")]),
    ("make_time", "integer|integer|double precision", [("8", "15", "23.5"), ("24", "0", "0"),
                                                       ("24", "0", "0.1"), ("10", "60", "0"),
                                                       ("10", "55", "60")]),
    ("make_timestamp", "integer|integer|integer|integer|integer|double precision",
     [("2013", "7", "15", "8", "15", "23.5"), ("-1", "1", "1", "0", "0", "0"),
      ("2013", "2", "30", "8", "15", "23.5"), ("2013", "7", "15", "25", "15", "23.5")]),
    ("make_interval", "integer|integer|integer|integer|integer|integer|double precision",
     [("1", "2", "3", "4", "5", "6", "7.5"), ("0", "0", "0", "0", "0", "0", "-0.1")]),
    ("substring", "text|integer|integer", product(["Thomas", "äöü€ß"], ["2", "-1", "1", "10"],
                                                  ["3", "0", "-1", "2147483647"])),
    ("overlay", "text|text|integer|integer", [("Txxxxas", "hom", "2", "4"), ("abc", "X", "0", "1"),
                                              ("abc", "X", "2", "0"), ("abc", "X", "5", "9")]),
    ("split_part", "text|text|integer", product(["a~@~b~@~c", "", "abc"], ["~@~", "", "b"],
                                                ["1", "2", "-1", "0", "-4", "4"])),
    ("translate", "text|text|text", [("12345", "143", "ax"), ("äöü", "öä", "oa"), ("abc", "", "x")]),
    ("lpad", "text|integer|text", [("hi", "5", "xy"), ("hi", "1", "xy"), ("hi", "5", ""), ("ä", "4", "öü"),
                                   ("hi", "-1", "x"), ("hi", "2147483647", "x")]),
    ("rpad", "text|integer|text", [("hi", "5", "xy"), ("hi", "1", "xy"), ("hi", "5", ""), ("ä", "4", "öü")]),
    ("repeat", "text|integer", [("ab", "3"), ("ab", "0"), ("ab", "-1"), ("", "5")]),
    ("encode", "bytea|text", product(VALUES["bytea"], ["hex", "base64", "escape", "nope"])),
    ("decode", "text|text", [("616263", "hex"), ("6162 63", "hex"), ("61626", "hex"), ("zz", "hex"),
                             ("YWJj", "base64"), ("YWJ", "base64"), ("YW*j", "base64"),
                             ("a\\000b\\\\", "escape"), ("a\\0", "escape"), ("x", "nope"),
                             ("YW Jj\n", "base64"), ("YWI=", "base64")]),
    ("regexp_replace", "text|text|text", product(SUBJECTS[:4], PATTERNS, ["X", "[\\&]", "<\\1>"])),
    ("regexp_replace", "text|text|text|text", product(SUBJECTS[:3], PATTERNS[:9], ["X", "<\\1>"],
                                                      ["g", "i", "gi", "q"])),
    ("regexp_match", "text|text", product(SUBJECTS, PATTERNS)),
    ("regexp_match", "text|text|text", product(SUBJECTS[:2], PATTERNS[:5], ["i", "x", "g", "zz", "n"])),
    ("regexp_count", "text|text", product(SUBJECTS, PATTERNS)),
    ("regexp_count", "text|text|integer|text", [("abcabc", "a", "2", ""), ("ABC", "a", "1", "i"),
                                                ("a", "a", "0", ""), ("a", "a", "5", "")]),
    ("regexp_instr", "text|text", product(SUBJECTS, PATTERNS[:8])),
    ("regexp_instr", "text|text|integer|integer|integer|text|integer",
     [("abcabc", "a(b)c", "1", "2", "0", "i", "1"), ("abcabc", "a(b)c", "1", "2", "1", "i", "0"),
      ("abcabc", "a", "1", "3", "0", "", "0"), ("a", "a", "1", "0", "0", "", "0"),
      ("a", "a", "1", "1", "2", "", "0")]),
    ("regexp_substr", "text|text", product(SUBJECTS, PATTERNS)),
    ("regexp_substr", "text|text|integer|integer|text|integer",
     [("abcabc", "a(b)c", "1", "2", "i", "1"), ("abcabc", "a(b)c", "1", "3", "", "1")]),
    ("regexp_like", "text|text", product(SUBJECTS, PATTERNS)),
    ("regexp_like", "text|text|text", product(SUBJECTS[:2], ["B.R", "( foo", "a b"], ["i", "x", "g"])),
    ("regexp_split_to_array", "text|text", product(SUBJECTS, ["\\s+", "", "o", "x*", "a|b"])),
    ("textregexeq", "text|text", product(SUBJECTS, PATTERNS + ["(", "[", "*a", "a**", "\\", "a{3,1}"])),
    ("texticregexeq", "text|text", product(SUBJECTS, ["FOO", "B[A-Z]R"])),
    ("textlike", "text|text", product(["abc", "a%c", "", "äöü"], ["abc", "a%", "_b_", "a\\%c", "%", "",
                                                               "ä_ü", "abc\\", "%b%", "a_"])),
    ("texticlike", "text|text", product(["ABC", "äöü"], ["abc", "A%", "_B_", "ÄÖÜ", "%ö%"])),
    ("like_escape", "text|text", [("a#%b", "#"), ("a\\b", ""), ("abc", "ab"), ("a#", "#"), ("x", "\\")]),
    ("similar_to_escape", "text|text", [("a%b_", "#"), ("(a|b)*", "#"), ("[a-c]+", "\\"),
                                        ("a#\"b#\"c", "#"), ("a.b", ""), ("x{2}", "#"), ("^$", "#")]),
    ("similar_to_escape", "text", [("a%b_",), ("(a|b)*",), ("\\%",)]),
    ("substring", "text|text", product(SUBJECTS[:3], PATTERNS[:8])),
    ("substring", "text|text|text", [("foobar", "%#\"o_b#\"%", "#"), ("foobar", "#\"o_b#\"%", "#"),
                                     ("foobar", "%", "#")]),
    ("string_to_array", "text|text", [("a,b,c", ","), ("a,b,c", None), ("", ","), ("abc", ""),
                                      ("a,,b", ","), ("xx~~yy~~zz", "~~")]),
    ("string_to_array", "text|text|text", [("a,NULL,c", ",", "NULL"), ("a,,c", ",", ""),
                                           ("abc", None, "b")]),
    ("quote_ident", "text", [("abc",), ("Abc",), ("a b",), ("select",), ('a"b',), ("",), ("_x1",), ("1x",),
                             ("between",), ("ä",)]),
    ("quote_literal", "text", [("abc",), ("a'b",), ("a\\b",), ("",)]),
    ("quote_nullable", "text", [("abc",), (None,), ("a'b",)]),
    ("parse_ident", "text|boolean", [('"SomeSchema".someTable', "t"), ("foo.bar.baz", "t"), ("a b", "t"),
                                     ("a b", "f"), ("", "t"), ('"a', "t")]),
    ("chr", "integer", [("65",), ("228",), ("8364",), ("0",), ("-1",), ("1114112",), ("55296",)]),
    ("ascii", "text", [("a",), ("ä",), ("€",), ("",)]),
    ("initcap", "text", [("hi THOMAS",), ("äöü x-y 1a",), ("o'neil",)]),
    ("upper", "text", [("äöüß",), ("ﬁ",), ("ǆ",)]),
    ("lower", "text", [("ÄÖÜ",), ("ΑΣ",), ("İ",)]),
    ("to_hex", "integer", [("255",), ("-1",), ("0",)]),
    ("to_hex", "bigint", [("255",), ("-1",)]),
    ("btrim", "text|text", [("xyxtrimyyx", "xyz"), ("äxä", "ä"), ("abc", "")]),
    ("convert_from", "bytea|name", [("\\xc3a4", "UTF8"), ("\\xe4", "LATIN1"), ("\\xff", "UTF8"),
                                    ("\\x61", "nope")]),
    ("convert_to", "text|name", [("ä", "UTF8"), ("ä", "LATIN1"), ("€", "LATIN1")]),
    ("normalize", "text|text", [("a\u0308", "NFC"), ("ä", "NFD"), ("ﬁ", "NFKC"), ("x", "bad")]),
    ("is_normalized", "text|text", [("a\u0308", "NFC"), ("ä", "NFC")]),
    ("unistr", "text", [("\\0441\\043B",), ("\\+00003B",), ("d\\u0061t\\U00000061",), ("\\x",), ("\\\\",)]),
    ("round", "numeric|integer", product(["2.5", "-2.5", "1234.5678", "NaN", "Infinity"],
                                         ["0", "1", "-2", "5"])),
    ("trunc", "numeric|integer", product(["2.59", "-1234.5678"], ["0", "1", "-2", "5"])),
    ("width_bucket", "numeric|numeric|numeric|integer", [("5.35", "0.024", "10.06", "5"), ("0", "1", "2", "3"),
                                                         ("9", "5", "1", "4"), ("1", "1", "1", "1")]),
    ("width_bucket", "double precision|double precision|double precision|integer",
     [("5.35", "0.024", "10.06", "5"), ("NaN", "0", "1", "2"), ("3", "5", "1", "4"), ("1", "0", "2", "0")]),
    ("power", "numeric|numeric", [("2", "10"), ("2", "-3"), ("2.5", "0.5"), ("-8", "0.333"), ("0", "-1"),
                                  ("0", "0"), ("1.0001", "10000"), ("-2", "3")]),
    ("power", "double precision|double precision", product(["0", "-1", "2", "-2.5", "1e200"],
                                                           ["0", "0.5", "-1", "3", "Infinity"])),
    ("sind", "double precision", [("30",), ("45",), ("90",), ("-150",), ("360.5",), ("1e9",)]),
    ("cosd", "double precision", [("60",), ("45",), ("90",), ("-150",), ("360.5",)]),
    ("tand", "double precision", [("45",), ("135",), ("90",), ("10",)]),
    ("cotd", "double precision", [("45",), ("135",), ("0",), ("10",)]),
    ("asind", "double precision", [("0.5",), ("1",), ("-0.5",), ("0.3",)]),
    ("acosd", "double precision", [("0.5",), ("1",), ("-0.5",), ("0.3",)]),
    ("atand", "double precision", [("1",), ("0.3",), ("-2",)]),
    ("atan2d", "double precision|double precision", [("1", "1"), ("-1", "0.5")]),
    ("array_position", "anycompatiblearray|anycompatible", [("{1,2,3}", "2"), ("{1,NULL}", None),
                                                            ("{{1,2}}", "1"), ("[5:6]={7,8}", "8")]),
    ("array_fill", "anyelement|integer[]", [("7", "{2,2}"), ("7", "{}"), (None, "{2}"), ("1", "{-1}")]),
    ("array_fill", "anyelement|integer[]|integer[]", [("7", "{2}", "{5}")]),
]


def family(name, types):
    first = types[0] if types else ""
    if name in ("to_char", "to_number", "to_date", "to_timestamp"):
        return "formatting"
    if name.startswith(("regexp", "textregex", "textic", "textlike", "like", "similar", "textnot")):
        return "patterns"
    if first in ("smallint", "integer", "bigint", "real", "double precision", "oid", "boolean",
                 '"char"', "xid", "xid8", "money", "cid", "pg_lsn", "tid"):
        return "numbers"
    if first == "numeric":
        return "numeric"
    if any(t.startswith(("date", "time", "interval")) for t in types):
        return "datetime"
    if first.endswith("[]") or "integer[]" in types or first.endswith("vector"):
        return "arrays"
    if first in ("json", "jsonb"):
        return "json"
    if "range" in first:
        return "ranges"
    if first in ("point", "box", "lseg", "line", "path", "polygon", "circle"):
        return "geometry"
    if first in ("inet", "cidr", "macaddr", "macaddr8"):
        return "network"
    return "strings"
