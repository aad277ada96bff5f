// Python's values as templates see them: how they are written, compared and counted. Whole numbers are numbers, texts are
// strings, dicts are maps and None is null.

export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** What `map` and its like give: true whatever is in it, and read once. */
export class Lazy {
  #items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.#items = items;
  }
  get length(): number {
    return this.#items.length;
  }
  take(): readonly Value[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}

export class Namespace {
  readonly values: Map<string, Value>;
  constructor(values: Map<string, Value>) {
    this.values = values;
  }
}

/** What is not there; `name` says what that is, for errors. */
export class Undefined {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What templates call. `named` are the values that were given by name. */
export type Callable = (positional: readonly Value[], named: ReadonlyMap<string, Value>) => Value;

/** Something with attributes of its own that can be called, perhaps: `loop`. */
export class Item {
  readonly attributes: Readonly<Record<string, Value>>;
  constructor(attributes: Readonly<Record<string, Value>>) {
    this.attributes = attributes;
  }
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Float
  | Tuple
  | Lazy
  | Namespace
  | Undefined
  | Callable
  | Item
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isDict = (value: Value): value is ReadonlyMap<Value, Value> => value instanceof Map;

/** The value, or what stands for its absence: `name` is what it is called. */
export function found(value: Value | undefined, name: string): Value {
  return value === undefined ? new Undefined(name) : value;
}

/** What JavaScript has, as templates see it. */
export function asValue(given: unknown): Value {
  if (given === undefined) return new Undefined('a value');
  if (typeof given === 'number') return Number.isSafeInteger(given) ? given : new Float(given);
  if (Array.isArray(given)) return given.map(asValue);
  if (typeof given === 'object' && given !== null)
    return new Map(Object.entries(given).map(([key, value]) => [key, asValue(value)]));
  return given as Value;
}

/** As a message names it. */
export function kindOf(value: Value): string {
  if (value === null) return 'None';
  if (isList(value)) return 'a list';
  if (isDict(value)) return 'a dict';
  if (value instanceof Undefined) return `${value.name}, which is undefined,`;
  if (value instanceof Float) return 'a float';
  if (value instanceof Tuple) return 'a tuple';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : 'a boolean';
}

export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isDict(value)) return value.size > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Float) return value.value !== 0;
  return !(value instanceof Undefined) && Boolean(value);
}

/** The letters of a text, each one code point as in Python. */
export function lettersOf(text: string): readonly string[] {
  if (text.length > mostLettersApart) throw new Error('it goes through a text that is too long, letter by letter');
  return hasPairs(text) ? [...text] : text.split('');
}

/** Whether a code point may take two places of a text. */
const hasPairs = (text: string) => /[\ud800-\udfff]/.test(text);

/** What a `for` goes through. Throws where there is nothing to go through. */
export function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Lazy) return value.take();
  if (isDict(value)) return [...value.keys()];
  if (typeof value === 'string') return lettersOf(value);
  if (value instanceof Undefined) return [];
  throw new Error(`${kindOf(value)} is nothing to go through`);
}

export function lengthOf(value: Value): number {
  if (typeof value === 'string') return hasPairs(value) ? lettersOf(value).length : value.length;
  if (isList(value) || value instanceof Tuple || value instanceof Undefined) return itemsOf(value).length;
  if (isDict(value)) return value.size;
  throw new Error(`${kindOf(value)} has no length`);
}

/** A number, of which true is one in Python; undefined for what is none. */
export function numberOf(value: Value): number | undefined {
  if (value instanceof Float) return value.value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

export function isEqual(a: Value, b: Value): boolean {
  const [numberA, numberB] = [numberOf(a), numberOf(b)];
  if (numberA !== undefined || numberB !== undefined) return numberA === numberB;
  const areLists = (isList(a) && isList(b)) || (a instanceof Tuple && b instanceof Tuple);
  if (areLists) {
    const [itemsA, itemsB] = [itemsOf(a), itemsOf(b)];
    return itemsA.length === itemsB.length && itemsA.every((item, place) => isEqual(item, itemsB[place] as Value));
  }
  if (isDict(a) && isDict(b))
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key) as Value));
  return a === b || (a instanceof Undefined && b instanceof Undefined);
}

