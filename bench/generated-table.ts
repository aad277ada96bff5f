import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** 4,000 words of two to four syllables, a fifth of them Korean. */
export const generatedWords = Array.from({ length: 4000 }, (_, place) => {
  const latin = ['ka', 'the', 'ri', 'mo', 'len', 'tu', 'sha', 'ver', 'no', 'qui', 'bel', 'dra'];
  const korean = ['서울', '에서', '학교', '사람', '나무', '강', '바다', '시장'];
  const from = place % 5 === 0 ? korean : latin;
  let word = '';
  for (let rest = place * 31 + 7, turn = 0; turn < 2 + (place % 3); turn++, rest = Math.floor(rest / 3) + turn) {
    word += from[rest % from.length];
  }
  return word;
});

/**
 * Writes a table of generated rows, the same ones every time: an id, a context in quotes with commas in it, a target, and a
 * group of ten rows; together about `letters` letters. The number of a row stands in its context.
 */
export async function writeGeneratedTable(path: string, rows: number, letters: number): Promise<void> {
  let state = 12_345;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const sentence = (length: number) => {
    let text = '';
    while (text.length < length) text += `${generatedWords[Math.floor(chance() ** 2 * generatedWords.length)]} `;
    return text.trimEnd();
  };
  function* pieces(): Generator<string> {
    let piece = 'id,context,target,group\r\n';
    for (let row = 0; row < rows; row++) {
      piece += `${row},"Row number ${row} says, in short: ${sentence(letters * 0.75)}",${sentence(letters * 0.15)},${Math.floor(row / 10)}\r\n`;
      if (piece.length < 1 << 18) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}
