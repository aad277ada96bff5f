import { shortened } from '../../../src-contract/shortened.ts';

/** Lays out rows of cells in columns that fit; the first row is the heading. Numbers are right-aligned. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => widthOf(row[c] ?? ''))));
  const isNumeric = widths.map((_, c) => rows.length > 1 && rows.slice(1).every((row) => numeric.test(row[c] ?? '')));
  return rows
    .map((row) =>
      widths
        .map((width, c) => {
          const cell = row[c] ?? '';
          const gap = ' '.repeat(width - widthOf(cell));
          return isNumeric[c] ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Truncates a text to one line of a table, with line breaks shown as a symbol. */
export function oneLine(text: string, length: number): string {
  return shortened(text.replace(/(?<!\s)\s*\n\s*/g, ' ⏎ ').trim(), length);
}

const numeric = /^[-+]?[\d.,]*\d( (%|MB|s|ms))?$|^[–-]?$/;

/** Hangul and other East Asian letters take two terminal cells, as most emoji do. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠]|\p{Emoji_Presentation}/u.test(letter) ? 2 : 1;
  return width;
}
