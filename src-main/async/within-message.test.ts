import { expect, test } from 'vitest';
import { withinMessage } from './within-message.ts';

const long = 'x'.repeat(3 * 1024 * 1024);

test('a message carries as many rows as fit, and later ones are not read', () => {
  const read: number[] = [];
  function* rows() {
    for (let row = 0; row < 10; row++) {
      read.push(row);
      yield row;
    }
  }
  expect(withinMessage(rows(), () => [long, null])).toEqual([0, 1]);
  expect(read).toEqual([0, 1, 2]);
});

test('a row longer than a message is sent on its own', () => {
  expect(withinMessage(['one', 'two'], () => [long, long, long])).toEqual(['one']);
});

test('rows of usual length are all sent', () => {
  const rows = Array.from({ length: 1000 }, (_, row) => `row ${row}`);
  expect(withinMessage(rows, (row) => [row])).toEqual(rows);
});
