import { withoutSlips } from './json-slips.ts';

/**
 * A value from its JSON text; undefined where it is none, or lists and objects lie in one another deeper than any row's do. Of keys that stand twice in an object, the later ones get a number, which
 * `onTwice` is told: `answer`, `answer 2`. Numbers that would not be written as they stand (more digits than a
 * number holds, `1.10`, `1e5`) come as the text that stands there, and so do `NaN` and `Infinity`, which Python writes. Slips
 * that can mean but one thing (`withoutSlips`) are mended, which `onMended` is told.
 */
export function parseJson(text: string, told: ToldOfJson = {}): unknown {
  const start = text.startsWith('\x1e') ? text.slice(1) : text;
  const value = parse(start);
  if (value !== undefined) {
    const keys = countKeys(value);
    if (keys === undefined) return undefined;
    return keys < countNamed(start) ? parse(withKeysApart(start, told.onTwice)) : value;
  }
  const mended = withoutSlips(start);
  if (mended !== undefined) {
    const found = parseJson(mended, told);
    if (found !== undefined) told.onMended?.();
    return found;
  }
  if (!/NaN|Infinity/.test(start)) return undefined;
  const quoted = start.replace(stringOrWord, (found) => (found.startsWith('"') ? found : `"${found}"`));
  return quoted === start ? undefined : parseJson(quoted, told);
}

export interface ToldOfJson {
  readonly onTwice?: (name: string) => void;
  readonly onMended?: () => void;
}

/** What is written again as text is gone through by calls within calls, some thousands of which there may be. */
const deepest = 1000;

const blank = 0x20;
const quote = 0x22;

/** How often a quote and a colon follow each other, as they do behind every key. */
function countNamed(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= blank) before--;
    if (text.charCodeAt(before) === quote) count++;
  }
  return count;
}

/** Undefined where they lie too deep. */
function countKeys(value: unknown): number | undefined {
  let count = 0;
  // Level by level, as JSON.parse goes deeper than calls can.
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return undefined;
    const below: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      const inner = Object.values(each);
      if (!Array.isArray(each)) count += inner.length;
      for (const value of inner) if (typeof value === 'object' && value !== null) below.push(value);
    }
    level = below;
  }
  return count;
}

/** The text with a number behind each key that its object has already. */
function withKeysApart(text: string, onTwice: ((name: string) => void) | undefined): string {
  const taken: Set<string>[] = [];
  return text.replace(stringOrBrace, (found, isKey: string | undefined) => {
    if (found === '{') taken.push(new Set());
    else if (found === '}') taken.pop();
    const keys = taken.at(-1);
    if (isKey === undefined || !keys) return found;
    const [written = ''] = /^"(?:[^"\\]|\\.)*"/s.exec(found) ?? [];
    const key = String(JSON.parse(written));
    let name = key;
    for (let number = 2; keys.has(name); number++) name = `${key} ${number}`;
    keys.add(name);
    if (name === key) return found;
    onTwice?.(name);
    return `${JSON.stringify(name)}${found.slice(written.length)}`;
  });
}

const stringOrBrace = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/gs;

/** In JSON that is damaged, a text without an end is taken as a whole, so that no quote in it is tried as a beginning. */
const stringOrWord = /"(?:[^"\\]|\\.)*"?|-?Infinity|NaN/g;

/** Where it may be that a number is not written as it was read. */
const mayDiffer = /\d{16}|\.\d*0(?!\d)|\d[eE][+-]?\d|-0/;

function parse(text: string): unknown {
  try {
    return mayDiffer.test(text) ? (JSON.parse(text, asWritten as never) as unknown) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The third argument is newer than TypeScript's types of JSON.parse. */
function asWritten(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? source : value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
