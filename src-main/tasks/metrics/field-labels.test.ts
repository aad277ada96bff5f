import { expect, test } from 'vitest';
import { fieldLabelResults } from './field-labels.ts';
import { jsonRow } from './field-results.ts';

test('each field of objects that has labels is told label by label; a blank one counts for none', () => {
  const rows = [
    row({ kind: 'bug', urgent: true, who: 'Ann', n: 1 }, '{"kind": "bug", "urgent": true, "who": "Ann"}'),
    row({ kind: 'idea', urgent: false, who: 'Bob', n: 2 }, '{"kind": "bug", "urgent": false}'),
    row({ kind: 'bug', urgent: true, who: 'Cy', n: 1 }, 'a bug'),
    row({ kind: '', urgent: null, who: 'Di', n: 2 }, '{"kind": "idea", "urgent": true}'),
    row({ kind: 'idea', urgent: false, who: 'Ed', n: 1 }, '{"kind": "idea", "urgent": null}'),
  ];
  const [kind, urgent, ...others] = fieldLabelResults(rows, 'en');
  expect(others).toEqual([]);
  expect(kind).toMatchObject({
    field: 'kind',
    labels: [
      { label: 'bug', rows: 2 },
      { label: 'idea', rows: 2 },
    ],
    results: [
      {
        confusion: [
          [1, 0, 1],
          [1, 1, 0],
        ],
      },
    ],
    rows: { targets: [0, 1, 0, 2, 1], answers: [[0, 0, 2, 1, 1]] },
  });
  expect(urgent).toMatchObject({ field: 'urgent', rows: { targets: [1, 0, 1, 2, 0], answers: [[1, 0, 2, 1, 2]] } });
});

// Only fields of the outermost object were looked at.
test('a field of an object within another is told by its path', () => {
  const rows = [
    row({ customer: { type: 'b2b', name: 'Ann' }, items: [1] }, '{"customer": {"type": "b2b"}}'),
    row({ customer: { type: 'b2c', name: 'Bob' }, items: [2] }, '{"customer": {"type": "b2b"}}'),
    row({ customer: { type: 'b2b', name: 'Cy' } }, '{"customer": "b2b", "type": "b2b"}'),
    row({ customer: { type: 'b2c', name: 'Di' } }, '{"customer": {"type": "b2c"}}'),
    row({ customer: null }, '{}'),
  ];
  const told = fieldLabelResults(rows, 'en');
  expect(told.map(({ field }) => field)).toEqual(['customer.type']);
  expect(told[0]?.rows).toEqual({ targets: [0, 1, 0, 1, 2], answers: [[0, 0, 2, 1, 2]] });
});

test('nothing is told of targets that are no objects', () => {
  expect(fieldLabelResults([row(['a'], '["a"]'), row(['a'], '["a"]'), row('b', 'b')], 'en')).toEqual([]);
});

function row(target: unknown, answer: string) {
  return jsonRow({ target: JSON.stringify(target), answers: [{ text: answer }] });
}
