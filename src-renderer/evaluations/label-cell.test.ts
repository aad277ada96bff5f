import { expect, test } from 'vitest';
import { cellAfter } from './label-cell.ts';

test('arrow keys lead from count to count, past zeros, and stop at the edges', () => {
  const confusion = [
    [3, 0, 1],
    [0, 0, 2],
    [1, 0, 5],
  ];
  const first = { target: 0, answer: 0 };
  expect(cellAfter(confusion, first, 'ArrowRight')).toEqual({ target: 0, answer: 2 });
  expect(cellAfter(confusion, first, 'ArrowDown')).toEqual({ target: 2, answer: 0 });
  expect(cellAfter(confusion, first, 'ArrowLeft')).toEqual(first);
  expect(cellAfter(confusion, first, 'ArrowUp')).toEqual(first);
  const last = { target: 2, answer: 2 };
  expect(cellAfter(confusion, last, 'ArrowUp')).toEqual({ target: 1, answer: 2 });
  expect(cellAfter(confusion, last, 'Home')).toEqual({ target: 2, answer: 0 });
  expect(cellAfter(confusion, first, 'End')).toEqual({ target: 0, answer: 2 });
  expect(cellAfter(confusion, { target: 1, answer: 2 }, 'Home')).toEqual({ target: 1, answer: 2 });
});
