import { expect, test } from 'vitest';
import type { Split } from '../../../src-contract/dataset.ts';
import type { TaskId } from '../../../src-contract/task.ts';
import { checkRows, findingsOf } from './check-rows.ts';
import type { CheckedRow } from './detector.ts';
import { mendedJson } from './json-targets.ts';
import { spelledLike } from './labels.ts';
import { NearRows } from './near-rows.ts';
import { plainNumber } from './number-targets.ts';
import { maskPrivate } from './private-data.ts';
import { SameRows } from './same-rows.ts';
import { targetSpelledLike } from './target-labels.ts';

test('an empty text is flagged', async () => {
  expect(await found([{ context: ' \n' }, { target: '' }, {}])).toEqual({ EMPTY_TEXT: [0, 1] });
});

// Of two equal rows only the first was said to differ: once it was deleted, the second one did.
test('duplicate rows and a context with two targets are flagged', async () => {
  const rows = [
    { context: 'a', target: '1' },
    { context: 'b', target: '1' },
    { context: 'a', target: '2' },
    { context: 'a', target: '2' },
    { context: 'a', target: '1' },
  ];
  expect(await found(rows)).toEqual({ DUPLICATE_ROW: [3, 4], TARGETS_DIFFER: [2, 3] });
});

test('near-duplicates are flagged, within a split and between training and held-out rows', async () => {
  const sentence =
    'The old lighthouse on the northern cliff was repaired in the spring by two masons from the village, who had to carry every stone up the steep and narrow path.';
  const rows = [
    { context: sentence },
    { context: sentence.replace('two', 'three') },
    { context: sentence.replace('spring', 'summer'), split: 'test' as const },
    { context: 'A wholly other text about the price of tea, sugar and flour in the markets of the south.' },
    { context: sentence.split(' ').reverse().join(' ') },
  ];
  const flagged = await found(rows);
  expect(flagged.DUPLICATE_NEAR).toEqual([1]);
  expect(flagged.LEAK_NEAR).toEqual([0]);
});

// Regression: it reported the pairs compared as the rows checked.
test('if not all rows can be compared, the check reports how many were', () => {
  const rows = ['one', 'two', 'three', 'four', 'five'].map((word, number) => ({
    ...{ number, position: number, split: 'train' as const, group: null, database: null, target: 'nothing' },
    context: `Each of these rows has the same words as the others but for the ${word}`,
  }));
  const limitOf = (most: { rows: number; pairs: number }) => {
    const near = new NearRows(rows.length, most);
    for (const row of rows) near.take(row);
    // Rows that cannot be read are not near any.
    expect([...near.finish(() => undefined)]).toEqual([]);
    return near.limit();
  };
  expect(limitOf({ rows: 5, pairs: 1000 })).toBeUndefined();
  expect(limitOf({ rows: 3, pairs: 1000 })).toEqual({ code: 'DUPLICATE_NEAR', checked: 3 });
  // All but the first, which has none before it, may be near one that they were not compared with.
  expect(limitOf({ rows: 5, pairs: 1 })).toEqual({ code: 'DUPLICATE_NEAR', checked: 1 });
});

// Regression: all rows of a context were held at once, which may be a million.
test('rows that share a context are read one at a time', () => {
  const rows = Array.from({ length: 1000 }, (_, number) => ({
    ...{ number, position: number, group: null, database: null, context: 'same', target: `${number}` },
    split: number === 1 ? ('test' as const) : ('train' as const),
  }));
  const same = new SameRows();
  for (const row of rows) same.take(row);
  let reads = 0;
  const found = same.finish((number) => {
    reads++;
    return rows[number];
  });
  let readBefore = 0;
  for (const { code } of found) {
    if (code === 'LEAK_ROW') break;
    readBefore = reads;
  }
  expect(reads - readBefore).toBeLessThan(10);
});

test('rows about one passage with different questions are not near-duplicates', async () => {
  const passage = 'Passage: The Rhine is a river. It flows through Basel, Cologne and Rotterdam, and is 1230 km long.';
  const rows = ['Where does it flow?', 'How long is the river Rhine?'].map((question) => ({
    context: `${passage}\n\nQuestion: ${question}`,
    target: '1230 km',
  }));
  expect(await found(rows, 'mrc')).toEqual({});
});

