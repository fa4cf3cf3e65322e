"""Reads a facts/*.csv file; NULL (nothing between the commas) is None, "" is the empty string."""


def fields_of(text: str):
    """Yields rows of fields as COPY ... (FORMAT csv) writes them."""
    row, at, end = [], 0, len(text)
    while at < end:
        if text[at] == '"':
            parts = []
            while True:
                close = text.index('"', at + 1)
                parts.append(text[at + 1:close])
                at = close + 1
                if at < end and text[at] == '"':
                    parts.append('"')
                    continue
                break
            row.append("".join(parts))
        else:
            stop = at
            while text[stop] not in ",\n":
                stop += 1
            row.append(text[at:stop] or None)
            at = stop
        if text[at] == ",":
            at += 1
            if text[at] == "\n":
                row.append(None)
        if text[at] == "\n":
            yield row
            row = []
            at += 1


def read(path: str):
    """The rows of a file as dictionaries by column name."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(fields_of(file.read()))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def array(text):
    """The elements of a one-dimensional array literal, or of a space-separated vector."""
    if not text:
        return []
    if not text.startswith("{"):
        return text.split(" ")
    inner, elements, at = text[1:-1], [], 0
    while at < len(inner):
        if inner[at] == '"':
            element, at = "", at + 1
            while inner[at] != '"':
                at += inner[at] == "\\"
                element += inner[at]
                at += 1
            at += 1
        else:
            stop = inner.find(",", at)
            stop = len(inner) if stop < 0 else stop
            element, at = inner[at:stop], stop
        elements.append(element)
        at += 1
    return elements
