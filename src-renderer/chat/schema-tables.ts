export interface SchemaColumn {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  /** `table.column` that a foreign key points at. */
  readonly references?: string;
}

export interface SchemaTable {
  readonly name: string;
  readonly columns: readonly SchemaColumn[];
}

const TABLE_START =
  /(?:CREATE\s+(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?)?([`"[][^`"\]\n]+[`"\]]|[\p{L}_][\p{L}\p{N}_]*)\s*\(/giuy;

/**
 * What stands between tables in a dump and is none of them: comments, options of the table before, and other
 * statements. A view is only drawn where it lists its columns.
 */
const BETWEEN_TABLES = new RegExp(
  [
    String.raw`[\s;,|]+`,
    String.raw`--[^\n]*`,
    String.raw`/\*[\s\S]*?\*/`,
    String.raw`(?:WITHOUT\s+ROWID|STRICT(?=\s*[;,])|ENGINE\s*=)[^;]*`,
    String.raw`CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\s[\s\S]*?\bEND\s*(?:;|$)`,
    String.raw`CREATE\s+(?:TEMP(?:ORARY)?\s+)?VIEW\s[^;(]+(?:\([^;)]*\)\s*)?\bAS\s(?:'[^']*'|[^';])*`,
    String.raw`(?:CREATE\s+(?:UNIQUE\s+)?INDEX\s|INSERT\s+INTO\s|ALTER\s+TABLE\s|DROP\s+\w|PRAGMA\s+\w|(?:BEGIN|COMMIT)(?:\s+TRANSACTION)?\s*(?=;|$))(?:'[^']*'|[^';])*`,
  ].join('|'),
  'iy',
);

/**
 * Parses a schema text into tables to draw. Knows `singer(singer_id int pk, home int -> city.id)`, one table after
 * another, and `CREATE TABLE` statements. Returns an empty list for any other text, which is then shown as it is.
 */
export function readSchemaTables(schema: string): SchemaTable[] {
  const tables: SchemaTable[] = [];
  let at = skipGaps(schema, 0);
  while (at < schema.length) {
    TABLE_START.lastIndex = at;
    const start = TABLE_START.exec(schema);
    const close = start === null ? -1 : closingBracket(schema, TABLE_START.lastIndex);
    if (start === null || close < 0) return [];
    const columns = splitAtTopLevel(schema.slice(TABLE_START.lastIndex, close)).map(readColumn);
    tables.push({ name: unquote(start[1] ?? ''), columns: columns.filter((column) => column !== undefined) });
    at = skipGaps(schema, close + 1);
  }
  return tables;
}

/** The columns, as lower-case `table.column`, whose names a query mentions, in tables that it mentions. */
export function columnsUsed(tables: readonly SchemaTable[], sql: string): Set<string> {
  const words = new Set(sql.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  const used = new Set<string>();
  for (const table of tables) {
    const name = table.name.toLowerCase();
    if (!words.has(name)) continue;
    for (const column of table.columns) {
      if (words.has(column.name.toLowerCase())) used.add(`${name}.${column.name.toLowerCase()}`);
    }
  }
  return used;
}

function readColumn(text: string): SchemaColumn | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /^(PRIMARY|FOREIGN|UNIQUE|CONSTRAINT|CHECK|KEY)\b/i.test(trimmed)) return undefined;
  const name = /^([`"[][^`"\]]+[`"\]]|\S+)/.exec(trimmed)?.[0] ?? trimmed;
  const rest = trimmed.slice(name.length);
  const references =
    /->\s*((?:"[^"]*"|[^\s"])+)/.exec(rest)?.[1]?.replaceAll('"', '') ??
    /REFERENCES\s+([^\s(]+)\s*\(\s*([^\s)]+)/i.exec(rest)?.slice(1).join('.');
  const type = /^\s*([A-Za-z]+)/.exec(rest)?.[1] ?? '';
  return {
    name: unquote(name),
    type: type.toLowerCase() === 'pk' ? '' : type,
    primaryKey: /\b(pk|PRIMARY\s+KEY)\b/i.test(rest),
    ...(references === undefined ? {} : { references }),
  };
}

function closingBracket(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function splitAtTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function skipGaps(text: string, from: number): number {
  BETWEEN_TABLES.lastIndex = from;
  let at = from;
  while (BETWEEN_TABLES.test(text)) at = BETWEEN_TABLES.lastIndex;
  return at;
}

function unquote(name: string): string {
  return name.replace(/^[`"[]|[`"\]]$/g, '');
}
