"""No dead files: every .cc belongs to a target (a module, a unit test, a program), every header is included."""

import os
import re

from layers import read_layers
from tree import Violation


def check(tree):
    modules = read_layers(tree)
    for file in tree.cpp_files:
        if file.path.endswith(".cc") and file.module not in modules:
            yield Violation(file.path, 1, "belongs to no target: its folder is no module of layers.txt")
    yield from check_headers(tree)
    for path in cpp_files_below(tree, "tests"):
        parts = path.split("/")
        if parts[1] == "unit" and not (path.endswith("_test.cc") and len(parts) > 3):
            yield Violation(path, 1, "belongs to no target: unit tests are tests/unit/<module>/*_test.cc")
        elif parts[1] == "unit" and parts[2] not in modules:
            yield Violation(path, 1, f"belongs to no target: {parts[2]} is no module of layers.txt")
        elif parts[1] != "unit" and not has_cmake_above(tree, path):
            yield Violation(path, 1, "belongs to no target: no CMakeLists.txt in its folder or above")


def check_headers(tree):
    included = {include.target for file in tree.cpp_files for include in file.includes}
    for path in cpp_files_below(tree, "tests"):
        included |= set(re.findall(r'#include "([^"]+)"', tree.read(path)))
    for file in tree.cpp_files:
        if file.path.endswith(".h") and file.inside not in included:
            yield Violation(file.path, 1, "no file includes it")


def cpp_files_below(tree, top):
    for folder, _, names in os.walk(tree.root / top):
        for name in sorted(names):
            if name.endswith(".cc"):
                yield os.path.relpath(os.path.join(folder, name), tree.root)


def has_cmake_above(tree, path):
    """A CMakeLists.txt beside the file or in a folder above it, below tests/."""
    parts = path.split("/")[:-1]
    return any(tree.exists("/".join(parts[:depth] + ["CMakeLists.txt"]))
               for depth in range(2, len(parts) + 1))
