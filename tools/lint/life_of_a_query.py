"""docs/life_of_a_query.md names only functions that exist."""

import re

from tree import Violation

PAGE = "docs/life_of_a_query.md"
NAME = re.compile(r"`([A-Za-z_]\w*(?:::~?[A-Za-z_]\w*)+)(?:\(\))?`")


def check(tree):
    if not tree.exists(PAGE):
        return
    words = {file.path: set(re.findall(r"\w+", file.text)) | {file.module} for file in tree.cpp_files}
    for number, line in enumerate(tree.read(PAGE).splitlines(), 1):
        for match in NAME.finditer(line):
            parts = match.group(1).removeprefix("grizzly::").split("::")
            if not any(all(part in found for part in parts) for found in words.values()):
                yield Violation(PAGE, number, f"{match.group(1)} does not exist in src/")
