-- What sqlsmith finds: tables of all types, row and columnar, with partitions, children, views, indexes, functions.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a int4, b text);
CREATE DOMAIN positive AS int4 CHECK (VALUE > 0);
CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);

CREATE TABLE every_type (
  id int4 PRIMARY KEY, b bool, i2 int2, i8 int8, n numeric, n2 numeric(10,2), f4 float4, f8 float8, m money,
  t text, vc varchar(20), c char(5), na name, ch "char", by bytea,
  d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval,
  u uuid, j json, jb jsonb, jp jsonpath, x xml, o oid, rc regclass, rt regtype,
  ip inet, ci cidr, ma macaddr, ma8 macaddr8, bi bit(4), vb varbit, ls pg_lsn,
  po point, li line, lseg lseg, bo box, pa path, pg polygon, cl circle,
  tv tsvector, tq tsquery, r4 int4range, r8 int8range, rn numrange, rd daterange, rts tsrange, rtz tstzrange,
  m4 int4multirange, md datemultirange, mo mood, pr pair, dp positive, fr floatrange,
  a4 int4[], at text[], an numeric[], am mood[], ap pair[], ad date[], ajb jsonb[], ar int4range[]
);
INSERT INTO every_type
SELECT i, i % 2 = 0, i, i * 10000000000, i / 7.0, i / 3.0, i / 3.0, i / 9.0, i::numeric::money,
  'text ' || i % 13, 'v' || i % 7, 'c' || i % 5, 'name' || i, 'x', decode(md5(i::text), 'hex'),
  date '2020-01-01' + i, time '00:00' + i * interval '7 minutes', timetz '00:00+02' + i * interval '11 minutes',
  timestamp '2020-01-01' + i * interval '5 hours', timestamptz '2020-01-01 00:00+00' + i * interval '7 hours',
  i * interval '1 day 3 hours', md5(i::text)::uuid, json_build_object('a', i, 'b', ARRAY[i, i + 1]),
  jsonb_build_object('a', i % 5, 'k' || i % 3, ARRAY['x', 'y']), '$.a ? (@ > 2)', xmlelement(name a, i), i, 'pg_class', 'int4',
  ('10.0.' || i % 4 || '.' || i)::inet, ('10.' || i || '.0.0/16')::cidr, '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
  (i % 16)::bit(4), (i % 50)::bit(6)::varbit, '0/0'::pg_lsn + i::numeric,
  point(i, -i), line(point(0, i), point(1, 2 * i + 1)), lseg(point(0, 0), point(i, 1)), box(point(0, 0), point(i, i)),
  path(polygon(box(point(0, 0), point(i + 1, i + 1)))), polygon(box(point(0, 0), point(i + 1, i + 1))), circle(point(i, i), i),
  to_tsvector('simple', 'fat cat number ' || i), to_tsquery('simple', 'cat & ' || i), int4range(i, i + 10),
  int8range(i, NULL), numrange(i / 3.0, i), daterange('2020-01-01', date '2020-01-02' + i), tsrange('2020-01-01', NULL),
  tstzrange(NULL, '2024-01-01 00:00+00'), int4multirange(int4range(i, i + 2), int4range(i + 5, i + 6)),
  datemultirange(daterange('2020-01-01', date '2020-01-02' + i)),
  (ARRAY['sad', 'ok', 'happy'])[i % 3 + 1]::mood, ROW(i, 'p' || i)::pair, i + 1, floatrange(i, i + 0.5),
  ARRAY[i, NULL, i + 1], ARRAY['a', 'b' || i], ARRAY[i / 3.0], ARRAY['ok', 'sad']::mood[], ARRAY[ROW(i, 'q')::pair],
  ARRAY[date '2020-01-01' + i], ARRAY[jsonb_build_object('z', i)], ARRAY[int4range(1, i + 2)]
FROM generate_series(0, 49) i;
INSERT INTO every_type (id) VALUES (1000), (1001);
CREATE INDEX ON every_type (i8);
CREATE UNIQUE INDEX ON every_type (u) WHERE u IS NOT NULL;
CREATE INDEX ON every_type (t, d DESC);
CREATE INDEX ON every_type (lower(t));
CREATE INDEX ON every_type USING gin (jb);
CREATE INDEX ON every_type USING gin (a4);
CREATE INDEX ON every_type USING gist (r4);

CREATE TABLE every_type_columnar USING columnar AS SELECT * FROM every_type;
CREATE TABLE sales (id int8 PRIMARY KEY, region text NOT NULL, day date, amount numeric(12,2), kind mood) USING columnar;
INSERT INTO sales SELECT i, 'r' || i % 9, date '2021-01-01' + i % 700, i % 977 / 3.0, (ARRAY['sad', 'ok', 'happy'])[i % 3 + 1]::mood
FROM generate_series(1, 5000) i;
VACUUM sales;
DELETE FROM sales WHERE id % 100 = 0;
UPDATE sales SET amount = NULL WHERE id % 101 = 0;

