import { expect, test } from 'vitest';
import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import { evaluationCsv } from './evaluation-csv.ts';

// A model may write anything. Regression: opened in a spreadsheet, such an answer was run.
test('for a spreadsheet, an answer that begins like a formula is text, and a measure stays a number', () => {
  // Sound: only these fields are read.
  const evaluation = { results: [{ adapter: 'starter' }] } as unknown as Evaluation;
  const answers = [
    { text: '=HYPERLINK("http://x")', marks: { f1: 0.5 } },
    { text: '-1.5', marks: { f1: 1 } },
  ];
  const rows = answers.map((answer) => ({ exampleId: 'r', context: '- one', target: 'A', answers: [answer] }));
  const given = { rows: rows as unknown as EvaluationRow[], votes: [] };
  const head = 'id,context,target,base: starter,base: starter: f1,base: starter: loss\r\n';
  expect(evaluationCsv(evaluation, { ...given, forSpreadsheet: true })).toBe(
    `${head}r,'- one,A,"'=HYPERLINK(""http://x"")",0.5,\r\nr,'- one,A,-1.5,1,\r\n`,
  );
  expect(evaluationCsv(evaluation, given)).toBe(
    `${head}r,- one,A,"=HYPERLINK(""http://x"")",0.5,\r\nr,- one,A,-1.5,1,\r\n`,
  );
});

test('how sure an answer was stands beside its measures, where that is known of a model', () => {
  // Sound: only these fields are read.
  const evaluation = { results: [{ adapter: 'starter' }, { adapter: 'Sorter' }] } as unknown as Evaluation;
  const of = (text: string, certainty?: number) => ({
    text,
    marks: { f1: 1 },
    ...(certainty !== undefined && { certainty }),
  });
  const rows = [
    { exampleId: 'r', context: 'c', target: 't', answers: [of('A'), of('B', 0.12345)] },
    { exampleId: 's', context: 'c', target: 't', answers: [of('A'), of('B')] },
  ];
  expect(evaluationCsv(evaluation, { rows: rows as unknown as EvaluationRow[], votes: [] })).toBe(
    [
      'id,context,target,base: starter,base: starter: f1,base: starter: loss,Sorter,Sorter: f1,Sorter: sure,Sorter: loss',
      'r,c,t,A,1,,B,1,0.123,',
      's,c,t,A,1,,B,1,,',
      '',
    ].join('\r\n'),
  );
});

test('a first query that was replaced has a column, where a model has any', () => {
  // Sound: only these fields are read.
  const evaluation = { results: [{ adapter: 'starter' }, { adapter: 'Queries' }] } as unknown as Evaluation;
  const rows = [
    {
      exampleId: 'r',
      context: 'c',
      target: 't',
      answers: [
        { text: 'A', marks: {} },
        { text: 'B', marks: {}, firstText: 'b' },
      ],
    },
    {
      exampleId: 's',
      context: 'c',
      target: 't',
      answers: [
        { text: 'C', marks: {} },
        { text: 'D', marks: {} },
      ],
    },
  ];
  expect(evaluationCsv(evaluation, { rows: rows as unknown as EvaluationRow[], votes: [] })).toBe(
    'id,context,target,base: starter,base: starter: loss,Queries,Queries: first query,Queries: loss\r\n' +
      'r,c,t,A,,B,b,\r\ns,c,t,C,,D,,\r\n',
  );
});
