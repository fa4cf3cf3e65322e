"""Forms of queries beyond joins and groups: windows, rows as values, functions in FROM, ARRAY(), USING, WITH TIES."""

from values import GROUPABLE, MINIMAL, TYPES, scope_of

FRAMES = ["ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING", "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
          "ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING", "ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING",
          "GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "GROUPS BETWEEN 2 PRECEDING AND 1 PRECEDING",
          "GROUPS UNBOUNDED PRECEDING", "RANGE UNBOUNDED PRECEDING", "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"]
EXCLUSIONS = ["", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS"]
# Distances of RANGE frames, by the type of what orders.
DISTANCES = {"int4": ["3", "40"], "int8": ["10", "1000"], "int2": ["2::int2", "0"], "numeric": ["10.5", "200"],
             "date": ["'40 days'::interval", "'1 month'::interval"], "timestamp": ["'3 days'::interval", "'1 year 2 days'::interval"],
             "time": ["'2 hours'::interval", "'00:30'::interval"]}
# Over peers, in any order of theirs.
PEER_FREE = [("sum({int4})", "int8"), ("count(*)", "int8"), ("count({text})", "int8"), ("min({date})", "date"), ("max({text})", "text"),
             ("avg({int2})", "numeric"), ("rank()", "int8"), ("dense_rank()", "int8"), ("percent_rank()::numeric(6,4)", "numeric"),
             ("cume_dist()::numeric(6,4)", "numeric"), ("bool_or({bool})", "bool"), ("sum({numeric})", "numeric"),
             ("count(*) FILTER (WHERE {bool})", "int8"), ("max({int4})", "int4"), ("var_pop({int4})", "numeric")]
ORDERED_ONLY = [("lag({text}, 1, 'none')", "text"), ("lead({date}, 2)", "date"), ("first_value({text})", "text"),
                ("last_value({int4})", "int4"), ("nth_value({bool}, 3)", "bool"), ("ntile(4)", "int4"), ("row_number()", "int8"),
                ("array_agg({int4})", "_int4"), ("string_agg({text}, '/')", "text"), ("jsonb_agg({int2})", "jsonb")]


class Shapes:
    """Part of Workload: each gives (text, output types)."""

    def shaped(self, depth):
        return self.r.choice([self.peers, self.chain, self.using, self.spread, self.rows_as_values, self.arrays_of, self.with_ties,
                              self.best_of_each, self.grouping_sets, self.case_of_aggregates, self.nested_with,
                              self.exists_chain])(depth)

    def one_table(self):
        name, columns = self.r.choice(list(self.tables.items()))
        return name, columns, scope_of(columns)

    def filled(self, call, scope):
        for type_name in ("int4", "int2", "text", "date", "bool", "numeric"):
            if "{" + type_name + "}" in call:
                call = call.replace("{" + type_name + "}", self.e.make(type_name, 1, scope))
        return call

    def peers(self, _):
        """Frames over what is not unique."""
        name, _, scope = self.one_table()
        type_name = self.r.choice(GROUPABLE + ["numeric"])
        key = self.e.make(type_name, 1, scope)
        frame = ""
        if self.r.random() < 0.7:
            frame = " " + self.r.choice([f for f in FRAMES if not f.startswith("ROWS")])
            if type_name in DISTANCES and self.r.random() < 0.6:
                a, b = (self.r.choice(DISTANCES[type_name]) for _ in range(2))
                frame = self.r.choice([f" RANGE BETWEEN {a} PRECEDING AND {b} FOLLOWING", f" RANGE {a} PRECEDING",
                                       f" RANGE BETWEEN {a} FOLLOWING AND UNBOUNDED FOLLOWING"])
            frame += self.r.choice(EXCLUSIONS)
        partition = f"PARTITION BY {self.e.make(self.r.choice(GROUPABLE), 1, scope)} " if self.r.random() < 0.4 else ""
        window = f"({partition}ORDER BY {key}{self.r.choice(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}{frame})"
        calls = self.r.sample(PEER_FREE, 2)
        texts = [self._over(self.filled(c, scope), window) for c, _ in calls]
        return f"SELECT id, {', '.join(texts)} FROM {name}", ["int4"] + [t for _, t in calls]

    @staticmethod
    def _over(call, window):
        head, cast, tail = call.partition("::numeric(6,4)")
        return f"({head} OVER {window}){cast}{tail}" if cast else f"{call} OVER {window}"

    def chain(self, _):
        """WINDOW names that build on each other; windows over groups."""
        name, _, scope = self.one_table()
        calls = self.r.sample(ORDERED_ONLY, 2) + self.r.sample(PEER_FREE[:6], 1)
        frame = self.r.choice(FRAMES) + self.r.choice(EXCLUSIONS)
        texts = [self.filled(calls[0][0], scope) + " OVER w2", self.filled(calls[1][0], scope) + f" OVER (w2 {frame})",
                 self.filled(calls[2][0], scope) + " OVER w1"]
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope)
        return (f"SELECT id, {', '.join(texts)} FROM {name} WINDOW w1 AS (PARTITION BY {key}), w2 AS (w1 ORDER BY id"
                f"{self.r.choice(['', ' DESC'])})", ["int4"] + [t for _, t in calls])

    def using(self, _):
        a, b = self.r.choice(list(self.tables)), self.r.choice(list(self.tables))
        kind = self.r.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        types = [self.r.choice(TYPES) for _ in range(2)]
        scope = scope_of([(f"x.{c}", t) for c, t in self.tables[a]] + [(f"y.{c}", t) for c, t in self.tables[b]])
        return (f"SELECT id, {', '.join(self.e.make(t, 1, scope) for t in types)} FROM {a} AS x {kind} {b} AS y USING (id)"
                f" WHERE {self.e.condition(1, scope)}", ["int4"] + types)

    def spread(self, _):
        """Functions that make rows of a row."""
        name, columns, _ = self.one_table()
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        forms = [
            (lambda: (f"SELECT t.id, u.v, u.n FROM {name} t, unnest({one('_int4')}) WITH ORDINALITY AS u (v, n)", ["int4", "int4", "int8"])),
            (lambda: (f"SELECT t.id, unnest({one('_text')}), generate_series(1, {one('int4')} % 4) FROM {name} t", ["int4", "text", "int4"])),
            (lambda: (f"SELECT t.id, r.a, r.b FROM {name} t, ROWS FROM (unnest({one('_int4')}), string_to_table({one('text')}, 'a'))"
                      " AS r (a, b)", ["int4", "int4", "text"])),
            (lambda: (f"SELECT t.id, j.key, j.value FROM {name} t, jsonb_each(CASE jsonb_typeof({one('jsonb')}) WHEN 'object' THEN "
                      f"{one('jsonb')} END) j WHERE jsonb_typeof({one('jsonb')}) = 'object'", ["int4", "text", "jsonb"])),
            (lambda: (f"SELECT t.id, p FROM {name} t LEFT JOIN LATERAL jsonb_path_query({one('jsonb')}, '$.*') p ON true", ["int4", "jsonb"])),
            (lambda: (f"SELECT t.id, m[1] FROM {name} t, regexp_matches({one('text')}, '([a-z]|\\d+)', 'g') m", ["int4", "text"])),
            (lambda: (f"SELECT t.id, s::date FROM {name} t, generate_series({one('timestamp')}, {one('timestamp')}, '2 years') s", ["int4", "date"])),
            (lambda: (f"SELECT t.id, j.a, j.b FROM {name} t, jsonb_to_record(jsonb_build_object('a', {one('int4')}, 'b', {one('text')}))"
                      " AS j (a int4, b text)", ["int4", "int4", "text"])),
            (lambda: (f"SELECT t.id, count(e), max(e) FROM {name} t LEFT JOIN LATERAL unnest({one('_int4')}) e ON e > 0 GROUP BY t.id",
                      ["int4", "int8", "int4"])),
        ]
        return self.r.choice(forms)()

    def rows_as_values(self, _):
        name, columns, _ = self.one_table()
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        column, type_name = self.r.choice(columns)
        condition = self.e.condition(1, scope)
        forms = [
            (f"SELECT t::text, t IS NULL, t IS NOT NULL FROM {name} t WHERE {condition}", ["text", "bool", "bool"]),
            (f"SELECT to_jsonb(t), row_to_json(t)::text FROM {name} t WHERE {condition}", ["jsonb", "text"]),
            (f"SELECT (t).{column}, (s.t).id FROM {name} t, LATERAL (SELECT t) s (t) WHERE {condition}", [type_name, "int4"]),
            (f"SELECT count(t), count(*), count(DISTINCT t.id) FROM {name} t WHERE {condition}", ["int8"] * 3),
            (f"SELECT array_agg(t ORDER BY t.id)::text, (array_agg(t ORDER BY t.id DESC))[1]::text FROM {name} t WHERE {condition}", ["text"] * 2),
            (f"SELECT jsonb_object_agg(t.id, {self.e.make('text', 1, scope)} ORDER BY t.id), json_agg(t ORDER BY t.id)::text FROM {name} t"
             f" WHERE {condition}", ["jsonb", "text"]),
            (f"SELECT s.id, (s.r).f1, (s.r).f2 FROM (SELECT id, ROW({self.e.make('int4', 1, scope)}, {self.e.make('text', 1, scope)}) AS r"
             f" FROM {name} t) s (id, r)", ["int4", "int4", "text"]),
            (f"SELECT ROW({self.e.make('int4', 1, scope)}, {self.e.make('date', 1, scope)}, NULL)::text FROM {name} t", ["text"]),
        ]
        return self.r.choice(forms)

    def arrays_of(self, _):
        name, columns, _ = self.one_table()
        more, others = self.source(0)
        scope = scope_of([(f"t.{c}", t) for c, t in columns] + others)
        value = self.e.make("int4", 1, scope_of(others))
        inner = self.e.condition(1, scope)
        forms = [
            (f"SELECT t.id, ARRAY(SELECT {value} FROM {more} WHERE {inner} ORDER BY 1) FROM {name} t", ["int4", "_int4"]),
            (f"SELECT t.id, (SELECT {value} FROM {more} WHERE {inner} ORDER BY 1 DESC NULLS LAST LIMIT 1) FROM {name} t", ["int4", "int4"]),
            (f"SELECT t.id FROM {name} t WHERE t.id = ANY (ARRAY(SELECT {value} FROM {more}))", ["int4"]),
            (f"SELECT t.id, (SELECT sum({value}) FROM {more} WHERE {inner}), EXISTS (SELECT FROM {more} WHERE {inner}) FROM {name} t",
             ["int4", "int8", "bool"]),
        ]
        return self.r.choice(forms)

    def with_ties(self, _):
        name, columns, scope = self.one_table()
        type_name = self.r.choice(GROUPABLE)
        key = self.e.make(type_name, 1, scope)
        return (f"SELECT {key}, id FROM {name}{self.where(0, columns)} ORDER BY 1{self.r.choice(['', ' DESC', ' NULLS FIRST'])}"
                f" FETCH FIRST {self.r.randint(1, 6)} ROWS WITH TIES", [type_name, "int4"])

    def best_of_each(self, _):
        """The first rows of another table for each row."""
        name, columns, _ = self.one_table()
        other, others = self.r.choice(list(self.tables.items()))
        scope = scope_of([(f"t.{c}", t) for c, t in columns] + [(f"s.{c}", t) for c, t in others])
        output = self.r.choice(TYPES)
        join, on = self.r.choice([("CROSS JOIN LATERAL", ""), ("LEFT JOIN LATERAL", " ON true")])
        return (f"SELECT t.id, b.id, b.v FROM {name} t {join} (SELECT s.id, "
                f"{self.e.make(output, 1, scope)} AS v FROM {other} s WHERE {self.e.condition(1, scope)} ORDER BY s.id"
                f"{self.r.choice(['', ' DESC'])} LIMIT {self.r.randint(1, 3)}) b{on}", ["int4", "int4", output])

    def grouping_sets(self, depth):
        source, columns = self.joined(max(depth - 1, 0))
        scope = scope_of(columns)
        types = [self.r.choice(GROUPABLE) for _ in range(2)]
        keys = [self.e.make(t, 1, scope) for t in types]
        aggregates = [self.aggregate(columns) for _ in range(2)]
        sets = self.r.choice(["ROLLUP (a, b)", "CUBE (a, b)", "GROUPING SETS ((a, b), (b), ())", "a, ROLLUP (b)",
                              "GROUPING SETS (a, ROLLUP (a, b))", "GROUPING SETS (CUBE (a), (b))", "DISTINCT CUBE (a), ROLLUP (a, b)"])
        inner = f"SELECT {keys[0]} AS a, {keys[1]} AS b, {columns[0][0]} AS i FROM {source}{self.where(0, columns)}"
        having = self.r.choice(["", " HAVING grouping(a) = 0", " HAVING count(*) > 1", " HAVING grouping(a, b) < 3"])
        if self.r.random() < 0.5:
            return (f"SELECT a, b, grouping(a, b), grouping(b), count(*), count(DISTINCT i) FROM ({inner}) g GROUP BY {sets}{having}",
                    types + ["int4", "int4", "int8", "int8"])
        expanded = sets.replace("a", "1").replace("b", "2").replace("DISTINCT", "DISTINCT")
        return (f"SELECT {', '.join(keys + [a for a, _ in aggregates])} FROM {source}{self.where(0, columns)} GROUP BY {expanded}",
                types + [t for _, t in aggregates])

    def case_of_aggregates(self, depth):
        source, columns = self.joined(max(depth - 1, 0))
        scope = scope_of(columns)
        numbers = [self.e.make("int4", 1, scope) for _ in range(3)]
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope)
        return (f"SELECT CASE WHEN count(*) > 2 THEN sum({numbers[0]}) ELSE max({numbers[1]}) END, coalesce(min({numbers[2]}), -1),"
                f" count(*) FILTER (WHERE {self.e.condition(1, scope)}), sum(count(*)) OVER () FROM {source}{self.where(0, columns)}"
                f" GROUP BY {key}", ["int8", "int4", "int8", "numeric"])

    def nested_with(self, depth):
        """WITH of WITH: named twice, mentioned more than once."""
        first, types = self.select(0)
        a, b = self.alias(), self.alias()
        names = ", ".join(f"x{i}" for i in range(len(types)))
        key = self.r.choice([i for i, t in enumerate(types) if t in GROUPABLE] or [None])
        if key is None:
            return f"WITH {a} ({names}) AS ({first}) SELECT count(*), (SELECT count(*) FROM {a}) FROM {a} CROSS JOIN {a} z", ["int8", "int8"]
        return (f"WITH {a} ({names}) AS ({first}), {b} AS (SELECT x{key} AS k, count(*) AS n FROM {a} GROUP BY 1) SELECT {b}.k, {b}.n,"
                f" count(z.x{key}) FROM {b} LEFT JOIN {a} z ON z.x{key} = {b}.k GROUP BY 1, 2", [types[key], "int8", "int8"])

    def exists_chain(self, _):
        """Subqueries in subqueries, each of which looks at the outermost row."""
        name, columns, _ = self.one_table()
        middle, middles = self.source(0)
        inner, inners = self.source(0)
        outer = [(f"t.{c}", t) for c, t in columns]
        type_name = self.r.choice(MINIMAL)
        return (f"SELECT t.id FROM {name} t WHERE {self.r.choice(['', 'NOT '])}EXISTS (SELECT FROM {middle} WHERE "
                f"{self.e.condition(1, scope_of(outer + middles))} AND {self.e.make(type_name, 1, scope_of(middles))} "
                f"{self.r.choice(['IN', 'NOT IN', '= ANY', '>= ALL'])} (SELECT {self.e.make(type_name, 1, scope_of(inners + outer))} "
                f"FROM {inner} WHERE {self.e.condition(1, scope_of(inners + middles + outer))}))", ["int4"])
