"""Random schemas, changes and queries over them. Nothing here depends on the order in which rows are read: windows and
LIMIT sort by what is unique, and what is grouped has one text per value (1.0 and 1.00 are equal but do not look so)."""

import random

from changes import Changes
from forms import Forms
from literals import quoted_type
from shapes import Shapes
from values import COLUMN_TYPES, GROUPABLE, MINIMAL, TYPES, UNINDEXED, USER_TYPES, SafeExpressions, scope_of
from writes import Writes


class Workload(Changes, Shapes, Forms, Writes):
    """Statements in the order to run them."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.e = SafeExpressions(self.r)
        self.tables = {}
        self.views = {}      # name: (kind, columns); copies of queries, too
        self.updatable = {}  # views over one table
        self.generated = set()  # (table, column)
        self.aliases = 100

    # ---- schema and rows ----

    def schema(self):
        yield from USER_TYPES
        for i in range(self.r.randint(2, 4)):
            name = f"t{i}"
            columns = [("id", "int4")] + [(f"c{k}", self.r.choice(TYPES)) for k in range(self.r.randint(2, 5))]
            made = self.table(name, columns)
            yield made
            if "PARTITION BY" in made:
                yield from self.partitions(name, made)
            self.tables[name] = columns
            for _ in range(self.r.randint(0, 2)):
                yield self.index(name, columns)
            yield self.insert(name, self.r.randint(0, 60))
            if self.r.random() < 0.3:
                yield f"{self.r.choice(['ANALYZE', 'VACUUM'])} {name}"

    def table(self, name, columns):
        parts = ["id int4 PRIMARY KEY"]
        for column, type_name in columns[1:]:
            text = f"{column} {COLUMN_TYPES.get(type_name, quoted_type(type_name))}"
            if self.r.random() < 0.2:
                text += " DEFAULT " + self.e.value(type_name)
            if self.r.random() < 0.1:
                text += f" CHECK ({column} IS NOT DISTINCT FROM {column})"
            parts.append(text)
        kind = self.r.random()
        if kind < 0.15:
            return f"CREATE TABLE {name} ({', '.join(parts)}) PARTITION BY {self.r.choice(['RANGE', 'RANGE', 'HASH', 'LIST'])} (id)"
        return f"CREATE TABLE {name} ({', '.join(parts)}){' USING columnar' if kind < 0.45 else ''}"

    def partitions(self, name, made):
        if made.endswith("HASH (id)"):
            for i in range(3):
                yield f"CREATE TABLE {name}_{i} PARTITION OF {name} FOR VALUES WITH (MODULUS 3, REMAINDER {i})"
            return
        if made.endswith("LIST (id)"):
            for i in range(2):
                values = ", ".join(map(str, range(i, 200, 3)))
                yield f"CREATE TABLE {name}_{i} (LIKE {name} INCLUDING ALL)"
                yield f"ALTER TABLE {name} ATTACH PARTITION {name}_{i} FOR VALUES IN ({values})"
            yield f"CREATE TABLE {name}_2 PARTITION OF {name} DEFAULT"
            return
        yield f"CREATE TABLE {name}_low PARTITION OF {name} FOR VALUES FROM (MINVALUE) TO (40)"
        yield f"CREATE TABLE {name}_mid PARTITION OF {name} FOR VALUES FROM (40) TO (110) PARTITION BY HASH (id)"
        for i in range(2):
            yield f"CREATE TABLE {name}_mid{i} PARTITION OF {name}_mid FOR VALUES WITH (MODULUS 2, REMAINDER {i})"
        yield f"CREATE TABLE {name}_rest PARTITION OF {name} DEFAULT"

    def index(self, name, columns):
        column, type_name = self.r.choice([c for c in columns if c[1] not in UNINDEXED])
        key = f"({self.e.make(type_name, 1, {type_name: [column]})})" if self.r.random() < 0.2 and \
            type_name in ("int4", "int8", "numeric") else column
        where = f" WHERE {column} IS NOT NULL" if self.r.random() < 0.2 else ""
        return f"CREATE INDEX ON {name} ({key}{self.r.choice(['', ' DESC', ' NULLS FIRST'])}){where}"

    @staticmethod
    def type_text(type_name):
        return COLUMN_TYPES.get(type_name, quoted_type(type_name))

    # ---- queries ----

    def alias(self):
        self.aliases += 1
        return f"q{self.aliases}"

    def source(self, depth):
        """(FROM item, its columns as they are called)"""
        if depth > 0 and self.r.random() < 0.25:
            alias = self.alias()
            text, outputs = self.select(depth - 1)
            names = [f"x{i}" for i in range(len(outputs))]
            return f"({text}) AS {alias} ({', '.join(names)})", [(f"{alias}.{n}", t) for n, t in zip(names, outputs)]
        if self.r.random() < 0.08:
            alias = self.alias()
            return f"generate_series(1, {self.r.randint(0, 8)}) AS {alias}", [(alias, "int4")]
        if self.r.random() < 0.08:
            alias, types = self.alias(), [self.r.choice(TYPES) for _ in range(2)]
            rows = ", ".join("(" + ", ".join(self.e.value(t) for t in types) + ")" for _ in range(self.r.randint(1, 4)))
            return f"(VALUES {rows}) AS {alias} (x, y)", [(f"{alias}.x", types[0]), (f"{alias}.y", types[1])]
        alias = self.alias()
        if self.views and self.r.random() < 0.15:
            name, (_, columns) = self.r.choice(list(self.views.items()))
        else:
            name, columns = self.r.choice(list(self.tables.items()))
        return f"{name} AS {alias}", [(f"{alias}.{c}", t) for c, t in columns]

    def joined(self, depth):
        text, columns = self.source(depth)
        for _ in range(self.r.choice([0, 0, 1, 1, 2])):
            kind = self.r.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "LATERAL"])
            if kind == "CROSS JOIN" and " CROSS JOIN " in text:  # one is enough rows
                kind = "JOIN"
            more, others = self.source(depth)
            if kind == "CROSS JOIN":
                text, columns = f"{text} CROSS JOIN {more}", columns + others
                continue
            if kind == "LATERAL":
                alias = self.alias()
                inner = self.e.make("int4", 1, scope_of(columns))
                condition = self.e.condition(1, scope_of(columns + others))
                text = f"{text} LEFT JOIN LATERAL (SELECT {inner} AS v, count(*) AS n FROM {more} WHERE {condition}) {alias} ON true"
                columns = columns + [(f"{alias}.v", "int4"), (f"{alias}.n", "int8")]
                continue
            condition = self.join_condition(columns, others, kind)
            text, columns = f"{text} {kind} {more} ON {condition}", columns + others
        return text, columns

    def join_condition(self, left, right, kind):
        pairs = [(a, b) for a, t in left for b, u in right if t == u]
        if not pairs:
            return "true" if kind != "FULL JOIN" else "1 = 1"
        a, b = self.r.choice(pairs)
        extra = ""
        if kind != "FULL JOIN" and self.r.random() < 0.3:
            extra = " AND " + self.e.condition(1, scope_of(left + right))
        return f"{a} = {b}{extra}"

    def where(self, depth, columns):
        if self.r.random() < 0.3:
            return ""
        scope = scope_of(columns)
        if depth > 0 and self.r.random() < 0.35:
            return " WHERE " + self.subquery_condition(columns)
        return " WHERE " + self.e.condition(2, scope)

    def subquery_condition(self, columns):
        scope = scope_of(columns)
        kind = self.r.randint(0, 3)
        more, others = self.source(0)
        inner = self.e.condition(1, scope_of(columns + others))
        type_name = self.r.choice([t for _, t in others if t != "pair"] or ["int4"])  # a row is not one column here
        value = self.e.make(type_name, 1, scope_of(others))
        if kind == 0:
            return f"{self.r.choice(['', 'NOT '])}EXISTS (SELECT 1 FROM {more} WHERE {inner})"
        mine = self.e.make(type_name, 1, scope)
        if kind == 1:
            return f"{mine} {self.r.choice(['IN', 'NOT IN'])} (SELECT {value} FROM {more} WHERE {inner})"
        if kind == 2:
            return f"{mine} {self.r.choice(['<', '=', '>='])} {self.r.choice(['ANY', 'ALL'])} (SELECT {value} FROM {more})"
        return f"{mine} {self.r.choice(['<', '=', '<>'])} (SELECT min({value}) FROM {more} WHERE {inner})" \
            if type_name in MINIMAL + ["numeric", "interval"] else \
            f"(SELECT count(DISTINCT {value}) FROM {more} WHERE {inner}) > 1"

    def aggregate(self, columns):
        scope = scope_of(columns)
        r = self.r
        filtered = f" FILTER (WHERE {self.e.condition(1, scope)})" if r.random() < 0.2 else ""
        kind = r.randint(0, 13)
        value = lambda t, d=1: self.e.make(t, d, scope)  # noqa: E731
        if kind == 0:
            return f"count(*){filtered}", "int8"
        if kind == 1:
            return f"count({r.choice(['', 'DISTINCT '])}{value(r.choice(TYPES))}){filtered}", "int8"
        if kind == 2:
            return f"sum({value('int4')}){filtered}", "int8"
        if kind == 3:
            return f"sum({value('numeric')}){filtered}", "numeric"
        if kind == 4:
            type_name = r.choice(MINIMAL)
            return f"{r.choice(['min', 'max'])}({value(type_name)}){filtered}", type_name
        if kind == 5:
            return f"avg({value('int4')}){filtered}", "numeric"
        if kind == 6:
            return f"{r.choice(['bool_and', 'bool_or'])}({value('bool')}){filtered}", "bool"
        if kind == 7:
            text = value("text")
            return f"string_agg({text}, ',' ORDER BY {text}){filtered}", "text"
        if kind == 8:
            number = value("int4")
            return f"array_agg({number} ORDER BY {number} DESC NULLS LAST){filtered}::text", "text"
        number = value("int4")
        if kind == 10:
            return f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {number}){filtered}", "int4"
        if kind == 11:
            return f"mode() WITHIN GROUP (ORDER BY {value('text')} COLLATE \"C\"){filtered}", "text"
        if kind == 12:
            return f"count(DISTINCT ({value('int4')}, {value('text')})){filtered}", "int8"
        if kind == 13:
            return f"jsonb_agg({number} ORDER BY {number}){filtered}", "jsonb"
        return f"{r.choice(['stddev', 'var_pop', 'variance'])}({number}){filtered}", "numeric"

    def select(self, depth):
        """(text, output types)"""
        if self.r.random() < 0.5:
            return self.shaped(depth) if self.r.random() < 0.5 else self.formed(depth)
        kind = self.r.random()
        if kind < 0.25:
            return self.grouped(depth)
        if kind < 0.35 and depth > 0:
            return self.set_operation(depth)
        if kind < 0.45:
            return self.windowed()
        if kind < 0.49:
            return self.distinct_on()
        if kind < 0.52:
            return self.recursive()
        if kind < 0.56:
            return self.row_comparison()
        source, columns = self.joined(depth)
        scope = scope_of(columns)
        distinct = self.r.random() < 0.15
        types = [self.r.choice(GROUPABLE if distinct else TYPES) for _ in range(self.r.randint(1, 4))]
        targets = [self.e.make(t, 2, scope) for t in types]
        if depth > 0 and self.r.random() < 0.15:
            more, others = self.source(0)
            condition = self.e.condition(1, scope_of(columns + others))
            targets.append(f"(SELECT count(*) FROM {more} WHERE {condition})")
            types.append("int8")
        return f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(targets)} FROM {source}{self.where(depth, columns)}", types

    def grouped(self, depth):
        source, columns = self.joined(depth)
        scope = scope_of(columns)
        keys, types = [], []
        for _ in range(self.r.randint(0, 2)):
            types.append(self.r.choice(GROUPABLE))
            keys.append(self.e.make(types[-1], 1, scope))
        aggregates = [self.aggregate(columns) for _ in range(self.r.randint(1, 3))]
        text = f"SELECT {', '.join(keys + [a for a, _ in aggregates])} FROM {source}{self.where(depth, columns)}"
        if keys:
            places = [str(i + 1) for i in range(len(keys))]
            grouping = ", ".join(places)
            form = self.r.choice(["{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())",
                                  "GROUPING SETS (({}), ({}), ())", "DISTINCT ROLLUP ({}, {})"])
            text += " GROUP BY " + form.replace("{}", grouping)
        if self.r.random() < 0.25:
            aggregate, type_name = self.aggregate(columns)
            text += f" HAVING {aggregate} IS NOT NULL" if type_name != "int8" else f" HAVING {aggregate} > 1"
        return text, types + [t for _, t in aggregates]

    def windowed(self):
        name, columns = self.r.choice(list(self.tables.items()))
        scope = scope_of(columns)
        partition = f"PARTITION BY {self.e.make(self.r.choice(GROUPABLE), 1, scope)} " if self.r.random() < 0.6 else ""
        frame = self.r.choice(["", "", " ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING", " ROWS UNBOUNDED PRECEDING",
                               " RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING", " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
                               " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW"])
        window = f"({partition}ORDER BY id{self.r.choice(['', ' DESC'])}{frame})"
        number = self.e.make("int4", 1, scope)
        calls = [(f"sum({number})", "int8"), ("count(*)", "int8"), (f"max({number})", "int4"), ("row_number()", "int8"),
                 ("rank()", "int8"), (f"lag({number}, 2, 0)", "int4"), (f"lead({number})", "int4"), ("ntile(3)", "int4"),
                 (f"first_value({number})", "int4"), (f"nth_value({number}, 2)", "int4"), (f"last_value({number})", "int4")]
        chosen = self.r.sample(calls, 2)
        return (f"SELECT id, {', '.join(f'{c} OVER {window}' for c, _ in chosen)} FROM {name}",
                ["int4"] + [t for _, t in chosen])

    def distinct_on(self):
        name, columns = self.r.choice(list(self.tables.items()))
        scope = scope_of(columns)
        type_name = self.r.choice(GROUPABLE)
        key = self.e.make(type_name, 1, scope)
        other = self.r.choice(TYPES)
        return (f"SELECT DISTINCT ON (1) {key}, id, {self.e.make(other, 1, scope)} FROM {name}{self.where(0, columns)}"
                f" ORDER BY 1, id{self.r.choice(['', ' DESC'])}", [type_name, "int4", other])

    def recursive(self):
        name, columns = self.r.choice(list(self.tables.items()))
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        alias = self.alias()
        union = self.r.choice(["UNION", "UNION ALL"])
        return (f"WITH RECURSIVE {alias} (n, v) AS (SELECT 0, 1 {union} SELECT n + 1, t.id FROM {alias} JOIN {name} t"
                f" ON t.id % 9 = n WHERE n < 4 AND {self.e.condition(1, scope)}) SELECT n, v FROM {alias}", ["int4", "int4"])

    def row_comparison(self):
        source, columns = self.joined(0)
        scope = scope_of(columns)
        types = [self.r.choice(GROUPABLE) for _ in range(2)]
        left, right = ("(" + ", ".join(self.e.make(t, 1, scope) for t in types) + ")" for _ in range(2))
        more, others = self.source(0)
        inner = ", ".join(self.e.make(t, 1, scope_of(others)) for t in types)
        return (f"SELECT {left} {self.r.choice(['<', '=', '>=', 'IS DISTINCT FROM'])} {right}, {left} IN (SELECT {inner} FROM {more})"
                f" FROM {source}", ["bool", "bool"])

    def set_operation(self, depth):
        types = [self.r.choice(GROUPABLE) for _ in range(self.r.randint(1, 3))]
        parts = []
        for _ in range(2):
            source, columns = self.joined(depth - 1)
            scope = scope_of(columns)
            parts.append(f"SELECT {', '.join(self.e.make(t, 1, scope) for t in types)} FROM {source}"
                         f"{self.where(0, columns)}")
        operation = self.r.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"])
        return f"{parts[0]} {operation} {parts[1]}", types

    def query(self):
        """(sql, is its order total)"""
        text, types = self.select(2)
        if self.r.random() < 0.2:
            name = self.alias()
            more, _ = self.select(1)
            text = (f"WITH {name} AS {self.r.choice(['', 'MATERIALIZED ', 'NOT MATERIALIZED '])}({more}) "
                    f"SELECT s.*, (SELECT count(*) FROM {name}) AS many FROM ({text}) s")
            types = types + ["int8"]
        if self.r.random() < 0.3:
            keys = ", ".join(f"{i + 1}{self.r.choice(['', ' DESC', ' NULLS FIRST'])}" for i in range(len(types)))
            text = f"SELECT * FROM ({text}) o ORDER BY {keys}"
            if all(t in GROUPABLE for t in types) and self.r.random() < 0.5:
                text += f" LIMIT {self.r.randint(0, 10)} OFFSET {self.r.randint(0, 3)}"
            return text, all(t in GROUPABLE for t in types)
        return text, False
