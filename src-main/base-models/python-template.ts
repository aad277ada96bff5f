// Chat templates are written for Python's Jinja; @huggingface/jinja 0.5.11 deviates from it in the places put right here,
// each found by comparing the templates of some 250 models with what transformers 5 makes of them.
import { Interpreter, Template } from '@huggingface/jinja';

/**
 * The longest text and list that a template may make on the way: a list of a hundred million, as of the letters of a
 * text that doubled often enough, ends the whole process. Python's own limit is on ranges, hundred thousand.
 */
const [mostLetters, mostItems, mostInRange] = [2 ** 24, 2 ** 20, 100_000];

// Every value comes from one of these two.
for (const name of ['evaluate', 'evaluateBlock'] as const) {
  // Sound: the second is private, but there (0.5.11).
  const parts = Interpreter.prototype as unknown as Record<typeof name, (...given: unknown[]) => Wrapped>;
  const evaluate = parts[name];
  parts[name] = function (...given) {
    const made = evaluate.apply(this, given);
    const { value } = made;
    if (typeof value === 'string' ? value.length > mostLetters : Array.isArray(value) && value.length > mostItems)
      throw new Error(`it makes a ${typeof value === 'string' ? 'text' : 'list'} that is too long`);
    return made;
  };
}

/** A template that writes what Python's would. Throws where the source is no template, and where its own rules do. */
export class PythonTemplate {
  readonly #template: Template;

  constructor(source: string) {
    // Python reads each kind of line end as one.
    this.#template = new Template(source.replace(/\r\n?/g, '\n'));
    const { parsed } = this.#template;
    // The same kinds of parts, with others of them inside.
    this.#template.parsed = rewritten(parsed) as Template['parsed'];
  }

  /** `now` is the time that the template may write into the prompt. */
  render(given: Readonly<Record<string, unknown>>, now: Date): string {
    return this.#template.render({
      ...given,
      ...functions,
      [rangeFunction]: range,
      [timeFunction]: (format: string) => writtenTime(format, now),
    });
  }
}

/** A part of a parsed template, in the library's words. */
interface Node {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** A value as the library wraps it. */
interface Wrapped {
  readonly value: unknown;
}

const isNone = ({ type, value }: Node) => type === 'Identifier' && (value === 'none' || value === 'None');
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function rewritten(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(rewritten);
  if (part instanceof Map) return new Map([...part].map(([key, value]) => [rewritten(key), rewritten(value)]));
  if (!isNode(part)) return part;
  const node = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, rewritten(value)])) as Node;
  switch (node.type) {
    case 'Identifier':
      return replaced.has(node.value) ? named(replaced.get(node.value) as string) : node;
    case 'BinaryExpression': {
      const { value: operator } = node.operator as Wrapped;
      if (operator !== '==' && operator !== '!=') return node;
      const [left, right] = [node.left, node.right] as [Node, Node];
      // Called functions are given the same for none as for what is not there, which is not none.
      const other = isNone(left) ? right : isNone(right) ? left : undefined;
      if (other !== undefined)
        return { type: 'TestExpression', operand: other, negate: operator === '!=', test: named('none') };
      return called(operator, [left, right]);
    }
    case 'CallExpression': {
      const callee = node.callee as Node;
      if (callee.type !== 'MemberExpression' || callee.computed === true) return node;
      const method = `.${(callee.property as Wrapped).value}`;
      return method in functions ? called(method, [callee.object, ...(node.args as unknown[])]) : node;
    }
    case 'FilterExpression': {
      const filter = node.filter as Node;
      const isCalled = filter.type === 'CallExpression';
      const name = `|${((isCalled ? filter.callee : filter) as Wrapped).value}`;
      return name in functions ? called(name, [node.operand, ...(isCalled ? (filter.args as unknown[]) : [])]) : node;
    }
    case 'For':
      return { ...node, body: loopBody(node.body as Node[]) };
    default:
      return node;
  }
}

const named = (value: string): Node => ({ type: 'Identifier', value });
const called = (name: string, args: unknown[]): Node => ({ type: 'CallExpression', callee: named(name), args });
const assigned = (name: string, value: boolean): Node => ({
  type: 'Set',
  assignee: named(name),
  value: named(String(value)),
  body: [],
});
const unless = (name: string, alternate: Node[]): Node => ({ type: 'If', test: named(name), body: [], alternate });

// Names that no template can use itself.
const timeFunction = 'strftime now';
const rangeFunction = 'python range';
const replaced = new Map<unknown, string>([
  ['strftime_now', timeFunction],
  ['range', rangeFunction],
]);
const roundIsOver = 'round is over';
const loopIsOver = 'loop is over';

/**
 * The library forgets what a round wrote before `continue` or `break`: EXAONE 4 would lose its system turn. Here the two
 * only leave a note, and what follows them is written unless there is one.
 */
function loopBody(body: readonly Node[]): readonly Node[] {
  if (!body.some(mayEndRound)) return body;
  return [unless(loopIsOver, [assigned(roundIsOver, false), ...untilRoundIsOver(body)])];
}

function untilRoundIsOver(body: readonly Node[]): Node[] {
  const place = body.findIndex(mayEndRound);
  const node = body[place];
  if (node === undefined) return [...body];
  const before = body.slice(0, place);
  if (node.type === 'Continue') return [...before, assigned(roundIsOver, true)];
  if (node.type === 'Break') return [...before, assigned(roundIsOver, true), assigned(loopIsOver, true)];
  const branches = {
    ...node,
    body: untilRoundIsOver(node.body as Node[]),
    alternate: untilRoundIsOver(node.alternate as Node[]),
  };
  return [...before, branches, unless(roundIsOver, untilRoundIsOver(body.slice(place + 1)))];
}

