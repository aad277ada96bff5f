import type { PlacedPiece } from './csv-places.ts';
import type { TableRecord } from './table.ts';

/** A record of a piece as text. */
export function recordAt({ bytes, places }: PlacedPiece, record: number, quote: string): TableRecord {
  const cells: string[] = [];
  const last = places.firstCells[record + 1] ?? 0;
  for (let cell = places.firstCells[record] ?? 0; cell < last; cell++) {
    const text = bytes.toString('utf8', places.starts[cell], places.ends[cell]);
    cells.push(places.doubled[cell] === 1 ? text.replaceAll(quote + quote, quote) : text);
  }
  return { cells, line: places.lines[record] ?? 0, ...(places.afterBlank[record] === 1 && { afterBlank: true }) };
}
