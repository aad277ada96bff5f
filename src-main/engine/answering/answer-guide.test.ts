import { expect, test } from 'vitest';
import { choicesGrammar } from '../grammar/choices.ts';
import { Vocabulary } from '../grammar/vocabulary.ts';
import { Random } from '../random.ts';
import { AnswerGuide } from './answer-guide.ts';
import { chooseToken } from './sampling.ts';

const tokens = [' yes', 'yes', 'no', 'n', 'o', 't', 'maybe', ' ', undefined];
const [blankYes, yes, no, n, o, t, maybe, blank, end] = tokens.keys() as unknown as number[] & Iterable<number>;
const greedy = { temperature: 0, topK: 0, topP: 1 };

function guided(...texts: string[]): AnswerGuide {
  return new AnswerGuide(choicesGrammar(texts), new Vocabulary(tokens), new Set([end as number]));
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

test('an answer ends where it may, and at once where nothing can follow', () => {
  const guide = guided('no', 'not');
  expect(choose(guide, logitsOf(end, no))).toBe(no);
  guide.push(no as number);
  expect(guide.isComplete).toBe(false);
  expect(choose(guide, logitsOf(yes, end, t))).toBe(end);
  expect(choose(guide, logitsOf(yes, t, end))).toBe(t);
  guide.push(t as number);
  expect(guide.isComplete).toBe(true);
});

test('where none of the likeliest fits, the whole vocabulary is looked through', () => {
  const many = [...Array.from({ length: 100 }, (_, at) => `x${at}`), 'yes'];
  const guide = new AnswerGuide(choicesGrammar(['yes']), new Vocabulary(many), new Set());
  const logits = Float32Array.from(many, (_, at) => -at);
  expect(guide.fitting(0, logits, greedy, new Random(1))).toBe(100);
});

test('a draw is one from the distribution over what fits', () => {
  const guide = guided('yes', 'no', 'o');
  const logits = logitsOf(maybe);
  logits[yes as number] = 4;
  logits[no as number] = 4 + Math.log(3);
  const random = new Random(7);
  const counts = new Map<number | undefined, number>();
  for (let draw = 0; draw < 4000; draw++) {
    const id = choose(guide, logits, { ...greedy, temperature: 1 }, random);
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
