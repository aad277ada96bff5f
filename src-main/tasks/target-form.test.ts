import { expect, test } from 'vitest';
import type { TargetKind } from '../../src-contract/text-measure.ts';
import { TargetForm } from './target-form.ts';

function formOf(kind: TargetKind, targets: readonly string[], contexts: readonly string[] = []) {
  const gathered = new TargetForm(kind, targets);
  for (const [place, target] of targets.entries()) gathered.see({ context: contexts[place] ?? '', target });
  return gathered.form;
}

test('a few labels are what an answer may be, without the space around them', () => {
  expect(formOf('few', ['spam', 'no spam', ' spam\n'])).toEqual({ kind: 'choices', texts: ['spam', 'no spam'] });
});

// Regression: an answer was “Late” or “late”, whichever, until the finding was mended.
test('a label that some rows write otherwise is one, as most rows write it', () => {
  const late = [
    'Late',
    'damaged',
    'late',
    'late ',
    'Damaged.',
    'damaged',
    'too  late',
    'too late',
    'Too late',
    'too late',
  ];
  expect(formOf('few', late)).toEqual({ kind: 'choices', texts: ['late', 'damaged', 'too late'] });
  expect(formOf('lists', ['Late, damaged', 'late', 'late, Damaged, late', 'damaged'])).toMatchObject({
    texts: ['late', 'damaged'],
    most: 2,
  });
  // Letters may differ by case, and labels by a sign.
  expect(formOf('few', ['a', 'A', 'C', 'C++'])).toMatchObject({ texts: ['a', 'A', 'C', 'C++'] });
  expect(formOf('few', ['Yes', 'yes'])).toBeUndefined();
});

test('targets written freely have no form, nor have hundreds of labels, nor has one that is empty or a page long', () => {
  for (const kind of ['free', 'short'] as const) expect(formOf(kind, ['a', 'a'])).toBeUndefined();
  expect(
    formOf(
      'few',
      Array.from({ length: 200 }, (_, n) => `${n}`),
    ),
  ).toBeDefined();
  expect(
    formOf(
      'few',
      Array.from({ length: 201 }, (_, n) => `${n}`),
    ),
  ).toBeUndefined();
  expect(formOf('few', ['a', ' '])).toBeUndefined();
  // Regression: an evaluation with such a form could not be read again.
  expect(formOf('few', ['a', 'b'.repeat(2001)])).toBeUndefined();
  expect(formOf('few', [])).toBeUndefined();
  // Regression: held to the only one, the base had every row right.
  expect(formOf('few', ['a', 'a'])).toBeUndefined();
});

test('lists are of the labels that occur, as many as one has at most, parted as most of them are', () => {
  expect(formOf('lists', ['billing, late', 'late', 'late,damaged, billing '])).toEqual({
    kind: 'list',
    texts: ['billing', 'late', 'damaged'],
    between: ', ',
    most: 3,
  });
  expect(formOf('lists', ['a\nb', 'b'])).toMatchObject({ between: '\n' });
  expect(formOf('lists', ['a,', 'b,', 'a, b,'])).toMatchObject({ texts: ['a', 'b'], between: ', ' });
  // A comma within labels parted them, since more had one than a semicolon.
  const refunds = ['refund, full', 'refund, full', 'late', 'late; refund, full', 'damaged'];
  expect(formOf('lists', refunds)).toMatchObject({ texts: ['refund, full', 'late', 'damaged'], between: '; ' });
  expect(formOf('lists', ['a | b', 'b|c', 'c | a'])).toMatchObject({ between: ' | ' });
  expect(formOf('lists', ['#a #b', '#b #a', '#c'])).toMatchObject({ texts: ['#a', '#b', '#c'], between: ' ' });
  expect(formOf('lists', ['#a#b', '#b'])).toMatchObject({ texts: ['#a', '#b'], between: ' ' });
  // Regression: nothing at all between two labels was an option, and made the form one that could not be read again.
  expect(formOf('lists', ['#a, #b', '#a#b', '#b'])).toEqual({
    kind: 'list',
    texts: ['#a', '#b'],
    between: ', ',
    most: 2,
  });
  const written = ['a, b and c', 'c, b and a', 'a', 'b', 'c', 'a, b, and c', 'b and a'];
  expect(formOf('lists', written)).toMatchObject({ texts: ['a', 'b', 'c'], between: ', ', most: 3 });
  expect(formOf('lists', written)).toMatchObject({ orBetween: [' and ', ', and '] });
  expect(formOf('lists', ['a, b', 'b,a', 'c'])).not.toHaveProperty('orBetween');
  expect(formOf('lists', ['a, b', ','])).toBeUndefined();
  const many = (count: number) => Array.from({ length: count }, (_, n) => `${n}`).join(';');
  expect(formOf('lists', [many(200)])).toBeDefined();
  expect(formOf('lists', [many(201)])).toBeUndefined();
  expect(formOf('lists', ['a; b', `a; ${'b'.repeat(2001)}`])).toBeUndefined();
});