test('a context or group in both training and held-out rows is flagged', async () => {
  const rows = [
    { context: 'same', target: '1', split: 'test' as const },
    { context: 'same', target: '1' },
    { context: 'x', group: 'g' },
    { context: 'y', group: 'g' },
    { context: 'z', group: 'g', split: 'validation' as const },
  ];
  const flagged = await found(rows);
  expect(flagged).toMatchObject({ LEAK_ROW: [1], LEAK_GROUP: [4] });
});

test('a length far from all others is flagged only if enough rows show what is usual', async () => {
  const usual = Array.from({ length: 60 }, (_, row) => ({ context: `${row} `.padEnd(90 + (row % 20), 'word ') }));
  expect(await found([...usual, { context: 'w '.repeat(3000) }])).toMatchObject({ LENGTH_OUTLIER: [60] });
  expect((await found([...usual.slice(0, 5), { context: 'w '.repeat(3000) }])).LENGTH_OUTLIER).toBeUndefined();
});

test('an answer missing from its passage is flagged, ignoring case and blanks', async () => {
  const context = 'Passage: The\nRhine flows north.\n\nQuestion: Which river?';
  expect(
    await found(
      [
        { context, target: 'the rhine' },
        { context: `${context}?`, target: 'Danube' },
      ],
      'mrc',
    ),
  ).toEqual({
    ANSWER_NOT_IN_PASSAGE: [1],
  });
});

test('a summary longer than its document, or copied from it, is flagged', async () => {
  const sentence = 'The council voted for a new bridge across the river after a debate of nine hours.';
  const rows = [
    { context: 'Short.', target: 'A much longer text than the document that it sums up.' },
    { context: `${sentence} It will be opened in May.`, target: sentence },
    { context: `${sentence} It will be opened in June.`, target: 'A bridge will be built.' },
  ];
  expect(await found(rows, 'summarisation')).toMatchObject({ SUMMARY_LONGER: [0], SUMMARY_COPIED: [1] });
});

// Regression: nothing said which text is empty, or by how much one is too long.
test('a finding carries the details that the row itself does not show', async () => {
  const rows = [
    { context: 'Short.', target: 'Longer.' },
    { context: ' ', target: 'x' },
    { context: 'x', target: '' },
  ];
  const { flagged } = await checked(given(rows), 'summarisation');
  expect(flagged.map(({ code, detail }) => [code, detail])).toEqual(
    expect.arrayContaining([
      ['SUMMARY_LONGER', 'target 7, context 6'],
      ['EMPTY_TEXT', 'context'],
      ['EMPTY_TEXT', 'target'],
    ]),
  );
});

test('a label that is written otherwise than a more frequent one is flagged, and which one that is', async () => {
  const targets = [
    ...Array(20).fill('positive'),
    ...Array(21).fill('negative'),
    'Positive',
    'negative. ',
    'postive',
    'Negative。',
  ];
  const { flagged } = await checked(given(targets.map((target) => ({ target }))), 'custom');
  expect(flagged.map(({ code, detail, position, other }) => [code, detail, position, other])).toEqual([
    ['LABEL_SPELLING', 'Positive → positive', 41, 0],
    ['LABEL_SPELLING', 'negative.  → negative', 42, 20],
    ['LABEL_SPELLING', 'postive → positive', 43, 0],
    ['LABEL_SPELLING', 'Negative。 → negative', 44, 20],
  ]);
});

test('labels in a field of objects are flagged with its name, and mended in place', async () => {
  const object = (kind: string, name = 'Ann') => JSON.stringify({ name, kind, more: { kind: 'Late' }, n: 1 });
  const targets = [
    ...Array(20).fill(object('late')),
    ...Array(20).fill(object('lost')),
    object('Late'),
    object('Lost', 'Bo'),
  ];
  const { flagged } = await checked(given(targets.map((target) => ({ target }))), 'custom');
  expect(flagged.filter(({ code }) => code === 'LABEL_SPELLING')).toMatchObject([
    { detail: 'kind: Late → late', position: 40, other: 0 },
    { detail: 'kind: Lost → lost', position: 41, other: 20 },
  ]);
  const about = { detail: 'kind: Late → late', separator: /,/ };
  const written = '{ "more": {"kind": "Late"}, "kind" :"Late", "name": "late", "sum": 1.50 }';
  expect(targetSpelledLike(written, object('late'), about)).toBe(
    '{ "more": {"kind": "Late"}, "kind" :"late", "name": "late", "sum": 1.50 }',
  );
  expect(targetSpelledLike('{"kind": "\\u004cate"}', object('late'), about)).toBe('{"kind": "\\u004cate"}');
  expect(
    targetSpelledLike('{"tags": "Late, lost"}', '{"tags": "late"}', { ...about, detail: 'tags: Late → late' }),
  ).toBe('{"tags": "late, lost"}');
  expect(targetSpelledLike('Late', 'late', about)).toBe('late');
});

