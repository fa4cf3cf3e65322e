"""doors.txt: one door per outside library; only the named folders include its headers."""

from tree import Violation

DOORS = "tools/lint/doors.txt"


def check(tree):
    doors = []
    for _, text in tree.settings(DOORS):
        prefix, _, folders = text.partition(":")
        doors.append((prefix.strip(), folders.split()))
    for file in tree.cpp_files:
        for include in file.includes:
            for prefix, folders in doors:
                if include.target.startswith(prefix) and not stands_in(file, folders):
                    yield Violation(file.path, include.line,
                                    f"{include.target} may be included only in "
                                    f"{', '.join(folders)} ({DOORS})")


def stands_in(file, folders):
    """A folder of src/, or a file, with its ending or without."""
    stem = file.inside.rsplit(".", 1)[0]
    return any(folder in (stem, file.inside) or stem.startswith(folder + "/") for folder in folders)
