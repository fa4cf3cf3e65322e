"""Every module has a README that says what it is for, and names only files that exist."""

import re

from tree import Violation

SECTIONS = ("Purpose", "Files", "Invariants", "Threads", "Limits", "To add one", "Sources")
HEADING = re.compile(rf"^(?:## )?({'|'.join(SECTIONS)})\b", re.MULTILINE)
# In the Files section a line, or a row of its table, begins with the file or folder it speaks of.
NAMED_FILE = re.compile(r"^(?:Files)?[ |-]*`?([a-z]\w*(?:/\w+)*(?:\.(?:h\.in|h|cc|cmake|csv|py)\b|/(?=[`\s])))", re.MULTILINE)


def check(tree):
    for module in tree.modules:
        path = f"src/{module}/README.md"
        if not tree.exists(path):
            yield Violation(path, 1, "the module has no README")
            continue
        text = tree.read(path)
        headings = list(HEADING.finditer(text))
        found = {match.group(1): number for number, match in enumerate(headings)}
        for section in SECTIONS:
            if section not in found:
                yield Violation(path, 1, f"the section {section} is missing")
        if "Files" not in found:
            continue
        start = headings[found["Files"]].start()
        end = headings[found["Files"] + 1].start() if found["Files"] + 1 < len(headings) else len(text)
        for match in NAMED_FILE.finditer(text, start, end):
            if not tree.exists(f"src/{module}/{match.group(1)}"):
                line = text.count("\n", 0, match.start(1)) + 1
                yield Violation(path, line, f"names {match.group(1)}, which does not exist")