// Only fields of the outermost object were looked at.
test('labels in a field of an object within another are flagged with its path, and mended there', async () => {
  const object = (kind: string) => `{"kind": "Late", "order": {"n": 1, "kind": "${kind}"}}`;
  const targets = [...Array(20).fill(object('late')), ...Array(20).fill(object('lost')), object('Late')];
  const { flagged } = await checked(given(targets.map((target) => ({ target }))), 'custom');
  const [finding, ...others] = flagged.filter(({ code }) => code === 'LABEL_SPELLING');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ detail: 'order.kind: Late → late', position: 40, other: 0 });
  const about = { detail: finding?.detail ?? '', separator: /,/ };
  expect(targetSpelledLike(object('Late'), object('late'), about)).toBe(object('late'));
});

test('in lists, labels that are written otherwise are flagged one by one', async () => {
  const usual = ['late, damaged', 'late', 'damaged, refund', 'refund, late', 'late, damaged, refund'];
  const targets = [
    ...Array.from({ length: 60 }, (_, n) => usual[n % 5] as string),
    'Late, refund',
    'late, damagd',
    'refund, Refund',
    'refund, missing',
  ];
  const { flagged } = await checked(given(targets.map((target) => ({ target }))), 'custom');
  expect(flagged.map(({ code, detail, position, other }) => [code, detail, position, other])).toEqual([
    ['LABEL_SPELLING', 'Late → late', 60, 0],
    ['LABEL_SPELLING', 'damagd → damaged', 61, 0],
    ['LABEL_SPELLING', 'Refund → refund', 62, 2],
  ]);
  expect(spelledLike('Late, refund', 'late, damaged', /,/)).toBe('late, refund');
  expect(spelledLike('late, damagd', 'late, damaged', /,/)).toBe('late, damaged');
  expect(spelledLike('refund, Refund', 'damaged, refund', /,/)).toBe('refund');
  expect(spelledLike('lost, Refund, refund and LATE', 'late, refund', /,|(?<=\s)and(?=\s)/)).toBe(
    'lost, refund and late',
  );
  expect(spelledLike('LATE;lost', 'late;damaged', /;/)).toBe('late;lost');
  expect(spelledLike('Yes, please', 'yes, please.', /,/)).toBe('yes, please.');
});

test.each([
  // A letter that changes the meaning, a number, a syllable, single letters, and a label too frequent for a slip.
  [...Array(30).fill('typical'), 'atypical'],
  [...Array(30).fill('stage 1'), 'stage 2'],
  [...Array(30).fill('매우 만족'), '매우 불만족'],
  [...Array(30).fill('a'), 'A'],
  [...Array(30).fill('eastern'), ...Array(10).fill('eastward'), ...Array(10).fill('western')],
  [...Array(30).fill('formed'), ...Array(10).fill('farmed')],
  // Texts.
  [
    'Yes',
    ...Array(30)
      .keys()
      .map((n) => `yes ${n}`),
    'yes',
    'yes',
  ],
])('labels that differ on purpose are not flagged: %s', async (...targets) => {
  expect((await found(targets.map((target) => ({ target })))).LABEL_SPELLING).toBeUndefined();
});

