import { expect, test } from 'vitest';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { evaluationBreakdown } from './evaluation-breakdown.ts';
import { evaluationReport } from './evaluation-report.ts';

test('the report suggests the next step, as the evaluation page does', () => {
  const report = evaluationReport(mostlyWrong, nothing, 'en');
  expect(report).toContain('<b>Next:</b> 27 of 36 rows are still wrong.');
  expect(evaluationReport(mostlyWrong, nothing, 'ko')).toContain('<b>다음:</b> 36행 가운데 27행은 아직 틀립니다.');
});

// Regression: in Korean it was worded differently.
test('the verdict is worded as on the evaluation page', () => {
  const english = 'Answers is clearly better than the base model: better on 9 of 36 rows and worse on none.';
  expect(evaluationReport(mostlyWrong, nothing, 'en')).toContain(english);
  const korean = 'Answers는 기본 모델보다 확실히 낫습니다. 36행 가운데 9행에서 낫고, 못한 행은 없습니다.';
  expect(evaluationReport(mostlyWrong, nothing, 'ko')).toContain(korean);
});

// Regression: a browser took 40 seconds to lay out 200,000 characters of several scripts.
test('a long text is divided into pieces that are laid out quickly', () => {
  const context = '강이 바다로 แม่น้ำ नदी '.repeat(150);
  const report = evaluationReport(
    mostlyWrong,
    { ...nothing, rows: [{ exampleId: 'e', context, target: 'short', answers: [] }] },
    'en',
  );
  const [, shown = ''] = /<dd>(<span>.*?)<\/dd>/s.exec(report) ?? [];
  expect(shown.split('<span>').length).toBe(4);
  expect(shown.replaceAll(/<\/?span>/g, '')).toBe(context.trim());
  expect(report).toContain('<dd>short</dd>');
});

test('for targets in JSON the report tells which fields are wrong, and which answers no program can read', () => {
  const counts = { right: 27, reordered: 0, missing: 2, different: 1, invented: 0, f1: 0.93 };
  const fields = {
    ...({ kind: 'fields', rows: 36, more: 1 } as const),
    models: [{ adapter: 'Answers', without: 2, around: 0 }],
    fields: [
      { field: '<name>', rows: 30, models: [counts] },
      { field: 'age', rows: 0, models: [{ ...counts, right: 0, missing: 0, different: 0, invented: 4, f1: 0 }] },
    ],
  };
  const report = evaluationReport(mostlyWrong, { ...nothing, fields }, 'en');
  expect(report).toContain(
    '<td>&#60;name&#62;</td><td>30</td><td>27 (90 %)</td><td>2</td><td>1</td><td>0</td><td>93 %</td>',
  );
  expect(report).toContain('<td>age</td><td>0</td><td></td><td>0</td><td>0</td><td>4</td><td>0 %</td>');
  expect(report).toContain('Answers: 2 of 36 answers without any JSON');
  expect(report).not.toContain('words around their JSON');
  expect(report).toContain('Fields left out, as fewer rows have them: 1.');
  expect(evaluationReport(mostlyWrong, { ...nothing, fields }, 'ko')).toContain('필드별 결과');
  const labels = evaluationReport(mostlyWrong, { ...nothing, fields: { ...fields, kind: 'labels' } }, 'en');
  expect(labels).toContain('<td>&#60;name&#62;</td><td>30</td><td>27 (90 %)</td><td>2</td><td>0</td><td>93 %</td>');
  expect(labels).toContain('Given wrongly');
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('Field by field');
});

test('a perfect result suggests no next step', () => {
  const { comparisons, results } = mostlyWrong;
  const [base, best] = results;
  if (base === undefined || best === undefined) throw new Error('both are above');
  const allRight = { ...mostlyWrong, comparisons, results: [base, { ...best, metrics: { exactMatch: 1 } }] };
  expect(evaluationReport(allRight, nothing, 'en')).not.toContain('Next:');
});

test('a Korean report translates metrics, splits and languages', () => {
  const report = evaluationReport(mostlyWrong, nothing, 'ko');
  expect(report).toContain('정확히 일치 0.0 % → 25.0 %');
  expect(report).toContain('테스트 행 · aa');
  expect(report).toContain('<dd>영어</dd>');
  expect(report).toContain('CPU, 스레드 2개');
  expect(report).not.toMatch(/Exact match|, test ·/);
});

