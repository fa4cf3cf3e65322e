"""A small reader of C++: blanks comments and literals, and finds functions and types by their braces.

It does not parse C++. It knows enough to say where a function's body begins and ends in code that is
formatted as ours is; what it cannot tell it leaves out.
"""

import re
from dataclasses import dataclass

RAW_STRING = re.compile(r'(?:u8|[uUL])?R"([^()\\\s]{0,16})\(')
TYPE_HEAD = re.compile(r"\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+"
                       r"(?:\[\[[^\]]*\]\]\s*|alignas\s*\([^)]*\)\s*)*([A-Za-z_]\w*)")
FUNCTION_NAME = re.compile(r"([~A-Za-z_][\w:~]*|operator\s*[^\s(]+|operator\s*\(\))\s*\(")


@dataclass(frozen=True)
class Function:
    name: str
    first_line: int
    last_line: int

    @property
    def line_count(self):
        return self.last_line - self.first_line + 1


@dataclass(frozen=True)
class NamedType:
    name: str
    line: int


def blank(text):
    """The text with comments, literals and preprocessor lines as spaces; line breaks stay."""
    out = []
    position = 0
    size = len(text)
    line_is_empty = True

    def skip_to(end):
        nonlocal position
        out.append(re.sub(r"[^\n]", " ", text[position:end]))
        position = end

    while position < size:
        char = text[position]
        two = text[position:position + 2]
        if two == "//":
            skip_to(end_of_line(text, position))
        elif two == "/*":
            end = text.find("*/", position + 2)
            skip_to(size if end < 0 else end + 2)
        elif char == "#" and line_is_empty:
            skip_to(end_of_line(text, position))
        elif char in "uULR" and not follows_word(text, position) and RAW_STRING.match(text, position):
            match = RAW_STRING.match(text, position)
            end = text.find(")" + match.group(1) + '"', match.end())
            skip_to(size if end < 0 else end + len(match.group(1)) + 2)
        elif char == '"' or (char == "'" and not is_digit_separator(text, position)):
            skip_to(end_of_literal(text, position, char))
        else:
            out.append(char)
            position += 1
        last = out[-1]
        if "\n" in last:
            line_is_empty = last.rsplit("\n", 1)[1].strip() == ""
        elif last.strip():
            line_is_empty = False
    return "".join(out)


def end_of_line(text, position):
    """The end of the line, past lines that a backslash joins."""
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        position = end + 1


def end_of_literal(text, position, quote):
    position += 1
    while position < len(text) and text[position] != quote and text[position] != "\n":
        position += 2 if text[position] == "\\" else 1
    return min(position + 1, len(text))


def follows_word(text, position):
    return position > 0 and (text[position - 1].isalnum() or text[position - 1] == "_")


def is_digit_separator(text, position):
    """1'000, but not u8'a': the word before the quote begins with a digit."""
    start = position
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'"):
        start -= 1
    return start < position and text[start].isdigit()


def without_templates(head):
    """Drops `template <...>` prefixes, whose `class` and `(` would mislead."""
    while True:
        match = re.search(r"\btemplate\s*<", head)
        if not match:
            return head
        depth = 1
        position = match.end()
        while position < len(head) and depth > 0:
            depth += {"<": 1, ">": -1}.get(head[position], 0)
            position += 1
        head = head[:match.start()] + " " * (position - match.start()) + head[position:]


def outside_parentheses(head):
    out = []
    depth = 0
    for char in head:
        if char == "(":
            depth += 1
        if depth == 0:
            out.append(char)
        if char == ")":
            depth -= 1
    return "".join(out)


def kind_of(head):
    """What a `{` opens outside of functions: scope, function, or value."""
    head = re.sub(r"\b(public|private|protected)\s*:(?!:)", " ", without_templates(head))
    if head.count("(") > head.count(")"):
        return "value"  # a default argument
    flat = re.sub(r"operator\s*(==|!=|<=>|<=|>=|[-+*/%&|^]?=)", "operator", outside_parentheses(head))
    if re.search(r"(^|[^=!<>])=([^=]|$)", flat):
        return "value"
    if "(" in head and re.search(r"[^:]:[^:].*[\w>]\s*$", flat, re.DOTALL) and head.rstrip()[-1] != ")":
        return "value"  # a member's initialiser, as in `: a_{1}`
    if re.search(r"\bnamespace\b|\bextern\s*$", flat):
        return "scope"
    if "(" not in head:
        return "scope" if TYPE_HEAD.search(head) or re.search(r"\b(struct|union|class|enum)\s*$", flat) else "value"
    if re.match(r"\s*(?:\[\[.*?\]\]\s*)*(?:typedef\s+)?(class|struct|union|enum)\b[^()]*(?:alignas\s*\([^)]*\)[^()]*)?$",
                head):
        return "scope"
    return "function"


def scan(text):
    """(functions, types) of a C++ file, outermost functions only."""
    code = blank(text)
    functions, types = [], []
    line = 1
    head, head_line = [], None
    scopes = []          # kinds of the open braces
    function_depth = None
    started = None
    for char in code:
        if char == "\n":
            line += 1
        if function_depth is None:
            if char == "{":
                text_of_head = "".join(head)
                kind = kind_of(text_of_head)
                scopes.append(kind)
                if kind == "function":
                    function_depth = len(scopes)
                    started = (name_of(text_of_head), head_line or line)
                elif kind == "scope":
                    match = TYPE_HEAD.search(without_templates(text_of_head))
                    if match:
                        types.append(NamedType(match.group(1), line))
                if kind != "value":
                    head, head_line = [], None
                continue
            if char == "}":
                kind = scopes.pop() if scopes else "scope"
                if kind != "value":
                    head, head_line = [], None
                continue
            if char == ";" and (not scopes or scopes[-1] != "value"):
                head, head_line = [], None
                continue
            if scopes and scopes[-1] == "value":
                continue
            if head_line is None and not char.isspace():
                head_line = line
            head.append(char)
        elif char == "{":
            scopes.append("inner")
        elif char == "}":
            closed_depth = len(scopes)
            scopes.pop()
            if closed_depth == function_depth:
                functions.append(Function(started[0], started[1], line))
                function_depth = None
                head, head_line = [], None
    return functions, types


def name_of(head):
    head = re.sub(r"\b(public|private|protected)\s*:(?!:)", " ", without_templates(head))
    match = FUNCTION_NAME.search(head)
    return match.group(1) if match else "?"
