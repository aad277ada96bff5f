import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { jsonGrammar } from './json.ts';
import { accepts, goesOnWith, holds } from './written.ts';

test.each([
  [0, 150],
  [-5, 12],
  [-120, -7],
  [1, 1],
  [99, 1001],
])('exactly the integers from %d to %d', (minimum, maximum) => {
  const grammar = jsonGrammar({ type: 'integer', minimum, maximum });
  for (let number = -1100; number <= 1100; number++)
    expect([number, holds(grammar, number)]).toEqual([number, number >= minimum && number <= maximum]);
});

test('bounds of integers may lie between them, and be open', () => {
  const grammar = jsonGrammar({ type: 'integer', exclusiveMinimum: -2, maximum: 3.5 });
  for (let number = -20; number <= 40; number++) expect(holds(grammar, number)).toBe(number > -2 && number <= 3.5);
});

test('a number is held to its bounds digit by digit', () => {
  const random = new Random(3);
  for (let i = 0; i < 60; i++) {
    const bound = () => Number(((random.uniform() - 0.5) * 10 ** Math.floor(random.uniform() * 4)).toFixed(i % 4));
    const [minimum = 0, maximum = 0] = [bound(), bound()].sort((a, b) => a - b);
    const open = minimum < maximum && i % 2 === 0;
    const grammar = jsonGrammar(
      open
        ? { type: 'number', exclusiveMinimum: minimum, exclusiveMaximum: maximum }
        : { type: 'number', minimum, maximum },
    );
    const near = [minimum, maximum].flatMap((at) =>
      [-1, -0.5, -0.01, -0.001, 0, 0.001, 0.01, 0.5, 1].map((by) => at + by),
    );
    for (const number of [...near, 0, 5, -5]) {
      const text = number.toFixed(6).replace(/^-(0\.0+)$/, '$1');
      const inside = open ? +text > minimum && +text < maximum : +text >= minimum && +text <= maximum;
      expect([minimum, maximum, text, accepts(grammar, text)]).toEqual([minimum, maximum, text, inside]);
    }
  }
});

test('a share between 0 and 1', () => {
  const grammar = jsonGrammar({ type: 'number', minimum: 0, maximum: 1 });
  expect(goesOnWith(grammar, '')).toBe('01');
  expect(goesOnWith(grammar, '1.0')).toBe('0');
  expect(goesOnWith(grammar, '0.')).toBe('0123456789');
});

test('a bound may be far away or tiny', () => {
  expect(accepts(jsonGrammar({ type: 'integer', minimum: 1e21 }), `1${'0'.repeat(21)}`)).toBe(true);
  expect(accepts(jsonGrammar({ type: 'integer', minimum: 1e21 }), '9'.repeat(21))).toBe(false);
  expect(accepts(jsonGrammar({ type: 'number', maximum: 1e-7, minimum: 0 }), '0.0000001')).toBe(true);
  expect(accepts(jsonGrammar({ type: 'number', maximum: 1e-7, minimum: 0 }), '0.0000002')).toBe(false);
});

test('multiples of an integer are counted by their remainder', () => {
  const grammar = jsonGrammar({ type: 'integer', multipleOf: 7, minimum: -30, maximum: 130 });
  for (let number = -60; number <= 260; number++)
    expect([number, holds(grammar, number)]).toEqual([number, number % 7 === 0 && number >= -30 && number <= 130]);
});

test('multiples of 0.01 have two decimals, and those of other fractions are refused', () => {
  const price = jsonGrammar({ type: 'number', multipleOf: 0.01 });
  expect(['5', '5.1', '5.12', '5.123'].map((text) => accepts(price, text))).toEqual([true, true, true, false]);
  expect(() => jsonGrammar({ type: 'number', multipleOf: 0.25 })).toThrow(
    expect.objectContaining({ reason: 'unsupported', keyword: 'multipleOf' }),
  );
});

test('bounds that exclude each other are impossible', () => {
  expect(() => jsonGrammar({ type: 'integer', minimum: 5, maximum: 4 })).toThrow(
    expect.objectContaining({ reason: 'impossible' }),
  );
  expect(() => jsonGrammar({ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 })).toThrow(
    expect.objectContaining({ reason: 'impossible' }),
  );
});
