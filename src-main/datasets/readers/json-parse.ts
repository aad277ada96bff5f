import { withoutSlips } from './json-slips.ts';
import { NamesApart } from './names-apart.ts';

/**
 * Parses a JSON value; undefined if it is invalid or nested deeper than any row would be. Duplicate keys in an object
 * are numbered, which `onTwice` is told: `answer`, `answer 2`. Numbers that would not be written back as they are (more
 * digits than a number can hold, `1.10`, `1e5`) are returned as text, as are the `NaN` and `Infinity` that Python
 * writes. Unambiguous slips (`withoutSlips`) are repaired, which `onMended` is told.
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

/** Writing a value back as text recurses, and the stack only holds a few thousand calls. */
const deepest = 1000;

const blank = 0x20;
const quote = 0x22;

/** How often a quote is followed by a colon, as it is after every key. */
function countNamed(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= blank) before--;
    if (text.charCodeAt(before) === quote) count++;
  }
  return count;
}

/** Undefined if they are nested too deeply. */
function countKeys(value: unknown): number | undefined {
  let count = 0;
  // Level by level, because JSON.parse accepts deeper nesting than the call stack allows.
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

/** The text with a number appended to each key that its object already has. */
function withKeysApart(text: string, onTwice: ((name: string) => void) | undefined): string {
  const taken: NamesApart[] = [];
  return text.replace(stringOrBrace, (found, isKey: string | undefined) => {
    if (found === '{') taken.push(new NamesApart());
    else if (found === '}') taken.pop();
    const keys = taken.at(-1);
    if (isKey === undefined || !keys) return found;
    const [written = ''] = /^"(?:[^"\\]|\\.)*"/s.exec(found) ?? [];
    const key = String(JSON.parse(written));
    const name = keys.add(key);
    if (name === key) return found;
    onTwice?.(name);
    return `${JSON.stringify(name)}${found.slice(written.length)}`;
  });
}

const stringOrBrace = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/gs;

/** In damaged JSON, an unterminated string is matched as a whole, so that no quote within it is tried as a start. */
const stringOrWord = /"(?:[^"\\]|\\.)*"?|-?Infinity|NaN/g;

/** Matches wherever a number may not be written back as it was read. */
const mayDiffer = /\d{16}|\.\d*0(?!\d)|\d[eE][+-]?\d|-0/;

function parse(text: string): unknown {
  try {
    return mayDiffer.test(text) ? (JSON.parse(text, asWritten as never) as unknown) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** TypeScript's types of JSON.parse do not know the third argument yet. */
function asWritten(this: object, key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  const known = numbersAsText.get(this);
  if (known) known.set(key, source);
  else numbersAsText.set(this, new Map([[key, source]]));
  return source;
}

/** The numbers that were returned as text, in the list or object that holds them. */
const numbersAsText = new WeakMap<object, Map<string, string>>();

/** Whether this text was a number in the list or object that `parseJson` read, which is to be written as one again. */
export function isNumberAsText(holder: object, key: string, text: string): boolean {
  return numbersAsText.get(holder)?.get(key) === text;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
