// Writes src-main/datasets/readers/letter-pairs.ts, the letter pairs of each language, from a folder with one text file
// for each language (`pl.txt`). The table was made from the training parts of Universal Dependencies treebanks and from
// translations of free programs, for Arabic also from XQuAD: node scripts/letter-pairs.ts <folder>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);

/** Pairs below these shares of all pairs are left out: e to the power of minus this. */
const rarest = 8;
/** Letters beyond ASCII are what tells encodings apart. */
const rarestBeyondAscii = 9.5;
/** Pairs are grouped by steps of this factor, as a logarithm. */
const step = 0.5;

const lines = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.replace('.txt', ''))
  .map(
    (language) =>
      `  ${language}: '${levels(readFileSync(join(folder, `${language}.txt`), 'utf8'), language).join(' ')}',`,
  );
const place = new URL('../src-main/datasets/readers/letter-pairs.ts', import.meta.url);
writeFileSync(
  place,
  `// Written by scripts/letter-pairs.ts.

/**
 * The pairs of letters that are frequent in a language, by how frequent they are: groups parted by a blank, each less
 * frequent than the one before by a factor of e^0.5, the first being those above e^-3 of all pairs. An underscore is the
 * start or end of a word; letters are in lower case.
 */
export const letterPairs = {
${lines.join('\n')}
} as const;
`,
);

function levels(text: string, language: string): string[] {
  // Texts in other scripts have English words in between.
  const isLatin = (text.match(/[a-z]/gi)?.length ?? 0) > (text.match(/\p{L}/gu)?.length ?? 0) / 2;
  const counts = new Map<string, number>();
  let all = 0;
  for (const [word] of text
    .normalize('NFC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}]+/gu)) {
    if (!isLatin && /[a-z]/.test(word)) continue;
    const letters = [...'_', ...asWritten(word, language), '_'];
    for (let at = 1; at < letters.length; at++) {
      const pair = `${letters[at - 1]}${letters[at]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
      all++;
    }
  }
  const groups: string[] = [];
  for (const [pair, count] of [...counts].toSorted((a, b) => b[1] - a[1])) {
    const rarity = -Math.log(count / all);
    if (count < 3 || pair.length !== 2 || rarity > (/[^\0-\x7f]/.test(pair) ? rarestBeyondAscii : rarest)) continue;
    const group = Math.max(0, Math.ceil((rarity - 3) / step));
    while (groups.length <= group) groups.push('');
    groups[group] += pair;
  }
  return groups;
}

/** Vietnamese as windows-1258 writes it, with most tones apart from their letters; Romanian with one kind of comma below. */
function asWritten(word: string, language: string): string {
  if (language === 'ro') return word.replaceAll('ș', 'ş').replaceAll('ț', 'ţ');
  if (language !== 'vi') return word;
  const tones = /[\u0300\u0301\u0303\u0309\u0323]/;
  return [...word]
    .map((letter) => {
      const parts = letter.normalize('NFD');
      const tone = parts.match(tones)?.[0];
      return tone && !'àáèéùúíó'.includes(letter) ? parts.replace(tone, '').normalize('NFC') + tone : letter;
    })
    .join('');
}
