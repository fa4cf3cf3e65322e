\echo == d
\d
\echo == d plain
\d plain
\echo == d orders
\d orders
\echo == d sales.customers
\d sales.customers
\echo == d+ orders
\d+ plain
\echo == d big_orders
\d big_orders
\echo == d orders_placed
\d orders_placed
\echo == d orders_pkey
\d orders_pkey
\echo == d tickets
\d tickets
\echo == d nothing
\d nothing
\echo == dt
\dt
\echo == dt *.*customers
\dt sales.*
\echo == di
\di
\echo == ds
\ds
\echo == dv
\dv
\echo == dn
\dn
\echo == du
\du
\echo == df
\df
\df pg_catalog.abs
\echo == l
\l
\echo == dT
\dT
\echo == dp plain
\dp plain
\echo == conninfo
SELECT current_user, current_database();
