// The methods of Python's texts, lists and dicts, and how values are written into a text by `%` and `format`.
import { blank } from './lex.ts';
import {
  bounded,
  type Callable,
  checkLength,
  count,
  Float,
  isDict,
  isEqual,
  isList,
  itemsOf,
  joined,
  kindOf,
  lengthOf,
  lettersOf,
  numberOf,
  pairsIn,
  represented,
  Tuple,
  type Value,
  written,
} from './values.ts';

/** The method of a value; undefined where it has none of that name, or one that would change it. */
export function methodOf(value: Value, name: string): Callable | undefined {
  if (typeof value === 'string') return Object.hasOwn(ofTexts, name) ? ofTexts[name]?.(value) : undefined;
  if (isDict(value)) return Object.hasOwn(ofDicts, name) ? ofDicts[name]?.(value) : undefined;
  if (isList(value) || value instanceof Tuple) return Object.hasOwn(ofLists, name) ? ofLists[name]?.(value) : undefined;
  return undefined;
}

/** The values of parameters, by place or name. Throws for those that there are no parameters for. */
export function bound(
  names: readonly string[],
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): (Value | undefined)[] {
  if (positional.length > names.length) throw new Error(`It takes ${names.length} values at most`);
  const unknown = [...named.keys()].find((name) => names.indexOf(name) < positional.length);
  if (unknown !== undefined) throw new Error(`It takes no value named '${unknown}', or has it already`);
  return names.map((name, place) => (place < positional.length ? positional[place] : named.get(name)));
}

/** What is callable with these parameters, in this order. */
export function takes(names: readonly string[], work: (...given: (Value | undefined)[]) => Value): Callable {
  return (positional, named) => work(...bound(names, positional, named));
}

export function textOf(value: Value | undefined, otherwise?: string): string {
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value !== 'string')
    throw new Error(`A text is needed, not ${value === undefined ? 'nothing' : kindOf(value)}`);
  return value;
}

export function wholeOf(value: Value | undefined, otherwise?: number): number {
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new Error(`A whole number is needed, not ${value === undefined ? 'nothing' : kindOf(value)}`);
  return Number(value);
}

type Methods<Kind extends Value> = Readonly<Record<string, (of: Kind) => Callable>>;

const blankStart = new RegExp(`^${blank}+`);
const blanks = new RegExp(`${blank}+`);
const lineEndSigns = '[\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
const lineEnd = new RegExp(`\\r\\n|${lineEndSigns}`);

/** The lines of a text, as `splitlines` has them: the last line's end begins no other. */
export function linesOf(text: string): string[] {
  const lines = text.split(lineEnd);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The text without these letters at its ends, or without white space. */
export function stripped(text: string, given: Value | undefined, { start = true, end = true } = {}): string {
  const characters = given === undefined || given === null ? undefined : textOf(given);
  const goes = (letter: string) => (characters === undefined ? blankStart.test(letter) : characters.includes(letter));
  const letterAt = (place: number) => String.fromCodePoint(text.codePointAt(place) as number);
  let from = 0;
  let to = text.length;
  while (start && from < to && goes(letterAt(from))) from += letterAt(from).length;
  while (end && to > from) {
    const last = to - from > 1 && letterAt(to - 2).length === 2 ? to - 2 : to - 1;
    if (!goes(letterAt(last))) break;
    to = last;
  }
  return text.slice(from, to);
}

export function capitalized(word: string): string {
  const [first = ''] = word;
  return first.toUpperCase() + word.slice(first.length).toLowerCase();
}

export function replaced(text: string, old: string, by: string, most = -1): string {
  const parts = old === '' ? ['', ...lettersOf(text), ''] : text.split(old);
  if (most >= 0 && parts.length > most + 1) parts.push(parts.splice(most).join(old));
  return joined(parts, by);
}

function padded(side: 'start' | 'end' | 'both'): (text: string) => Callable {
  return (text) =>
    takes(['width', 'fillchar'], (width, fill) => {
      const missing = wholeOf(width) - lengthOf(text);
      if (lengthOf(textOf(fill, ' ')) !== 1) throw new Error('The fill character must be exactly one character long');
      checkLength(Math.max(0, missing), 'text');
      if (missing <= 0) return text;
      // Python's own rule for the odd one.
      const half = (missing >> 1) + (missing & wholeOf(width) & 1);
      const before = side === 'start' ? missing : side === 'end' ? 0 : half;
      return textOf(fill, ' ').repeat(before) + text + textOf(fill, ' ').repeat(missing - before);
    });
}

function split(text: string, separator: Value | undefined, most: number, { fromEnd = false } = {}): Value[] {
  if (separator === undefined || separator === null) {
    const words = stripped(text, null);
    if (words === '') return [];
    if (most < 0) return [...bounded(words.split(blanks))];
    if (fromEnd) throw new Error('rsplit needs a separator here');
    const parts: string[] = [];
    let rest = stripped(text, null, { end: false });
    for (let found = blanks.exec(rest); found !== null && parts.length < most; found = blanks.exec(rest)) {
      parts.push(rest.slice(0, found.index));
      rest = rest.slice(found.index + found[0].length);
    }
    return rest === '' ? parts : [...parts, rest];
  }
  if (separator === '') throw new Error('empty separator');
  const parts = [...bounded(text.split(textOf(separator)))];
  if (most < 0 || parts.length <= most + 1) return parts;
  const glued = (some: string[]) => some.join(textOf(separator));
  return fromEnd
    ? [glued(parts.slice(0, parts.length - most)), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), glued(parts.slice(most))];
}

