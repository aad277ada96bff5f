import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src-contract/task.ts';
import { TableDoubts } from './table-doubts.ts';

const samples = [
  { name: 'xquad-en', task: 'mrc', columns: ['context', 'target'] },
  { name: 'spider-en', task: 'nl2sql', columns: ['context', 'target'] },
  { name: 'mts-dialog', task: 'summarisation', columns: ['document', 'summary'] },
  { name: 'generated-summarisation', task: 'summarisation', columns: ['document', 'summary'] },
  { name: 'generated-nl2sql', task: 'custom', columns: ['question', 'query'] },
  { name: 'generated-mrc', task: 'custom', columns: ['question', 'answer'] },
] as const;

test('a question and its answer in each other’s column are told', () => {
  const river = (n: number) => `River ${n} flows through town ${n}.`;
  const right = rows((n) => ({ context: mrc(river(n), `Where does river ${n} flow?`), target: `town ${n}` }));
  const swapped = rows((n) => ({ context: mrc(river(n), `town ${n}`), target: `Where does river ${n} flow?` }));
  expect(doubts(right, 'mrc')).toEqual([]);
  expect(doubts(swapped, 'mrc')).toEqual([{ code: 'FIELDS_SWAPPED', one: 'question', other: 'answer' }]);
  // Answers in words of one's own are in no passage, and neither are the questions.
  const free = rows((n) => ({ context: mrc(river(n), `Where does river ${n} flow?`), target: `past place ${n}` }));
  expect(doubts(free, 'mrc')).toEqual([]);
});

test('a query and its question in each other’s column are told', () => {
  const query = rows((n) => ({
    context: `Schema:\nt(a)\n\nQuestion: SELECT a FROM t WHERE b = ${n}`,
    target: `What is a of ${n}?`,
  }));
  expect(doubts(query, 'nl2sql')).toEqual([{ code: 'FIELDS_SWAPPED', one: 'question', other: 'sql' }]);
});

// Documents without summaries, read as titles with their texts, were told that their columns are swapped.
test('summaries longer than their documents are told, which may be swapped or none', () => {
  const talk = rows((n) => ({ context: `Talk ${n}.`, target: `In talk ${n} two people speak about the weather.` }));
  expect(doubts(talk, 'summarisation')).toEqual([{ code: 'SUMMARIES_LONGER' }]);
  expect(doubts(turned(talk), 'summarisation')).toEqual([]);
});

test('a target or context of nearly all rows is told, with its share', () => {
  const spam = (n: number) => ({ context: `mail ${n}`, target: n < 2 ? 'spam' : 'fine' });
  expect(doubts(rows(spam))).toEqual([{ code: 'ONE_TARGET', share: 95, text: 'fine' }]);
  expect(doubts(rows((n) => ({ context: `mail ${n}`, target: n % 5 === 0 ? 'spam' : 'fine' })))).toEqual([]);
  expect(doubts(turned(rows((n) => ({ ...spam(n), context: `mail ${n * n}` }))))).toEqual([
    { code: 'ONE_CONTEXT', share: 95, text: 'fine' },
  ]);
});

test('targets that count the rows are told, but not numbers that are answers', () => {
  expect(doubts(rows((n) => ({ context: `mail ${n * n}`, target: `Q-0${100 + n}` })))).toEqual([
    { code: 'TARGETS_COUNT', first: 'Q-0100', last: 'Q-0139' },
  ]);
  expect(doubts(rows((n) => ({ context: `mail ${n}`, target: `${(n * 7) % 40}` })))).toEqual([]);
  expect(
    doubts(
      rows((n) => ({ context: `this is about ${'so '.repeat(n % 5)}Q-${n}${'!'.repeat(n % 3)}`, target: `Q-${n}` })),
    ),
  ).toEqual([]);
});

test('dates that no context tells are told, but not those that may be read from it', () => {
  const day = (n: number) => `2026-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`;
  const asked = (n: number) => `${'abcdefghij'[n % 10]} 상품은 언제 다시 들어오나요${'?'.repeat(1 + (n % 3))}`;
  expect(doubts(rows((n) => ({ context: asked(n), target: day(n) })))).toEqual([
    { code: 'TARGETS_DATES', share: 100, text: '2026-01-01' },
  ]);
  const written = ['30.11.2026', '11/30/2026', '2026. 11. 30.', '2026년 11월 30일', '2026-11-30 09:15'];
  expect(doubts(rows((n) => ({ context: asked(n), target: written[n % 5] ?? '' })))).toMatchObject([{ share: 100 }]);
  // To write a date in another form is something to learn.
  expect(doubts(rows((n) => ({ context: `${1 + (n % 28)}일에 ${asked(n)}`, target: day(n) })))).toEqual([]);
});

