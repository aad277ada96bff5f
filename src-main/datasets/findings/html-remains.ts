import { withEntities } from '../readers/html-entities.ts';
import type { Judged, Pair } from './remains.ts';

/**
 * What is left of a web page in texts: tags and entities. Only what prose has in a web page: a text with anything else
 * in angle brackets, or that looks like code or tells of it, is left as it is.
 */
export function judgeHtml({ context, target }: Pair): Judged {
  if (!signs.test(context) && !signs.test(target)) return { kind: 'none' };
  const isTold = aboutMarkup.test(context) || aboutMarkup.test(target);
  const [one, other] = [readHtml(context), readHtml(target)];
  const found = [...(one?.found ?? []), ...(other?.found ?? [])];
  if (one && other && found.length === 0) return { kind: 'none' };
  const mended = { context: one?.text ?? '', target: other?.text ?? '' };
  // An empty text is nothing to learn from.
  if (!one || !other || isTold || mended.context.trim() === '' || mended.target.trim() === '') return { kind: 'meant' };
  const detail = [...new Set(found)].slice(0, 5).join(' ');
  return { kind: one.isSure || other.isSure ? 'sure' : 'perhaps', detail, mended };
}

const signs = /<\/?[a-z]|&#?[a-z\d]{2,8};/i;

const aboutMarkup =
  /(?<![\p{L}\p{N}])(?:x?html\d?|xml|css|svg|php|java ?script|jsx|markup|tags?)(?![\p{L}\p{N}])|태그|마크업/iu;

interface HtmlRead {
  readonly text: string;
  /** Tags and entities as they stand there. */
  readonly found: readonly string[];
  /** Tags in pairs within a line may be marks that somebody set on purpose. */
  readonly isSure: boolean;
}

/** Undefined for what is no prose of a web page. */
function readHtml(text: string): HtmlRead | undefined {
  if (!signs.test(text)) return { text, found: [], isSure: false };
  if (code.test(text)) return undefined;
  const tags = [...text.matchAll(/<(\/?)([a-z][^\s<>/]*)(?![^\s<>/])([^<>]*)>/gi)].filter(
    ([, , name = '']) => !/[@:]/.test(name),
  );
  if (tags.some(([, , name = '', rest = '']) => !isProseTag(name.toLowerCase(), rest))) return undefined;
  const lines = tags.filter(([, , name = '']) => breaks.has(name.toLowerCase()));
  const isSureTag = lines.length > 1 || lines.some(([, slash, name]) => slash === '/' || name?.toLowerCase() === 'br');
  if (!isSureTag && (lines.length > 0 || !inPairs(tags))) return undefined;
  const plain = withoutTags(text);
  let decoded = plain;
  // An ampersand may itself have been written as an entity.
  for (let pass = 0; pass < 3; pass++) decoded = withEntities(decoded);
  // Brackets that were written as entities are shown on a page, not read as tags.
  if (decoded !== plain && (/<[/!?a-z]/i.test(decoded) || code.test(decoded))) return undefined;
  if (decoded === text) return { text, found: [], isSure: false };
  const entities = decoded === plain ? [] : (plain.match(/&#?[a-z\d]{2,8};/gi) ?? []);
  return {
    text: decoded,
    found: [...tags.map(([tag]) => tag), ...entities],
    isSure: isSureTag || decoded !== plain,
  };
}

/** JSON, fenced and quoted code, declarations, comments, tables of Markdown, calls, comparisons and queries. */
const code =
  /^\s*[[{][\s\S]*[\]}]\s*$|`|<[?!]|(?<!\S)["'“‘]<[^<>]*>["'”’](?!\w)|\|\s*:?-{3}|[{}]\s*(?:\n|$)|\w\([^()\n]{0,200}\);|=>|\w ?[=!]={1,2} ?\w|&&|\bSELECT\s[\s\S]{0,2000}?\sFROM\s/;

function isProseTag(name: string, rest: string): boolean {
  return (breaks.has(name) || inLines.has(name)) && attributes.test(rest);
}

const attributes = /^(?:\s+[a-z][\w:-]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=]+))*\s*\/?$/i;

const paragraphs = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'hr', 'blockquote', 'section', 'article'];
/** Those that begin or end a line; tables and raised letters mean something, which would be lost. */
const breaks = new Set([...paragraphs, 'br', 'div', 'li']);
const inLines = new Set(['b', 'strong', 'i', 'em', 'u', 'span', 'a', 'font', 'small', 'big', 'img']);

const tagOf = (names: Iterable<string>) => String.raw`<\/?(?:${[...names].join('|')})(?:\s[^<>]*|\/)?>`;
const inLineTag = new RegExp(tagOf(inLines), 'gi');
const breakingTags = new RegExp(String.raw`(?:${tagOf(breaks)}\s*)+`, 'gi');
const paragraphTag = new RegExp(tagOf(paragraphs), 'i');

function inPairs(tags: readonly RegExpExecArray[]): boolean {
  const open = new Map<string, number>();
  for (const [, slash, name = ''] of tags) {
    if (name === 'img') continue;
    const count = (open.get(name) ?? 0) + (slash === '/' ? -1 : 1);
    if (count < 0) return false;
    open.set(name, count);
  }
  return open.values().every((count) => count === 0);
}

/** Lines that were there before stay; tags that begin or end one add breaks where there are none. */
function withoutTags(text: string): string {
  const flat = text.replace(inLineTag, '');
  const pieces: string[] = [];
  let place = 0;
  let between = '';
  let hasText = false;
  for (const run of flat.matchAll(breakingTags)) {
    const [tags] = run;
    const before = flat.slice(place, run.index);
    const piece = before.trimEnd();
    place = run.index + tags.length;
    pieces.push(between, piece);
    hasText ||= piece !== '';
    // The name of what follows, such as “Passage:”, stays in its line.
    const isNamed = /(?:^|\n)[^\n]{1,40}:$/.test(piece.slice(-60)) && !/^<(?:\/|br)|<li/i.test(tags);
    const lines = Math.min(2, Math.max(linesIn(tags), breaksIn(before.slice(piece.length))));
    between = isNamed ? ' ' : hasText ? '\n'.repeat(lines) : '';
    if (/<li[^<>]*>\s*$/i.test(tags)) between += '- ';
  }
  const rest = flat.slice(place);
  return [...pieces, ...(rest === '' ? [] : [between, rest])].join('');
}

/** How many line breaks a row of tags with blanks stands for. */
function linesIn(tags: string): number {
  return paragraphTag.test(tags) ? 2 : Math.max(1, tags.match(/<br/gi)?.length ?? 0, breaksIn(tags));
}

function breaksIn(blanks: string): number {
  return blanks.match(/\n/g)?.length ?? 0;
}
