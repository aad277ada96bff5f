/**
 * Which column each row goes with, each column with one row at most, so that the sum of their worths is the largest;
 * rows may not be more than columns. Source: the Hungarian method (Kuhn 1955) with shortest augmenting paths, whose time
 * grows with rows² · columns.
 */
export function bestPairing(worths: readonly (readonly number[])[]): number[] {
  const columns = worths[0]?.length ?? 0;
  /** Prices: those of a row and a column add up to what their pair is worth, or more; for pairs that are taken, to that. */
  const ofRow = worths.map((line) => Math.max(...line));
  const ofColumn = new Array<number>(columns).fill(0);
  const rowAt: (number | undefined)[] = new Array(columns).fill(undefined);
  for (const first of worths.keys()) {
    /** By column: how much would have to be given up to reach it, and from which column; those that are reached. */
    const loss = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
    const from = new Array<number | undefined>(columns).fill(undefined);
    const reached = new Set<number>();
    let [row, column]: [number | undefined, number | undefined] = [first, undefined];
    while (row !== undefined) {
      let [least, next] = [Number.POSITIVE_INFINITY, 0];
      for (let each = 0; each < columns; each++) {
        if (reached.has(each)) continue;
        const given = (ofRow[row] ?? 0) + (ofColumn[each] ?? 0) - (worths[row]?.[each] ?? 0);
        if (given < (loss[each] ?? 0)) {
          loss[each] = given;
          from[each] = column;
        }
        if ((loss[each] ?? 0) < least) [least, next] = [loss[each] ?? 0, each];
      }
      ofRow[first] = (ofRow[first] ?? 0) - least;
      for (const each of reached) {
        ofColumn[each] = (ofColumn[each] ?? 0) + least;
        const theirs = rowAt[each];
        if (theirs !== undefined) ofRow[theirs] = (ofRow[theirs] ?? 0) - least;
      }
      for (let each = 0; each < columns; each++) if (!reached.has(each)) loss[each] = (loss[each] ?? 0) - least;
      reached.add(next);
      column = next;
      row = rowAt[next];
    }
    for (let at = column; at !== undefined; ) {
      const before: number | undefined = from[at];
      rowAt[at] = before === undefined ? first : rowAt[before];
      at = before;
    }
  }
  const paired = new Array<number>(worths.length).fill(0);
  for (const [column, row] of rowAt.entries()) if (row !== undefined) paired[row] = column;
  return paired;
}
