/**
 * The cells of a row where a table of `width` columns has them: `places` tells of each the column, or -1 for none. Those of no
 * column are kept at the end, as are those of a row with more cells than its own header.
 */
export function movedCells(written: readonly string[], places: readonly number[], width: number): string[] {
  const cells = Array.from({ length: width }, () => '');
  written.forEach((cell, place) => {
    const to = places[place];
    if (to !== undefined && to >= 0) cells[to] = cell;
    else if (cell !== '') cells.push(cell);
  });
  return cells;
}