test('numbers have a sign, and as many digits, as one of the targets', () => {
  const number = { kind: 'number', signed: false, digits: 1, decimals: 0 };
  expect(formOf('numbers', ['3', ' 1200 '])).toEqual({ ...number, digits: 4 });
  expect(formOf('numbers', ['3', '0.25'])).toEqual({ ...number, decimals: 2 });
  expect(formOf('numbers', ['3', '-40'])).toEqual({ ...number, signed: true, digits: 2 });
  for (const other of ['1,200', '5 km', 'unknown', '007', '1'.repeat(21)])
    expect(formOf('numbers', ['3', other])).toBeUndefined();
});

test('JSON has the fields that occur; those in every object are required', () => {
  const rows = [
    '{"name": "Ann", "age": 3, "tags": []}',
    '{"age": 3.5, "name": null, "tags": ["x"], "pet": {"kind": "cat"}}',
  ];
  expect(formOf('structured', rows)).toEqual({
    kind: 'json',
    schema: {
      type: 'object',
      properties: {
        name: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        age: { type: 'number' },
        tags: { type: 'array', items: { type: 'string' } },
        pet: {
          type: 'object',
          properties: { kind: { type: 'string' } },
          required: ['kind'],
          additionalProperties: false,
        },
      },
      required: ['name', 'age', 'tags'],
      additionalProperties: false,
    },
  });
  expect(formOf('structured', ['[1, 2]', '{"__proto__": true}'])).toEqual({
    kind: 'json',
    schema: {
      anyOf: [
        { type: 'array', items: { type: 'integer' } },
        {
          type: 'object',
          properties: JSON.parse('{"__proto__": {"type": "boolean"}}'),
          required: ['__proto__'],
          additionalProperties: false,
        },
      ],
    },
  });
});

// A model that was trained for a few steps wrote one label again and again, until its answer was full.
test('a list of labels has each once, as many as the longest, unless targets repeat them', () => {
  const lists = Array.from({ length: 12 }, (_, n) => (n % 3 === 0 ? ['late'] : ['late', 'lost']));
  const tagsOf = (lists: readonly (readonly string[])[]) => {
    const form = formOf(
      'structured',
      lists.map((tags) => JSON.stringify({ tags })),
    );
    return form?.kind === 'json' ? (form.schema as { properties: { tags: unknown } }).properties.tags : undefined;
  };
  const items = { type: 'string', enum: ['late', 'lost'] };
  expect(tagsOf(lists)).toEqual({ type: 'array', items, uniqueItems: true, maxItems: 2 });
  expect(tagsOf([...lists, ['late', 'lost', 'late']])).toEqual({ type: 'array', items });
});

