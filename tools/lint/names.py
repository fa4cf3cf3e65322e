"""Words that say nothing may not name a file, a folder or a type."""

import re

import cpp_scan
from tree import Violation

ALLOWED = "tools/lint/allowed_names.txt"
BANNED = {
    "helper", "helpers", "util", "utils", "utility", "utilities", "common", "misc", "info", "infos",
    "data", "processor", "engine", "context", "contexts", "manager",
}


def check(tree):
    allowed = {text for _, text in tree.settings(ALLOWED)}
    for file in tree.source_files:
        for part in re.split(r"[/.]", file.inside):
            yield from judge(file.path, 1, part, words_of_snake(part), allowed)
    for file in tree.cpp_files:
        for named in cpp_scan.scan(file.text)[1]:
            yield from judge(file.path, named.line, named.name, words_of_pascal(named.name), allowed)


def judge(path, line, name, words, allowed):
    if name in allowed:
        return
    for word in words:
        if word in BANNED:
            yield Violation(path, line, f"the name {name} says nothing with \"{word}\": name what it is")


def words_of_snake(name):
    return name.lower().split("_")


def words_of_pascal(name):
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]
