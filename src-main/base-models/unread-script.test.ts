import { expect, test } from 'vitest';
import { tokensPerUnreadLetter } from './unread-script.ts';

const korean = '주전자에서 물이 새어 손님이 편지를 보냈습니다. '.repeat(20);

test.each([
  ['Korean letters in three bytes each', korean, bytes, 3],
  ['Korean letters in words', korean, words, null],
  ['accents, but Latin letters', 'déjà vu à Łódź, où ça? '.repeat(20), bytes, null],
  ['a few Korean letters among Latin ones', `${'The kettle leaks. '.repeat(20)} 주전자`, bytes, null],
  ['numbers', '1 234 567 '.repeat(40), bytes, null],
])('%s', async (_, context, targetIds, told) => {
  const found = await tokensPerUnreadLetter([{ context, target: 'yes' }], { targetIds });
  expect(found === null ? null : Math.round(found)).toBe(told);
});

/** As a base that knows no word: an id for each byte, and one for the end. */
function bytes(text: string): number[] {
  return [...Buffer.from(text), 0];
}

function words(text: string): number[] {
  return [...text.split(' ').map((_, place) => place), 0];
}