function begins(text: string, given: Value | undefined, test: 'startsWith' | 'endsWith'): boolean {
  const ends = given instanceof Tuple ? given.items : [given];
  return ends.some((each) => text[test](textOf(each)));
}

/** Where a text is within another, in letters, or below 0. */
function place(text: string, part: Value | undefined, search: 'indexOf' | 'lastIndexOf'): number {
  const at = text[search](textOf(part));
  return at < 0 ? at : lengthOf(text.slice(0, at));
}

function found(at: number): number {
  if (at < 0) throw new Error('It is not in there');
  return at;
}

function parted(text: string, separator: Value | undefined, search: 'indexOf' | 'lastIndexOf'): Tuple {
  const at = text[search](textOf(separator));
  if (at < 0) return new Tuple(search === 'indexOf' ? [text, '', ''] : ['', '', text]);
  return new Tuple([text.slice(0, at), textOf(separator), text.slice(at + textOf(separator).length)]);
}

const matching = (pattern: RegExp) => (text: string) => takes([], () => pattern.test(text));

const ofTexts: Methods<string> = {
  upper: (text) => takes([], () => text.toUpperCase()),
  lower: (text) => takes([], () => text.toLowerCase()),
  casefold: (text) => takes([], () => text.toLowerCase()),
  title: (text) => takes([], () => text.replace(/\p{Cased}+/gu, capitalized)),
  capitalize: (text) => takes([], () => capitalized(text)),
  swapcase: (text) =>
    takes([], () =>
      text.replace(/\p{L}/gu, (sign) => (sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase())),
    ),
  strip: (text) => takes(['chars'], (characters) => stripped(text, characters)),
  lstrip: (text) => takes(['chars'], (characters) => stripped(text, characters, { end: false })),
  rstrip: (text) => takes(['chars'], (characters) => stripped(text, characters, { start: false })),
  removeprefix: (text) =>
    takes(['prefix'], (part) => (text.startsWith(textOf(part)) ? text.slice(textOf(part).length) : text)),
  removesuffix: (text) =>
    takes(['suffix'], (part) =>
      part !== '' && text.endsWith(textOf(part)) ? text.slice(0, -textOf(part).length) : text,
    ),
  startswith: (text) => takes(['prefix'], (part) => begins(text, part, 'startsWith')),
  endswith: (text) => takes(['suffix'], (part) => begins(text, part, 'endsWith')),
  split: (text) => takes(['sep', 'maxsplit'], (separator, most) => split(text, separator, wholeOf(most, -1))),
  rsplit: (text) =>
    takes(['sep', 'maxsplit'], (separator, most) => split(text, separator, wholeOf(most, -1), { fromEnd: true })),
  splitlines: (text) => takes([], () => linesOf(text)),
  partition: (text) => takes(['sep'], (separator) => parted(text, separator, 'indexOf')),
  rpartition: (text) => takes(['sep'], (separator) => parted(text, separator, 'lastIndexOf')),
  replace: (text) =>
    takes(['old', 'new', 'count'], (old, by, most) => replaced(text, textOf(old), textOf(by), wholeOf(most, -1))),
  join: (text) =>
    takes(['iterable'], (items) =>
      joined(
        itemsOf(items as Value).map((item) => textOf(item)),
        text,
      ),
    ),
  find: (text) => takes(['sub'], (part) => place(text, part, 'indexOf')),
  rfind: (text) => takes(['sub'], (part) => place(text, part, 'lastIndexOf')),
  index: (text) => takes(['sub'], (part) => found(place(text, part, 'indexOf'))),
  rindex: (text) => takes(['sub'], (part) => found(place(text, part, 'lastIndexOf'))),
  count: (text) => takes(['sub'], (part) => (part === '' ? lengthOf(text) + 1 : text.split(textOf(part)).length - 1)),
  isdigit: matching(/^\p{Nd}+$/u),
  isdecimal: matching(/^\p{Nd}+$/u),
  isnumeric: matching(/^\p{N}+$/u),
  isalpha: matching(/^\p{L}+$/u),
  isalnum: matching(/^[\p{L}\p{N}]+$/u),
  isspace: matching(new RegExp(`^${blank}+$`)),
  isupper: matching(/^(?=[\s\S]*\p{Lu})[^\p{Ll}\p{Lt}]*$/u),
  islower: matching(/^(?=[\s\S]*\p{Ll})[^\p{Lu}\p{Lt}]*$/u),
  center: padded('both'),
  ljust: padded('end'),
  rjust: padded('start'),
  zfill: (text) =>
    takes(['width'], (width) => {
      const [, sign = '', digits = ''] = /^([-+]?)([\s\S]*)$/.exec(text) ?? [];
      checkLength(wholeOf(width), 'text');
      return sign + digits.padStart(wholeOf(width) - sign.length, '0');
    }),
  format: (text) => (positional, named) => formatted(text, positional, named),
};

