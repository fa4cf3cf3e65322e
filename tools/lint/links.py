"""Pages name what exists: relative links of README.md, CHANGELOG.md and docs/ lead somewhere, and so do the paths in backquotes."""

import re

from tree import Violation

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:src|tests|tools|docs|facts|conf|docker|benchmarks)/[\w./-]*\w/?)`")


def pages(tree):
    names = [path.name for path in sorted((tree.root / "docs").glob("*.md"))]
    return [page for page in ("README.md", *(f"docs/{name}" for name in names)) if tree.exists(page)]


def check(tree):
    for page in pages(tree):
        folder = page.rpartition("/")[0]
        for number, line in enumerate(tree.read(page).splitlines(), 1):
            for match in LINK.finditer(line):
                if "://" not in match.group(1) and not (tree.root / folder / match.group(1)).exists():
                    yield Violation(page, number, f"links to {match.group(1)}, which does not exist")
            for match in NAMED.finditer(line):
                if not tree.exists(match.group(1)):
                    yield Violation(page, number, f"names {match.group(1)}, which does not exist")
