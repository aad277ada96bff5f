import type { SchemaTextOptions } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import type { QueryResult } from './attached-database.ts';

/** Runs a read-only query on the database whose schema is wanted. */
export type QueryDatabase = (sql: string) => Promise<Pick<QueryResult, 'rows'>>;

/** A view counts too: to a query it is a table. */
interface Table {
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly isKey: boolean }[];
  readonly foreignKeys: readonly { readonly column: string; readonly table: string; readonly to: string | null }[];
  /** Sample values by column. */
  readonly samples: ReadonlyMap<string, readonly string[]>;
}

/** `compact`: one line per table, `name(column type pk, …)`. `ddl`: the CREATE TABLE statements. */
export type SchemaForm = 'compact' | 'ddl';

/** The form that most of the given schema texts use. */
export function formOf(texts: readonly string[]): SchemaForm {
  const statements = texts.filter((text) => /create\s+table/i.test(text)).length;
  return statements * 2 > texts.length ? 'ddl' : 'compact';
}

/** The schema of a database as text for the model. */
export async function schemaText(
  query: QueryDatabase,
  { form = 'compact', foreignKeys, sampleValues }: SchemaTextOptions,
): Promise<string> {
  const tables = await readTables(query, sampleValues);
  return form === 'ddl'
    ? tables.map((table) => statementOf(table, { foreignKeys })).join('\n\n')
    : tables.map((table) => lineOf(table, { foreignKeys })).join('\n');
}

async function readTables(query: QueryDatabase, sampleValues: number): Promise<Table[]> {
  const { rows } = await query(
    `SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid LIMIT 500`,
  );
  const tables: Table[] = [];
  for (const [name, kind] of rows) {
    const table = String(name);
    const found = query(`SELECT name, type, pk FROM pragma_table_info(${literal(table)}) ORDER BY cid`);
    const info = await found.catch((error: unknown) => {
      // The tables of a view may be gone; then no query can use it.
      if (kind === 'view' && error instanceof StudioError) return undefined;
      throw error;
    });
    if (info === undefined) continue;
    const columns = info.rows.map(([column, type, key]) => ({
      ...{ name: String(column), type: String(type ?? ''), isKey: Number(key) > 0 },
    }));
    const keys = await query(
      `SELECT "from", "table", "to" FROM pragma_foreign_key_list(${literal(table)}) ORDER BY id, seq`,
    );
    const samples = new Map<string, string[]>();
    for (const column of sampleValues > 0 ? columns : []) {
      const values = await query(
        `SELECT DISTINCT ${quoted(column.name)} FROM ${quoted(table)} WHERE ${quoted(column.name)} IS NOT NULL LIMIT ${sampleValues}`,
      );
      samples.set(
        column.name,
        values.rows.map(([value]) => shownValue(value ?? null)),
      );
    }
    tables.push({
      ...{ name: table, kind: String(kind), columns, samples },
      foreignKeys: keys.rows.map(([column, to, target]) => ({
        ...{
          column: String(column),
          table: String(to),
          to: target === null || target === undefined ? null : String(target),
        },
      })),
    });
  }
  return tables;
}

function lineOf({ name, columns, foreignKeys, samples }: Table, options: { foreignKeys: boolean }): string {
  const parts = columns.map((column) => {
    const key = options.foreignKeys ? foreignKeys.find((each) => each.column === column.name) : undefined;
    const values = samples.get(column.name);
    return [
      quotedIfNeeded(column.name),
      column.type.toLowerCase(),
      column.isKey ? 'pk' : '',
      key ? `-> ${quotedIfNeeded(key.table)}${key.to === null ? '' : `.${quotedIfNeeded(key.to)}`}` : '',
      values && values.length > 0 ? `[${values.join(', ')}]` : '',
    ]
      .filter((part) => part !== '')
      .join(' ');
  });
  return `${quotedIfNeeded(name)}(${parts.join(', ')})`;
}

/** Generated rather than copied, so that foreign keys can be left out and comments are dropped. */
function statementOf({ name, kind, columns, foreignKeys, samples }: Table, options: { foreignKeys: boolean }): string {
  const keys = columns.filter(({ isKey }) => isKey).map((column) => quotedIfNeeded(column.name));
  const lines = columns.map(({ name: column, type, isKey }) =>
    [quotedIfNeeded(column), type, isKey && keys.length === 1 ? 'PRIMARY KEY' : '']
      .filter((part) => part !== '')
      .join(' '),
  );
  if (keys.length > 1) lines.push(`PRIMARY KEY (${keys.join(', ')})`);
  for (const { column, table, to } of options.foreignKeys ? foreignKeys : []) {
    const target = to === null ? '' : ` (${quotedIfNeeded(to)})`;
    lines.push(`FOREIGN KEY (${quotedIfNeeded(column)}) REFERENCES ${quotedIfNeeded(table)}${target}`);
  }
  const values = [...samples].filter(([, shown]) => shown.length > 0);
  const notes = values.map(([column, shown]) => `-- ${column}: ${shown.join(', ')}`);
  return [
    `CREATE ${kind.toUpperCase()} ${quotedIfNeeded(name)} (`,
    lines.map((line) => `  ${line}`).join(',\n'),
    ');',
    ...notes,
  ].join('\n');
}

function shownValue(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = (value ?? '').replace(/\s+/g, ' ');
  return `'${shortened(text, 40).replaceAll("'", "''")}'`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quotedIfNeeded(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name);
}
