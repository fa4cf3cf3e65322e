#!/usr/bin/env python3
"""Writes the translation units of one folder: several .cc files of one folder each.

    unity_groups.py ROOT OUTPUT_FOLDER FOLDER

Reading the headers and instantiating what they declare costs more than compiling a file of ours, so
files share it. A unit holds files of one folder, at most LINES_MAX lines together, and no two that
disagree about a name: what one file keeps in its anonymous namespace must not appear in another.
Units are named by folder and place, include their files by a path relative to ROOT, and are
rewritten only when they change, so compiler caches hit across checkouts.
"""

import re
import sys
from pathlib import Path

LINES_MAX = 900  # a unit of this size compiles in about six seconds on one core

ANONYMOUS = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
DEFINED = (
    re.compile(r"^(?:class|struct|enum class|enum|union) (\w+)", re.MULTILINE),
    re.compile(r"^using (\w+) =", re.MULTILINE),
    re.compile(r"^(?:\[\[\w+\]\] )?[A-Za-z][\w:<>,*& \[\]]*?[*& >](\w+)\s*(?:\(|=|\{|\[|;)", re.MULTILINE),
)
STATIC = re.compile(r"^static [\w:<>,*& ]*?[*& >](\w+)\s*(?:\(|=|\{|\[|;)", re.MULTILINE)
MACRO = re.compile(r"^#define (\w+)", re.MULTILINE)
IDENTIFIER = re.compile(r"(?<![.\w])(?<!->)(?<!::)\w+")
COMMENT_OR_STRING = re.compile(r'//(?! namespace)[^\n]*|"(?:[^"\\\n]|\\.)*"')


class Source:
    """One .cc file: the names it keeps to itself and the names it uses."""

    def __init__(self, path):
        text = COMMENT_OR_STRING.sub("", path.read_text())
        self.path = path
        self.lines = text.count("\n")
        self.own = set(STATIC.findall(text)) | set(MACRO.findall(text))
        for block in ANONYMOUS.findall(text):
            for pattern in DEFINED:
                self.own.update(pattern.findall(block))
        self.used = set(IDENTIFIER.findall(text))

    def agrees_with(self, other):
        return not (self.own & other.used or other.own & self.used)


def groups_of(sources):
    """First fit in the order of names, so a changed file moves few others."""
    groups = []
    for source in sources:
        for group in groups:
            fits = sum(member.lines for member in group) + source.lines <= LINES_MAX
            if fits and all(source.agrees_with(member) for member in group):
                group.append(source)
                break
        else:
            groups.append([source])
    return groups


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    root, output, top = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    output.mkdir(parents=True, exist_ok=True)
    folders = {}
    for path in sorted((root / top).rglob("*.cc")):
        if path.name != "main.cc":
            folders.setdefault(path.parent, []).append(Source(path))
    units = []
    for folder, sources in folders.items():
        name = str(folder.relative_to(root)).replace("/", "_")
        for number, group in enumerate(groups_of(sources)):
            unit = output / f"{name}_{number}.cc"
            members = sorted(str(member.path.relative_to(root)) for member in group)
            write_if_changed(unit, "".join(f'#include "{member}"\n' for member in members))
            units.append(str(unit))
    print(";".join(units), end="")


if __name__ == "__main__":
    main()
