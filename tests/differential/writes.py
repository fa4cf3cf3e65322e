"""Changes of several tables at once, of every kind that one statement can hold: WITH, ON CONFLICT, MERGE, CURRENT OF; and what
the catalog says of what was made."""

from values import GROUPABLE, scope_of


class Writes:
    """Part of Workload; made of what changes.py has."""

    def written(self, name):
        return self.r.choice([self.chain_of_changes, self.upsert_selected, self.upsert_named, self.insert_sets, self.update_joined,
                              self.delete_exists, self.update_windowed, self.insert_defaults])(name)

    def chain_of_changes(self, name):
        """One table after the other: each sees what the ones before return, none what they did."""
        other = self.r.choice(list(self.tables))
        column, type_name, scope = self.target(name)
        condition = self.e.condition(1, scope)
        if other == name:
            return (f"WITH moved AS (DELETE FROM {name} WHERE {condition} AND id % 7 = 3 RETURNING *) SELECT m.id, m.{column}, (SELECT count(*) FROM "
                    f"{name} t WHERE t.id = m.id), count(*) OVER () FROM moved m")
        moved = [c for c, t in self.writable(other) if (c, t) in self.tables[name]]
        return (f"WITH moved AS (DELETE FROM {name} WHERE {condition} AND id % 7 = 3 RETURNING *), made AS (INSERT INTO {other} "
                f"({', '.join(moved)}) SELECT {', '.join(c if c != 'id' else 'id + 3000' for c in moved)} FROM moved ON CONFLICT (id) DO NOTHING RETURNING id) "
                f"SELECT m.id, m.{column}, n.id FROM moved m FULL JOIN made n ON n.id = m.id + 3000")

    def upsert_selected(self, name):
        columns = self.writable(name)
        other, source = self.other_source()
        values = ["s.id + 2"] + [self.fitting(t, source) for _, t in columns[1:]]
        column, type_name, _ = self.target(name)
        both = scope_of([(f"excluded.{c}", t) for c, t in columns] + [(f"{name}.{c}", t) for c, t in self.tables[name]])
        action = f"DO UPDATE SET {column} = {self.fitting(type_name, both) if column != 'id' else 'excluded.id + 5000'} WHERE " \
                 f"{self.e.condition(1, both)}" if self.r.random() < 0.8 else "DO NOTHING"
        return (f"INSERT INTO {name} ({', '.join(c for c, _ in columns)}) SELECT {', '.join(values)} FROM {other} s WHERE s.id % 5 = "
                f"{self.r.randint(0, 4)} AND s.id < 900 ON CONFLICT (id) {action} RETURNING *")

    def upsert_named(self, name):
        columns = self.writable(name)
        if len(columns) < 2:
            return self.insert(name, 2)
        chosen = self.r.sample(columns[1:], min(2, len(columns) - 1))
        sets = ", ".join(f"{c} = {self.r.choice(['DEFAULT', 'excluded.' + c, f'coalesce({name}.{c}, excluded.{c})', f'(SELECT excluded.{c})'])}"
                         for c, _ in chosen)
        target = self.r.choice([f"ON CONSTRAINT {name}_pkey", "(id)", "(id) WHERE id > 0"])
        return self.insert(name, 4) + f" ON CONFLICT {target} DO UPDATE SET {sets} RETURNING id, {chosen[0][0]}"

    def insert_sets(self, name):
        """Groups, windows and set operations as what is inserted."""
        columns = self.writable(name)
        other, others = self.r.choice(list(self.tables.items()))
        scope = scope_of(others)
        values = [self.fitting(t, scope) for _, t in columns[1:]]
        query = f"SELECT {', '.join([f'id + {self.r.choice([6000, 7000])}'] + values)} FROM {other} WHERE id BETWEEN 0 AND 60"
        query = self.r.choice([query, query + " ORDER BY id DESC LIMIT 3", f"{query} AND {self.e.condition(1, scope)}"])
        return (f"WITH source AS ({query}) INSERT INTO {name} ({', '.join(c for c, _ in columns)}) TABLE source ON CONFLICT DO NOTHING RETURNING id")

    def update_joined(self, name):
        column, type_name, _ = self.target(name)
        if column == "id":
            return self.delete(name)
        a, left = self.r.choice(list(self.tables.items()))
        b, right = self.r.choice(list(self.tables.items()))
        scope = scope_of([(f"a.{c}", t) for c, t in left] + [(f"b.{c}", t) for c, t in right])
        return (f"UPDATE {name} t SET {column} = {self.fitting(type_name, scope)} FROM {a} a LEFT JOIN {b} b ON b.id = a.id + 1 AND "
                f"{self.e.condition(1, scope)} WHERE a.id = t.id RETURNING t.id, t.{column}, b::text, a.id")

    def delete_exists(self, name):
        other, source = self.other_source()
        scope = scope_of([(f"{name}.{c}", t) for c, t in self.changeable(name)])
        return (f"DELETE FROM {name} WHERE {self.r.choice(['', 'NOT '])}EXISTS (SELECT FROM {other} s WHERE s.id = {name}.id AND "
                f"{self.e.condition(1, source)}) AND {self.e.condition(1, scope)} AND id % 4 = 0 RETURNING {name}::text")

    def update_windowed(self, name):
        columns = [(c, t) for c, t in self.writable(name)[1:] if t in ("int4", "int8", "text", "numeric")]
        if not columns:
            return self.update(name)
        column, type_name = self.r.choice(columns)
        key = self.e.make(self.r.choice(GROUPABLE), 1, scope_of(self.tables[name]))
        value = {"text": "w.k::text", "numeric": "(w.k % 1000)::numeric"}.get(type_name, f"w.k::{type_name}")
        return (f"UPDATE {name} t SET {column} = {value} FROM (SELECT id, count(*) OVER (PARTITION BY {key}) AS k FROM {name}) w "
                f"WHERE w.id = t.id AND t.id % 3 = {self.r.randint(0, 2)} RETURNING t.id, t.{column}")

    def insert_defaults(self, name):
        columns = self.writable(name)
        rows = ", ".join("(" + ", ".join([str(self.r.randint(8000, 8999))] + ["DEFAULT"] * (len(columns) - 1)) + ")" for _ in range(2))
        return self.r.choice([f"INSERT INTO {name} ({', '.join(c for c, _ in columns)}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING *",
                              f"INSERT INTO {name} (id) VALUES ({self.r.randint(8000, 8999)}) RETURNING {name}, {name}.*"])

    # ---- what the catalog says ----

    def described(self):
        """Texts of definitions, as other programs read them."""
        name = self.r.choice(list(self.tables))
        forms = [
            f"SELECT conname, contype, convalidated, pg_get_constraintdef(oid), pg_get_constraintdef(oid, true) FROM pg_constraint WHERE conrelid = "
            f"'{name}'::regclass ORDER BY conname",
            f"SELECT pg_get_indexdef(indexrelid), indisunique, indisvalid, pg_get_expr(indpred, indrelid), pg_get_indexdef(indexrelid, 1, true) FROM pg_index"
            f" WHERE indrelid = '{name}'::regclass ORDER BY 1",
            f"SELECT attname, format_type(atttypid, atttypmod), attnotnull, atthasdef, attgenerated, attisdropped, pg_get_expr(adbin, adrelid) FROM "
            f"pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = '{name}'::regclass AND attnum > 0 ORDER BY attnum",
            f"SELECT column_name, data_type, udt_name, is_nullable, column_default, is_generated, generation_expression FROM information_schema.columns "
            f"WHERE table_name = '{name}' ORDER BY ordinal_position",
            f"SELECT relkind, relispartition, relhasindex, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname LIKE "
            f"'{name}%' AND relkind IN ('r', 'p') ORDER BY relname",
        ]
        return self.r.choice(forms)

    def definition(self, view):
        return f"SELECT pg_get_viewdef('{view}'::regclass), pg_get_viewdef('{view}'::regclass, true)"
