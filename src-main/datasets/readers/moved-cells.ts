/**
 * The cells of a row rearranged for a table of `width` columns: `places` gives each cell's column, or -1 for none.
 * Cells without a column are kept at the end, including those beyond the row's own header.
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
