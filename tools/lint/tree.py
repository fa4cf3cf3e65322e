"""What every check reads: the source tree, its includes, and one kind of answer (Violation)."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


@dataclass(frozen=True, order=True)
class Violation:
    path: str
    line: int
    sentence: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Include:
    line: int
    target: str


class SourceFile:
    """One file under src/. `path` is relative to the root, `folder` to src/ ("txn/lock")."""

    def __init__(self, root, path):
        self.path = path
        self.text = (Path(root) / path).read_text(encoding="utf-8", errors="replace")
        inside = path.removeprefix("src/")
        self.inside = inside
        self.folder = os.path.dirname(inside)
        self.module = inside.split("/")[0]

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def includes(self):
        found = []
        for number, line in enumerate(self.lines, 1):
            match = INCLUDE.match(line)
            if match:
                found.append(Include(number, match.group(2)))
        return found

    @property
    def is_cpp(self):
        return self.path.endswith((".h", ".cc"))


class Tree:
    """The project at `root`. Reads lazily; nothing is cached between two trees."""

    def __init__(self, root):
        self.root = Path(root)

    def exists(self, path):
        return (self.root / path).exists()

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def settings(self, path):
        """(line number, text) of every line of a rule file that is neither empty nor a comment."""
        for number, line in enumerate(self.read(path).splitlines(), 1):
            text = line.split("#", 1)[0].strip()
            if text:
                yield number, text

    @cached_property
    def source_files(self):
        found = []
        for folder, _, names in os.walk(self.root / "src"):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                found.append(SourceFile(self.root, path))
        return sorted(found, key=lambda file: file.path)

    @property
    def cpp_files(self):
        return [file for file in self.source_files if file.is_cpp]

    @property
    def modules(self):
        """Folders of src/ that hold C++."""
        return sorted({file.module for file in self.cpp_files})
