import type { BatchRow } from './batch-row.ts';

/**
 * Rows with a common prefix, laid out as one: the prefix once, then the rest of each row. Several questions on one
 * passage, or on one schema, read it once.
 */
export interface Bundle {
  /** Indices of the rows. */
  readonly members: readonly number[];
  /** Tokens in the prefix that all of them share; none of them is a target. */
  readonly prefix: number;
  /** Tokens in total: prefix + Σ (row − prefix). */
  readonly length: number;
}

/** Sharing fewer tokens than this is not worth a wider mask. */
const leastSaving = 8;

/**
 * Bundles rows by the prefixes of their contexts, in the order of their ids, where a bundle takes less time to read
 * than its parts and fits; a single row is a bundle whether or not it fits. Greedy: neighbours in that order have the
 * longest common prefixes.
 */
export function bundleRows(
  rows: readonly BatchRow[],
  { fits, costOf }: { fits(bundle: Bundle): boolean; costOf(length: number): number },
): Bundle[] {
  const bundles: Bundle[] = [];
  let open: Bundle | undefined;
  for (const row of orderById(rows)) {
    const joined = open && join(rows, open, row);
    if (
      open &&
      joined &&
      fits(joined) &&
      joined.length + leastSaving <= open.length + lengthOf(rows, row) &&
      costOf(joined.length) < costOf(open.length) + costOf(lengthOf(rows, row))
    ) {
      open = joined;
      continue;
    }
    if (open) bundles.push(open);
    open = { members: [row], prefix: 0, length: lengthOf(rows, row) };
  }
  return open ? [...bundles, open] : bundles;
}

/** Whether two rows are worth reading together: most of the shorter context is the same. */
export function areKin(a: BatchRow, b: BatchRow): boolean {
  const shared = sharedContext(a, b);
  return shared >= leastSaving && shared > 0.5 * Math.min(a.targetStart, b.targetStart);
}

/** Indices of the rows in the order of their ids: related ones are adjacent. */
export function orderById(rows: readonly BatchRow[]): number[] {
  return rows.map((_, i) => i).sort((a, b) => compare(rowAt(rows, a), rowAt(rows, b)) || a - b);
}

function join(rows: readonly BatchRow[], { members, prefix, length }: Bundle, row: number): Bundle {
  const last = rowAt(rows, members.at(-1) as number);
  const next = rowAt(rows, row);
  const shared = Math.min(members.length > 1 ? prefix : Number.POSITIVE_INFINITY, sharedContext(last, next));
  const before = members.length > 1 ? prefix : shared;
  // A shorter prefix makes every member's own part longer.
  const grown = length + (members.length - 1) * (before - shared);
  return { members: [...members, row], prefix: shared, length: grown + next.ids.length - shared };
}

/** Tokens that both contexts begin with. The first token always counts as context: nothing predicts it. */
function sharedContext(a: BatchRow, b: BatchRow): number {
  const most = Math.min(a.targetStart, b.targetStart, a.ids.length, b.ids.length);
  let shared = 0;
  while (shared < most && a.ids[shared] === b.ids[shared]) shared++;
  return shared;
}

function compare({ ids: a }: BatchRow, { ids: b }: BatchRow): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

function rowAt(rows: readonly BatchRow[], row: number): BatchRow {
  return rows[row] as BatchRow;
}

function lengthOf(rows: readonly BatchRow[], row: number): number {
  return rowAt(rows, row).ids.length;
}
