import type { Block, DocumentText } from './document-blocks.ts';

/** A row made of a piece of a document: what the model reads, and the text that it learns to write. */
export interface DocumentPiece {
  readonly context: string;
  readonly target: string;
  /** The section's headings, from the outermost; empty above the first one. */
  readonly heading: string;
}

/**
 * Cuts a document at its headings, and long sections between paragraphs. A piece is learnt from the title and the
 * headings above it; a further piece of the same section also from the sentence before it, so that no two pieces have
 * the same context. Where nothing is above a text, its first sentence takes that place; of a single sentence, `name`.
 */
export function documentPieces(document: DocumentText, name: string): DocumentPiece[] {
  const title = titleOf(document);
  return sectionsOf(document.blocks).flatMap(({ headings, texts }) => {
    const above = [title, ...headings.filter((heading, at) => at > 0 || heading !== title)].filter(Boolean).join('\n');
    const [first = '', ...others] = piecesOf(texts);
    if (first === '') return [];
    const heading = headings.join(' › ');
    const pieces = [{ heading, ...(above === '' ? openedBy(first, name) : { context: above, target: first }) }];
    let before = first;
    for (const target of others) {
      pieces.push({ heading, context: `${above}\n\n${lastSentence(before)}`.trim(), target });
      before = target;
    }
    return pieces;
  });
}

/** The text of a document in one: its headings as lines of their own. Without its title, if that is the first line. */
export function wholeText(document: DocumentText, { withTitle }: { withTitle: boolean }): string {
  const [first, ...rest] = document.blocks;
  const isTitle = first?.level !== undefined && first.text === titleOf(document);
  return (isTitle && !withTitle ? rest : document.blocks).map(({ text }) => text).join('\n\n');
}

/** As the file says, or the heading that it begins with. */
export function titleOf({ title, blocks }: DocumentText): string {
  return title?.trim() || (blocks[0]?.level === undefined ? '' : blocks[0].text);
}

/** The first sentence as what the model reads, the rest as what it writes. */
export function openedBy(text: string, name: string): { context: string; target: string } {
  const opening = /^[^\n]{1,300}?(?:[.!?。！？…]["”’)]?(?=\s)|\n)/u.exec(text)?.[0] ?? '';
  const target = text.slice(opening.length).trim();
  return opening === '' || target === '' ? { context: name, target: text } : { context: opening.trim(), target };
}

interface Section {
  readonly headings: readonly string[];
  readonly texts: string[];
}

function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [{ headings: [], texts: [] }];
  let open: { level: number; text: string }[] = [];
  for (const { level, text } of blocks) {
    if (level === undefined) sections.at(-1)?.texts.push(text);
    else {
      open = [...open.filter((above) => above.level < level), { level, text }];
      sections.push({ headings: open.map(({ text }) => text), texts: [] });
    }
  }
  return sections.filter(({ texts }) => texts.length > 0);
}

/**
 * Of a size that also the starter model's 512 tokens hold with a heading. A character of Chinese, Japanese or Korean is
 * about as much as three Latin ones.
 */
export const pieceLetters = 1200;

/** Counted letter by letter: a list of all matches in a text of megabytes would take gigabytes. */
function weightOf(text: string): number {
  let weight = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af)) weight += 2;
  }
  return weight;
}

/** Puts paragraphs together as long as they fit; one that alone does not is cut at its lines, sentences or blanks. */
function piecesOf(texts: readonly string[]): string[] {
  const pieces: string[] = [];
  let [open, weight] = ['', 0];
  const add = (text: string, between: string) => {
    const more = weightOf(text);
    if (open !== '' && weight + more > pieceLetters) {
      pieces.push(open);
      [open, weight] = ['', 0];
    }
    open = open === '' ? text : open + between + text;
    weight += more;
  };
  for (const text of texts) {
    if (weightOf(text) <= pieceLetters) add(text, '\n\n');
    else for (const [at, { part, between }] of partsOf(text).entries()) add(part, at === 0 ? '\n\n' : between);
  }
  if (open !== '') pieces.push(open);
  return pieces;
}

interface Part {
  readonly part: string;
  /** What stood before it. */
  readonly between: string;
}

function partsOf(text: string): Part[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      if (weightOf(line) <= pieceLetters) return [{ part: line, between: '\n' }];
      return sentencesOf(line).flatMap((sentence, at) =>
        slicesOf(sentence).map((part, slice) => ({ part, between: at + slice === 0 ? '\n' : ' ' })),
      );
    });
}

function sentencesOf(line: string): string[] {
  return line.split(/(?<=[.!?。！？…]["”’)]?)\s+/u).filter(Boolean);
}

/** For what has no sentences, such as data in letters, of which there may be megabytes. */
function slicesOf(sentence: string): string[] {
  const slices: string[] = [];
  for (let from = 0; from < sentence.length; ) {
    const next = sentence.slice(from, from + pieceLetters);
    const weight = weightOf(next);
    const isLast = from + next.length === sentence.length && weight <= pieceLetters;
    const end = isLast ? next.length : sliceEnd(next.slice(0, Math.floor((pieceLetters * next.length) / weight)));
    const slice = next.slice(0, end).trim();
    if (slice !== '') slices.push(slice);
    from += end;
  }
  return slices;
}

/** At a blank, or at least not between the halves of a letter. */
function sliceEnd(most: string): number {
  const blank = most.lastIndexOf(' ');
  if (blank > most.length / 2) return blank;
  return Math.max(1, /[\ud800-\udbff]$/.test(most) ? most.length - 1 : most.length);
}

function lastSentence(text: string): string {
  const last = sentencesOf(text.slice(text.lastIndexOf('\n') + 1)).at(-1) ?? '';
  return last.slice(-200).trim();
}
