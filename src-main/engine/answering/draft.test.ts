import { expect, test } from 'vitest';
import { costsOfGuess, Draft, DraftMemory } from './draft.ts';

const end = 999;

function draftOf(promptIds: readonly number[], memory = new DraftMemory()): Draft {
  return new Draft({ promptIds }, memory, { stopIds: new Set([end]), costOfGuess: costsOfGuess.graphs });
}

/** A memory of these answers, each with its end. */
function memoryOf(...answers: readonly (readonly number[])[]): DraftMemory {
  const memory = new DraftMemory();
  for (const answer of answers) {
    const draft = draftOf([0], memory);
    for (const id of [...answer, end]) draft.push(id);
    draft.end();
  }
  return memory;
}

test('first answers are guessed from trained ones, later ones from earlier ones alone', () => {
  const trained = [
    [1, 2, 3, end],
    [1, 2, 4, end],
    [1, 2, 4, end],
  ];
  const memory = new DraftMemory();
  const answering = (first: number) => {
    const draft = new Draft({ promptIds: [9], trained }, memory, { stopIds: new Set([end]), costOfGuess: 0.01 });
    draft.push(first);
    return draft;
  };
  const first = answering(1);
  expect(first.guess(4)).toEqual([2, 4]);
  memory.forget();
  for (const id of [5, 6, end]) first.push(id);
  first.end();
  expect(answering(1).guess(4)).toEqual([5, 6]);
});

test('guesses continue the text after the last occurrence of its final tokens', () => {
  const draft = draftOf([1, 2, 3, 4, 5, 6, 9, 1, 2, 3]);
  expect(draft.guess(4)).toEqual([4, 5, 6, 9]);
  expect(draft.guess(2)).toEqual([4, 5]);
});

test('the latest of equally long matches wins, and a longer match beats a shorter one', () => {
  const draft = draftOf([5, 1, 2, 7, 0, 5, 1, 2, 8, 0, 5, 1, 2]);
  expect(draft.guess(1)).toEqual([8]);
  const longer = draftOf([5, 4, 1, 2, 7, 0, 1, 2, 8, 0, 5, 4, 1, 2]);
  expect(longer.guess(1)).toEqual([7]);
});

test('nothing is guessed if the last token occurs nowhere else', () => {
  expect(draftOf([1, 2, 3, 4]).guess(4)).toEqual([]);
  expect(draftOf([1]).guess(4)).toEqual([]);
  expect(draftOf([1, 1]).guess(0)).toEqual([]);
});

test('shorter matches give fewer guesses', () => {
  const tail = [3, 4, 5, 6, 7, 8, 9, 10, 11];
  const guessed = [[2], [1, 2], [0, 1, 2]].map((last) => draftOf([0, 1, 2, ...tail, 99, ...last]).guess(8).length);
  expect(guessed).toEqual(guessed.toSorted((a, b) => a - b));
  expect(guessed[0]).toBeGreaterThan(0);
  expect(guessed[2]).toBeGreaterThan(guessed[0] as number);
});

test('a word is also found as an answer begins with it, without the space before', () => {
  const promptIds = [1, 2, 40, 3, 4, 5, 6, 7, 8, 9];
  const draft = new Draft({ promptIds, respelled: [{ ids: [50, 51, 52], end: 3 }] }, new DraftMemory(), {
    ...{ stopIds: new Set([end]), costOfGuess: 0.05 },
  });
  draft.push(50);
  expect(draft.guess(5)).toEqual([51, 52, 3, 4, 5]);
});

test('of places alike, the one near words of the question is preferred', () => {
  const fill = (from: number) => Array.from({ length: 30 }, (_, i) => from + i);
  const near = [...fill(100), 77, 5, 6, ...fill(200), 5, 7, ...fill(300), 77, ...fill(400)];
  const guessBehindFive = (promptIds: readonly number[]) => {
    const draft = draftOf(promptIds);
    draft.push(5);
    return draft.guess(1);
  };
  expect(guessBehindFive(near)).toEqual([6]);
  expect(guessBehindFive(near.toSpliced(30, 1, 78))).toEqual([7]);
});

test('a token that was guessed in vain is no longer guessed, wherever it is found', () => {
  const comma = 5;
  const promptIds = Array.from({ length: 20 }, (_, i) => [100 + i, comma, 200 + i]).flat();
  const draft = draftOf(promptIds);
  const guessesBehind = (id: number) => {
    draft.push(id);
    return draft.guess(1);
  };
  expect(guessesBehind(100)).toEqual([comma]);
  for (let i = 1; i < 10; i++) for (const id of [100 + i, 300 + i]) guessesBehind(id);
  expect(guessesBehind(119)).toEqual([]);
});

test('generated tokens count as text for later matches', () => {
  const draft = draftOf([6, 7, 8]);
  for (const id of [1, 6, 7, 8]) draft.push(id);
  expect(draft.guess(3)).toEqual([1, 6, 7]);
});

test('guessing stops in a text whose guesses fail and resumes once they succeed again', () => {
  const draft = draftOf([0]);
  // Every other token is the same, and what follows it is always new.
  const write = (id: number) => {
    draft.guess(8);
    draft.push(id);
  };
  for (let i = 1; i < 60; i++) for (const id of [i, 0]) write(id);
  expect(draft.guess(8)).toEqual([]);
  for (let i = 0; i < 100; i++) for (const id of [7, 0]) write(id);
  expect(draft.guess(8).slice(0, 2)).toEqual([7, 0]);
});

test('guesses follow earlier answers from the first token on', () => {
  const memory = memoryOf([20, 21, 22, 23, 24], [20, 21, 22, 23, 25], [20, 21, 22, 23, 24]);
  const draft = draftOf([1, 2, 3], memory);
  draft.push(20);
  expect(draft.guess(4)).toEqual([21, 22, 23]);
});

test('tokens between copied spans are guessed from earlier answers, the spans from the text', () => {
  const [select, from, table] = [40, 41, 42];
  const memory = memoryOf(...[1, 2, 3, 4, 5, 6, 7, 8].map((name) => [select, name, from, table + name]));
  const draft = draftOf([50, 51, 52, 53, 30, 50, 51, 52, 53], memory);
  for (const id of [select, 3]) draft.push(id);
  expect(draft.guess(1)).toEqual([from]);
  for (const id of [from, 50, 51, 52]) draft.push(id);
  expect(draft.guess(1)).toEqual([53]);
});

test('guesses stop where earlier answers ended', () => {
  const memory = memoryOf(...Array.from({ length: 20 }, () => [20, 21, 22]));
  const draft = draftOf([20, 21, 22, 23, 24, 25, 26, 20, 21], memory);
  draft.push(20);
  expect(draft.guess(8)).toEqual([21, 22]);
});

test('the more a guess adds to the cost of a pass, the fewer are made', () => {
  const text = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3];
  const guesses = (costOfGuess: number) =>
    new Draft({ promptIds: text }, new DraftMemory(), { stopIds: new Set(), costOfGuess }).guess(8);
  expect(guesses(costsOfGuess.kernels).length).toBeLessThan(guesses(costsOfGuess.graphs).length);
  expect(guesses(1)).toEqual([]);
});