/** Below 0 where `a` comes first. Throws where Python has no order for them. */
export function compared(a: Value, b: Value): number {
  const [numberA, numberB] = [numberOf(a), numberOf(b)];
  if (numberA !== undefined && numberB !== undefined) return numberA - numberB;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if ((isList(a) && isList(b)) || (a instanceof Tuple && b instanceof Tuple)) {
    const [itemsA, itemsB] = [itemsOf(a), itemsOf(b)];
    for (const [place, item] of itemsA.slice(0, itemsB.length).entries())
      if (!isEqual(item, itemsB[place] as Value)) return compared(item, itemsB[place] as Value);
    return itemsA.length - itemsB.length;
  }
  throw new Error(`${kindOf(a)} cannot be compared with ${kindOf(b)}`);
}

/** As `str` writes it, which is how a template does. */
export function written(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof Undefined ? '' : represented(value);
}

/** As `repr` writes it: within lists. */
export function represented(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof Float) return writtenFloat(value.value);
  if (value instanceof Undefined) return 'Undefined';
  if (isList(value)) return `[${joined(value.map(represented), ', ')}]`;
  if (value instanceof Tuple)
    return `(${joined(value.items.map(represented), ', ')}${value.items.length === 1 ? ',' : ''})`;
  if (isDict(value))
    return `{${joined(
      [...value].map(([key, each]) => `${represented(key)}: ${represented(each)}`),
      ', ',
    )}}`;
  throw new Error(`${kindOf(value)} cannot be written`);
}

export function writtenFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, power = ''] = value.toExponential().split('e');
    return `${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const within = text.replace(/[\\'"\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu, (sign) => {
    if (sign === ' ' || ((sign === '"' || sign === "'") && sign !== quote)) return sign;
    if (sign === '\\' || sign === quote) return `\\${sign}`;
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[sign];
    const code = (sign.codePointAt(0) as number).toString(16);
    return (
      named ??
      (code.length < 3
        ? `\\x${code.padStart(2, '0')}`
        : code.length < 5
          ? `\\u${code.padStart(4, '0')}`
          : `\\U${code.padStart(8, '0')}`)
    );
  });
  return bounded(`${quote}${within}${quote}`);
}

/**
 * The longest text and list that a template may make on the way, and the longest text that it may take apart: a list of
 * a hundred million, as of the letters of a text that doubled often enough, ends the whole process. A text may be as
 * long as a conversation of many whole documents.
 */
const [mostLetters, mostItems, mostLettersApart] = [2 ** 24, 2 ** 20, 2 ** 22];

/**
 * All letters and items that a template may make in one writing, kept or not: texts and lists that are each short
 * enough can be kept until they fill the memory. A conversation of half a million letters that grows by a thousand turns
 * makes nearly as much.
 */
const mostMade = { text: 2 ** 28, list: 2 ** 24 };
let made = { text: 0, list: 0 };

/** Counts anew what is made. A template is written at once, so that no two are counted together. */
export function countMade(): void {
  made = { text: 0, list: 0 };
}

/** Counts a text or a list of this length. Throws if too much was made. */
export function count(length: number, kind: 'text' | 'list'): void {
  made[kind] += length;
  if (made[kind] > mostMade[kind]) throw new Error(`it makes too many or too long ${kind}s`);
}

/** The value, which was just made, unless it is too long, or too much was made before. */
export function counted(value: Value): Value {
  if (typeof value === 'string') count(bounded(value).length, 'text');
  else if (isList(value)) count(bounded(value).length, 'list');
  else if (value instanceof Tuple) count(value.items.length, 'list');
  else if (value instanceof Lazy) count(value.length, 'list');
  else if (isDict(value)) count(value.size * pairItems, 'list');
  else if (value instanceof Namespace) count(value.values.size * pairItems, 'list');
  return value;
}

/** A pair takes as much memory as so many items. */
const pairItems = 8;

/** The pairs of a dict. */
export function pairsIn(dict: ReadonlyMap<Value, Value>): Tuple[] {
  count(dict.size * pairItems, 'list');
  return [...dict].map((pair) => new Tuple(pair));
}

/** The text or list, unless it is too long. */
export function bounded<Made extends string | readonly Value[]>(made: Made): Made {
  checkLength(made.length, typeof made === 'string' ? 'text' : 'list');
  return made;
}

/** For what is not made yet. */
export function checkLength(length: number, kind: 'text' | 'list'): void {
  if (!(length <= (kind === 'text' ? mostLetters : mostItems))) throw new Error(`it makes a ${kind} that is too long`);
}

export function joined(texts: readonly string[], separator: string): string {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  checkLength(length, 'text');
  count(length, 'text');
  return texts.join(separator);
}
