// DuckDB for run.py: a line of JSON in, a list of statements; a line of JSON out, the last one's rows with
// rows and the seconds that all took.
//
//     node duckdb.mjs DIRECTORY        where @duckdb/node-api is installed
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.argv[2]}/`);
const { DuckDBInstance } = require('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();

async function run(statements) {
  let rows = [];
  const start = process.hrtime.bigint();
  for (const statement of statements) {
    const reader = await connection.runAndReadAll(statement);
    if (reader.columnCount > 0 && /^\s*(select|with)/i.test(statement)) rows = reader.getRowsJson();
  }
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, rows };
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    process.stdout.write(JSON.stringify(await run(JSON.parse(line))) + '\n');
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: String(error.message ?? error) }) + '\n');
  }
}
