import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';

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

/** The words of tables, in text order: the source of `writeGeneratedTable`'s stretches. */
export async function readWords(paths: readonly string[]): Promise<string[]> {
  const words: string[] = [];
  for (const path of paths) {
    const records = parse(await readFile(path), { columns: true, bom: true }) as Record<'context' | 'target', string>[];
    for (const { context, target } of records) words.push(...`${context} ${target}`.split(/[\s"]+/));
  }
  return words.filter((word) => word !== '');
}

/**
 * Writes a table of generated rows, always the same ones: an id, a quoted context containing commas, a target, and a
 * group of ten rows; together about `letters` letters. Each row's number occurs in its context. With `texts`, lists of
 * words from real texts, a row is made of stretches of one of them; four rows out of five use the first list.
 */
export async function writeGeneratedTable(
  path: string,
  { rows, letters, texts = [] }: { rows: number; letters: number; texts?: readonly (readonly string[])[] },
): Promise<void> {
  let state = 12_345;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const sentence = (length: number) => {
    const words = texts[texts.length < 2 || chance() < 0.8 ? 0 : 1 + Math.floor(chance() * (texts.length - 1))];
    let place = words === undefined ? 0 : Math.floor(chance() * words.length);
    let text = '';
    while (text.length < length) {
      // About a dozen consecutive words come from one place in the text, then from another: rows do not repeat.
      if (words !== undefined && chance() < 0.08) place = Math.floor(chance() * words.length);
      text += `${words?.[place++ % words.length] ?? generatedWords[Math.floor(chance() ** 2 * generatedWords.length)]} `;
    }
    return text.trimEnd().replaceAll('"', '');
  };
  function* pieces(): Generator<string> {
    let piece = 'id,context,target,group\r\n';
    for (let row = 0; row < rows; row++) {
      piece += `${row},"Row number ${row} says, in short: ${sentence(letters * 0.75)}",${texts.length > 0 ? `"${sentence(letters * 0.15)}"` : sentence(letters * 0.15)},${Math.floor(row / 10)}\r\n`;
      if (piece.length < 1 << 18) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}