test('adapters are compared with each other, not only with the base', () => {
  const [base, best] = mostlyWrong.results;
  if (base === undefined || best === undefined) throw new Error('both are above');
  const rival = { ...best, adapterId: 'b', adapter: 'Replies' };
  const among = { ...{ metric: 'exactMatch', of: 2, against: 1, difference: 0.028, low: -0.05, high: 0.11 } };
  const comparisons = [...mostlyWrong.comparisons, { ...among, better: 2, worse: 1, same: 33, sure: false }];
  const report = evaluationReport({ ...mostlyWrong, results: [base, best, rival], comparisons }, nothing, 'en');
  expect(report).toContain('<td>Replies</td><td>Answers</td><td>+2.8</td><td>−5.0</td><td>+11.0</td>');
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('against each other');
});

test('a blind vote is told in the words of its page', () => {
  const models = { one: 14, other: 3, low: 0.59, high: 0.94, sure: true };
  const places = { one: 9, other: 8, low: 0.3, high: 0.75, sure: false };
  const judged = [{ of: 1, against: 0, models, places, equal: 1, identical: 4, open: 0 }];
  const report = evaluationReport(mostlyWrong, { rows: [], judged }, 'en');
  expect(report).toContain('<h2>Judged by a person who did not see whose answers they were</h2>');
  expect(report).toContain('<b>Answers was preferred on 14 of 18 rows and starter on 3: that is clear.</b>');
  expect(evaluationReport(mostlyWrong, { rows: [], judged }, 'ko')).toContain(
    '<b>18행 가운데 14행에서 Answers가 더 나았고, starter가 더 나은 행은 3행입니다. 확실한 차이입니다.</b>',
  );
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('Judged by a person');
});

test('rows that were training rows are told', () => {
  const provenance = { ...there(mostlyWrong.provenance), adapters: [{ name: 'Answers', sha256: 'dd', seen: 12 }] };
  expect(evaluationReport({ ...mostlyWrong, provenance }, nothing, 'en')).toContain(
    'Answers was trained on 12 of the 36 rows here, so it may do better here than on new ones.',
  );
  expect(evaluationReport({ ...mostlyWrong, provenance }, nothing, 'ko')).toContain(
    '이 36행 가운데 12행은 Answers의 학습용 행이었으므로',
  );
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('were training rows');
});

test('targets that are a few labels are told label by label, for every result', () => {
  const answered = [
    ...['complaint', 'complaint', 'question'].map((text) => ['complaint', text]),
    ...['question', '<b>?</b>'].map((text) => ['question', text]),
  ];
  const rows = answered.map(([target = '', text = '']) => ({
    ...{ exampleId: target, context: '', target },
    answers: ['I think so', text].map((text) => ({ text, score: 0, marks: {}, target: null })),
  }));
  const { labels } = evaluationBreakdown(mostlyWrong, rows);
  const english = evaluationReport(mostlyWrong, { ...nothing, labels }, 'en');
  expect(english).toContain('<summary><b>starter</b> 5 of 5 answers are none of the labels.</summary>');
  expect(english).toContain(
    '<details open><summary><b>Answers</b> 1 of 3 “complaint” rows was answered “question”. 1 of 5 answers is none of the labels.</summary>',
  );
  expect(english).toContain(
    '<th>complaint</th><td>3</td><td>66.7&nbsp;%</td><td>100.0&nbsp;%</td><td>80.0&nbsp;%</td>',
  );
  expect(english).toMatch(/<th>Macro-F1<\/th><th>Balanced accuracy<\/th>/);
  expect(evaluationReport(mostlyWrong, { ...nothing, labels }, 'ko')).toContain(
    '“complaint” 3행 가운데 1행을 “question”으로 답했습니다. 답 5개 가운데 1개는 어느 분류 이름도 아닙니다.',
  );
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('Label by label');
});

