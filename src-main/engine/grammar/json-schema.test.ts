import { expect, test } from 'vitest';
import { jsonGrammar } from './json.ts';
import { SchemaRefused } from './schema-refused.ts';
import { accepts, goesOnWith, holds as valueHolds } from './written.ts';

const holds = (schema: unknown, value: unknown) => valueHolds(jsonGrammar(schema), value);

function refusal(schema: unknown): string {
  try {
    jsonGrammar(schema);
  } catch (error) {
    if (error instanceof SchemaRefused) return [error.reason, error.path, error.keyword].filter(Boolean).join(' ');
    throw error;
  }
  return 'none';
}

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, email: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
};

test('members come in the order of the schema, the optional ones at will', () => {
  expect(holds(person, { name: 'A', age: 1, email: 'e' })).toBe(true);
  expect(holds(person, { name: 'A', email: 'e' })).toBe(true);
  expect(holds(person, { name: 'A' })).toBe(true);
  expect(holds(person, { age: 1, name: 'A' })).toBe(false);
  expect(holds(person, { age: 1 })).toBe(false);
  expect(accepts(jsonGrammar(person), '{"name":"A","name":"B"}')).toBe(false);
});

test('without further members the known names are all that can be written', () => {
  expect(goesOnWith(jsonGrammar(person), '{')).toBe('\n "');
  expect(goesOnWith(jsonGrammar(person), '{"')).toBe('n');
  expect(goesOnWith(jsonGrammar(person), '{"name": "A", "')).toBe('ae');
  expect(goesOnWith(jsonGrammar(person), '{"name": "A", "email": "e"')).toBe('\n }');
});

test('further members come behind the known ones and have none of their names', () => {
  const schema = { ...person, additionalProperties: { type: 'boolean' } };
  expect(holds(schema, { name: 'A', other: true, another: false })).toBe(true);
  expect(holds(schema, { name: 'A', other: 1 })).toBe(false);
  expect(holds(schema, { name: 'A', age: true })).toBe(false);
  expect(holds(schema, { name: 'A', ages: true, ag: true, 나이: true, 'with "quotes"': true })).toBe(true);
  expect(accepts(jsonGrammar(schema), '{"name":"A","other":true,"age":true}')).toBe(false);
  expect(accepts(jsonGrammar(schema), '{"name":"A","\\u0061ge":true}')).toBe(false);
});

test('an object has the names that a schema gives, and others only where it says so or names none', () => {
  const named = { type: 'object', properties: { a: { type: 'null' } } };
  expect(holds(named, { a: null })).toBe(true);
  expect(holds(named, { a: null, b: [1] })).toBe(false);
  expect(holds({ ...named, additionalProperties: true }, { a: null, b: [1] })).toBe(true);
  expect(holds({ allOf: [named, { patternProperties: { '^b': {} } }] }, { a: null, b: [1] })).toBe(true);
  expect(holds({ type: 'object' }, { b: [1] })).toBe(true);
  expect(holds({ type: 'object', additionalProperties: false }, { b: 1 })).toBe(false);
});

test('a required name without a schema has any value', () => {
  expect(holds({ type: 'object', required: ['a'] }, { a: [1] })).toBe(true);
  expect(holds({ type: 'object', required: ['a'] }, {})).toBe(false);
});

test('the length of a string is counted in code points', () => {
  const schema = { type: 'string', minLength: 2, maxLength: 3 };
  expect(['', 'a', 'ab', 'abc', 'abcd'].map((text) => holds(schema, text))).toEqual([false, false, true, true, false]);
  expect(holds(schema, '😀예')).toBe(true);
  expect(accepts(jsonGrammar(schema), '"\\ud83d\\ude00"')).toBe(false);
  expect(accepts(jsonGrammar(schema), '"\\ud83d\\ude00\\n"')).toBe(true);
});