test('a target that stands in the same place of each context is told', () => {
  const labels = ['good', 'bad', 'neither'];
  const label = (n: number) => labels[n % 3] ?? '';
  const leaking = [
    rows((n) => ({ context: `Label: ${label(n)}. Mail ${n}`, target: label(n) })),
    rows((n) => ({ context: `Mail ${n * n} of a friend. Answer: ${label(n)}`, target: label(n) })),
  ];
  for (const each of leaking) expect(doubts(each)).toEqual([{ code: 'TARGET_GIVEN', share: 100 }]);
  // An instruction that names all labels, and answers that stand somewhere in a text.
  expect(doubts(rows((n) => ({ context: `Say good, bad or neither. Mail ${n}`, target: label(n) })))).toEqual([]);
  const somewhere = (n: number) => ({
    context: `${'so '.repeat(n % 7)}it is ${label(n)}${'!'.repeat(n % 5)}`,
    target: label(n),
  });
  expect(doubts(rows(somewhere))).toEqual([]);
});

test('an instruction that all contexts begin or end with is told, with what it costs', () => {
  const ask = 'Summarise the following letter in one sentence:';
  const letter = (n: number) => `${'abcdefghij'[n % 10]} kettle number ${n} leaks at the lid since a week.`;
  const first = rows((n) => ({ context: `${ask} The ${letter(n)}`, target: `Kettle ${n} leaks` }));
  // 47 of some 116 characters in each row.
  expect(doubts(first)).toEqual([{ code: 'REPEATED_TEXT', share: 40, text: ask }]);
  const last = rows((n) => ({
    context: `The ${letter(n)}\n\n다음 글을 한 문장으로 요약하세요.`,
    target: `Kettle ${n}`,
  }));
  expect(doubts(last)).toMatchObject([{ code: 'REPEATED_TEXT', text: '다음 글을 한 문장으로 요약하세요.' }]);
  // Cheap beside what is read, the name of a field, and what is no sentence.
  const long = (n: number) => letter(n).repeat(20);
  expect(doubts(rows((n) => ({ context: `${ask} ${long(n)}`, target: `Kettle ${n} leaks` })))).toEqual([]);
  expect(doubts(rows((n) => ({ context: `Product title: ${letter(n)}`, target: `${n * n}` })))).toEqual([]);
  const schema = 'kettle(id, name, size)\nlid(id, kettle_id, colour)\n';
  expect(doubts(rows((n) => ({ context: `${schema}${letter(n)}`, target: `${n * n}` })))).toEqual([]);
  // A passage that all questions are about.
  expect(
    doubts(
      rows((n) => ({ context: mrc(`${ask} ${letter(1)}`, letter(n)), target: `${n * n}` })),
      'mrc',
    ),
  ).toEqual([]);
});

test('targets that Python printed are told, JSON is not', () => {
  const printed = rows((n) => ({ context: `mail ${n * n}`, target: `{'n': ${n}, 'ok': True}` }));
  expect(doubts(printed)).toEqual([{ code: 'TARGETS_PRINTED', share: 100 }]);
  expect(doubts(rows((n) => ({ context: `mail ${n * n}`, target: `{"n": ${n}, "it's": true}` })))).toEqual([]);
});

test('of a part of a table, no shares are told: it may be sorted', () => {
  const whole = new TableDoubts('custom');
  for (const row of rows((n) => ({ context: `mail ${n * n}`, target: 'fine' }))) whole.take(row);
  expect(whole.doubts({ isPart: true })).toEqual([]);
  expect(whole.doubts()).toMatchObject([{ code: 'ONE_TARGET' }]);
});

test('nothing is told of a few rows', () => {
  expect(doubts(rows((n) => ({ context: `mail ${n}`, target: 'fine' }), 19))).toEqual([]);
});

// Real tables and generated ones, under the task they are for and under none.
test.each(samples)('nothing is told of a good table: $name', async ({ name, task, columns: [context, target] }) => {
  const text = await readFile(path.join(import.meta.dirname, '../../../resources/samples', `${name}.csv`), 'utf8');
  const records: Record<string, string>[] = parse(text, { columns: true, bom: true });
  const table = records.map((cells) => ({ context: cells[context] ?? '', target: cells[target] ?? '' }));
  expect(table.length).toBeGreaterThan(200);
  expect(doubts(table, task)).toEqual([]);
  expect(doubts(table, 'custom')).toEqual([]);
});

interface Pair {
  readonly context: string;
  readonly target: string;
}

function rows(make: (n: number) => Pair, count = 40): Pair[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function turned(pairs: readonly Pair[]): Pair[] {
  return pairs.map(({ context, target }) => ({ context: target, target: context }));
}

function mrc(passage: string, question: string): string {
  return `Passage: ${passage}\n\nQuestion: ${question}`;
}

function doubts(pairs: readonly Pair[], task: TaskId = 'custom') {
  const whole = new TableDoubts(task);
  for (const pair of pairs) whole.take(pair);
  return whole.doubts();
}
