"""Every module has a README that says what it is for, and names only files that exist."""

import re

from tree import Violation

SECTIONS = ("Purpose", "Files", "Invariants", "Threads", "Limits", "To add one", "Sources")
# In the Files section a line begins with the file or folder it speaks of.
NAMED_FILE = re.compile(r"^(?:Files)?[ -]*`?([a-z]\w*(?:/\w+)*(?:\.(?:h|cc|cmake|csv|py)\b|/(?=[`\s])))", re.MULTILINE)


def check(tree):
    for module in tree.modules:
        path = f"src/{module}/README.md"
        if not tree.exists(path):
            yield Violation(path, 1, "the module has no README")
            continue
        text = tree.read(path)
        for section in SECTIONS:
            if not re.search(rf"^{section}\b", text, re.MULTILINE):
                yield Violation(path, 1, f"the section {section} is missing")
        files = re.search(r"^Files\b.*?(?=^\S)", text, re.MULTILINE | re.DOTALL)
        for match in NAMED_FILE.finditer(files.group(0) if files else ""):
            if not tree.exists(f"src/{module}/{match.group(1)}"):
                line = text.count("\n", 0, files.start() + match.start(1)) + 1
                yield Violation(path, line, f"names {match.group(1)}, which does not exist")
