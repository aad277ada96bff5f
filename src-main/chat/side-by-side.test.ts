import { expect, test } from 'vitest';
import { sideBySide } from './side-by-side.ts';

async function* saying(...words: readonly (string | Error)[]): AsyncGenerator<string> {
  for (const word of words) {
    if (word instanceof Error) throw word;
    yield word;
  }
}

test('a failing source does not end the others, and its error comes last', async () => {
  const said: string[] = [];
  const following = (async () => {
    const sources = [saying('a', 'b', 'c'), saying(new Error('no file')), saying('d')];
    for await (const { source, value } of sideBySide(sources)) said.push(`${source}${value}`);
  })();
  await expect(following).rejects.toThrow('no file');
  expect(said.toSorted()).toEqual(['0a', '0b', '0c', '2d']);
});

test('leaving early closes all sources', async () => {
  const left: number[] = [];
  const sources = [1, 2].map(async function* (number) {
    try {
      for (;;) yield number;
    } finally {
      left.push(number);
    }
  });
  for await (const { value } of sideBySide(sources)) if (value === 1) break;
  expect(left.toSorted()).toEqual([1, 2]);
});
