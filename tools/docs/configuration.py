#!/usr/bin/env python3
"""Writes the tables of docs/configuration.md: every setting, what it is, and whether anything reads it.

    configuration.py           rewrites them
    configuration.py --check   exit 1 and sentences when the page, facts/setting_handling.csv and the code disagree

What a setting is comes from facts/settings.csv, whether it acts from facts/setting_handling.csv (a setting that is not
named there is kept and does nothing). --check holds that list against the code: what acts is named in src/, what the
code reads is listed as acting, and what the server takes one value of is what server_settings.cc says.
"""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/configuration.md"
BEGIN, END = "<!-- generated: tools/docs/configuration.py -->", "<!-- end of what is generated -->"
CHANGES = {"internal": "never", "postmaster": "start", "sighup": "SIGHUP", "superuser": "SET (superuser)", "user": "SET",
           "backend": "connection start", "superuser-backend": "connection start (superuser)"}
OPTIONS_OF_COMMANDS = "src/commands/options/"  # names storage parameters that have a setting's name


def rows_of(name):
    with open(ROOT / f"facts/{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def known_defaults():
    """Where the server's built-in default is not PostgreSQL's compiled-in one."""
    text = (ROOT / "src/session/settings.cc").read_text(encoding="utf-8")
    table = text[text.index("kDefaults[] = {"):]
    table = table[:table.index("\n};")]
    found = dict((name.lower(), value) for name, value in re.findall(r'\{"(\w+)", "([^"]*)"\}', table))
    constants = dict(re.findall(r'constexpr std::string_view (k\w+) = "([^"]*)"', text))
    for name, constant in re.findall(r'\{"(\w+)", (k\w+)\}', table):
        found[name.lower()] = constants[constant]
    return found


def cell(text):
    return text.replace("|", "\\|")


def table(rows, defaults, with_notes):
    yield "| setting | default | values | changed by | what it does |" if with_notes else \
        "| setting | default | changed by | what PostgreSQL does with it |"
    yield "|---|---|---|---|---|" if with_notes else "|---|---|---|---|"
    for row, note in rows:
        unit = f" {row['unit']}" if row["unit"] else ""
        default = defaults.get(row["name"].lower(), row["boot_val"])
        shown = f"`{default}`{unit if default not in ('0', '-1') else ''}" if default else ""
        if row["enumvals"]:
            values = row["enumvals"].strip("{}").replace('"', "").replace(",", ", ")
        elif row["vartype"] in ("integer", "real"):
            values = f"{row['min_val']} to {row['max_val']}"
        else:
            values = {"bool": "on, off"}.get(row["vartype"], "text")
        what = row["short_desc"] + (f" Here: {note}." if note else "")
        columns = [f"`{row['name']}`", shown, *([values] if with_notes else []), CHANGES[row["context"]], what]
        yield "| " + " | ".join(cell(column) for column in columns) + " |"


def generated():
    handling = {row["name"]: row for row in rows_of("setting_handling")}
    by_handling = defaultdict(list)
    for row in rows_of("settings"):
        listed = handling.get(row["name"], {"handling": "kept", "note": ""})
        by_handling[listed["handling"]].append((row, listed["note"]))
    defaults = known_defaults()
    own = [row for row in handling.values() if row["handling"] == "own"]
    counts = {name: len(rows) for name, rows in by_handling.items()}
    lines = [BEGIN, "",
             f"Of PostgreSQL's {sum(counts.values())} settings {counts['acts']} act, {counts['fixed']} have one value, "
             f"{counts['kept']} are kept for compatibility. {len(own)} are our own.", "",
             "## Settings that act", ""]
    categories = defaultdict(list)
    for row, note in by_handling["acts"]:
        categories[row["category"]].append((row, note))
    for category in sorted(categories):
        lines += [f"### {category}", "", *table(categories[category], defaults, True), ""]
    lines += ["## Our own", "", "| setting | what it does; default |", "|---|---|",
              *(f"| `{row['name']}` | {cell(row['note'])} |" for row in own), "",
              "## Settings with one value", "",
              "In the configuration file and on the command line any other value is refused with 0A000, so that nobody believes "
              "it acts.", "", "| setting | value | note |", "|---|---|---|",
              *(f"| `{row['name']}` | {'`' + fixed_values()[row['name']] + '`' if fixed_values().get(row['name']) else 'empty'} | "
                f"{cell(note)} |" for row, note in by_handling["fixed"]), "",
              "## Settings kept for compatibility", "",
              "They are checked, set and shown as in PostgreSQL, so that its tools and dumps work, and change nothing.", ""]
    categories = defaultdict(list)
    for row, note in by_handling["kept"]:
        categories[row["category"]].append((row, note))
    for category in sorted(categories):
        lines += [f"### {category}", "", *table(categories[category], defaults, False), ""]
    return "\n".join(lines + [END])


def fixed_values():
    text = (ROOT / "src/server/server_settings.cc").read_text(encoding="utf-8")
    body = text[text.index("kFixedSettings[] = {"):]
    return {**dict(re.findall(r'\{"(\w+)", "([^"]*)"\}', body[:body.index("\n};")])), "standard_conforming_strings": "on"}


def names_in_code():
    """{quoted word: files} of src/."""
    found = defaultdict(set)
    for path in (ROOT / "src").rglob("*"):
        name = str(path.relative_to(ROOT))
        if path.suffix in (".cc", ".h") and not name.startswith(OPTIONS_OF_COMMANDS):
            for word in re.findall(r'"([\w.]+)[" =]', path.read_text(encoding="utf-8")):
                found[word.lower()].add(name)
    return found


def read_by_code():
    """Settings that the code acts on: read by name, or among the server's own."""
    names = set()
    session = (ROOT / "src/session/settings.cc").read_text(encoding="utf-8")
    names.update(re.findall(r'name == "(\w+)"', session[session.index("void Settings::Apply("):]))
    server = (ROOT / "src/server/server_settings.cc").read_text(encoding="utf-8")
    setters = server[server.index("setters = {"):]
    names.update(re.findall(r'\n      \{"(\w+)",', setters[:setters.index("return setters;")]))
    for path in (ROOT / "src/session").glob("*.cc"):
        names.update(re.findall(r'\.Raw\("(\w+)"\)', path.read_text(encoding="utf-8")))
    return names


def wrong():
    handling = {row["name"]: row["handling"] for row in rows_of("setting_handling")}
    lower = {name.lower(): value for name, value in handling.items()}
    facts = {row["name"] for row in rows_of("settings")}
    code = names_in_code()
    for name, how in handling.items():
        if how not in ("acts", "fixed", "own"):
            yield f"facts/setting_handling.csv: {name}: {how} is none of acts, fixed, own"
        if (how == "own") == (name in facts):
            yield f"facts/setting_handling.csv: {name} is {'' if name in facts else 'not '}a setting of PostgreSQL"
        if how in ("acts", "own") and name.lower() not in code:
            yield f"facts/setting_handling.csv: {name} acts, but src/ does not name it"
    for name in sorted(read_by_code()):
        if lower.get(name.lower()) not in ("acts", "own"):
            yield f"facts/setting_handling.csv: src/ reads {name}, so it acts"
    fixed = {name for name, how in handling.items() if how == "fixed"}
    for name in sorted(fixed ^ (set(fixed_values()) - {"data_directory"})):
        yield f"facts/setting_handling.csv and kFixedSettings in src/server/server_settings.cc disagree about {name}"


def main():
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    fresh = head + generated() + rest.split(END)[1]
    if "--check" not in sys.argv:
        PAGE.write_text(fresh, encoding="utf-8")
    sentences = list(wrong())
    if "--check" in sys.argv and fresh != text:
        sentences.append("docs/configuration.md is not what facts/ and src/ say: run tools/docs/configuration.py")
    print("\n".join(sentences), end="\n" if sentences else "")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
