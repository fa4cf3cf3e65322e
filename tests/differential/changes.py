"""Random changes: of rows, of tables between the changes of rows, in transactions that may be taken back."""

import copy
from dataclasses import dataclass
from typing import Callable, Optional

from literals import quoted_type
from values import COLUMN_TYPES, GROUPABLE, TYPES, UNINDEXED, VALUES, scope_of

WIDENED = {"int4": "int8", "int2": "int4", "varchar": "text", "date": "timestamp", "uuid": "text", "bool": "text", "_int4": "_text",
           "mood": "text", "bpchar": "varchar", "time": "interval", "jsonb": "text"}
NEED_USING = {"_int4", "mood", "uuid", "bool", "jsonb", "bpchar"}


@dataclass
class Step:
    """A statement; `effect`: what to do to the workload's idea of the schema once it has worked on both sides."""
    sql: str
    effect: Optional[Callable[[], None]] = None
    is_ordered: bool = False


def declared(type_name):
    return COLUMN_TYPES.get(type_name, quoted_type(type_name))


class Changes:
    """Part of Workload."""

    def steps(self):
        kind = self.r.random()
        if kind < 0.05:
            return [Step(self.described(), is_ordered=True)]
        if kind < 0.62:
            return [Step(self.change())]
        if kind < 0.82:
            made = self.alteration()
            if made.sql.startswith("CREATE") and "VIEW" in made.sql:
                return [made, Step(self.definition(made.sql.split("VIEW ", 1)[1].split(" ", 1)[0]))]
            return [made]
        if kind < 0.9:
            return self.prepared()
        return self.transaction()

    # ---- rows ----

    def writable(self, name):
        return [(c, t) for c, t in self.changeable(name) if (name, c) not in self.generated]

    def changeable(self, name):
        return self.tables[name] if name in self.tables else self.updatable[name]

    def insert(self, name, count):
        if count == 0:
            return f"INSERT INTO {name} SELECT WHERE false"
        columns = self.writable(name)
        rows = []
        for number in self.r.sample(range(200), count):
            values = [str(number)] + ["NULL" if self.r.random() < 0.15 else "DEFAULT" if self.r.random() < 0.03 else
                                      VALUES[t](self.r) for _, t in columns[1:]]
            rows.append("(" + ", ".join(values) + ")")
        return f"INSERT INTO {name} ({', '.join(c for c, _ in columns)}) VALUES " + ", ".join(rows)

    def fitting(self, type_name, scope):
        made = self.e.make(type_name, 2, scope)
        if type_name == "numeric":
            return f"({made} % 100000)"
        return f"{made}::{declared(type_name)}" if type_name in ("varchar", "bpchar") else made

    def change(self):
        names = list(self.tables) * 3 + list(self.updatable)
        name = self.r.choice(names)
        simple = [self.update, self.update, self.delete, self.upsert, lambda n: self.insert(n, 2), self.update_part,
                  self.insert_selected, self.update_from]
        if name not in self.tables:
            return self.r.choice(simple[:3] + simple[4:5])(name)
        more = [self.delete_using, self.update_pair, self.changing_with, self.move, self.delete_chosen, self.merge, self.merge]
        return self.r.choice(simple + more + [self.written] * 6)(name)

    def target(self, name):
        column, type_name = self.r.choice(self.writable(name)[1:] or [("id", "int4")])
        return column, type_name, scope_of(self.changeable(name))

    def other_source(self):
        other, others = self.r.choice(list(self.tables.items()))
        return other, scope_of([(f"s.{c}", t) for c, t in others])

    def update(self, name):
        column, type_name, scope = self.target(name)
        if column == "id":
            return f"DELETE FROM {name} WHERE id = 3"
        value = self.fitting(type_name, scope) if self.r.random() < 0.95 else "DEFAULT"
        return f"UPDATE {name} SET {column} = {value} WHERE {self.e.condition(2, scope)} RETURNING *"

    def delete(self, name):
        column, _, scope = self.target(name)
        return f"DELETE FROM {name} WHERE {self.e.condition(2, scope)} AND id % 5 = 0 RETURNING id, {column}"

    def upsert(self, name):
        column, _, scope = self.target(name)
        if self.r.random() < 0.3:
            return self.insert(name, 3) + " ON CONFLICT DO NOTHING RETURNING id"
        action = f"SET {column} = excluded.{column}"
        if self.r.random() < 0.3 and column != "id":
            action = f"SET ({column}) = ROW({name}.{column})"
        condition = self.e.condition(1, scope_of([(f"{name}.{c}", t) for c, t in self.tables[name]]))
        return self.insert(name, 3) + f" ON CONFLICT (id) DO UPDATE {action} WHERE {condition} RETURNING *" if scope else ""

    def update_part(self, name):
        """A part of a value."""
        scope = scope_of(self.changeable(name))
        parts = {"_int4": (f"[{self.r.randint(1, 3)}]", "int4"), "_text": ("[2]", "text"), "jsonb": ("['a']", "jsonb"), "pair": (".a", "int4")}
        usable = [(c, t) for c, t in self.writable(name) if t in parts]
        if not usable:
            return self.update(name)
        column, type_name = self.r.choice(usable)
        part, part_type = parts[type_name]
        return (f"UPDATE {name} SET {column}{part} = {self.e.make(part_type, 1, scope)} WHERE {self.e.condition(1, scope)}"
                f" RETURNING id, {column}")

    def insert_selected(self, name):
        columns = self.writable(name)
        other, source = self.other_source()
        values = [f"s.id + {self.r.choice([200, 500, 1000])}"] + [self.fitting(t, source) for _, t in columns[1:]]
        return (f"INSERT INTO {name} ({', '.join(c for c, _ in columns)}) SELECT {', '.join(values)} FROM {other} s WHERE s.id % 9 = "
                f"{self.r.randint(0, 8)} ON CONFLICT DO NOTHING RETURNING *")

    def update_from(self, name):
        column, type_name, _ = self.target(name)
        other, source = self.other_source()
        if column == "id":
            return self.delete(name)
        return (f"UPDATE {name} t SET {column} = {self.fitting(type_name, source)} FROM {other} s"
                f" WHERE s.id = t.id AND {self.e.condition(1, source)} RETURNING t.*")

    def update_pair(self, name):
        """Two columns from one subquery."""
        columns = self.writable(name)[1:]
        if len(columns) < 2:
            return self.update(name)
        chosen = self.r.sample(columns, 2)
        other, source = self.other_source()
        return (f"UPDATE {name} SET ({', '.join(c for c, _ in chosen)}) = (SELECT {', '.join(self.fitting(t, source) for _, t in chosen)}"
                f" FROM {other} s WHERE s.id = {name}.id) WHERE id % 4 = 1 RETURNING *")

    def delete_using(self, name):
        other, source = self.other_source()
        return (f"DELETE FROM {name} t USING {other} s WHERE s.id = t.id + 1 AND {self.e.condition(1, source)}"
                f" AND t.id % 3 = 0 RETURNING t.id, s.id")

    def delete_chosen(self, name):
        more, others = self.source(0)
        return (f"DELETE FROM {name} WHERE id {self.r.choice(['IN', '= ANY'])} (SELECT {self.e.make('int4', 1, scope_of(others))} FROM {more})"
                f" AND id % 2 = 0 RETURNING *")

    def move(self, name):
        """Rows get another key, and another partition if there are any."""
        scope = scope_of(self.tables[name])
        return f"UPDATE {name} SET id = id + {self.r.choice([1000, 2000])} WHERE {self.e.condition(1, scope)} AND id % 6 = 2 AND id < 900 RETURNING *"

    def changing_with(self, name):
        scope = scope_of(self.tables[name])
        condition = self.e.condition(2, scope)
        column, type_name, _ = self.target(name)
        inserted = self.insert(name, 3)
        if self.r.random() < 0.5 or column == "id":
            return (f"WITH made AS ({inserted} ON CONFLICT DO NOTHING RETURNING *), gone AS (DELETE FROM {name} WHERE {condition}"
                    f" AND id % 11 = 0 RETURNING id) SELECT (SELECT count(*) FROM made), (SELECT min(id) FROM gone), m.id FROM made m")
        return (f"WITH changed AS (UPDATE {name} SET {column} = {self.fitting(type_name, scope)} WHERE {condition} AND id % 3 = 0 RETURNING *)"
                f" SELECT c.id, c.{column}, t.{column} FROM changed c LEFT JOIN {name} t ON t.id = c.id")

    def merge(self, name):
        column, type_name, scope = self.target(name)
        other, source = self.other_source()
        both = scope_of([(f"t.{c}", t) for c, t in self.tables[name]]) | source
        if column == "id":
            return self.delete(name)
        using = other + " s" if self.r.random() < 0.7 else f"(SELECT * FROM {other} WHERE id % 2 = 0) s"
        clauses = [f"WHEN MATCHED AND {self.e.condition(1, both)} THEN UPDATE SET {column} = {self.fitting(type_name, both)}",
                   "WHEN MATCHED AND s.id % 7 = 0 THEN DELETE", f"WHEN MATCHED AND {self.e.condition(1, both)} THEN DO NOTHING",
                   f"WHEN NOT MATCHED AND {self.e.condition(1, source)} THEN INSERT (id, {column}) VALUES (s.id, {self.fitting(type_name, source)})",
                   "WHEN NOT MATCHED AND s.id % 5 = 0 THEN INSERT (id) VALUES (s.id)", "WHEN NOT MATCHED THEN DO NOTHING"]
        chosen = self.r.sample(clauses[:5], self.r.randint(1, 4)) + (clauses[5:] if self.r.random() < 0.3 else [])
        return f"MERGE INTO {name} t USING {using} ON s.id = t.id {' '.join(chosen)}" if scope else ""

    # ---- tables ----

    def alteration(self):
        name = self.r.choice(list(self.tables))
        made = [self.add_column, self.add_column, self.drop_column, self.rename_column, self.change_type, self.change_type, self.constrain,
                self.new_index, self.new_view, self.new_view, self.new_updatable, self.upkeep, self.truncate, self.refer, self.new_copy]
        return self.r.choice(made)(name)

    def number(self):
        self.aliases += 1
        return self.aliases

    def add_column(self, name):
        columns = self.tables[name]
        column, type_name = f"c{self.number()}", self.r.choice(TYPES)
        if self.r.random() < 0.2:
            expression = self.e.make("int4", 1, scope_of(self.writable(name)))
            return Step(f"ALTER TABLE {name} ADD COLUMN {column} int4 GENERATED ALWAYS AS ({expression}) STORED",
                        lambda: (columns.append((column, "int4")), self.generated.add((name, column))))
        default = f" DEFAULT {self.e.value(type_name)}" if self.r.random() < 0.6 else ""
        strict = " NOT NULL" if default and self.r.random() < 0.1 else ""
        return Step(f"ALTER TABLE {name} ADD COLUMN {column} {declared(type_name)}{default}{strict}",
                    lambda: columns.append((column, type_name)))

    def drop_column(self, name):
        columns = self.tables[name]
        if len(columns) < 3:
            return self.add_column(name)
        chosen = self.r.choice(columns[1:])
        return Step(f"ALTER TABLE {name} DROP COLUMN {chosen[0]}", lambda: columns.remove(chosen))

    def rename_column(self, name):
        columns = self.tables[name]
        place = self.r.randint(1, len(columns) - 1)
        old, type_name = columns[place]
        new = f"r{self.number()}"

        def effect():
            columns[place] = (new, type_name)
            if (name, old) in self.generated:
                self.generated.add((name, new))
        return Step(f"ALTER TABLE {name} RENAME COLUMN {old} TO {new}", effect)

    def change_type(self, name):
        columns = self.tables[name]
        places = [i for i, (c, t) in enumerate(columns) if i and t in WIDENED and (name, c) not in self.generated]
        if not places:
            return self.add_column(name)
        place = self.r.choice(places)
        column, old = columns[place]
        new = WIDENED[old]
        using = f" USING {column}::{declared(new)}" if old in NEED_USING or self.r.random() < 0.3 else ""

        def effect():
            columns[place] = (column, new)
        return Step(f"ALTER TABLE {name} ALTER COLUMN {column} TYPE {declared(new)}{using}", effect)

    def constrain(self, name):
        column, type_name = self.r.choice(self.tables[name])
        scope = scope_of(self.tables[name])
        return Step(f"ALTER TABLE {name} " + self.r.choice([
            f"ALTER COLUMN {column} SET NOT NULL", f"ALTER COLUMN {column} DROP NOT NULL", f"ALTER COLUMN {column} DROP DEFAULT",
            f"ALTER COLUMN {column} SET DEFAULT {self.e.value(type_name)}", f"ADD CHECK ({self.e.condition(1, scope)})",
            f"ADD CONSTRAINT k{self.number()} CHECK ({column} IS NOT NULL OR id % 2 = 0) NOT VALID"]))

    def new_index(self, name):
        unique = "UNIQUE " if self.r.random() < 0.15 else ""
        usable = [c for c in self.tables[name] if c[1] not in UNINDEXED]
        keys = ", ".join(c + self.r.choice(["", " DESC", " NULLS FIRST"]) for c, _ in self.r.sample(usable, min(len(usable), self.r.randint(1, 2))))
        where = f" WHERE {self.e.condition(1, scope_of(self.tables[name]))}" if self.r.random() < 0.3 else ""
        return Step(f"CREATE {unique}INDEX i{self.number()} ON {name} ({keys}){where}")

    def named_query(self):
        text, types = self.select(1)
        names = [f"x{i}" for i in range(len(types))]
        return text, names, list(zip(names, types))

    def new_view(self, _):
        if self.views and self.r.random() < 0.3:
            gone = self.r.choice(list(self.views))
            kind = self.views[gone][0]
            return Step(f"DROP {kind} {gone}", lambda: self.views.pop(gone))
        text, names, columns = self.named_query()
        kind = self.r.choice(["VIEW", "VIEW", "MATERIALIZED VIEW"])
        view = f"v{self.number()}"
        return Step(f"CREATE {kind} {view} ({', '.join(names)}) AS {text}", lambda: self.views.update({view: (kind, columns)}))

    def new_copy(self, _):
        text, names, columns = self.named_query()
        copied = f"v{self.number()}"
        using = " USING columnar" if self.r.random() < 0.4 else ""
        return Step(f"CREATE TABLE {copied} ({', '.join(names)}){using} AS {text}", lambda: self.views.update({copied: ("TABLE", columns)}))

    def new_updatable(self, name):
        view = f"w{self.number()}"
        columns = [c for c in self.writable(name)]
        check = self.r.choice(["", "", " WITH CHECK OPTION", " WITH LOCAL CHECK OPTION"])
        return Step(f"CREATE VIEW {view} AS SELECT {', '.join(c for c, _ in columns)} FROM {name} WHERE"
                    f" {self.e.condition(1, scope_of(columns))}{check}", lambda: self.updatable.update({view: columns}))

    def upkeep(self, name):
        materialized = [v for v, (kind, _) in self.views.items() if kind == "MATERIALIZED VIEW"]
        if materialized and self.r.random() < 0.6:
            return Step(f"REFRESH MATERIALIZED VIEW {self.r.choice(materialized)}")
        return Step(f"{self.r.choice(['ANALYZE', 'VACUUM', 'VACUUM FULL', 'REINDEX TABLE'])} {name}")

    def truncate(self, name):
        if self.r.random() < 0.7:
            return self.upkeep(name)
        return Step(f"TRUNCATE {name}")

    def refer(self, name):
        other = self.r.choice(list(self.tables))
        columns, column = self.tables[name], f"f{self.number()}"
        action = self.r.choice(["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON DELETE SET DEFAULT", " ON UPDATE CASCADE"])
        return Step(f"ALTER TABLE {name} ADD COLUMN {column} int4 REFERENCES {other}{action}", lambda: columns.append((column, "int4")))

    # ---- several statements ----

    def transaction(self):
        """Changes of rows and tables, savepoints, cursors; half of them taken back."""
        saved = (copy.deepcopy(self.tables), dict(self.views), copy.deepcopy(self.updatable), set(self.generated))
        level = self.r.choice(["", "", " ISOLATION LEVEL REPEATABLE READ", " ISOLATION LEVEL SERIALIZABLE"])
        steps = [Step("BEGIN" + level), Step(self.change()), Step("SAVEPOINT a"), Step(self.change()), self.any_query()]
        steps += self.r.choice([[Step("ROLLBACK TO a")], [Step("RELEASE a")], [Step("SAVEPOINT b"), Step(self.change()), Step("ROLLBACK TO b")]])
        steps.append(self.any_query())
        if self.r.random() < 0.5:
            steps += self.cursor()
        if self.r.random() < 0.5:
            return steps + [Step("COMMIT")]

        def undo():
            self.tables, self.views, self.updatable, self.generated = saved
        altered = self.alteration()
        if altered.sql.startswith(("VACUUM", "REINDEX")):
            altered = self.add_column(self.r.choice(list(self.tables)))
        return steps + [altered, self.any_query(), Step(self.change()), Step("ROLLBACK", undo)]

    def any_query(self):
        sql, is_ordered = self.query()
        return Step(sql, is_ordered=is_ordered)

    def cursor(self):
        name = self.r.choice(list(self.tables))
        scope = scope_of(self.tables[name])
        outputs = ", ".join(self.e.make(t, 1, scope) for t in self.r.sample(GROUPABLE, 2))
        fetches = [f"{self.r.choice(['FETCH', 'MOVE'])} {d} FROM k" for d in self.r.sample(
            ["3", "NEXT", "FORWARD 5", "BACKWARD 2", "PRIOR", "ABSOLUTE 4", "RELATIVE -1", "LAST", "FIRST", "ABSOLUTE -3", "ALL", "BACKWARD ALL"], 4)]
        return [Step(f"DECLARE k SCROLL CURSOR FOR SELECT id, {outputs} FROM {name} ORDER BY {name}.id")] + \
            [Step(f, is_ordered=True) for f in fetches] + [Step("CLOSE k")]

    def prepared(self):
        """A query with parameters, run with several values."""
        name = self.r.choice(list(self.tables))
        columns = self.tables[name]
        scope = scope_of(columns)
        types = [self.r.choice([t for _, t in columns]), "int4", "text"]
        with_parameters = {t: list(c) for t, c in scope.items()}
        for i, type_name in enumerate(types):
            with_parameters.setdefault(type_name, []).extend([f"${i + 1}"] * 2)
        outputs = [self.e.make(self.r.choice(TYPES), 1, with_parameters) for _ in range(2)]
        plan = f"p{self.number()}"
        sql = (f"PREPARE {plan} ({', '.join(quoted_type(t) for t in types)}) AS SELECT id, {', '.join(outputs)} FROM {name} WHERE "
               f"{self.e.condition(2, with_parameters)} AND (id > $2 OR $3 IS NOT NULL OR $1 IS NULL)")
        value = lambda t: "NULL" if self.r.random() < 0.1 else self.e.value(t)  # noqa: E731
        return [Step(sql)] + [Step(f"EXECUTE {plan} ({', '.join(value(t) for t in types)})") for _ in range(3)] + [Step(f"DEALLOCATE {plan}")]
