import type { AnswerLanguage } from '../../../src-contract/language.ts';
import { porterStem } from './porter-stem.ts';

// ROUGE as Google's rouge-score computes it for English, with or without its stemmer. Beyond English, where rouge-score
// would drop everything but a–z, letters and digits of every script form words, and each Han or kana character is a
// word.

/** F-measures from 0 to 1, and the word counts of both texts. */
export interface Rouge {
  readonly rouge1: number;
  readonly rouge2: number;
  readonly rougeL: number;
  readonly answerWords: number;
  readonly targetWords: number;
}

/**
 * Overlap of single words, of word pairs, and the longest common subsequence; `stemmed` compares English words by their
 * stems, as rouge-score's `use_stemmer` does. Source: Lin 2004; rouge-score 0.1.2.
 */
export function rouge(
  answer: string,
  target: string,
  language: AnswerLanguage,
  { stemmed = false }: { stemmed?: boolean } = {},
): Rouge {
  const read = (text: string) => {
    const found = words(text, language);
    return stemmed && language === 'en' ? found.map((word) => (word.length > 3 ? porterStem(word) : word)) : found;
  };
  const [answerWords, targetWords] = [read(answer), read(target)];
  return {
    rouge1: overlap(answerWords, targetWords),
    rouge2: overlap(pairs(answerWords), pairs(targetWords)),
    rougeL: fMeasure(longestCommonSubsequence(answerWords, targetWords), answerWords.length, targetWords.length),
    answerWords: answerWords.length,
    targetWords: targetWords.length,
  };
}

function words(text: string, language: AnswerLanguage): string[] {
  if (language === 'en') return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return text.normalize('NFC').toLowerCase().match(anyWord) ?? [];
}

const anyWord =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}])+/gu;

function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((second, place) => `${words[place]} ${second}`);
}

function overlap(answer: readonly string[], target: readonly string[]): number {
  const left = new Map<string, number>();
  for (const part of target) left.set(part, (left.get(part) ?? 0) + 1);
  let shared = 0;
  for (const part of answer) {
    const count = left.get(part) ?? 0;
    if (count === 0) continue;
    left.set(part, count - 1);
    shared++;
  }
  return fMeasure(shared, answer.length, target.length);
}

function fMeasure(shared: number, answer: number, target: number): number {
  return shared === 0 ? 0 : (2 * shared) / (answer + target);
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  let row = new Uint32Array(b.length + 1);
  for (const part of a) {
    for (let j = 0; j < b.length; j++) {
      row[j + 1] = part === b[j] ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0);
    }
    [above, row] = [row, above];
  }
  return above[b.length] ?? 0;
}
