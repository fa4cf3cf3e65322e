"""Random expressions of a wanted type, out of PostgreSQL's own functions, operators and casts."""

import random

from grammar import Grammar
from literals import LITERALS, ORDERED, literal, quoted_type


class Expressions:
    """`scope`: {type: [column texts]}."""

    def __init__(self, r: random.Random, grammar: Grammar, types=None):
        self.r = r
        self.grammar = grammar
        self.types = list(types or LITERALS)
        self.ordered = [t for t in self.types if t in ORDERED]

    def make(self, wanted, depth, scope=None):
        r = self.r
        columns = (scope or {}).get(wanted, [])
        if columns and r.random() < (0.9 if depth <= 0 else 0.35):
            return r.choice(columns)
        if depth <= 0 or r.random() < 0.1:
            return self.literal(wanted)
        if r.random() < 0.15:
            return self._choice(wanted, depth, scope)
        if wanted == "bool" and r.random() < 0.5:
            return self.condition(depth, scope)
        makers = [maker for maker in self.grammar.makers[wanted] if all(t in self.types for t in maker[1])]
        if not makers:
            return self.literal(wanted)
        text, arguments = r.choice(makers)
        return self.fill(text, [self.make(argument, depth - 1, scope) for argument in arguments])

    def literal(self, wanted):
        return literal(self.r, wanted)

    @staticmethod
    def fill(text, arguments):
        return text.replace("{}", "\0").replace("{", "{{").replace("}", "}}").replace("\0", "{}").format(*arguments)

    def _choice(self, wanted, depth, scope):
        r = self.r
        one = lambda: self.make(wanted, depth - 1, scope)  # noqa: E731
        test = lambda: self.make("bool", depth - 1, scope)  # noqa: E731
        kind = r.randint(0, 4)
        if kind == 0:
            return f"CASE WHEN {test()} THEN {one()} WHEN {test()} THEN {one()} ELSE {one()} END"
        if kind == 1:
            return f"COALESCE({one()}, {one()})"
        if kind == 2 and wanted in self.ordered:
            return f"{r.choice(['GREATEST', 'LEAST'])}({one()}, {one()}, {one()})"
        if kind == 3 and wanted in self.ordered:
            return f"NULLIF({one()}, {one()})"
        return f"CASE WHEN {test()} THEN {one()} END"

    def condition(self, depth, scope):
        r = self.r
        kind = r.randint(0, 9)
        if kind == 0:
            return f"({self.make('bool', depth - 1, scope)} {r.choice(['AND', 'OR'])} {self.make('bool', depth - 1, scope)})"
        if kind == 1:
            return f"(NOT {self.make('bool', depth - 1, scope)})"
        wanted = r.choice(self.ordered)
        a, b, c = (self.make(wanted, depth - 1, scope) for _ in range(3))
        if kind == 2:
            return f"({a} IS {r.choice(['', 'NOT '])}NULL)"
        if kind == 3:
            return f"({a} {r.choice(['', 'NOT '])}BETWEEN {r.choice(['', 'SYMMETRIC '])}{b} AND {c})"
        if kind == 4:
            return f"({a} {r.choice(['', 'NOT '])}IN ({b}, {c}, {self.literal(wanted)}))"
        if kind == 5:
            return f"({a} IS {r.choice(['', 'NOT '])}DISTINCT FROM {b})"
        if kind == 6 and not wanted.startswith("_"):
            return f"({a} {r.choice(['=', '<', '>', '<>', '<=', '>='])} {r.choice(['ANY', 'ALL'])} (ARRAY[{b}, {c}]))"
        if kind == 7:
            return f"({self.make('bool', depth - 1, scope)} IS {r.choice(['', 'NOT '])}{r.choice(['TRUE', 'FALSE', 'UNKNOWN'])})"
        if kind == 8:
            text = self.make("text", depth - 1, scope)
            pattern = r.choice(["a%", "%b%", "_", "%", "x\\_%", "", "A__"])
            return f"({text} {r.choice(['LIKE', 'NOT LIKE', 'ILIKE'])} '{pattern}')"
        return f"({a} {r.choice(['=', '<', '>', '<>', '<=', '>='])} {b})"
