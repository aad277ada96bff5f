import type { DocumentText } from './document-blocks.ts';

/** A line of a page as it is set: its text, the height of its letters, and where it stands, from the bottom. */
export interface PdfLine {
  readonly text: string;
  readonly height: number;
  readonly y: number;
}

/**
 * Puts the lines of a PDF's pages together to paragraphs, since a PDF knows only lines: a wide gap or another size ends
 * one, and one of larger letters than the text's is a heading. What stands at the top or bottom of most pages, such as
 * page numbers, is left out.
 */
export function pdfBlocks(pages: readonly (readonly PdfLine[])[]): DocumentText {
  const repeated = repeatedLines(pages);
  const lines = pages.map((page) =>
    page.filter(
      ({ text }, at) => !leaders.test(text) && !(isEdge(at, page.length) && repeated.has(withoutNumbers(text))),
    ),
  );
  const size = usualHeight(lines.flat());
  // Put together at the end: one of a million lines would be copied for each of them.
  const paragraphs: { readonly level?: number; readonly pieces: string[] }[] = [];
  let last: PdfLine | undefined;
  let gap = 0;
  for (const page of lines) {
    // A paragraph may go on over the page's end.
    let isFirst = true;
    for (const line of page) {
      const level = levelOf(line, size);
      const open = paragraphs.at(-1);
      const step = (last?.y ?? 0) - line.y;
      const isNear = isFirst
        ? !/[.!?:。]["”’)]?$/u.test(open?.pieces.at(-1) ?? '')
        : step > 0 && step <= Math.max(gap, size) * 1.35;
      const isSame = open !== undefined && open.level === level && isNear && !item.test(line.text);
      if (isSame) addLine(open.pieces, line.text);
      else paragraphs.push({ pieces: [line.text], ...(level !== undefined && { level }) });
      if (isSame && !isFirst) gap = step;
      else if (!isSame) gap = line.height * 1.3;
      last = line;
      isFirst = false;
    }
  }
  return { blocks: paragraphs.map(({ pieces, ...level }) => ({ text: pieces.join(''), ...level })) };
}

/** Dots that lead to the page number in a table of contents. */
const leaders = /(?:\. ?){5}/;

/** As lines of a list begin. */
const item = /^\s*(?:[-–•·▪◦*]|\(?\d{1,3}[.)])\s/u;

/** A word that is divided at the end of its line is put together. */
function addLine(pieces: string[], line: string): void {
  const before = pieces.at(-1) ?? '';
  const isDivided = /\p{Ll}[-\u00ad]$/u.test(before) && /^\p{Ll}/u.test(line);
  if (isDivided) pieces[pieces.length - 1] = before.slice(0, -1);
  pieces.push(isDivided ? line : ` ${line}`);
}

function levelOf({ text, height }: PdfLine, size: number): number | undefined {
  if (height < size * 1.15 || text.length > 150 || !/\p{L}/u.test(text)) return undefined;
  return height >= size * 1.6 ? 1 : height >= size * 1.3 ? 2 : 3;
}

/** The height of most letters. */
function usualHeight(lines: readonly PdfLine[]): number {
  const letters = new Map<number, number>();
  for (const { text, height } of lines) {
    const rounded = Math.round(height * 2) / 2;
    letters.set(rounded, (letters.get(rounded) ?? 0) + text.length);
  }
  return [...letters].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function repeatedLines(pages: readonly (readonly PdfLine[])[]): ReadonlySet<string> {
  const found = new Map<string, number>();
  for (const page of pages) {
    const edges = page.filter((_, at) => isEdge(at, page.length)).map(({ text }) => withoutNumbers(text));
    for (const text of new Set(edges)) found.set(text, (found.get(text) ?? 0) + 1);
  }
  return new Set([...found].filter(([, count]) => count >= 3 && count * 2 > pages.length).map(([text]) => text));
}

function isEdge(at: number, lines: number): boolean {
  return at < 2 || at >= lines - 2;
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, '0').trim();
}
