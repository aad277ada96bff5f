// Writes what Jinja2 does, as transformers sets it up for chat templates: in its sandbox, with `tojson` of its own. What
// is not known here is refused by name. Expected answers: Jinja2 3.1.6.
import { filterOf } from './filters.ts';
import { bound, keyOf, methodOf, numberLike, percentFormatted, takes, textOf, wholeOf } from './methods.ts';
import type { Arguments, Block, Expression, Parameter, Statement, Target } from './nodes.ts';
import { parse } from './parse.ts';
import { isIn, testOf } from './tests.ts';
import {
  asValue,
  bounded,
  type Callable,
  checkLength,
  compared,
  count,
  counted,
  countMade,
  Float,
  found,
  Item,
  isDict,
  isEqual,
  isList,
  isTrue,
  itemsOf,
  kindOf,
  lettersOf,
  Namespace,
  numberOf,
  Tuple,
  Undefined,
  type Value,
  written,
} from './values.ts';
import { writtenTime } from './written-time.ts';

/** A chat template. Throws where the source is none, and where its own rules do. */
export class Template {
  readonly #body: Block;

  constructor(source: string) {
    this.#body = parse(source);
    checkTags(this.#body);
  }

  /** `now` is the time that the template may write into the prompt. */
  render(given: Readonly<Record<string, unknown>>, now: Date): string {
    countMade();
    const globals = new Scope();
    for (const [name, value] of Object.entries(builtIn)) globals.values.set(name, value);
    globals.values.set(
      'strftime_now',
      takes(['format'], (format) => writtenTime(textOf(format), now)),
    );
    const scope = new Scope(globals);
    for (const [name, value] of Object.entries(given)) scope.values.set(name, asValue(value));
    return new Writer().block(this.#body, scope);
  }
}

class Scope {
  readonly values = new Map<string, Value>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  find(name: string): Value {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      const value = scope.values.get(name);
      if (value !== undefined) return value;
    }
    return new Undefined(`'${name}'`);
  }
}

/** Python's own limit is on ranges. */
const mostInRange = 100_000;

const range = takes(['start', 'stop', 'step'], (first, second, by = 1) => {
  const [from, to, step] = [second === undefined ? 0 : wholeOf(first), wholeOf(second ?? first), wholeOf(by)];
  if (step === 0) throw new Error('A range needs a step other than 0');
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (count > mostInRange) throw new Error(`A range may have ${mostInRange} numbers at most`);
  return Array.from({ length: count }, (_, place) => from + place * step);
});

/** The values that `dict` and `namespace` are given. */
function pairsOf(positional: readonly Value[], named: ReadonlyMap<string, Value>): [Value, Value][] {
  const [first = []] = positional;
  if (positional.length > 1) throw new Error('It takes one value without a name at most');
  const pairs = isDict(first) ? [...first] : itemsOf(first).map((pair) => itemsOf(pair) as [Value, Value]);
  return [...pairs, ...named];
}

const builtIn: Readonly<Record<string, Value>> = {
  range,
  dict: (positional, named) => new Map(pairsOf(positional, named)),
  namespace: (positional, named) =>
    new Namespace(new Map(pairsOf(positional, named).map(([name, value]) => [written(name), value]))),
  raise_exception: takes(['message'], (message) => {
    throw new Error(written(message as Value));
  }),
  joiner: takes(['sep'], (separator = ', ') => {
    let isFirst = true;
    return () => {
      const text = isFirst ? '' : separator;
      isFirst = false;
      return text;
    };
  }),
};

/** What a round wrote before it ended early stays. */
class RoundEnd {
  readonly kind: 'break' | 'continue';
  text = '';
  constructor(kind: 'break' | 'continue') {
    this.kind = kind;
  }
}

class Writer {
  block(statements: Block, scope: Scope): string {
    let text = '';
    for (const statement of statements) {
      try {
        text = bounded(text + this.#statement(statement, scope));
      } catch (end) {
        if (end instanceof RoundEnd) end.text = text + end.text;
        throw end;
      }
    }
    return text;
  }

  #statement(statement: Statement, scope: Scope): string {
    switch (statement.kind) {
      case 'text':
        return statement.text;
      case 'output':
        return written(this.#value(statement.value, scope));
      case 'if':
        return this.block(isTrue(this.#value(statement.test, scope)) ? statement.then : statement.otherwise, scope);
      case 'for':
        return this.#for(statement, scope, this.#value(statement.of, scope), 1);
      case 'set':
        assign(statement.target, this.#value(statement.value, scope), scope);
        return '';
      case 'set block': {
        const text = this.block(statement.body, new Scope(scope));
        assign(statement.target, this.#value(statement.filter, withBlockText(text, scope)), scope);
        return '';
      }
      case 'filter block':
        return written(
          this.#value(statement.filter, withBlockText(this.block(statement.body, new Scope(scope)), scope)),
        );
      case 'macro':
        scope.values.set(statement.name, this.#macro(statement.parameters, statement.body, scope));
        return '';
      case 'call block': {
        const caller = this.#macro(statement.parameters, statement.body, scope);
        return written(this.#call(statement.call as Expression & { kind: 'call' }, scope, [['caller', caller]]));
      }
      case 'with': {
        const within = new Scope(scope);
        for (const [target, value] of statement.sets) assign(target, this.#value(value, scope), within);
        return this.block(statement.body, within);
      }
      case 'break':
      case 'continue':
        throw new RoundEnd(statement.kind);
      default:
        return statement satisfies never;
    }
  }

  #for(loop: Statement & { kind: 'for' }, outer: Scope, all: Value, depth: number): string {
    const isWanted = (item: Value) => {
      if (loop.test === undefined) return true;
      const scope = new Scope(outer);
      assign(loop.target, item, scope);
      return isTrue(this.#value(loop.test, scope));
    };
    const items = itemsOf(all).filter(isWanted);
    count(items.length, 'list');
    const changes = { last: undefined as readonly Value[] | undefined };
    let text = '';
    let isWhole = false;
    for (const [place, item] of items.entries()) {
      // What a round sets is gone in the next one.
      const scope = new Scope(outer);
      const inner: Callable = ([value]) => this.#for(loop, outer, value as Value, depth + 1);
      scope.values.set('loop', loopItem({ items, place, depth, changes, ...(loop.isRecursive && { inner }) }));
      assign(loop.target, item, scope);
      try {
        text = bounded(text + this.block(loop.body, scope));
        isWhole = true;
      } catch (end) {
        if (!(end instanceof RoundEnd)) throw end;
        text += end.text;
        if (end.kind === 'break') break;
      }
    }
    // Jinja takes a loop of which no round came to its end for one without rounds.
    return isWhole ? text : text + this.block(loop.otherwise, new Scope(outer));
  }

  #macro(parameters: readonly Parameter[], body: Block, outer: Scope): Callable {
    const names = parameters.map(({ name }) => name);
    const usesRest = mentions(body, 'varargs');
    const usesNamed = mentions(body, 'kwargs');
    return (positional, given) => {
      const scope = new Scope(outer);
      const named = new Map(given);
      scope.values.set('caller', found(named.get('caller'), "'caller'"));
      if (!names.includes('caller')) named.delete('caller');
      if (usesRest) scope.values.set('varargs', new Tuple(positional.slice(names.length)));
      if (usesNamed) {
        scope.values.set('kwargs', new Map([...named].filter(([name]) => !names.includes(name))));
        for (const name of named.keys()) if (!names.includes(name)) named.delete(name);
      }
      const values = bound(names, usesRest ? positional.slice(0, names.length) : positional, named);
      for (const [place, { name, otherwise }] of parameters.entries())
        scope.values.set(
          name,
          values[place] === undefined && otherwise ? this.#value(otherwise, scope) : found(values[place], `'${name}'`),
        );
      return this.block(body, scope);
    };
  }

  #value(part: Expression, scope: Scope): Value {
    const value = this.#made(part, scope);
    return isFound.has(part.kind) ? value : counted(value);
  }

  #made(part: Expression, scope: Scope): Value {
    switch (part.kind) {
      case 'constant':
        return part.isFloat ? new Float(part.value as number) : part.value;
      case 'name':
        return scope.find(part.name);
      case 'block text':
        return scope.find(blockText);
      case 'list':
        return part.items.map((item) => this.#value(item, scope));
      case 'tuple':
        return new Tuple(part.items.map((item) => this.#value(item, scope)));
      case 'dict':
        return new Map(part.entries.map(([key, value]) => [keyOf(this.#value(key, scope)), this.#value(value, scope)]));
      case 'attribute':
        return attribute(this.#value(part.of, scope), part.name);
      case 'item':
        return item(this.#value(part.of, scope), this.#value(part.key, scope));
      case 'slice': {
        const bounds = [0, 1, 2].map((place) => {
          const bound = part.bounds[place];
          const value = bound === undefined ? null : this.#value(bound, scope);
          return value === null ? undefined : wholeOf(value);
        });
        return sliced(this.#value(part.of, scope), bounds);
      }
      case 'call':
        return this.#call(part, scope);
      case 'filter': {
        const [positional, named] = this.#given(part.given, scope);
        return filterOf(part.name)([this.#value(part.of, scope), ...positional], named);
      }
      case 'test': {
        const [positional, named] = this.#given(part.given, scope);
        return testOf(part.name)([this.#value(part.of, scope), ...positional], named);
      }
      case 'unary':
        return unary(part.operator, this.#value(part.of, scope));
      case 'binary': {
        const left = this.#value(part.left, scope);
        if (part.operator === 'and' || part.operator === 'or')
          return isTrue(left) === (part.operator === 'and') ? this.#value(part.right, scope) : left;
        return calculated(part.operator, left, this.#value(part.right, scope));
      }
      case 'compare': {
        let left = this.#value(part.first, scope);
        for (const { operator, right } of part.others) {
          const value = this.#value(right, scope);
          if (!holds(operator, left, value)) return false;
          left = value;
        }
        return true;
      }
      case 'choice':
        if (isTrue(this.#value(part.test, scope))) return this.#value(part.then, scope);
        return part.otherwise ? this.#value(part.otherwise, scope) : new Undefined('a choice without an else');
      default:
        return part satisfies never;
    }
  }

  #call(part: Expression & { kind: 'call' }, scope: Scope, more: readonly [string, Value][] = []): Value {
    const callee = this.#value(part.callee, scope);
    const callable = callee instanceof Item ? callee.attributes['()'] : callee;
    if (typeof callable !== 'function') throw new Error(`${kindOf(callee)} cannot be called`);
    const [positional, named] = this.#given(part.given, scope);
    return callable(positional, new Map([...named, ...more]));
  }

  #given(given: Arguments, scope: Scope): [Value[], Map<string, Value>] {
    const positional = given.positional.map((value) => this.#value(value, scope));
    if (given.spread) positional.push(...itemsOf(this.#value(given.spread, scope)));
    const named = new Map(given.named.map(([name, value]) => [name, this.#value(value, scope)]));
    const rest = given.spreadNamed && this.#value(given.spreadNamed, scope);
    if (rest !== undefined && !isDict(rest)) throw new Error(`${kindOf(rest)} has no names`);
    for (const [name, value] of rest ?? []) named.set(written(name), value);
    return [positional, named];
  }
}

/** What gives a value that is there already. */
const isFound = new Set<Expression['kind']>(['constant', 'name', 'attribute', 'item', 'choice']);

// No template can use such a name itself.
const blockText = 'block text';

function withBlockText(text: string, outer: Scope): Scope {
  const scope = new Scope(outer);
  scope.values.set(blockText, text);
  return scope;
}

function assign(target: Target, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.values.set(target.name, value);
      return;
    case 'attribute of': {
      const space = scope.find(target.space);
      if (!(space instanceof Namespace)) throw new Error('cannot assign attribute on non-namespace object');
      space.values.set(target.name, value);
      return;
    }
    case 'targets': {
      const items = value instanceof Undefined ? [] : itemsOf(value);
      if (items.length !== target.targets.length)
        throw new Error(`Of ${target.targets.length} values to set, ${items.length} are there`);
      for (const [place, each] of target.targets.entries()) assign(each, items[place] as Value, scope);
      return;
    }
    default:
      target satisfies never;
  }
}

interface Round {
  readonly items: readonly Value[];
  readonly place: number;
  readonly depth: number;
  readonly changes: { last: readonly Value[] | undefined };
  readonly inner?: Callable;
}

function loopItem({ items, place, depth, changes, inner }: Round): Item {
  const count = items.length;
  return new Item({
    ...{ index: place + 1, index0: place, revindex: count - place, revindex0: count - place - 1, length: count },
    ...{ first: place === 0, last: place === count - 1, depth, depth0: depth - 1 },
    previtem: found(items[place - 1], 'there is no previous item'),
    nextitem: found(items[place + 1], 'there is no next item'),
    cycle: (values) => {
      if (values.length === 0) throw new Error('no items for cycling given');
      return values[place % values.length] as Value;
    },
    changed: (values) => {
      const isSame = changes.last !== undefined && isEqual(changes.last, values);
      changes.last = values;
      return !isSame;
    },
    ...(inner && { '()': inner }),
  });
}

/** What would change a value is not there for templates. */
const mutators = new Set(['clear', 'pop', 'popitem', 'setdefault', 'update', 'fromkeys']);

function attribute(of: Value, name: string): Value {
  if (of instanceof Undefined) throw new Error(`${of.name} is undefined`);
  const own =
    of instanceof Item
      ? Object.hasOwn(of.attributes, name)
        ? of.attributes[name]
        : undefined
      : of instanceof Namespace
        ? of.values.get(name)
        : methodOf(of, name);
  if (own !== undefined) return own;
  const held = isDict(of) && !mutators.has(name) ? of.get(name) : undefined;
  return found(held, `'${name}' of ${kindOf(of)}`);
}

function item(of: Value, key: Value): Value {
  if (of instanceof Undefined) throw new Error(`${of.name} is undefined`);
  if (isDict(of)) {
    const held = isList(key) || isDict(key) ? undefined : of.get(keyOf(key));
    return held === undefined && typeof key === 'string' ? attribute(of, key) : found(held, 'an item of a dict');
  }
  if (typeof of === 'string' || isList(of) || of instanceof Tuple) {
    const place = typeof key === 'boolean' ? Number(key) : key;
    if (typeof place === 'number') {
      return found((typeof of === 'string' ? lettersOf(of) : itemsOf(of)).at(place), `item ${place} of ${kindOf(of)}`);
    }
  }
  if (of instanceof Namespace && typeof key === 'string') return found(of.values.get(key), `'${key}'`);
  return typeof key === 'string' ? attribute(of, key) : new Undefined(`an item of ${kindOf(of)}`);
}

function sliced(of: Value, [start, stop, step = 1]: readonly (number | undefined)[]): Value {
  if (of instanceof Undefined) throw new Error(`${of.name} is undefined`);
  if (!(typeof of === 'string' || isList(of) || of instanceof Tuple)) return new Undefined(`a slice of ${kindOf(of)}`);
  if (step === 0) throw new Error('A slice needs a step other than 0');
  const items = typeof of === 'string' ? lettersOf(of) : itemsOf(of);
  const [least, most] = step > 0 ? [0, items.length] : [-1, items.length - 1];
  const within = (place: number) => Math.min(most, Math.max(least, place < 0 ? place + items.length : place));
  const from = start === undefined ? (step > 0 ? 0 : most) : within(start);
  const to = stop === undefined ? (step > 0 ? most : -1) : within(stop);
  const taken: Value[] = [];
  for (let place = from; step > 0 ? place < to : place > to; place += step) taken.push(items[place] as Value);
  if (typeof of === 'string') return taken.join('');
  return of instanceof Tuple ? new Tuple(taken) : taken;
}

function unary(operator: string, of: Value): Value {
  if (operator === 'not') return !isTrue(of);
  const number = numberOf(of);
  if (number === undefined) throw new Error(`${kindOf(of)} is no number`);
  return numberLike(operator === '-' ? (of instanceof Float ? -number : 0 - number) : number, of);
}

function holds(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return isIn(left, right);
    case 'not in':
      return !isIn(left, right);
    default: {
      const order = compared(left, right);
      if (operator === '<') return order < 0;
      if (operator === '<=') return order <= 0;
      return operator === '>' ? order > 0 : order >= 0;
    }
  }
}

function calculated(operator: string, left: Value, right: Value): Value {
  if (operator === '~') return written(left) + written(right);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return calculatedNumber(operator, [a, b], [left, right]);
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (isList(left) && isList(right)) return [...left, ...right];
    if (left instanceof Tuple && right instanceof Tuple) return new Tuple(bounded([...left.items, ...right.items]));
  }
  if (operator === '*') {
    const [of, count] = b === undefined ? [right, left] : [left, right];
    if (typeof of === 'string') {
      checkLength(of.length * wholeOf(count), 'text');
      return of.repeat(Math.max(0, wholeOf(count)));
    }
    if (isList(of)) {
      const times = of.length === 0 ? 0 : Math.max(0, wholeOf(count));
      checkLength(of.length * times, 'list');
      return Array.from({ length: times }, () => of).flat();
    }
  }
  if (operator === '%' && typeof left === 'string')
    return percentFormatted(left, right instanceof Tuple ? right.items : [right]);
  throw new Error(`'${operator}' is not for ${kindOf(left)} and ${kindOf(right)}`);
}

function calculatedNumber(operator: string, [a, b]: readonly [number, number], of: readonly Value[]): Value {
  if ('/%'.includes(operator[0] as string) && b === 0) throw new Error('division by zero');
  switch (operator) {
    case '+':
      return numberLike(a + b, ...of);
    case '-':
      return numberLike(a - b, ...of);
    case '*':
      return numberLike(a * b, ...of);
    case '/':
      return new Float(a / b);
    case '//':
      return numberLike(Math.floor(a / b), ...of);
    case '%':
      return numberLike(a % b !== 0 && a < 0 !== b < 0 ? (a % b) + b : a % b, ...of);
    default: {
      const power = a ** b;
      if (!Number.isFinite(power)) throw new Error('It makes a number that is too large');
      return b < 0 ? new Float(power) : numberLike(power, ...of);
    }
  }
}

/** Whether a name is read anywhere in a part of a template. */
function mentions(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((each) => mentions(each, name));
  if (typeof part !== 'object' || part === null) return false;
  if ('kind' in part && part.kind === 'name' && 'name' in part && part.name === name) return true;
  return Object.values(part).some((each) => mentions(each, name));
}

/** Throws for filters and tests that are not known, wherever they stand, and rounds that end outside of loops. */
function checkTags(part: unknown, isInLoop = false): void {
  if (Array.isArray(part)) for (const each of part) checkTags(each, isInLoop);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
  const { kind, name } = part as { kind?: string; name?: string };
  if (kind === 'filter') filterOf(name as string);
  if (kind === 'test') testOf(name as string);
  if ((kind === 'break' || kind === 'continue') && !isInLoop) throw new Error(`'${kind}' outside of a loop`);
  const within = kind === 'for' || (isInLoop && kind !== 'macro' && kind !== 'call block');
  for (const each of Object.values(part)) checkTags(each, within);
}
