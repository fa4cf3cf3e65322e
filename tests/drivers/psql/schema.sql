-- Something of each kind that psql's \d forms describe.
CREATE SCHEMA sales;
CREATE TABLE sales.customers (
  id serial PRIMARY KEY,
  name text NOT NULL,
  email varchar(80) UNIQUE,
  credit numeric(12, 2) DEFAULT 0.00 CHECK (credit >= 0),
  since date DEFAULT CURRENT_DATE,
  active boolean DEFAULT true
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  placed timestamp with time zone DEFAULT now(),
  note char(10),
  weight double precision,
  ref uuid,
  raw bytea,
  took interval,
  CONSTRAINT weighs CHECK (weight > 0)
);
CREATE INDEX orders_placed ON orders (placed DESC, note);
CREATE UNIQUE INDEX orders_ref ON orders (ref);
CREATE TABLE plain (a int2, b int4, c int8, d float4);
CREATE VIEW big_orders AS SELECT id, weight FROM orders WHERE weight > 100;
CREATE SEQUENCE tickets START 100 INCREMENT 5;
CREATE ROLE clerk LOGIN;
CREATE ROLE auditor NOLOGIN;
CREATE DATABASE branch_office;
