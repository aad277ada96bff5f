// JSON in a model's answer or a row's target, read so that two texts can be compared by what they say (RFC 8259).

/** As it was written: a `number` does not hold all digits of 12345678901234567891. */
export class JsonNumber {
  readonly written: string;

  constructor(written: string) {
    this.written = written;
  }
}

/** Objects are maps: a key may be `__proto__`. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A list or an object in a text, and what stands around it. */
export interface FoundJson {
  readonly value: JsonValue;
  readonly before: string;
  readonly after: string;
  /** Nothing stands around it, or only the marks of a code block that is the whole text: a program can read it. */
  readonly alone: boolean;
}

/**
 * The list or object that a text is or contains: the whole text, else the first code block that is one, else the longest
 * stretch between brackets. Of keys that an object has twice, the last counts, as in most programs. Undefined for other
 * texts: single values, what Python prints, `NaN`, what is cut off, and what is nested more than 200 levels deep.
 */
export function jsonIn(text: string): FoundJson | undefined {
  const whole = readJson(text);
  if (whole !== undefined) return { value: whole, before: '', after: '', alone: true };
  for (const [start, end, inner] of codeBlocks(text)) {
    const value = readJson(inner);
    if (value !== undefined) return within(text, { value, start, end, inBlock: true });
  }
  for (const [start, end] of stretches(text).toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]))) {
    const value = readJson(text.slice(start, end));
    if (value !== undefined) return within(text, { value, start, end, inBlock: false });
  }
  return undefined;
}

function within(
  text: string,
  { value, start, end, inBlock }: { value: JsonValue; start: number; end: number; inBlock: boolean },
): FoundJson {
  const [before, after] = [text.slice(0, start).trim(), text.slice(end).trim()];
  return { value, before, after, alone: inBlock && before === '' && after === '' };
}

/** The list or object that the whole text is. */
export function readJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text) || isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text, exactly as never) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * The same for equal values: the order of keys, blanks, escapes and the way a number is written (1, 1.0, 1e0) do not
 * matter, the order of lists does.
 */
export function jsonKey(value: JsonValue): string {
  if (value instanceof JsonNumber) return numberKey(value.written);
  if (isList(value)) return `[${value.map(jsonKey).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = [...value].map(([key, inner]) => `${JSON.stringify(key)}:${jsonKey(inner)}`);
  return `{${pairs.sort().join()}}`;
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

/** Each level is a call, here and where values are compared. */
const deepest = 200;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [sign] of text.matchAll(stringOrBracket)) {
    if (sign === ']' || sign === '}') depth--;
    else if ((sign === '[' || sign === '{') && ++depth > deepest) return true;
  }
  return false;
}

/** Where each code block starts and ends, and the text in it. */
function codeBlocks(text: string): [number, number, string][] {
  const found: [number, number, string][] = [];
  let opened: { readonly start: number; readonly from: number } | undefined;
  for (const { 0: line, 1: language = '', index } of text.matchAll(/^[ \t]*```([^\n`]*)$/gm)) {
    const end = index + line.length;
    if (opened === undefined || language.trim() !== '') opened = { start: index, from: end };
    else {
      found.push([opened.start, end, text.slice(opened.from, index)]);
      opened = undefined;
    }
  }
  return found;
}

/** Stretches from a bracket to the one that closes it, none within another. Quotation marks matter only in them. */
function stretches(text: string): [number, number][] {
  const found: [number, number][] = [];
  for (let start = text.search(/[[{]/); start >= 0; ) {
    let depth = 0;
    let end = text.length;
    stringOrBracket.lastIndex = start;
    for (let sign = stringOrBracket.exec(text); sign !== null; sign = stringOrBracket.exec(text)) {
      if (sign[0] === '[' || sign[0] === '{') depth++;
      else if ((sign[0] === ']' || sign[0] === '}') && --depth === 0) {
        end = stringOrBracket.lastIndex;
        found.push([start, end]);
        break;
      }
    }
    const next = text.slice(end).search(/[[{]/);
    start = next < 0 ? -1 : end + next;
  }
  return found;
}

/** A string that is not closed ends with its line. */
const stringOrBracket = /"(?:[^"\\\n]|\\.)*"?|[[\]{}]/g;

/** TypeScript's types of JSON.parse do not know the third argument yet, nor do browsers before 2025. */
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'number') return new JsonNumber(context?.source ?? String(value));
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isPlain ? new Map(Object.entries(value)) : value;
}

/** Digits without zeros around them and their power of ten. */
function numberKey(written: string): string {
  const [, sign, whole = '', part = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written) ?? [];
  const all = `${whole}${part}`.replace(/^0+/, '');
  const digits = withoutZeros(all);
  if (digits === '') return '0';
  return `${sign}${digits}e${BigInt(power.replace('+', '')) - BigInt(part.length) + BigInt(all.length - digits.length)}`;
}

/** A pattern for zeros at the end would look at each zero before them anew. */
function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
