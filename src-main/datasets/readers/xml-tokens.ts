import { withoutHalves } from './half-letters.ts';

/** One token of an XML text. */
export type XmlToken =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: string; readonly isEmpty: boolean }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

/**
 * Reads XML as written by office programs: elements, attributes and text, names without their prefix. Declarations and
 * comments are skipped; document-type entities are not supported, so nothing can be expanded without bound. Throws
 * `tooLong` for a token beyond the maximum length.
 */
export function xmlTokens(
  chunks: AsyncIterable<Buffer>,
  tooLong: () => Error,
): AsyncGenerator<readonly XmlToken[], void> {
  return tokensOfText(decoded(chunks), tooLong);
}

async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

/** The same of XML that is text already. */
export async function* tokensOfText(
  pieces: AsyncIterable<string>,
  tooLong: () => Error,
): AsyncGenerator<readonly XmlToken[], void> {
  /** The incomplete token; joined only once its end may have come, or a long one would be copied with every piece. */
  let waiting: string[] = [];
  let letters = 0;
  let awaited = '<';
  let last = '';
  for await (const piece of pieces) {
    waiting.push(piece);
    letters += piece.length;
    if (letters > longestToken) throw tooLong();
    // The end may be split between two pieces.
    const seen = last + piece;
    last = seen.slice(-2);
    if (!seen.includes(awaited)) continue;
    const { tokens, rest, end } = cut(waiting.join(''), false);
    waiting = [rest];
    letters = rest.length;
    awaited = end;
    last = rest.slice(-2);
    yield tokens;
  }
  yield cut(waiting.join(''), true).tokens;
}

/**
 * XML without a byte order mark is UTF-8, or UTF-16 if one byte of its first character is zero (XML 1.0, appendix F).
 */
function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c) ? 'utf-16be' : 'utf-8';
}

/** The value of an attribute in the text of a tag. */
export function attribute(attributes: string, name: string): string | undefined {
  const found = patternOf(name).exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : unescaped(value);
}

/** Each is compiled once: cells have several attributes. Names are those in the code. */
function patternOf(name: string): RegExp {
  const known = patterns.get(name);
  if (known !== undefined) return known;
  const pattern = new RegExp(`(?:^|\\s)(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  patterns.set(name, pattern);
  return pattern;
}

const patterns = new Map<string, RegExp>();

/** `end` is the text that completes the token with which `rest` begins. */
function cut(text: string, isEnd: boolean): { tokens: XmlToken[]; rest: string; end: string } {
  const tokens: XmlToken[] = [];
  let place = 0;
  while (place < text.length) {
    const open = text.indexOf('<', place);
    if (open < 0) {
      if (!isEnd) return { tokens, rest: text.slice(place), end: '<' };
      break;
    }
    if (open > place) tokens.push({ kind: 'text', text: unescaped(text.slice(place, open)) });
    const isLiteral = text.startsWith('<![CDATA[', open);
    const end = isLiteral ? ']]>' : text.startsWith('<!--', open) ? '-->' : '>';
    const close = end === '>' ? tagEnd(text, open) : text.indexOf(end, open);
    if (close < 0) return { tokens, rest: text.slice(open), end };
    if (isLiteral) tokens.push({ kind: 'text', text: text.slice(open + 9, close) });
    else if (end === '>') {
      const tag = tagOf(text.slice(open + 1, close));
      if (tag) tokens.push(tag);
    }
    place = close + end.length;
  }
  return { tokens, rest: '', end: '<' };
}

/**
 * An attribute may contain the character that ends a tag; a quote that stays open for long is damage and is ignored.
 */
function tagEnd(text: string, open: number): number {
  wholeTag.lastIndex = open;
  if (wholeTag.test(text)) return wholeTag.lastIndex - 1;
  return text.length - open > longestTag ? text.indexOf('>', open) : -1;
}

/** In characters; an Excel cell has at most 32 767. */
export const longestToken = 64 * 1024 * 1024;

const wholeTag = /[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>/y;
const longestTag = 1024 * 1024;

function tagOf(inside: string): XmlToken | undefined {
  const found = /^(\/?)(?:[\w.-]+:)?([\w.-]+)([\s\S]*?)(\/?)$/.exec(inside);
  if (!found) return undefined;
  const [, slash, name = '', attributes = '', empty] = found;
  return slash === '/' ? { kind: 'close', name } : { kind: 'open', name, attributes, isEmpty: empty === '/' };
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return withoutHalves((isMeant) => withLetters(text, isMeant));
}

function withLetters(text: string, isMeant: (code: number) => boolean): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex, decimal, named: string) => {
      if (named) return entities[named.toLowerCase()] ?? whole;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff && isMeant(code) ? String.fromCodePoint(code) : whole;
    },
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
