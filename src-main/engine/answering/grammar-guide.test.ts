import { expect, test } from 'vitest';
import { jsonGrammar } from '../grammar/json.ts';
import { textList } from '../grammar/text-list.ts';
import { Vocabulary } from '../grammar/vocabulary.ts';
import { Random } from '../random.ts';
import { GrammarGuide } from './grammar-guide.ts';
import { chooseToken } from './sampling.ts';

const greedy = { temperature: 0, topK: 0, topP: 1 };
const stop = 200;
/** A token for each letter of ASCII, a few words, and the end. */
const tokens = [...Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte)), '{"', '":', 'true', ' {', '"}'];
const idOf = (text: string) => tokens.indexOf(text);

function guided(schema?: object): GrammarGuide {
  return new GrammarGuide(jsonGrammar(schema), new Vocabulary(tokens), new Set([stop]));
}

function logitsOf(...texts: (string | number)[]): Float32Array {
  const logits = new Float32Array(stop + 1).fill(-20);
  texts.forEach((text, place) => {
    logits[typeof text === 'number' ? text : idOf(text)] = 5 - place;
  });
  return logits;
}

/** Of tokens with these weights; all others are next to impossible. */
function logits(weights: Readonly<Record<string, number>>): Float32Array {
  const all = logitsOf();
  for (const [text, weight] of Object.entries(weights)) all[idOf(text)] = Math.log(weight);
  return all;
}

function choose(guide: GrammarGuide, logits: Float32Array, settings = greedy, random = new Random(1)) {
  return guide.fitting(chooseToken(logits, settings, random) as number, logits, settings, random);
}

const flag = {
  type: 'object',
  properties: { a: { type: 'boolean' } },
  required: ['a'],
  additionalProperties: false,
};

test('what fits is kept, else the likeliest that does', () => {
  const guide = guided(flag);
  expect(choose(guide, logitsOf('x', stop, ' {', '{"'))).toBe(idOf(' {'));
  expect(choose(guide, logitsOf('{"'))).toBe(idOf('{"'));
  for (const text of ['{"', 'a', '":', 'true', '}']) {
    expect(guide.isComplete).toBe(false);
    expect(choose(guide, logitsOf(stop, '!', text))).toBe(idOf(text));
    guide.push(idOf(text));
  }
  expect(guide.isComplete).toBe(true);
});

test('where none of the likeliest fits, the whole vocabulary is looked through', () => {
  const guide = guided(flag);
  const logits = Float32Array.from({ length: stop + 1 }, (_, id) => ((tokens[id] ?? '') < 'a' ? -id - 100 : -id));
  expect(tokens[choose(guide, logits) as number]).toMatch(/^ ?\{/);
});

test('a draw that does not fit is one from what does', () => {
  const counts = new Map<string, number>();
  const random = new Random(3);
  const logits = logitsOf('!');
  logits[idOf('{')] = 4;
  logits[idOf(' {')] = 4 + Math.log(3);
  for (let draw = 0; draw < 2000; draw++) {
    const text = tokens[choose(guided(flag), logits, { ...greedy, temperature: 1 }, random) as number] as string;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([' {', '{']);
  expect(Math.abs((counts.get(' {') ?? 0) / 2000 - 0.75)).toBeLessThan(0.04);
});

test('where a value is one of several texts, the likeliest text counts, and how probable it was', () => {
  const object = (texts: readonly string[]) =>
    guided({ type: 'object', properties: { a: { enum: texts } }, required: ['a'], additionalProperties: false });
  const begun = (texts: readonly string[], beginning: string) => {
    const guide = object(texts);
    for (const letter of beginning) guide.push(idOf(letter));
    return guide;
  };
  // “n” is the likeliest token, but “t” and “true” together are more probable.
  const first = begun(['true', 'no'], '{"a":"');
  expect(first.certainty).toBeUndefined();
  expect(choose(first, logits({ x: 9, n: 4, t: 3, true: 2 }))).toBe(idOf('t'));
  expect(first.certainty).toBeCloseTo(5 / 9, 5);
  // What is behind “t” is still open.
  const open = begun(['true', 'trust', 'no'], '{"a":"');
  expect(choose(open, logits({ n: 4, t: 3, true: 2 }))).toBe(idOf('n'));
  expect(open.certainty).toBeCloseTo(4 / 9, 5);
  // A text may end with its quote, or with the brace as well.
  const last = begun(['t', 'true'], '{"a":"t');
  expect(choose(last, logits({ '"': 2, '"}': 1, r: 2 }))).toBe(idOf('"'));
  expect(last.certainty).toBeCloseTo(3 / 5, 5);
  // Names of members are none of the answer's choices.
  const names = guided({ type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } });
  for (const letter of '{"') names.push(idOf(letter));
  expect(choose(names, logits({ b: 2, a: 1 }))).toBe(idOf('b'));
  expect(names.certainty).toBeUndefined();
});

test('of a list of labels, whether another one follows counts as well', () => {
  const list = { texts: ['true', 'no', 't'], between: ', ', most: 3 };
  const begun = (beginning: string) => {
    const guide = new GrammarGuide(textList(list), new Vocabulary(tokens), new Set([stop]));
    for (const letter of beginning) guide.push(idOf(letter));
    return guide;
  };
  const first = begun('');
  expect(choose(first, logits({ n: 3, true: 4, t: 2 }))).toBe(idOf('true'));
  expect(first.certainty).toBeCloseTo(4 / 9, 5);
  const next = begun('no');
  const end = logits({ ',': 2 });
  end[stop] = Math.log(3);
  expect(choose(next, end)).toBe(stop);
  expect(next.certainty).toBeCloseTo(3 / 5, 5);
  // What parts two of them, and the rest of a label that no other begins like, are no choice.
  const certain = begun('no, tr');
  expect(choose(certain, logits({ u: 1, x: 2 }))).toBe(idOf('u'));
  expect(choose(begun('no,'), logits({ x: 2 }))).toBe(idOf(' '));
  expect(certain.certainty).toBeUndefined();
});

test('guesses are cut where they would not fit', () => {
  const ids = ['{"', 'a', '":', 'x'].map(idOf);
  expect(guided(flag).beginningOf(ids)).toEqual(ids.slice(0, 3));
});

test('without a token for what must follow there is none to choose', () => {
  const guide = new GrammarGuide(jsonGrammar(flag), new Vocabulary(['a', 'b']), new Set([2]));
  expect(guide.fitting(0, Float32Array.of(1, 2, 3), greedy, new Random(1))).toBeUndefined();
});