test('lists have so many elements, the first ones of their own kinds', () => {
  const schema = {
    type: 'array',
    prefixItems: [{ type: 'string' }, { type: 'integer' }],
    items: { type: 'boolean' },
    minItems: 1,
    maxItems: 4,
  };
  expect(holds(schema, ['a'])).toBe(true);
  expect(holds(schema, ['a', 1, true, false])).toBe(true);
  expect(holds(schema, [])).toBe(false);
  expect(holds(schema, [1])).toBe(false);
  expect(holds(schema, ['a', 1, 2])).toBe(false);
  expect(holds(schema, ['a', 1, true, true, true])).toBe(false);
  expect(holds({ type: 'array', prefixItems: [{ type: 'null' }], items: false }, [null])).toBe(true);
  expect(holds({ type: 'array', prefixItems: [{ type: 'null' }], items: false }, [null, 1])).toBe(false);
});

test('fixed values may be of any type', () => {
  const schema = { enum: ['a', 1, null, true, { x: [1] }] };
  for (const value of schema.enum) expect(holds(schema, value)).toBe(true);
  for (const value of ['b', 2, false, { x: [2] }, {}]) expect(holds(schema, value)).toBe(false);
  expect(accepts(jsonGrammar(schema), '{ "x": [ 1 ] }')).toBe(true);
  expect(holds({ type: 'string', enum: ['a', null] }, null)).toBe(false);
  expect(holds({ const: 'a', title: 'A' }, 'a')).toBe(true);
});

test('a number is read on where one fixed number begins another', () => {
  const schema = { type: 'array', items: { enum: [1, 12, 123] } };
  expect(holds(schema, [1, 12, 123])).toBe(true);
  expect(holds(schema, [13])).toBe(false);
});

test('alternatives that begin alike are told apart when they differ', () => {
  const branch = (kind: string, rest: object) => ({
    type: 'object',
    properties: { kind: { const: kind }, ...rest },
    required: ['kind', ...Object.keys(rest)],
    additionalProperties: false,
  });
  for (const keyword of ['anyOf', 'oneOf']) {
    const schema = {
      [keyword]: [branch('cat', { lives: { type: 'integer' } }), branch('car', { wheels: { type: 'null' } })],
    };
    expect(holds(schema, { kind: 'cat', lives: 9 })).toBe(true);
    expect(holds(schema, { kind: 'car', wheels: null })).toBe(true);
    expect(holds(schema, { kind: 'car', lives: 9 })).toBe(false);
  }
});

test('a list of types, nullable and anyOf with null allow null', () => {
  for (const schema of [
    { type: ['string', 'null'] },
    { type: 'string', nullable: true },
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
  ]) {
    expect(holds(schema, null)).toBe(true);
    expect(holds(schema, 'a')).toBe(true);
    expect(holds(schema, 1)).toBe(false);
  }
});

test('allOf, and what stands beside a reference, hold together', () => {
  const schema = {
    $defs: { base: { type: 'object', properties: { a: { type: ['string', 'integer'] } }, required: ['a'] } },
    allOf: [{ $ref: '#/$defs/base' }, { properties: { a: { type: ['integer', 'null'] }, b: { type: 'null' } } }],
    required: ['b'],
  };
  expect(holds(schema, { a: 1, b: null })).toBe(true);
  expect(holds(schema, { a: 'x', b: null })).toBe(false);
  expect(holds(schema, { a: 1 })).toBe(false);
});

test('a schema may contain itself', () => {
  const tree = {
    type: 'object',
    properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['value', 'children'],
    additionalProperties: false,
  };
  expect(holds(tree, { value: 1, children: [{ value: 2, children: [] }] })).toBe(true);
  expect(holds(tree, { value: 1, children: [{ value: 2 }] })).toBe(false);
  const list = {
    $ref: '#/definitions/list~1of~0all',
    definitions: {
      'list/of~all': {
        type: 'object',
        properties: { next: { anyOf: [{ $ref: '#/definitions/list~1of~0all' }, { type: 'null' }] } },
        required: ['next'],
        additionalProperties: false,
      },
    },
  };
  expect(holds(list, { next: { next: { next: null } } })).toBe(true);
  expect(holds(list, { next: {} })).toBe(false);
});

test('names of members can be listed', () => {
  const record = { type: 'object', propertyNames: { enum: ['a', 'b'] }, additionalProperties: { type: 'integer' } };
  expect(holds(record, { b: 1 })).toBe(true);
  expect(holds(record, { a: 1, b: 2 })).toBe(true);
  expect(holds(record, { c: 1 })).toBe(false);
  expect(holds(record, { a: 'x' })).toBe(false);
});

