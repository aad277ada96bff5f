import { expect, test } from 'vitest';
import { Vocabulary } from '../grammar/vocabulary.ts';
import { Random } from '../random.ts';
import type { AnswerGuide } from './answer-guide.ts';
import { ChoiceGuide } from './choice-guide.ts';
import { chooseToken } from './sampling.ts';

const tokens = [' yes', 'yes', 'no', 'n', 'o', 't', 'maybe', ' ', undefined, 'or', 'der', 'order', 'orange'];
const [blankYes, yes, no, n, o, t, maybe, blank, end, or, der, order, orange] = tokens.keys() as unknown as number[] &
  Iterable<number>;
const greedy = { temperature: 0, topK: 0, topP: 1 };

function guided(...texts: string[]): ChoiceGuide {
  return new ChoiceGuide(texts, new Vocabulary(tokens), new Set([end as number]));
}

/** Logits, the likeliest first. */
function logitsOf(...ids: (number | undefined)[]): Float32Array {
  const logits = new Float32Array(tokens.length).fill(-20);
  ids.forEach((id, place) => {
    logits[id as number] = 5 - place;
  });
  return logits;
}

function choose(guide: AnswerGuide, logits: Float32Array, settings = greedy, random = new Random(1)) {
  const chosen = chooseToken(logits, settings, random) as number;
  return guide.fitting(chosen, logits, settings, random);
}

test('the likeliest token that fits is chosen', () => {
  expect(choose(guided('yes', 'no'), logitsOf(maybe, end, n))).toBe(n);
  expect(choose(guided('yes', 'no'), logitsOf(yes, n))).toBe(yes);
  // The space before the first word does not count, but there is only one.
  expect(choose(guided('yes'), logitsOf(blankYes))).toBe(blankYes);
  const behind = guided('yes');
  behind.push(blank as number);
  expect(choose(behind, logitsOf(blank, blankYes, maybe, yes))).toBe(yes);
});

// Regression: “order” was chosen with 7 %, as each of its ways had less than one of another text.
test('of two texts the one is chosen whose tokens have the most probability together', () => {
  const guide = guided('order', 'yes');
  const logits = logitsOf(maybe);
  logits[yes as number] = Math.log(4);
  logits[or as number] = Math.log(3);
  logits[order as number] = Math.log(2);
  logits[o as number] = Math.log(1);
  expect(choose(guide, logits)).toBe(or);
  expect(guide.certainty).toBeCloseTo(0.6, 5);
  // Only one way is left: nothing more is uncertain, however improbable it is.
  guide.push(or as number);
  expect(choose(guide, logitsOf(yes, no, maybe))).toBe(der);
  guide.push(der as number);
  expect(guide.isComplete).toBe(true);
  expect(guide.certainty).toBeCloseTo(0.6, 5);
});

test('where texts begin alike, the certainty is that of each parting', () => {
  const guide = guided('order', 'orange', 'no');
  const logits = logitsOf(maybe);
  for (const [id, weight] of [
    [or, 2],
    [order, 1],
    [orange, 1],
    [no, 1],
  ] as const)
    logits[id as number] = Math.log(weight);
  expect(choose(guide, logits)).toBe(or);
  expect(guide.certainty).toBeCloseTo(0.4, 5);
  guide.push(or as number);
  const next = logitsOf(maybe);
  next[der as number] = 0;
  expect(choose(guide, next)).toBe(der);
  expect(guide.certainty).toBeCloseTo(0.4, 5);
});

test('an answer ends where it may, and at once where nothing can follow', () => {
  const guide = guided('no', 'not');
  expect(choose(guide, logitsOf(end, no))).toBe(no);
  guide.push(no as number);
  expect(guide.isComplete).toBe(false);
  expect(choose(guide, logitsOf(yes, t, end))).toBe(t);
  expect(choose(guide, logitsOf(yes, end, t))).toBe(end);
  guide.push(t as number);
  expect(guide.isComplete).toBe(true);
});

test('a draw is one from the distribution over what fits', () => {
  const logits = logitsOf(maybe);
  logits[yes as number] = 4;
  logits[no as number] = 4 + Math.log(3);
  const random = new Random(7);
  const counts = new Map<number | undefined, number>();
  for (let draw = 0; draw < 4000; draw++) {
    const id = choose(guided('yes', 'no', 'o'), logits, { ...greedy, temperature: 1 }, random);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect([...counts.keys()].every((id) => id === yes || id === no || id === blankYes || id === n || id === o)).toBe(
    true,
  );
  const share = (counts.get(no) ?? 0) / ((counts.get(no) ?? 0) + (counts.get(yes) ?? 0));
  expect(Math.abs(share - 0.75)).toBeLessThan(0.03);
});

test('guesses are cut where they would not fit', () => {
  expect(guided('not', 'no').beginningOf([n, o, t, t] as number[])).toEqual([n, o, t]);
  expect(guided('not').beginningOf([maybe] as number[])).toEqual([]);
  expect(guided('not').beginningOf([])).toEqual([]);
});

test('without a token for what must follow there is none to choose', () => {
  const guide = guided('zebra');
  guide.push(blank as number);
  expect(choose(guide, logitsOf(yes))).toBeUndefined();
});