function mayEndRound(node: Node): boolean {
  if (node.type === 'Continue' || node.type === 'Break') return true;
  return node.type === 'If' && [...(node.body as Node[]), ...(node.alternate as Node[])].some(mayEndRound);
}

/** What templates call instead of the library's own: operators, `.methods` of texts and `|filters`. */
const functions: Readonly<Record<string, (...values: never[]) => unknown>> = {
  '==': equal,
  '!=': (a: unknown, b: unknown) => !equal(a, b),
  '.strip': (text: unknown, characters?: unknown) => withoutEnd(withoutStart(own(text), characters), characters),
  '.lstrip': (text: unknown, characters?: unknown) => withoutStart(own(text), characters),
  '.rstrip': (text: unknown, characters?: unknown) => withoutEnd(own(text), characters),
  '.title': (text: unknown) => own(text).replace(/\p{Cased}+/gu, capitalized),
  '.capitalize': (text: unknown) => capitalized(own(text)),
  '|trim': (value: unknown, characters?: unknown) => withoutEnd(withoutStart(written(value), characters), characters),
  // The filter's words, unlike the method's, begin at blanks, hyphens and brackets only.
  '|title': (value: unknown) => written(value).replace(/[^-\s({[<]+/gu, capitalized),
  '|capitalize': (value: unknown) => capitalized(written(value)),
  '|format': (value: unknown, ...values: unknown[]) => formatted(written(value), values),
};

/** Python's `==`: a text is never a number or false, and lists are alike if their values are. */
function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each: Wrapped, place) => equal(each.value, (b[place] as Wrapped).value));
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, each]) => b.has(key) && equal(each.value, b.get(key).value));
  return (typeof a === 'boolean' ? Number(a) : a) === (typeof b === 'boolean' ? Number(b) : b);
}

function own(text: unknown): string {
  if (typeof text !== 'string') throw new Error('Only a text has this method');
  return text;
}

/** A value as Python writes it into a text. The library hands over `none` as it does what is not there: as undefined. */
function written(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'undefined':
      return '';
    default:
      throw new Error('A list cannot be used as a text here');
  }
}

/** Python's `range`, as it is for templates. */
function range(first: unknown, second?: unknown, step: unknown = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (![start, stop, step].every(Number.isInteger)) throw new Error('A range needs whole numbers');
  const [from, to, by] = [start, stop, step] as [number, number, number];
  if (by === 0) throw new Error('A range needs a step other than 0');
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (count > mostInRange) throw new Error(`A range may have ${mostInRange} numbers at most`);
  return Array.from({ length: count }, (_, place) => from + place * by);
}

/** What `str.strip` takes away: unlike JavaScript, the separators U+001C to U+001F and U+0085, but no byte order mark. */
const blank = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

function withoutStart(text: string, characters: unknown): string {
  if (typeof characters !== 'string') return text.replace(new RegExp(`^${blank}+`), '');
  const all = [...text];
  const first = all.findIndex((each) => !characters.includes(each));
  return first < 0 ? '' : all.slice(first).join('');
}

function withoutEnd(text: string, characters: unknown): string {
  if (typeof characters !== 'string') return text.replace(new RegExp(`(?<!${blank})${blank}+$`), '');
  const all = [...text];
  return all.slice(0, all.findLastIndex((each) => !characters.includes(each)) + 1).join('');
}

function capitalized(word: string): string {
  const [first = ''] = word;
  return first.toUpperCase() + word.slice(first.length).toLowerCase();
}

/** Python's `%`: texts and numbers in their order, with a width and decimals. */
function formatted(pattern: string, values: readonly unknown[]): string {
  let next = 0;
  const text = pattern.replace(/%(?:%|(-?)(0?)(\d*)(?:\.(\d+))?(.?))/g, (whole, left, zero, width, decimals, kind) => {
    if (whole === '%%') return '%';
    if (next >= values.length) throw new Error('format has fewer values than its pattern names');
    const value = values[next++];
    const shown = formattedOne(value, kind, decimals === undefined ? undefined : Number(decimals));
    if (left !== '') return shown.padEnd(Number(width));
    return shown.padStart(Number(width), zero !== '' && kind !== 's' ? '0' : ' ');
  });
  if (next < values.length) throw new Error('format has more values than its pattern names');
  return text;
}

function formattedOne(value: unknown, kind: string, decimals: number | undefined): string {
  if (kind === 's') return written(value).slice(0, decimals);
  if (typeof value !== 'number') throw new Error(`format has no number for %${kind}`);
  if (kind === 'd' || kind === 'i') return String(Math.trunc(value));
  if (kind === 'f') return value.toFixed(decimals ?? 6);
  throw new Error(`format knows no %${kind}`);
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

/** A time as Python's `strftime` writes it: in English, whatever the computer's language. */
function writtenTime(format: string, time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = months[time.getMonth()] ?? '';
  const weekday = weekdays[time.getDay()] ?? '';
  const codes: Readonly<Record<string, string>> = {
    '%Y': String(time.getFullYear()),
    '%y': two(time.getFullYear() % 100),
    '%m': two(time.getMonth() + 1),
    '%B': month,
    '%b': month.slice(0, 3),
    '%d': two(time.getDate()),
    '%-d': String(time.getDate()),
    '%e': String(time.getDate()).padStart(2),
    '%A': weekday,
    '%a': weekday.slice(0, 3),
    '%H': two(time.getHours()),
    '%I': two(time.getHours() % 12 || 12),
    '%p': time.getHours() < 12 ? 'AM' : 'PM',
    '%M': two(time.getMinutes()),
    '%S': two(time.getSeconds()),
    '%%': '%',
  };
  return format.replace(/%-?./g, (code) => codes[code] ?? code);
}