CREATE TABLE customer (id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, since date DEFAULT '2020-02-02',
  score float8 CHECK (score >= 0), twice float8 GENERATED ALWAYS AS (score * 2) STORED);
INSERT INTO customer (name, since, score) SELECT 'customer ' || i, date '2019-01-01' + i, i / 3.0 FROM generate_series(1, 200) i;
CREATE TABLE purchase (id serial PRIMARY KEY, customer int4 REFERENCES customer ON DELETE CASCADE, at timestamptz, total numeric,
  tags text[]);
INSERT INTO purchase (customer, at, total, tags)
SELECT i % 200 + 1, timestamptz '2022-01-01 00:00+00' + i * interval '3 hours', i * 1.25, ARRAY['t' || i % 4, 'u' || i % 3]
FROM generate_series(1, 600) i;
CREATE INDEX ON purchase (customer, at);
CREATE INDEX ON purchase USING hash (total);

CREATE TABLE measure (at date NOT NULL, place int4, value float8, PRIMARY KEY (at, place)) PARTITION BY RANGE (at);
CREATE TABLE measure_old PARTITION OF measure FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE measure_new PARTITION OF measure FOR VALUES FROM ('2020-01-01') TO ('2022-01-01') PARTITION BY HASH (place);
CREATE TABLE measure_new_0 PARTITION OF measure_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE measure_new_1 PARTITION OF measure_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE measure_rest PARTITION OF measure DEFAULT;
INSERT INTO measure SELECT date '2019-06-01' + i * 3, i % 7, i / 11.0 FROM generate_series(0, 399) i;
CREATE TABLE city (name text, people int4) PARTITION BY LIST (name);
CREATE TABLE city_a PARTITION OF city FOR VALUES IN ('a', 'b');
CREATE TABLE city_n PARTITION OF city FOR VALUES IN (NULL);
CREATE TABLE city_d PARTITION OF city DEFAULT;
INSERT INTO city VALUES ('a', 1), ('b', 2), (NULL, 3), ('z', 4), ('y', NULL);

CREATE TABLE person (name text, age int4);
CREATE TABLE student (gpa float8) INHERITS (person);
CREATE TABLE employee (salary numeric, boss name) INHERITS (person);
CREATE TABLE working_student (percent int4) INHERITS (employee, student);
INSERT INTO person VALUES ('ann', 30), ('bob', NULL);
INSERT INTO student VALUES ('cy', 20, 2.5);
INSERT INTO employee VALUES ('di', 40, 1000, 'ann');
INSERT INTO working_student VALUES ('ed', 22, 500, 'di', 3.1, 50);

CREATE TABLE empty_table (a int4, b text, c numeric[]);
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
CREATE TEMPORARY TABLE gone (a int4);

CREATE VIEW rich AS SELECT id, name, score FROM customer WHERE score > 20 WITH CHECK OPTION;
CREATE VIEW totals AS SELECT c.name, count(p.*) AS purchases, sum(p.total) AS total, max(p.at) AS latest
  FROM customer c LEFT JOIN purchase p ON p.customer = c.id GROUP BY c.name;
CREATE VIEW regions AS SELECT region, kind, sum(amount) AS amount, grouping(region, kind) AS level,
  rank() OVER (ORDER BY sum(amount)) AS place FROM sales GROUP BY CUBE (region, kind);
CREATE VIEW everybody AS SELECT * FROM person UNION ALL SELECT name, purchases::int4 FROM totals;
CREATE VIEW tree AS WITH RECURSIVE t (n, path) AS (SELECT 1, ARRAY[1] UNION ALL SELECT n + 1, path || n FROM t WHERE n < 20)
  SELECT * FROM t;
CREATE VIEW types_joined AS SELECT a.*, b.t AS other_text, b.jb AS other_json
  FROM every_type a JOIN every_type_columnar b USING (id);
CREATE MATERIALIZED VIEW by_day AS SELECT day, count(*) AS sales, sum(amount) FROM sales GROUP BY day;
CREATE INDEX ON by_day (day);
CREATE SEQUENCE counter;

CREATE FUNCTION add_one(int4) RETURNS int4 LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE FUNCTION safe_divide(a numeric, b numeric) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  RETURN a / b;
EXCEPTION WHEN division_by_zero THEN
  RETURN NULL;
END $$;
CREATE FUNCTION pairs(n int4) RETURNS SETOF pair LANGUAGE sql AS 'SELECT i, ''p'' || i FROM generate_series(1, n) i';
CREATE FUNCTION same(anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text);
ANALYZE;