test('a few texts that occur again and again in a field, or in a list, are all that it may have', () => {
  const schemaOf = (texts: readonly string[], inList = false) => {
    const form = formOf(
      'structured',
      texts.map((text) => JSON.stringify({ a: inList ? [text] : text })),
    );
    return (form?.kind === 'json' ? form.schema : undefined) as { properties: { a: unknown } };
  };
  const repeated = (...texts: string[]) => texts.flatMap((text) => Array<string>(5).fill(text));
  const labels = { type: 'string', enum: ['low', 'high'] };
  expect(schemaOf(repeated('low', 'high'))).toMatchObject({ properties: { a: labels } });
  expect(schemaOf(repeated('low', 'high'), true)).toMatchObject({
    properties: { a: { type: 'array', items: labels } },
  });
  expect(schemaOf([...repeated('low', 'high'), ''])).toMatchObject({
    properties: { a: { enum: ['low', 'high', ''] } },
  });
  const written = ['Low', 'high ', 'low.'];
  expect(schemaOf([...Array.from({ length: 4 }, () => repeated('low', 'high')).flat(), ...written])).toMatchObject({
    properties: { a: labels },
  });
  // One, too few of each, or one that is no label.
  for (const texts of [repeated('low'), ['low', 'high', 'low'], [...repeated('low', 'high'), 'x'.repeat(61)]])
    expect(schemaOf(texts).properties.a).toEqual({ type: 'string' });
  // Towns of which two occur once: there are others.
  const towns = [...Array<string>(40).fill('Oslo'), 'Bergen', 'Bodø'];
  expect(schemaOf(towns).properties.a).toEqual({ type: 'string' });
  expect(schemaOf(towns.slice(0, -1)).properties.a).toEqual({ type: 'string', enum: ['Oslo', 'Bergen'] });
  // Regression: a unit whose case means another one could not be written.
  expect(schemaOf(repeated('mW', 'MW', 'kW')).properties.a).toEqual({ type: 'string', enum: ['mW', 'MW', 'kW'] });
  // Names that are copied from the texts: a new one would have been written as one of the known.
  const names = repeated('Ann', 'Bo');
  const targets = names.map((a) => JSON.stringify({ a, kind: a === 'Bo' ? 'late' : 'lost' }));
  const contexts = names.map((name) => `Where is it? ${name}`);
  expect(formOf('structured', targets, contexts)).toMatchObject({
    schema: { properties: { a: { type: 'string' }, kind: { type: 'string', enum: ['lost', 'late'] } } },
  });
  expect(JSON.stringify(formOf('structured', targets, contexts))).not.toContain('Ann');
  const many = (count: number) => repeated(...Array.from({ length: count }, (_, n) => `label ${n}`));
  expect(schemaOf(many(200)).properties.a).toHaveProperty('enum');
  expect(schemaOf(many(201)).properties.a).toEqual({ type: 'string' });
});

test('texts of a field that are all numbers stay numbers of that many digits, and may be empty only if one was', () => {
  const fieldOf = (...texts: string[]) => {
    const form = formOf(
      'structured',
      texts.map((text) => JSON.stringify({ a: text })),
    );
    const { properties } = (form?.kind === 'json' ? form.schema : undefined) as { properties: { a: unknown } };
    return properties.a;
  };
  expect(fieldOf('12.50', '3')).toEqual({ type: 'string', pattern: '^(0|[1-9][0-9]{0,1})(\\.[0-9]{1,2})?$' });
  expect(fieldOf('-3', '')).toEqual({ type: 'string', pattern: '^(-?[0-9])?$' });
  for (const other of ['007', '2 May', '1,200', ' 5']) expect(fieldOf('12', other)).toEqual({ type: 'string' });
  expect(fieldOf('', '')).toEqual({ type: 'string' });
});

test('one target that is not JSON, or hundreds of fields, and there is no form', () => {
  expect(formOf('structured', ['{"a": 1}', '{"a": 1'])).toBeUndefined();
  const many = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n])));
  expect(formOf('structured', [many(500)])).toBeDefined();
  expect(formOf('structured', [many(501)])).toBeUndefined();
});

test('nesting without end is not followed', () => {
  const form = formOf('structured', [`${'['.repeat(5000)}${']'.repeat(5000)}`]);
  expect(JSON.stringify(form).length).toBeLessThan(2000);
});