const ofDicts: Methods<ReadonlyMap<Value, Value>> = {
  get: (dict) =>
    takes(['key', 'default'], (key, otherwise) => {
      const value = dict.get(keyOf(key as Value));
      return value !== undefined ? value : otherwise === undefined ? null : otherwise;
    }),
  items: (dict) => takes([], () => pairsIn(dict)),
  keys: (dict) => takes([], () => [...dict.keys()]),
  values: (dict) => takes([], () => [...dict.values()]),
  copy: (dict) => takes([], () => dict),
};

const ofLists: Methods<readonly Value[] | Tuple> = {
  index: (list) => takes(['value'], (value) => found(itemsOf(list).findIndex((item) => isEqual(item, value as Value)))),
  count: (list) => takes(['value'], (value) => itemsOf(list).filter((item) => isEqual(item, value as Value)).length),
};

/** As Python's dicts find it: true and 1.0 are 1. Throws for what can be no key. */
export function keyOf(value: Value): Value {
  if (isList(value) || isDict(value)) throw new Error(`${kindOf(value)} can be no key`);
  return numberOf(value) ?? value;
}

/** `str.format`, of plain fields. */
function formatted(pattern: string, positional: readonly Value[], named: ReadonlyMap<string, Value>): string {
  let next = 0;
  const text = pattern.replace(/\{\{|\}\}|\{(\w*)(![rs])?\}|[{}]/g, (whole, name: string | undefined, how) => {
    if (whole === '{{' || whole === '}}') return whole.slice(1);
    if (name === undefined) throw new Error(`format knows no such field in '${pattern.slice(0, 40)}'`);
    const value = /^\d*$/.test(name) ? positional[name === '' ? next++ : Number(name)] : named.get(name);
    if (value === undefined) throw new Error('format has fewer values than its pattern names');
    return made(how === '!r' ? represented(value) : written(value));
  });
  return bounded(text);
}

/** Python's `%`: texts and numbers in their order, with a width and decimals. */
export function percentFormatted(pattern: string, values: readonly Value[]): string {
  let next = 0;
  const text = pattern.replace(
    /%(?:%|([-+0 ]*)(\d*)(?:\.(\d+))?([\s\S]?))/g,
    (whole, flags: string, width, decimals, kind) => {
      if (whole === '%%') return '%';
      const value = values[next++];
      if (value === undefined) throw new Error('format has fewer values than its pattern names');
      checkLength(Number(width), 'text');
      const shown = formattedOne(value, kind, decimals === undefined ? undefined : Number(decimals));
      const signed = flags.includes('+') && 'dif'.includes(kind) && !shown.startsWith('-') ? `+${shown}` : shown;
      if (flags.includes('-')) return made(signed.padEnd(Number(width)));
      if (!flags.includes('0') || !'dif'.includes(kind)) return made(signed.padStart(Number(width)));
      const sign = /^[-+]?/.exec(signed)?.[0] ?? '';
      return made(sign + signed.slice(sign.length).padStart(Number(width) - sign.length, '0'));
    },
  );
  if (next < values.length) throw new Error('format has more values than its pattern names');
  return bounded(text);
}

/** One of many texts that are about to be one: each may be the longest. */
function made(text: string): string {
  count(text.length, 'text');
  return text;
}

function formattedOne(value: Value, kind: string, decimals: number | undefined): string {
  if (kind === 's') return lettersOf(written(value)).slice(0, decimals).join('');
  if (kind === 'r') return represented(value);
  const number = numberOf(value);
  if (number === undefined) throw new Error(`format has no number for %${kind}`);
  if (kind === 'd' || kind === 'i') return String(Math.trunc(number));
  if (kind === 'f' && (decimals ?? 6) <= 100) return number.toFixed(decimals ?? 6);
  throw new Error(`format knows no %${kind}`);
}

/** The float or whole number of two, by whether one of them was a float. */
export function numberLike(made: number, ...of: readonly Value[]): Value {
  if (of.some((each) => each instanceof Float)) return new Float(made);
  if (!Number.isSafeInteger(made)) throw new Error('It makes a number that is too large');
  return made;
}
