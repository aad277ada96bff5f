// Jinja's tests: what stands behind `is`.
import { wholeOf } from './methods.ts';
import {
  type Callable,
  compared,
  Float,
  Item,
  isDict,
  isEqual,
  isList,
  isTrue,
  itemsOf,
  kindOf,
  Lazy,
  numberOf,
  Tuple,
  Undefined,
  type Value,
  written,
} from './values.ts';

type Test = (value: Value, ...others: Value[]) => boolean;

/** The test of a name, whose first value is what stands before `is`. Throws for a name without one. */
export function testOf(name: string): Callable {
  const test = Object.hasOwn(tests, name) ? tests[name] : undefined;
  if (test === undefined) throw new Error(`No test named '${name}'.`);
  return ([value, ...others], named) => {
    if (named.size > 0) throw new Error(`The test '${name}' takes no value by name`);
    return test(value as Value, ...others);
  };
}

/** Whether a value is in a list, a text or a dict. */
export function isIn(value: Value, all: Value): boolean {
  if (typeof all === 'string') {
    if (typeof value !== 'string') throw new Error(`${kindOf(value)} cannot be in a text`);
    return all.includes(value);
  }
  if (isDict(all) && typeof value === 'string') return all.has(value);
  return itemsOf(all).some((item) => isEqual(item, value));
}

const ordered = (holds: (order: number) => boolean): Test => {
  return (value, other) => holds(compared(value, other as Value));
};
const [below, atMost] = [ordered((order) => order < 0), ordered((order) => order <= 0)];
const [above, atLeast] = [ordered((order) => order > 0), ordered((order) => order >= 0)];
const equal: Test = (value, other) => isEqual(value, other as Value);
const unequal: Test = (value, other) => !isEqual(value, other as Value);
const isSequence: Test = (value) =>
  typeof value === 'string' || isList(value) || isDict(value) || value instanceof Tuple || value instanceof Undefined;

function remainder(value: Value, by: number): number {
  const number = numberOf(value);
  if (number === undefined) throw new Error(`${kindOf(value)} is no number`);
  return number % by;
}

const tests: Readonly<Record<string, Test>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => typeof value === 'number',
  float: (value) => value instanceof Float,
  number: (value) => numberOf(value) !== undefined,
  string: (value) => typeof value === 'string',
  mapping: isDict,
  sequence: isSequence,
  iterable: (value) => isSequence(value) || value instanceof Lazy,
  callable: (value) => typeof value === 'function' || (value instanceof Item && '()' in value.attributes),
  odd: (value) => Math.abs(remainder(value, 2)) === 1,
  even: (value) => remainder(value, 2) === 0,
  divisibleby: (value, by) => remainder(value, wholeOf(by)) === 0,
  lower: (value) => takesCase(value, 'islower'),
  upper: (value) => takesCase(value, 'isupper'),
  sameas: (value, other) => value === other,
  in: (value, all) => isIn(value, all as Value),
  ...{ eq: equal, equalto: equal, '==': equal, ne: unequal, '!=': unequal },
  ...{ lt: below, lessthan: below, '<': below, le: atMost, '<=': atMost },
  ...{ gt: above, greaterthan: above, '>': above, ge: atLeast, '>=': atLeast },
};

function takesCase(value: Value, name: 'islower' | 'isupper'): boolean {
  const text = written(value);
  const own = name === 'islower' ? /\p{Ll}/u : /\p{Lu}/u;
  const other = name === 'islower' ? /[\p{Lu}\p{Lt}]/u : /[\p{Ll}\p{Lt}]/u;
  return own.test(text) && !other.test(text);
}

/** A test by its name in a filter such as `select`, with its further values; without a name, whether a value is true. */
export function chosenBy([name, ...others]: readonly Value[]): (value: Value) => boolean {
  if (name === undefined) return isTrue;
  const test = testOf(written(name));
  return (value) => isTrue(test([value, ...others], new Map()));
}
