/** A generated schema filled with rows and written as a small SQLite file. */
import BetterSqlite3 from 'better-sqlite3';
import type { Random } from './random.ts';
import { type Column, createTables, type Schema, type Table, type Value } from './schemas.ts';

export type Rows = ReadonlyMap<Table, readonly (readonly Value[])[]>;

/** Rows for every table: keys count from 1, names are distinct, references point to existing rows. */
export function inventRows(random: Random, schema: Schema, low: number, high: number): Rows {
  const rows = new Map<Table, Value[][]>();
  for (const table of schema.tables) {
    const size = random.int(low, high);
    const columns = table.columns.map((column) => inventValues(random, column, size, rows));
    const length = Math.min(...columns.map((values) => values.length));
    rows.set(
      table,
      Array.from({ length }, (_, row) => columns.map((values) => values[row] as Value)),
    );
  }
  return rows;
}

function inventValues(random: Random, column: Column, size: number, rows: Rows): Value[] {
  switch (column.role) {
    case 'key':
      return Array.from({ length: size }, (_, row) => row + 1);
    case 'name':
      return random.distinct(size, () => column.value(random));
    case 'reference': {
      const parents = column.references && rows.get(column.references);
      return Array.from({ length: size }, () => random.int(1, parents?.length ?? 1));
    }
    default:
      return Array.from({ length: size }, () => column.value(random));
  }
}

/** Writes the file at `path`, which must not exist, and leaves it open for reading. */
export function writeDatabase(path: string, schema: Schema, rows: Rows): BetterSqlite3.Database {
  const database = new BetterSqlite3(path);
  // The smallest page: these tables hold a few rows each.
  database.pragma('page_size = 512');
  database.exec(createTables(schema));
  for (const [table, tableRows] of rows) {
    const insert = database.prepare(`INSERT INTO ${table.name} VALUES (${table.columns.map(() => '?').join(', ')})`);
    for (const row of tableRows) insert.run(...row);
  }
  return database;
}
