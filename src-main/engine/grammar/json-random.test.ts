import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import type { GrammarState } from './grammar-state.ts';
import { jsonGrammar } from './json.ts';
import { accepts } from './written.ts';

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random.uniform() * list.length)] as T;

function randomValue(random: Random, depth: number): unknown {
  const kind = Math.floor(random.uniform() * (depth > 0 ? 7 : 5));
  const length = Math.floor(random.uniform() * 4);
  const text = () =>
    Array.from({ length }, () => pick(['a', '"', '\\', '\n', '\u0007', 'é', '가', '😀', '/'], random)).join('');
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random.uniform() < 0.5;
    case 2:
      return Math.round(random.normal() * 1e6);
    case 3:
      return random.normal() * 10 ** Math.floor(random.uniform() * 80 - 40);
    case 4:
      return text();
    case 5:
      return Array.from({ length }, () => randomValue(random, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length }, () => [text(), randomValue(random, depth - 1)]));
  }
}

test('any JSON value is accepted as it is written, with indentation or without', () => {
  const random = new Random(1);
  const grammar = jsonGrammar(true);
  for (let i = 0; i < 500; i++) {
    const value = randomValue(random, 4);
    for (const indentation of [undefined, 2, '\t']) {
      const text = JSON.stringify(value, null, indentation);
      expect([text, accepts(grammar, text)]).toEqual([text, true]);
      expect(accepts(grammar, text.replace(/[\]}"]$/, ''))).toBe(/^[^\]}"]+$/.test(text));
    }
  }
});

test('what is changed at random is accepted only if it is JSON', () => {
  const random = new Random(2);
  const grammar = jsonGrammar(true);
  let accepted = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = new TextEncoder().encode(JSON.stringify(randomValue(random, 2)));
    bytes[Math.floor(random.uniform() * bytes.length)] = pick([0x22, 0x5c, 0x2c, 0x30, 0x7d, 0x80, 0x20, 0x2d], random);
    if (!accepts(grammar, bytes)) continue;
    accepted++;
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  }
  expect(accepted).toBeGreaterThan(100);
});

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 5 },
    age: { type: 'integer', minimum: 0, maximum: 120 },
    when: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
    tags: { type: 'array', items: { enum: ['a', 'ab', 'abc'] }, minItems: 1, maxItems: 3 },
    friend: { $ref: '#' },
    code: { type: 'string', pattern: '^(?!00)\\d{2}[a-z]+$', maxLength: 6 },
  },
  required: ['name', 'age', 'code'],
  additionalProperties: { type: 'number', exclusiveMinimum: -1.5, exclusiveMaximum: 2.5 },
};

interface Person {
  readonly [name: string]: unknown;
}

function expectPerson({ name, age, when, tags, friend, code, ...others }: Person) {
  expect(name).toMatch(/^.{1,5}$/su);
  expect(Number.isInteger(age) && (age as number) >= 0 && (age as number) <= 120).toBe(true);
  if (typeof when === 'string') expect(new Date(when).toISOString().slice(0, 10)).toBe(when);
  else expect(when ?? null).toBeNull();
  if (tags !== undefined) expect((tags as string[]).join()).toMatch(/^(a|ab|abc)(,(a|ab|abc)){0,2}$/);
  if (friend !== undefined) expectPerson(friend as Person);
  expect(code).toMatch(/^(?!00)\d{2}[a-z]{1,4}$/);
  for (const number of Object.values(others)) expect((number as number) > -1.5 && (number as number) < 2.5).toBe(true);
}

test('whatever has been written can be completed, and is then what the schema asks for', () => {
  const random = new Random(4);
  const grammar = jsonGrammar(person);
  for (let i = 0; i < 300; i++) {
    const bytes = walked(grammar, Math.floor(random.uniform() * 300), random);
    expectPerson(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))));
  }
});

/** Some bytes at random, and then those that lead to an end. */
function walked(grammar: GrammarState, steps: number, random: Random): number[] {
  const bytes: number[] = [];
  let state = grammar;
  for (let step = 0; step < steps; step++) {
    const open = inOrder.filter((byte) => state.next(byte) !== undefined);
    if (open.length === 0) break;
    const marks = open.filter((byte) => '{}[],:"'.includes(String.fromCharCode(byte)));
    const byte = pick(marks.length > 0 && random.uniform() < 0.4 ? marks : open, random);
    bytes.push(byte);
    state = state.next(byte) as GrammarState;
  }
  return [...bytes, ...completion(state)];
}

/** Bytes that end things come first. */
const inOrder = [
  ...new Set([...new TextEncoder().encode('}]",:'), ...Array.from({ length: 256 }, (_, i) => (i + 33) % 256)]),
];

/** The first way to an end that is found; from each state it goes on with each byte in turn. */
function completion(start: GrammarState): readonly number[] {
  const seen = new Set([start]);
  const path = [{ state: start, tried: 0 }];
  for (let top = path.at(-1); top !== undefined && seen.size < 100_000; top = path.at(-1)) {
    if (top.state.accepting) return path.slice(0, -1).map(({ tried }) => inOrder[tried - 1] as number);
    const next = top.tried < 256 ? top.state.next(inOrder[top.tried++] as number) : path.pop()?.state;
    if (next === undefined || seen.has(next)) continue;
    seen.add(next);
    path.push({ state: next, tried: 0 });
  }
  throw new Error('This cannot be completed.');
}
