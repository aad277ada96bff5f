/** A paragraph of a document, or, with a level from 1, a heading. */
export interface Block {
  readonly level?: number;
  /** All of it is in bold type, as far as the file tells. */
  readonly isBold?: true;
  readonly text: string;
}

/** What a document says, in order; the title if the file names one apart from the text, and other facts in its front matter. */
export interface DocumentText {
  readonly title?: string;
  readonly facts?: ReadonlyMap<string, string>;
  readonly blocks: readonly Block[];
}

/** Markdown keeps its marks; only the headings are told from the text. */
export function markdownBlocks(source: string): DocumentText {
  const { facts, rest } = frontMatter(source);
  const blocks: Block[] = [];
  let lines: string[] = [];
  let fence = '';
  const end = () => {
    const text = lines.join('\n').trimEnd();
    // A line that only parts what is above it from what is below says nothing.
    if (text !== '' && !/^ {0,3}(?:[-*_][ \t]*){3,}$/.test(text)) blocks.push({ text });
    lines = [];
  };
  for (const line of rest.split('\n')) {
    const [mark = ''] = /^ {0,3}(?:```+|~~~+)/.exec(line) ?? [];
    if (fence !== '') {
      if (mark.trim().startsWith(fence)) {
        lines.push(line);
        end();
        fence = '';
        continue;
      }
    } else if (mark !== '') fence = mark.trim();
    else {
      const heading = /^ {0,3}(#{1,6})[ \t](.*)$/.exec(line);
      const underlined = lines.length === 1 ? /^ {0,3}(=+|--+)[ \t]*$/.exec(line)?.[1] : undefined;
      if (heading || underlined) {
        const name = heading ? (heading[2] ?? '') : (lines.pop() ?? '');
        end();
        const text = name.replace(/(?:^|[ \t])#+[ \t]*$/, '').trim();
        if (text !== '') blocks.push({ level: heading?.[1]?.length ?? (underlined?.startsWith('=') ? 1 : 2), text });
        continue;
      }
      if (line.trim() === '') {
        end();
        continue;
      }
    }
    lines.push(line);
  }
  end();
  const title = facts.get('title');
  facts.delete('title');
  return { blocks, facts, ...(title && { title }) };
}

/**
 * A line between blank ones that is too short for a sentence and does not end like one is a heading, unless half of the
 * text is like that, as in poems and lists.
 */
export function plainBlocks(source: string): DocumentText {
  const paragraphs = source
    .split(/\n(?:[ \t\f]*\n)+/)
    .map((text) => text.trimEnd().replace(/^\s*\n/, ''))
    .filter((text) => text.trim() !== '');
  const isHeading = (text: string, at: number) =>
    at < paragraphs.length - 1 && text.length <= longestHeading && /\p{L}/u.test(text) && !sentenceLike.test(text);
  const headings = paragraphs.filter(isHeading).length;
  const areThere = headings * 2 <= paragraphs.length;
  return {
    blocks: paragraphs.map((text, at) => ({
      text,
      ...(areThere && isHeading(text, at) && { level: at === 0 ? 1 : 2 }),
    })),
  };
}

const longestHeading = 80;
/** Several lines, the end of a sentence or of an address line, or an item of a list. */
const sentenceLike = /\n|[.!?,;:。！？…"”’)][ \t]*$|(?:다|요|음|함)[ \t]*$|^\s*(?:[-*•·>|]|\(?\d+\))/u;

/** The lines between two rules at the very beginning (as of Jekyll): plain `key: value` pairs; anything deeper is left out. */
export function frontMatter(source: string): { facts: Map<string, string>; rest: string } {
  const facts = new Map<string, string>();
  const found = source.startsWith('---\n')
    ? /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(source.slice(0, longestFront))
    : null;
  if (!found) return { facts, rest: source };
  for (const line of source.slice(4, found.index + 1).split('\n')) {
    const [, key = '', value = ''] = /^([\p{L}_][\p{L}\p{N}_ -]{0,39}):[ \t]+(\S.*)$/u.exec(line) ?? [];
    const plain = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    if (key !== '' && !/^[|>&*]/.test(plain)) facts.set(key.trim().toLowerCase(), plain);
  }
  return { facts, rest: source.slice(found.index + found[0].length) };
}

export const longestFront = 16 * 1024;