test('members are told apart by patterns of their names', () => {
  const schema = {
    type: 'object',
    properties: { ab: { minimum: 3 } },
    patternProperties: { '^[a-z]+$': { type: 'integer' }, '^.b': { type: 'number', maximum: 9 } },
    additionalProperties: { type: 'null' },
  };
  expect(holds(schema, { ab: 5, xb: 7, q: 100, Ab: 8.5, Z: null })).toBe(true);
  for (const value of [{ ab: 10 }, { ab: 2 }, { xb: 10 }, { xb: 1.5 }, { Ab: 10 }, { Z: 1 }])
    expect(holds(schema, value)).toBe(false);
});

test('an object has so many members', () => {
  const record = { type: 'object', additionalProperties: { type: 'null' }, minProperties: 1, maxProperties: 2 };
  expect(holds(record, {})).toBe(false);
  expect(holds(record, { a: null })).toBe(true);
  expect(holds(record, { a: null, b: null, c: null })).toBe(false);
  const optional = {
    type: 'object',
    properties: { a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } },
    additionalProperties: false,
    minProperties: 2,
  };
  expect(goesOnWith(jsonGrammar(optional), '{"')).toBe('ab');
  expect(goesOnWith(jsonGrammar(optional), '{"b":null')).toBe('\n ,');
  expect(refusal({ ...optional, additionalProperties: true })).toBe('unsupported # minProperties');
});

test('fixed values have what else is asked of them', () => {
  expect(holds({ type: 'string', enum: ['a', 'bb'], minLength: 2 }, 'bb')).toBe(true);
  expect(holds({ type: 'string', enum: ['a', 'bb'], minLength: 2 }, 'a')).toBe(false);
  expect(holds({ enum: [1, 1e-7, 20], exclusiveMaximum: 20 }, 1e-7)).toBe(true);
  expect(holds({ enum: [1, 1e-7, 20], exclusiveMaximum: 20 }, 20)).toBe(false);
});

test('what explains a schema limits nothing', () => {
  const schema = {
    $schema: 'x',
    $id: 'y',
    title: 'T',
    description: 'D',
    default: 3,
    examples: [1],
    strict: true,
    'x-a': 1,
  };
  expect(holds({ ...schema, type: 'integer' }, 7)).toBe(true);
});

test('keywords of an object, without its type, mean an object', () => {
  expect(holds({ properties: { a: { type: 'null' } } }, { a: null })).toBe(true);
  expect(holds({ properties: { a: { type: 'null' } } }, 'text')).toBe(false);
});

// All lists with different elements were refused.
test('elements of a few texts may each occur once only', () => {
  const some = { type: 'array', items: { enum: ['a', 'ab', 1, 12, null] }, uniqueItems: true };
  for (const list of [[], ['ab', 'a'], [12, 1, null], ['a', 1, 'ab', 12, null]]) expect(holds(some, list)).toBe(true);
  for (const list of [['a', 'a'], [1, 12, 1], ['a', 1, 'ab', 12, null, 'a'], ['b']])
    expect(holds(some, list)).toBe(false);
  expect(accepts(jsonGrammar(some), '[1, 12,\n    "a"]')).toBe(true);
  const two = { ...some, minItems: 2, maxItems: 2 };
  expect([['a'], ['a', 1], ['a', 1, 12]].map((list) => holds(two, list))).toEqual([false, true, false]);
  expect(refusal({ ...some, minItems: 6 })).toContain('impossible');
  expect(holds({ items: { type: 'boolean' }, uniqueItems: true, type: 'array' }, [true, false])).toBe(true);
  expect(holds({ type: 'array', maxItems: 1, uniqueItems: true }, [{ a: 1 }])).toBe(true);
});

test('a keyword that cannot be followed is refused with its place', () => {
  expect(refusal({ type: 'object', properties: { a: { type: 'array', uniqueItems: true } } })).toBe(
    'unsupported #/properties/a uniqueItems',
  );
  expect(refusal({ items: { enum: ['a'] }, prefixItems: [{ type: 'null' }], uniqueItems: true })).toContain(
    'uniqueItems',
  );
  expect(refusal({ not: { type: 'string' } })).toBe('unsupported # not');
  expect(refusal({ type: 'array', uniqueItems: false })).toBe('none');
  expect(refusal({ type: 'string', uniqueItems: true })).toBe('none');
  expect(refusal({ patternProperties: { '[': { type: 'null' } } })).toContain('invalid');
});

