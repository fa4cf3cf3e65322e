-- What people keep in a database, as far as it is served here.
CREATE SCHEMA "Odd Name";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine');
CREATE TYPE pair AS (x integer, "Y y" numeric(10,2));
CREATE DOMAIN positive AS integer DEFAULT 1 CONSTRAINT above_zero CHECK (VALUE > 0) NOT NULL;
CREATE TYPE "Odd Name".span AS RANGE (subtype = numeric);
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword WITH plain;
CREATE SEQUENCE numbers INCREMENT 5 MINVALUE -10 MAXVALUE 1000 START 7 CYCLE CACHE 3;
SELECT nextval('numbers'), nextval('numbers');

CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100) PRIMARY KEY,
  name text COLLATE german NOT NULL UNIQUE,
  feels mood DEFAULT 'ok',
  born date CHECK (born > '1900-01-01'),
  height positive,
  point pair DEFAULT ROW(1, 2.5),
  tags text[] DEFAULT '{}',
  "weird ""column" jsonb DEFAULT '{"a": [1, null]}',
  name_length integer GENERATED ALWAYS AS (length(name)) STORED,
  number integer DEFAULT nextval('numbers'),
  CONSTRAINT tall CHECK (height < 300 OR feels = 'sad')
);
COMMENT ON TABLE people IS 'Who''s there';
COMMENT ON COLUMN people.born IS 'a date';
COMMENT ON CONSTRAINT tall ON people IS 'giants are sad';
CREATE INDEX people_lower ON people (lower(name) DESC NULLS LAST, born) INCLUDE (height) WHERE height > 5;
CREATE INDEX people_tags ON people USING gin (tags);
CREATE STATISTICS people_together (dependencies) ON born, height FROM people;
ALTER TABLE people ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN tags SET STORAGE EXTERNAL;
INSERT INTO people (name, feels, born, tags, point) VALUES
  (E'tab\there', 'sad', '2001-02-03', '{a,"b c",NULL}', '(3,4.25)'),
  (E'back\\slash\nline', NULL, NULL, NULL, NULL), ('Ünïcode', 'it''s fine', '1999-12-31', '{}', ROW(7, NULL));

CREATE TABLE pets (
  owner bigint REFERENCES people ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  name varchar(20),
  weight double precision DEFAULT 'NaN',
  seen tstzrange,
  EXCLUDE USING gist (seen WITH &&) WHERE (NOT isempty(seen)),
  FOREIGN KEY (name) REFERENCES people (name) NOT DEFERRABLE
);
INSERT INTO pets VALUES (100, NULL, 1.5e300, '[2020-01-01,2020-02-01)'), (NULL, 'Ünïcode', '-Infinity', 'empty');
ALTER TABLE pets ADD CONSTRAINT heavy CHECK (weight > 0) NOT VALID;

CREATE TABLE kinds (
  a bytea, b bit varying(5), c inet, d interval, e timestamp(3) with time zone, f time, g money, h uuid, i xml, j tsvector,
  k point, l "Odd Name".span, m char(4), n "char", o real, p oid, q boolean, r macaddr, s numeric, t int4multirange);
INSERT INTO kinds VALUES ('\x00ff', '101', '10.0.0.1/8', '1 year 2 days 03:04:05.678', '2020-02-29 12:00:00.123+02', '23:59:60',
  '12.34', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '<a>b</a>', 'fat:1A cat', '(1,2)', '[1,2.5)', 'ab', 'x', 1.1, 42, true,
  '08:00:2b:01:02:03', 123456789012345678901234567890.5, '{[1,3),[5,8)}');

CREATE TABLE "Odd Name".measures (at timestamp NOT NULL, value real, kind text DEFAULT 'x') PARTITION BY RANGE (at);
CREATE TABLE "Odd Name".measures_2020 PARTITION OF "Odd Name".measures FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE "Odd Name".measures_rest PARTITION OF "Odd Name".measures DEFAULT PARTITION BY LIST (kind);
CREATE TABLE "Odd Name".measures_x PARTITION OF "Odd Name".measures_rest FOR VALUES IN ('x', NULL);
CREATE INDEX ON "Odd Name".measures (at, kind);
ALTER TABLE "Odd Name".measures ADD PRIMARY KEY (at, kind);
INSERT INTO "Odd Name".measures VALUES ('2020-05-05', 1.5), ('2022-01-01', -1);

CREATE TABLE base (a integer, CHECK (a > 0));
CREATE TABLE derived (b integer DEFAULT 3) INHERITS (base);
INSERT INTO derived VALUES (1, 2);
CREATE UNLOGGED TABLE loose (a serial, b smallserial);
INSERT INTO loose DEFAULT VALUES;

CREATE VIEW grown AS SELECT p.*, upper(name) AS loud FROM people p WHERE born < '2010-01-01' WITH CASCADED CHECK OPTION;
CREATE VIEW pairs (a, b, c) AS
  WITH w AS (SELECT name, count(*) AS n FROM pets GROUP BY name)
  SELECT g.name, w.n, row_number() OVER (PARTITION BY g.feels ORDER BY g.id) FROM grown g LEFT JOIN w USING (name)
  UNION ALL SELECT 'x', 1, 2 ORDER BY 1 LIMIT 10;
ALTER VIEW grown ALTER COLUMN feels SET DEFAULT 'sad';
CREATE MATERIALIZED VIEW counted AS SELECT feels, count(*) FROM people GROUP BY feels WITH DATA;
CREATE UNIQUE INDEX ON counted (feels);
COMMENT ON VIEW grown IS 'no children';
COMMENT ON SCHEMA "Odd Name" IS 'with a blank';
COMMENT ON TYPE mood IS 'how it goes';
ALTER TYPE mood RENAME VALUE 'ok' TO 'well';
ALTER TABLE people RENAME COLUMN born TO "Born";
ALTER TABLE base RENAME TO ground;
CLUSTER people USING people_pkey;
