/** A cell of a query's result. */
export type ResultCell = string | number | null;

/**
 * Whether two queries returned the same rows, by the rules of Spider's test suite (Zhong et al. 2020): columns may come
 * in another order, rows too unless the target asks for an order, and each row must occur equally often. Two empty
 * results are the same.
 */
export function resultMatch(
  answer: readonly (readonly ResultCell[])[],
  target: readonly (readonly ResultCell[])[],
  { ordered }: { ordered: boolean },
): boolean {
  if (answer.length !== target.length) return false;
  if (answer.length === 0) return true;
  const count = target[0]?.length ?? 0;
  if ((answer[0]?.length ?? 0) !== count) return false;
  const wanted = rowKeys(target, range(count));
  const isSame = (columns: readonly number[]) => {
    const found = rowKeys(answer, columns);
    return ordered ? sameList(found, wanted) : sameList([...found].sort(), [...wanted].sort());
  };
  const choices = range(count).map((column) => candidates(answer, columnKey(target, column)));
  let tries = 0;
  for (const columns of arrangements(choices)) {
    if (isSame(columns)) return true;
    // Many columns are equal as sets, but no arrangement fits: beyond this it is not an honest match.
    if (++tries >= mostArrangements) return false;
  }
  return false;
}

/** Whether Spider takes the order of rows into account: whenever the target's text contains ORDER BY. */
export function asksForOrder(sql: string): boolean {
  return sql.toLowerCase().includes('order by');
}

/** As Spider's test suite does before it runs a query: DISTINCT is removed, and split operators are joined. */
export function readyToCompare(sql: string): string {
  return sql
    .replaceAll('> =', '>=')
    .replaceAll('< =', '<=')
    .replaceAll('! =', '!=')
    .replace(quotedOrDistinct, (piece) => (/^distinct$/i.test(piece) ? '' : piece));
}

/** A comment or bracket that is left open takes the rest of the query, as in SQLite. */
const quotedOrDistinct =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]?|--[^\n]*|\/\*(?!$)[\s\S]*?(?:\*\/|$)|\bdistinct\b/gi;
const mostArrangements = 5000;

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Columns of a result that hold the same cells as the one with this key, each equally often. */
function candidates(rows: readonly (readonly ResultCell[])[], key: string): number[] {
  return range(rows[0]?.length ?? 0).filter((column) => columnKey(rows, column) === key);
}

function columnKey(rows: readonly (readonly ResultCell[])[], column: number): string {
  return JSON.stringify(rows.map((row) => cellKey(row[column] ?? null)).sort());
}

function rowKeys(rows: readonly (readonly ResultCell[])[], columns: readonly number[]): string[] {
  return rows.map((row) => JSON.stringify(columns.map((column) => cellKey(row[column] ?? null))));
}

/** A number differs from its text; −0 is 0. */
function cellKey(cell: ResultCell): string {
  return typeof cell === 'number' ? `n${cell + 0}` : cell === null ? '' : `t${cell}`;
}

function* arrangements(choices: readonly (readonly number[])[], taken: readonly number[] = []): Generator<number[]> {
  const [first, ...rest] = choices;
  if (first === undefined) {
    yield [...taken];
    return;
  }
  for (const column of first) if (!taken.includes(column)) yield* arrangements(rest, [...taken, column]);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.every((each, i) => each === b[i]);
}
