"""More forms of queries: rows that outer joins do not find, composites in arrays, multiranges, paths into jsonb, SEARCH and CYCLE,
hypothetical sets, windows over groups, set operations in each other."""

from values import GROUPABLE, MINIMAL, TYPES, scope_of

PATHS = ["$", "$.a", "$.*", "$.**", "$.a.b[*]", "strict $.a", "$.a ? (@ > 0)", "$[*] ? (@.type() == \"number\")", "$.a.b.size()",
         "$.** ? (@.type() == \"string\")", "$.a.b[last]", "$.a ? (exists (@.b))", "$.* ? (@ == null || @ == $x)", "$.keyvalue().key",
         "lax $.a.b[0 to 1]", "$.b ? (@ like_regex \"^T\" flag \"i\")", "$.b ? (@ starts with \"t\")", "-$.a", "$.a + 1",
         "$.a.double()", "($.a, $.b).type()", "$.**{1 to 2}", "!($.a == 1)", "$.a == 1"]
HYPOTHETICAL = ["rank", "dense_rank", "percent_rank", "cume_dist"]


class Forms:
    """Part of Workload: each gives (text, output types)."""

    def formed(self, depth):
        return self.r.choice([self.rows_not_found, self.rows_not_found, self.search, self.composites, self.multiranges, self.paths, self.paths,
                              self.hypothetical, self.over_groups, self.three_sets, self.row_in, self.constants_outside,
                              self.nested_outer, self.mixed_types, self.calls_in_calls, self.locked, self.deep])(depth)

    def two_tables(self):
        (a, left), (b, right) = (self.r.choice(list(self.tables.items())) for _ in range(2))
        left, right = [(f"a.{c}", t) for c, t in left], [(f"b.{c}", t) for c, t in right]
        return a, left, b, right

    def rows_not_found(self, depth):
        a, left, b, right = self.two_tables()
        both = scope_of(left + right)
        side = b
        if self.r.random() < 0.5:
            text, types = self.select(max(depth - 1, 0))
            names = [f"y{i}" for i in range(len(types))]
            side = f"(SELECT row_number() OVER () % 40 AS id, z.* FROM ({text}) AS z ({', '.join(names)}) LIMIT 0)" \
                if self.r.random() < 0.2 else f"(SELECT id, {self.e.make('text', 1, scope_of(self.tables[b]))} AS y FROM {b})"
            both = scope_of(left)
        kind = self.r.choice(["LEFT JOIN", "FULL JOIN", "RIGHT JOIN"])
        on = f"b.id = a.id + {self.r.randint(0, 40)}"
        if kind != "FULL JOIN":
            on += f" AND {self.e.condition(1, both)}"
        forms = [("a.id, b::text, to_jsonb(b), b IS NULL, b IS NOT NULL", ["int4", "text", "jsonb", "bool", "bool"]),
                 ("a::text, coalesce(b::text, 'none'), b IS DISTINCT FROM NULL", ["text", "text", "bool"]),
                 ("count(a), count(b), count(*), min(b::text), max(a::text)", ["int8", "int8", "int8", "text", "text"]),
                 ("json_agg(b ORDER BY a.id, b.id)::text, array_agg(a ORDER BY a.id, b.id)::text", ["text", "text"]),
                 ("a.id, (SELECT b::text), ARRAY(SELECT a)::text, ROW(b, a.id)::text", ["int4", "text", "text", "text"]),
                 ("a.id, lead(b::text) OVER w, count(b) OVER w", ["int4", "text", "int8"])]
        targets, types = self.r.choice(forms)
        window = " WINDOW w AS (ORDER BY a.id, b.id)" if " w" in targets else ""
        where = self.r.choice(["", "", " WHERE b IS NULL", " WHERE a IS NOT NULL", " WHERE b::text IS NULL"])
        return f"SELECT {targets} FROM {a} a {kind} {side} b ON {on}{where}{window}", types

    def search(self, _):
        name, _, scope = self.one_table()
        alias = self.alias()
        base = f"SELECT 0, id FROM {name} WHERE id < {self.r.randint(1, 12)} AND {self.e.condition(1, scope)}"
        step = f"SELECT n + 1, t.id FROM {alias} JOIN {name} t ON t.id % 7 = ({alias}.v + 1) % 7 WHERE n < 2"
        order = self.r.choice(["", " SEARCH DEPTH FIRST BY v SET o", " SEARCH BREADTH FIRST BY v, n SET o"])
        mark = self.r.choice(["", " CYCLE v SET c USING p", " CYCLE v SET c TO 'yes' DEFAULT 'no' USING p"])
        extra = (", o::text" if order else "") + (", c::text, p::text" if mark else "")
        types = ["int4", "int4"] + ["text"] * (extra.count(","))
        return f"WITH RECURSIVE {alias} (n, v) AS ({base} UNION ALL {step}){order}{mark} SELECT n, v{extra} FROM {alias}", types

    def composites(self, _):
        name, columns, _ = self.one_table()
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        forms = [
            (lambda: (f"SELECT t.id, u.a, u.b FROM {name} t, unnest({one('_pair')}) u", ["int4", "int4", "text"])),
            (lambda: (f"SELECT t.id, (u).* FROM (SELECT t.id, {one('pair')} AS u FROM {name} t) t", ["int4", "int4", "text"])),
            (lambda: (f"SELECT array_agg({one('pair')} ORDER BY t.id), count(DISTINCT {one('pair')}) FROM {name} t", ["_pair", "int8"])),
            (lambda: (f"SELECT t.id, jsonb_populate_record({one('pair')}, {{}}) FROM {name} t".replace(
                "{}", "jsonb_build_object('a', t.id)"), ["int4", "pair"])),
            (lambda: (f"SELECT t.id, p.* FROM {name} t, jsonb_populate_recordset(NULL::pair, jsonb_build_array(to_jsonb({one('pair')}), '{{\"a\": 4}}')) p"
                      f" WHERE {one('pair')} IS NOT NULL", ["int4", "int4", "text"])),
            (lambda: (f"SELECT t.id, {one('pair')} = ANY ({one('_pair')}), {one('_pair')} @> ARRAY[{one('pair')}], ({one('_pair')})[1] IS NULL"
                      f" FROM {name} t", ["int4", "bool", "bool", "bool"])),
            (lambda: (f"SELECT p, min(t.id), max({one('text')}) FROM {name} t, LATERAL (SELECT {one('pair')}) s (p) GROUP BY p",
                      ["pair", "int4", "text"])),
            (lambda: (f"SELECT t.id, x.*, y.o FROM {name} t, ROWS FROM (unnest({one('_pair')}), unnest({one('_int4')})) WITH ORDINALITY"
                      f" AS x (a, b, c, o), LATERAL (SELECT x.o) y (o)", ["int4", "int4", "text", "int4", "int8", "int8"])),
        ]
        return self.r.choice(forms)()

    def multiranges(self, _):
        name, columns, _ = self.one_table()
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope)
        forms = [
            (f"SELECT range_agg({one('int4range')}), range_intersect_agg({one('int4range')}) FROM {name} t GROUP BY {key}",
             ["int4multirange", "int4range"]),
            (f"SELECT range_agg({one('daterange')})::text, range_intersect_agg({one('int4multirange')}) FROM {name} t", ["text", "int4multirange"]),
            (f"SELECT t.id, r, lower(r) FROM {name} t, unnest({one('int4multirange')}) r", ["int4", "int4range", "int4"]),
            (f"SELECT t.id, {one('int4multirange')} @> {one('int4')}, {one('int4multirange')} && {one('int4range')}, {one('int4multirange')} "
             f"-|- {one('int4range')}, {one('int4range')} << {one('int4multirange')} FROM {name} t", ["int4", "bool", "bool", "bool", "bool"]),
            (f"SELECT {one('int4multirange')} + {one('int4multirange')} - {one('int4multirange')}, range_merge({one('int4multirange')})"
             f" FROM {name} t", ["int4multirange", "int4range"]),
        ]
        return self.r.choice(forms)

    def paths(self, _):
        name, columns, _ = self.one_table()
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        path = f"'{self.r.choice(PATHS)}'"
        variables = f"jsonb_build_object('x', {one(self.r.choice(['int4', 'text', 'jsonb']))})"
        forms = [
            (f"SELECT t.id, p FROM {name} t, jsonb_path_query({one('jsonb')}, {path}, {variables}, true) p", ["int4", "jsonb"]),
            (f"SELECT t.id, jsonb_path_query_array({one('jsonb')}, {path}, {variables}, silent => true) FROM {name} t", ["int4", "jsonb"]),
            (f"SELECT t.id, jsonb_path_exists({one('jsonb')}, {path}, {variables}, true), jsonb_path_match({one('jsonb')}, {path}, {variables}, true)"
             f" FROM {name} t", ["int4", "bool", "bool"]),
            (f"SELECT t.id FROM {name} t WHERE {one('jsonb')} @? {path.replace('$x', '1')} OR {one('jsonb')} @@ {path.replace('$x', '2')}", ["int4"]),
            (f"SELECT t.id, k, jsonb_typeof(v) FROM {name} t LEFT JOIN LATERAL jsonb_each(jsonb_build_object('d', {one('jsonb')}, 'e', "
             f"{one('text')})) AS e (k, v) ON jsonb_typeof(v) <> 'null'", ["int4", "text", "text"]),
            (f"SELECT t.id, jsonb_set(jsonb_build_object('a', {one('jsonb')}), '{{a,b}}', to_jsonb({one('text')})), "
             f"jsonb_build_array({one('jsonb')}, {one('int4')}) #- '{{0}}', jsonb_pretty({one('jsonb')}) FROM {name} t",
             ["int4", "jsonb", "jsonb", "text"]),
            (f"SELECT t.id, x.* FROM {name} t, jsonb_to_recordset(jsonb_build_array(to_jsonb(t))) AS x (id int4, {columns[-1][0]} text, more jsonb)"
             f" WHERE {self.e.condition(1, scope)}", ["int4", "int4", "text", "jsonb"]),
        ]
        return self.r.choice(forms)

    def hypothetical(self, _):
        name, _, scope = self.one_table()
        type_name = self.r.choice(["int4", "text", "date", "numeric"])
        call = f"{self.r.choice(HYPOTHETICAL)}({self.e.value(type_name)}) WITHIN GROUP (ORDER BY {self.e.make(type_name, 1, scope)}" \
               f"{self.r.choice(['', ' DESC', ' NULLS FIRST'])})"
        number = self.e.make("int4", 1, scope)
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope)
        return (f"SELECT {key}, {call}::numeric(8,4), percentile_disc(ARRAY[0, 0.25, 0.5, 1]) WITHIN GROUP (ORDER BY {number}),"
                f" percentile_cont(0.3) WITHIN GROUP (ORDER BY {number}::float8) FROM {name} GROUP BY 1", ["text", "numeric", "_int4", "float8"])

    def over_groups(self, depth):
        source, columns = self.joined(max(depth - 1, 0))
        scope = scope_of(columns)
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope)
        number = self.e.make("int4", 1, scope)
        exclude = self.r.choice(["", " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP", " GROUPS BETWEEN UNBOUNDED PRECEDING AND "
                                 "UNBOUNDED FOLLOWING EXCLUDE TIES", " RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE GROUP"])
        return (f"SELECT {key}, count(*), rank() OVER (ORDER BY sum({number})), sum(count(*)) OVER (ORDER BY count(*){exclude}), "
                f"grouping({key}) FROM {source}{self.where(0, columns)} GROUP BY "
                f"{self.r.choice(['{}', 'ROLLUP ({})', 'GROUPING SETS (({}), (), ({}))']).replace('{}', key)}",
                ["text", "int8", "int8", "numeric", "int4"])

    def three_sets(self, _):
        types = [self.r.choice(GROUPABLE) for _ in range(self.r.randint(1, 2))]
        parts = []
        for _ in range(3):
            name, columns, scope = self.one_table()
            part = f"SELECT {', '.join(self.e.make(t, 1, scope) for t in types)} FROM {name}{self.where(0, columns)}"
            if self.r.random() < 0.3:
                part = f"({part} ORDER BY {', '.join(str(i + 1) for i in range(len(types)))} LIMIT {self.r.randint(0, 5)})"
            parts.append(part)
        a, b = (self.r.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]) for _ in range(2))
        return (f"{parts[0]} {a} ({parts[1]} {b} {parts[2]})" if self.r.random() < 0.5 else f"{parts[0]} {a} {parts[1]} {b} {parts[2]}"), types

    def row_in(self, _):
        name, _, scope = self.one_table()
        types = [self.r.choice(GROUPABLE) for _ in range(2)]
        left = "(" + ", ".join(self.e.make(t, 1, scope) for t in types) + ")"
        rows = ", ".join("(" + ", ".join(self.e.value(t) if self.r.random() < 0.9 else f"NULL::{self.type_text(t)}" for t in types) + ")"
                         for _ in range(3))
        operator = self.r.choice(["IN", "NOT IN"])
        inner = f"VALUES {rows}" if self.r.random() < 0.5 else rows
        return (f"SELECT id, {left} {operator} ({inner}), {left} {self.r.choice(['<', '>=', '<>', 'IS NOT DISTINCT FROM'])} "
                f"({', '.join(self.e.value(t) for t in types)}) FROM {name}", ["int4", "bool", "bool"])

    def constants_outside(self, _):
        """What is constant below an outer join is not above it."""
        a, left, b, right = self.two_tables()
        value = self.e.value("text")
        inner = scope_of(self.tables[b])
        return (f"SELECT a.id, b.k, b.one, coalesce(b.k, 'gone'), b.n IS NULL, CASE WHEN b.one = 1 THEN {self.e.make('text', 1, scope_of(left))} END "
                f"FROM {a} a {self.r.choice(['LEFT', 'FULL'])} JOIN (SELECT id, {value} AS k, 1 AS one, coalesce({self.e.make('int4', 1, inner)}, -1) AS n "
                f"FROM {b} WHERE {self.e.condition(1, inner)}) b ON b.id = a.id WHERE "
                f"{self.r.choice(['true', 'b.one IS NULL OR a.id > 5', 'b.n > -2 OR b.k IS NULL', 'coalesce(b.one, 0) = 0', 'NOT (b.one = 1) IS TRUE'])}",
                ["int4", "text", "int4", "text", "bool", "text"])

    def nested_outer(self, _):
        a, left, b, right = self.two_tables()
        c, others = self.r.choice(list(self.tables.items()))
        third = [(f"c.{n}", t) for n, t in others]
        kinds = [self.r.choice(["LEFT", "RIGHT", "FULL", "INNER"]) for _ in range(2)]
        inner_on = f"b.id = c.id + {self.r.randint(0, 3)}"
        outer_on = f"a.id = {self.r.choice(['b.id', 'c.id', 'coalesce(b.id, c.id)'])}"
        if kinds[1] != "FULL":
            inner_on += f" AND {self.e.condition(1, scope_of(right + third))}"
        types = [self.r.choice(TYPES) for _ in range(2)]
        outputs = ", ".join(self.e.make(t, 1, scope_of(left + right + third)) for t in types)
        return (f"SELECT a.id, b.id, c.id, {outputs} FROM {a} a {kinds[0]} JOIN ({b} b {kinds[1]} JOIN {c} c ON {inner_on}) ON {outer_on}"
                f"{self.where(0, left + right + third)}", ["int4"] * 3 + types)

    def mixed_types(self, _):
        """Common types of numbers, texts and unknowns."""
        name, _, scope = self.one_table()
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        numbers = [one(t) for t in self.r.sample(["int2", "int4", "int8", "numeric", "small"], 3)]
        texts = [one(t) for t in self.r.sample(["text", "varchar", "bpchar"], 2)] + [self.r.choice(["'x'", "NULL"])]
        return (f"SELECT {numbers[0]}, {texts[0]} FROM {name} UNION ALL SELECT {numbers[1]}, {texts[1]} FROM {name} UNION SELECT "
                f"CASE WHEN {one('bool')} THEN {numbers[2]} ELSE {self.r.choice(['1', 'NULL', numbers[0]])} END, {texts[2]} FROM {name}",
                ["numeric", "text"])

    def calls_in_calls(self, depth):
        """Subqueries and CASE where values stand."""
        source, columns = self.joined(0)
        scope = scope_of(columns)
        more, others = self.source(0)
        type_name = self.r.choice(MINIMAL)
        one = lambda t: self.e.make(t, 1, scope)  # noqa: E731
        sub = f"(SELECT max({self.e.make(type_name, 1, scope_of(others))}) FROM {more} WHERE {self.e.condition(1, scope_of(columns + others))})"
        return (f"SELECT coalesce({sub}, {one(type_name)}), CASE WHEN {sub} IS NULL THEN {one('text')} ELSE "
                f"{self.r.choice(['upper', 'md5', 'reverse'])}({one('text')}) END, EXISTS (SELECT FROM {more} WHERE {self.e.condition(1, scope_of(columns + others))})"
                f" AND {one('bool')} FROM {source} WHERE {sub} IS DISTINCT FROM {one(type_name)}", [type_name, "text", "bool"])

    def locked(self, _):
        name, columns, scope = self.one_table()
        lock = self.r.choice(["UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"]) + self.r.choice(["", " OF t", " OF t NOWAIT", " SKIP LOCKED"])
        other = self.r.choice(["", f" JOIN {self.r.choice(list(self.tables))} s ON s.id = t.id", " LEFT JOIN (SELECT 1 AS one) s ON s.one = t.id"])
        scope = scope_of([(f"t.{c}", t) for c, t in columns])
        if other.startswith(" LEFT") and " OF t" not in lock:
            other = ""
        return f"SELECT t.id, {self.e.make('text', 1, scope)} FROM {name} t{other} WHERE {self.e.condition(1, scope)} FOR {lock}", ["int4", "text"]

    def deep(self, _):
        """Subqueries in FROM in each other, each with conditions on the next."""
        name, columns, _ = self.one_table()
        types = [self.r.choice(GROUPABLE) for _ in range(3)]
        text = f"SELECT {', '.join(f'{self.e.make(t, 1, scope_of(columns))} AS x{i}' for i, t in enumerate(types))} FROM {name}"
        for level in range(self.r.randint(1, 3)):
            known = scope_of([(f"x{i}", t) for i, t in enumerate(types)])
            outputs = [f"{self.e.make(t, 1, known)} AS x{i}" for i, t in enumerate(types)]
            clause = self.r.choice(["", "", " ORDER BY 1, 2, 3 LIMIT 7", " OFFSET 0", " GROUP BY 1, 2, 3"])
            distinct = "DISTINCT " if not clause and self.r.random() < 0.3 else ""
            text = f"SELECT {distinct}{', '.join(outputs)} FROM ({text}) l{level} WHERE {self.e.condition(1, known)}{clause}"
        return text, types