test('fields with labels are told label by label, each with its name', () => {
  const rows = ['low', 'high', 'low', 'high'].map((priority) => ({
    ...{ exampleId: priority, context: '', target: JSON.stringify({ '<priority>': priority }) },
    answers: ['I think so', '{"<priority>": "low"}'].map((text) => ({ text, score: 0, marks: {}, target: null })),
  }));
  const { labels } = evaluationBreakdown({ ...mostlyWrong, mainMetric: 'jsonMatch' }, rows);
  const report = evaluationReport(mostlyWrong, { ...nothing, labels }, 'en');
  expect(report).toContain('<h2>Label by label: &#60;priority&#62;</h2>');
  expect(report).toContain('2 of 2 “high” rows were answered “low”.');
  // Of one field among others, the mean over its labels says nothing of whole answers.
  expect(report).not.toContain('<th>Balanced accuracy</th>');
});

test('queries are not told label by label: they may be the same in other words', () => {
  const rows = ['SELECT 1', 'SELECT 1', 'SELECT 2', 'SELECT 2'].map((target) => ({
    ...{ exampleId: target, context: '', target },
    answers: [{ text: target, score: 1, marks: {}, target: null }],
  }));
  expect(evaluationBreakdown(mostlyWrong, rows).labels).toHaveLength(1);
  expect(evaluationBreakdown({ ...mostlyWrong, mainMetric: 'sqlMatch' }, rows).labels).toEqual([]);
  // One by an earlier version, which did not keep in which language it had compared.
  expect(evaluationBreakdown({ ...mostlyWrong, provenance: null }, rows).labels[0]?.results[0]?.macroF1).toBe(1);
});

test('the report says when its numbers were measured', () => {
  const report = evaluationReport({ ...mostlyWrong, createdAt: Date.UTC(2026, 2, 4, 5, 6) }, nothing, 'en');
  expect(report).toContain('<dt>Measured</dt><dd>2026-03-04 05:06 UTC</dd>');
});

function there<T>(value: T | null): T {
  if (value === null) throw new Error('It is given below.');
  return value;
}

/** No rows, and nothing judged blind. */
const nothing = { rows: [], judged: [] };

test('replaced queries are told among what the numbers depend on, and on their rows', () => {
  const { provenance } = mostlyWrong;
  if (provenance === null) throw new Error('it is below');
  const plain = { text: 'SELECT 1', score: 0, marks: {}, target: null };
  const rows = [{ exampleId: 'r', context: 'c', target: 't', answers: [plain, { ...plain, firstText: 'SELECT &' }] }];
  const replacing = { ...mostlyWrong, provenance: { ...provenance, retryQueries: true as const } };
  const report = evaluationReport(replacing, { ...nothing, rows }, 'en');
  expect(report).toContain('<dt>Queries that cannot be run</dt><dd>replaced by');
  expect(report.split('First query, which cannot be run')).toHaveLength(2);
  expect(report).toContain('<dd>SELECT &#38;</dd>');
  expect(evaluationReport(mostlyWrong, nothing, 'en')).not.toContain('cannot be run');
});

const mostlyWrong: Evaluation = {
  ...{
    id: 'e',
    task: 'mrc',
    datasetId: 'd',
    baseModelId: 'b',
    adapterIds: ['a'],
    split: 'test',
    state: 'finished',
    mainMetric: 'exactMatch',
  },
  results: [
    { ...{ adapterId: null, adapter: 'starter', n: 36, metrics: { exactMatch: 0 } }, interval: null, seconds: 1 },
    { ...{ adapterId: 'a', adapter: 'Answers', n: 36, metrics: { exactMatch: 0.25 } }, interval: null, seconds: 1 },
  ],
  comparisons: [
    {
      ...{ metric: 'exactMatch', of: 1, against: 0, difference: 0.25, low: 0.08, high: 0.39 },
      ...{ better: 9, worse: 0, same: 27, sure: true },
    },
  ],
  provenance: {
    dataset: { name: 'Places', version: 1, sha256: 'aa' },
    rowsSha256: 'bb',
    base: { name: 'starter', sha256: 'cc' },
    adapters: [{ name: 'Answers', sha256: 'dd' }],
    ...{ language: 'en', maxTokens: 16, studio: '0.1.0', device: 'CPU, 2 threads', answersSha256: 'ee' },
  },
  error: null,
  createdAt: 0,
};
