import { expect, test } from 'vitest';
import { textList } from './text-list.ts';
import { accepts } from './written.ts';

const fits = (text: string, limits: Parameters<typeof textList>[0]) => accepts(textList(limits), text);

test('a list has some of the texts, each once, and no more than it may', () => {
  const tags = { texts: ['late', 'damaged', 'zu spät'], between: ', ', most: 2 };
  for (const text of ['late', 'late, damaged', 'damaged, late', 'zu spät, late']) expect(fits(text, tags)).toBe(true);
  for (const text of ['', 'lat', 'lates', 'late,', 'late, ', 'late,damaged', 'late, late', ', late'])
    expect(fits(text, tags)).toBe(false);
  expect(fits('late, damaged, zu spät', tags)).toBe(false);
  expect(fits('late, damaged, zu spät', { ...tags, most: 3 })).toBe(true);
  expect(fits('late, damaged', { ...tags, most: 1 })).toBe(false);
});

test('a text may begin another, even with what parts them', () => {
  const topics = { texts: ['art', 'art history', 'a'], between: ' | ', most: 9 };
  for (const text of ['art', 'art history', 'art | art history', 'art history | art | a', 'a | art'])
    expect(fits(text, topics)).toBe(true);
  for (const text of ['art ', 'art | ', 'art hist', 'art |history', 'art | art', 'a | a'])
    expect(fits(text, topics)).toBe(false);
  expect(fits('a\nb', { texts: ['a', 'b'], between: '\n', most: 2 })).toBe(true);
});

test('more than one sign may part the texts', () => {
  const tags = { texts: ['art', 'a', 'and so on'], between: ', ', orBetween: [' and ', ', and '], most: 3 };
  for (const text of ['a, art', 'a and art', 'a, and art', 'art, a and and so on', 'a, and and so on'])
    expect(fits(text, tags)).toBe(true);
  for (const text of ['a and', 'a, and', 'a and , art', 'a, and and art', 'a, art and a', 'and art'])
    expect(fits(text, tags)).toBe(false);
});

test('nothing follows when every text is in the list', () => {
  const whole = [...new TextEncoder().encode('b;a')].reduce(
    (place: ReturnType<typeof textList> | undefined, byte) => place?.next(byte),
    textList({ texts: ['a', 'b', 'a'], between: ';', most: 9 }),
  );
  expect(whole?.accepting).toBe(true);
  expect(Array.from({ length: 256 }, (_, byte) => whole?.next(byte)).every((next) => next === undefined)).toBe(true);
});