test('a placeholder as target is flagged, but not a word that may be an answer', async () => {
  const placeholders = ['#REF!', '#N/A', 'TODO', ' TBD', 'nan', '[object Object]', '작성 예정'];
  const answers = ['N/A', 'none', 'todo', 'Nan', 'null', '-', 'TODO list', 'undefined behaviour'];
  const rows = [...placeholders, ...answers].map((target) => ({ target }));
  expect((await found(rows)).PLACEHOLDER).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('among targets in JSON, those are flagged that are no JSON, nearly JSON, or lack a usual key', async () => {
  const order = (n: number) => ({ target: JSON.stringify({ id: n, name: `a${n}`, ...(n % 4 > 0 && { note: '' }) }) });
  const rows = Array.from({ length: 60 }, (_, n) => order(n));
  const odd = ['none', '{"id": 7, "name": ', "{'id': 7, 'name': None}", '{"id": 1.50, "name": "x",}', '{"id": 9}', ' '];
  const all = given([...rows, ...odd.map((target) => ({ target }))]);
  const told = (await checked(all, 'custom')).flagged.filter(({ code }) => code.includes('JSON'));
  expect(told.map(({ code, position, detail }) => [code, position, detail])).toEqual([
    ['TARGET_NOT_JSON', 60, 'none'],
    ['TARGET_NOT_JSON', 61, '{"id": 7, "name":'],
    ['JSON_MENDABLE', 62, "{'id': 7, 'name': None}"],
    ['JSON_MENDABLE', 63, '{"id": 1.50, "name": "x",}'],
    ['JSON_KEY_MISSING', 64, 'name'],
  ]);
  const mended = ['{"id":7,"name":null}', '{"id": 1.50, "name": "x"}'];
  expect(odd.slice(0, 4).map(mendedJson)).toEqual([undefined, undefined, ...mended]);
  expect(mendedJson('{"a": NaN, "b": "NaN"}')).toBe('{"a": null, "b": "NaN"}');
  for (const id of ['12345678901234567891', '-Infinity']) expect(mendedJson(`{'id': ${id}}`)).toBeUndefined();
});

test('targets that Python printed are all told; texts that are mostly no JSON are not', async () => {
  const python = Array.from({ length: 30 }, (_, n) => ({ target: `{'id': ${n}, 'ok': True}` }));
  expect((await found(python)).JSON_MENDABLE).toHaveLength(30);
  const texts = Array.from({ length: 300 }, (_, n) => ({ target: n % 3 === 0 ? '[1]' : `As said, ${n} [1]` }));
  expect(Object.keys(await found(texts)).filter((code) => code.includes('JSON'))).toEqual([]);
});

test('among targets that are plain numbers, others are flagged, and what can be written plainly', async () => {
  const numbers = Array.from({ length: 60 }, (_, n) => ({ target: `${n * 17}.5` }));
  const odd = ['1,200', '−3', 'none', '5 km', '007', "12'000.50"];
  const all = given([...numbers, ...odd.map((target) => ({ target }))]);
  const told = (await checked(all, 'custom')).flagged.filter(({ code }) => code.includes('NUMBER'));
  expect(told.map(({ code, detail }) => [code, detail])).toEqual([
    ['NUMBER_MENDABLE', '1,200'],
    ['NUMBER_MENDABLE', '−3'],
    ['TARGET_NOT_NUMBER', 'none'],
    ['TARGET_NOT_NUMBER', '5 km'],
    ['TARGET_NOT_NUMBER', '007'],
    ['NUMBER_MENDABLE', "12'000.50"],
  ]);
  expect(odd.map(plainNumber)).toEqual(['1200', '-3', undefined, undefined, undefined, '12000.50']);
});

test.each([
  ['prices in a currency', (n: number) => `$${17 * n},000`],
  ['ratings', (n: number) => (n === 7 ? '4,5' : `${n % 5}`)],
  ['answers of which some are numbers', (n: number) => (n % 3 === 0 ? `about ${n}` : `${17 * n}`)],
])('targets that are not meant as plain numbers are not flagged: %s', async (_, target) => {
  const codes = Object.keys(await found(Array.from({ length: 250 }, (_, n) => ({ target: target(n) }))));
  expect(codes.filter((code) => code.includes('NUMBER'))).toEqual([]);
});

test('remains of a web page and misread letters are flagged, and what was found', async () => {
  const rows = given([
    { context: 'It is <b>open</b>', target: '<p>Yes</p>' },
    { context: 'It is <b>shut</b>', target: 'no' },
    { context: 'a < b', target: 'donâ€™t' },
  ]);
  const { flagged } = await checked(rows, 'custom');
  expect(flagged.map(({ code, position, detail }) => [code, position, detail])).toEqual([
    ['LETTERS_MISREAD', 2, 'donâ€™t → don’t'],
    ['HTML_REMAINS', 0, '<b> </b> <p> </p>'],
    ['HTML_REMAINS', 1, '<b> </b>'],
  ]);
  // Queries compare, and so they may with letters.
  expect((await found([{ context: '<p>a</p>', target: 'SELECT a' }], 'nl2sql')).HTML_REMAINS).toBeUndefined();
});

test.each([
  // Marks set on purpose, code among some rows, and rows that teach to write or to remove tags.
  [{ context: 'Where is <b>Bonn</b>?', target: 'west' }],
  [
    { context: 'a<br>b', target: '1' },
    { context: 'x<String>', target: '2' },
  ],
  [{ context: 'big day', target: '<p>Big day</p>' }],
  [{ context: '<p>Big day</p>', target: 'big day' }],
  [{ context: 'cafÃ©', target: 'café' }],
])('a table in which tags or such letters are meant is not flagged: %j', async (...rows) => {
  expect(await found(rows)).toEqual({});
});

test('a row in another language is flagged, unless there are many', async () => {
  const korean = (n: number) => ({
    context: `${n}번째 손님이 부엌에서 물이 새는 주전자에 대해 편지를 보냈습니다 ${n}`,
  });
  const english = (n: number) => ({
    context: `Guest number ${n} wrote that the kettle was not good and that it leaks in ${n} places`,
  });
  const german = {
    context: 'Der Gast schreibt, dass die Kanne nicht dicht ist und auch der Deckel mit dem Griff fehlt.',
  };
  const many = Array.from({ length: 40 }, (_, n) => english(n * 7));
  expect((await found([...many, korean(1), german])).LANGUAGE_MIXED).toEqual([40, 41]);
  expect((await found([...many, ...Array.from({ length: 20 }, (_, n) => korean(n))])).LANGUAGE_MIXED).toBeUndefined();
});

test.each([
  ['write to min.su+shop@example.co.kr now', 'PRIVATE_EMAIL', 'write to [email] now'],
  ['call +82 2-312-3456 or come', 'PRIVATE_PHONE', 'call [phone] or come'],
  ['전화 010-1234-5678 주세요', 'PRIVATE_PHONE', '전화 [phone] 주세요'],
  // Regression: a number with a Korean ending, as nearly all have, was taken for a part of a word.
  ['연락처는 010-1234-5678입니다', 'PRIVATE_PHONE', '연락처는 [phone]입니다'],
  ['연락처:010-1234-5678', 'PRIVATE_PHONE', '연락처:[phone]'],
  ['연락처는 01012345678입니다', 'PRIVATE_PHONE', '연락처는 [phone]입니다'],
  ['call +318855443322.', 'PRIVATE_PHONE', 'call [phone].'],
  ['메일은 kim@example.co.kr로 주세요', 'PRIVATE_EMAIL', '메일은 [email]로 주세요'],
  ['카드 4111-1111-1111-1111로 냈어요', 'PRIVATE_CARD', '카드 [card]로 냈어요'],
  // A test number from the card companies, with a valid check digit.
  ['paid with 4111 1111 1111 1111.', 'PRIVATE_CARD', 'paid with [card].'],
] as const)('private data is found and masked: %s', async (context, code, masked) => {
  expect(Object.keys(await found([{ context }]))).toEqual([code]);
  expect(maskPrivate(code, context)).toBe(masked);
});

test.each([
  'paid with 4111 1111 1111 1112',
  'on 2024-01-31 at 10:30',
  'order 12345678901234567890',
  'a@b',
  '1 000 000 000',
  // Ids and times, as most digits of this length are.
  'user 2033001162 at 1397113470',
  'ISBN 0200405800, order 0221234567',
])('not flagged as private data: %s', async (context) => {
  expect(await found([{ context }])).toEqual({});
});

test('findings are listed most serious first', async () => {
  const rows = given([
    { context: 'a', target: '1' },
    { context: 'a', target: '1' },
    { context: 'a', target: '1' },
    { target: ' ' },
    { context: 'x@example.org' },
  ]);
  expect(findingsOf((await checked(rows, 'custom')).flagged).map(({ code, rows: n }) => [code, n])).toEqual([
    ['EMPTY_TEXT', 1],
    ['DUPLICATE_ROW', 2],
    ['PRIVATE_EMAIL', 1],
  ]);
});

interface Given {
  readonly context?: string;
  readonly target?: string;
  readonly split?: Split;
  readonly group?: string;
}

function given(rows: readonly Given[]): CheckedRow[] {
  return rows.map(({ context, target = 'a', split = 'train', group = null }, number) => ({
    ...{ number, position: number, split, group, database: null, target },
    context: context ?? `context of row ${number}`,
  }));
}

async function checked(rows: readonly CheckedRow[], task: TaskId) {
  const steps = checkRows(
    rows,
    { task, rows: rows.length, read: (number) => rows[number] },
    new AbortController().signal,
  );
  for (let step = await steps.next(); ; step = await steps.next()) if (step.done) return step.value;
}

/** Positions by code. */
async function found(rows: readonly Given[], task: TaskId = 'custom'): Promise<Record<string, number[]>> {
  const codes: Record<string, number[]> = {};
  for (const { code, position } of (await checked(given(rows), task)).flagged) {
    codes[code] = [...(codes[code] ?? []), position].sort((a, b) => a - b);
  }
  return codes;
}