test('what is no schema is refused', () => {
  expect(refusal(5)).toBe('invalid #');
  expect(refusal({ type: 'text' })).toBe('invalid # type');
  expect(refusal({ type: 'object', properties: { a: 'string' } })).toBe('invalid #/properties/a');
  expect(refusal({ anyOf: [] })).toBe('invalid # anyOf');
  expect(refusal({ type: 'string', minLength: '3' })).toBe('invalid # minLength');
});

test('references to elsewhere and to nowhere are refused', () => {
  expect(refusal({ $ref: 'https://example.com/schema' })).toBe('unresolved # $ref');
  expect(refusal({ properties: { a: { $ref: '#/$defs/b' } } })).toBe('unresolved #/properties/a $ref');
  expect(refusal({ $ref: '#/toString' })).toBe('unresolved # $ref');
});

test('references that only lead to each other are refused', () => {
  expect(refusal({ $ref: '#' })).toBe('endless #');
  const loop = { $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } } };
  expect(refusal({ ...loop, $ref: '#/$defs/a' })).toBe('endless #/$defs/a');
});

test('a schema that nothing satisfies is refused where its fault is', () => {
  expect(refusal(false)).toBe('impossible #');
  expect(refusal({ type: 'string', minLength: 3, maxLength: 2 })).toBe('impossible #');
  expect(refusal({ properties: { a: { type: 'array', minItems: 3, maxItems: 2 } }, required: ['a'] })).toBe(
    'impossible #/properties/a',
  );
  expect(refusal({ properties: { a: { $ref: '#' } }, required: ['a'] })).toBe('impossible #/properties/a');
  expect(refusal({ type: 'string', enum: [1, 2] })).toBe('impossible #');
});

test('a schema that would take too long is refused', () => {
  const doubled = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => {
      const next = { $ref: `#/$defs/d${i + 1}` };
      return [`d${i}`, { anyOf: [next, next] }];
    }),
  );
  expect(refusal({ $defs: { ...doubled, d40: true }, $ref: '#/$defs/d0' })).toMatch(/^too-large /);
  const either = (name: string) => ({ anyOf: [{ required: [name] }, { properties: { [name]: { type: 'null' } } }] });
  expect(refusal({ allOf: Array.from({ length: 30 }, (_, i) => either(`p${i}`)) })).toMatch(/^too-large /);
  expect(refusal({ type: 'string', pattern: '.*a.{15}' })).toBe('too-large # pattern');
  expect(refusal({ type: 'string', pattern: '^((a{0,50}){0,50}){0,50}$' })).toBe('too-large # pattern');
  let deep: object = { type: 'null' };
  for (let level = 0; level < 10_000; level++) deep = { type: 'object', properties: { a: deep } };
  expect(refusal(deep)).toMatch(/^too-large /);
  let list: unknown = null;
  for (let level = 0; level < 100_000; level++) list = [list];
  expect(refusal({ const: list })).toBe('too-large #');
});

test('readings that cannot be told apart stay few', () => {
  const self = { $ref: '#/$defs/s' };
  const object = (more: object) => ({ type: 'object', properties: { a: self, ...more }, required: ['a'] });
  const schema = {
    $defs: { s: { anyOf: [object({}), object({ b: true }), object({ c: true }), { type: 'null' }] } },
    ...self,
  };
  expect(accepts(jsonGrammar(schema), `${'{"a":'.repeat(300)}null${',"c":1}'.repeat(300)}`)).toBe(true);
});

test('what is impossible but not needed is left out', () => {
  const schema = {
    type: 'object',
    properties: { a: false, b: { type: 'array', items: { enum: [] } }, c: { anyOf: [false, { type: 'null' }] } },
    additionalProperties: false,
  };
  expect(goesOnWith(jsonGrammar(schema), '{"')).toBe('bc');
  expect(goesOnWith(jsonGrammar(schema), '{"b":[')).toBe('\n ]');
});
