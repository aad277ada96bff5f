import { expect, test } from 'vitest';
import { isSquad, squadRows } from './squad-article.ts';

test.each([
  ['a list of answers', { answers: [{ text: 'a', answer_start: 0 }, { text: 'b' }] }],
  ['answers as stored by the datasets library', { answers: { text: ['a', 'b'], answer_start: [0, 1] } }],
  ['a list of texts, as in MRQA', { answers: ['a', 'b'] }],
  ['one answer, as in KorQuAD 2', { answer: { text: 'a', html_answer_start: 0 } }],
  ['an answer as plain text', { answer: 'a' }],
])('the answer of a question is read: %s', (_, answers) => {
  const qas = [{ id: 1, question: 'q', ...answers }];
  expect(squadRows({ title: 't', paragraphs: [{ context: 'c', qas }] })).toEqual([['1', 't', 'c', 'q', 'a']]);
  expect(squadRows({ title: 't', context: 'c', qas })).toEqual([['1', 't', 'c', 'q', 'a']]);
});

test('a question without an answer keeps its row', () => {
  expect(squadRows({ context: 'c', qas: [{ id: '1', question: 'q', answers: [], is_impossible: true }] })).toEqual([
    ['1', '', 'c', 'q', ''],
  ]);
});

test('an article without usable paragraphs gives no rows, and other objects are not articles', () => {
  expect(squadRows({ paragraphs: [] })).toEqual([]);
  expect(squadRows({ paragraphs: [null, { context: 'c' }, { context: 'c', qas: ['x'] }] })).toEqual([]);
  expect(squadRows({ header: { dataset: 'x' } })).toBeUndefined();
  expect([isSquad({ context: 'c', qas: [] }), isSquad({ context: 'c', target: 't' })]).toEqual([true, false]);
});
