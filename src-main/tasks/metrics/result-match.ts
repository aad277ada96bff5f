/** A cell of a query's result. */
export type ResultCell = string | number | null;

/**
 * Whether two queries gave the same rows: the same number of columns in the same order (their names do not count), each
 * row as often as in the other. Rows must also come in the same order where the gold query asks for one. Numbers may
 * differ by a relative 1e-6, which is more than the rounding of sums and averages and less than any meant difference.
 */
export function resultMatch(
  answer: readonly (readonly ResultCell[])[],
  gold: readonly (readonly ResultCell[])[],
  { ordered }: { ordered: boolean },
): boolean {
  if (answer.length !== gold.length) return false;
  if (ordered) return gold.every((row, place) => sameRow(row, answer[place] ?? []));
  const unmatched = new Map<string, (readonly ResultCell[])[]>();
  for (const row of gold) {
    const key = rowKey(row);
    const alike = unmatched.get(key);
    if (alike) alike.push(row);
    else unmatched.set(key, [row]);
  }
  const rest: (readonly ResultCell[])[] = [];
  for (const row of answer) if (!unmatched.get(rowKey(row))?.pop()) rest.push(row);
  // Two numbers that are nearly equal may round to different keys; what is left is compared row by row.
  const goldRest = [...unmatched.values()].flat();
  return rest.every((row) => {
    const place = goldRest.findIndex((other) => sameRow(row, other));
    if (place < 0) return false;
    goldRest.splice(place, 1);
    return true;
  });
}

/** Whether the query's own result, not only a part of it, is put in order. */
export function asksForOrder(sql: string): boolean {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/gu, ' x ');
  let depth = 0;
  let top = '';
  for (const sign of bare) {
    if (sign === '(') depth++;
    if (depth === 0) top += sign;
    if (sign === ')') depth = Math.max(0, depth - 1);
  }
  return /\border\s+by\b/iu.test(top);
}

function sameRow(a: readonly ResultCell[], b: readonly ResultCell[]): boolean {
  return a.length === b.length && a.every((cell, place) => sameCell(cell, b[place] ?? null));
}

function sameCell(a: ResultCell, b: ResultCell): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
}

function rowKey(row: readonly ResultCell[]): string {
  return JSON.stringify(row.map((cell) => (typeof cell === 'number' ? Number(cell.toPrecision(6)) : cell)));
}
