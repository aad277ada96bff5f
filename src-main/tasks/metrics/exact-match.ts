// Answers compared as in SQuAD: case, punctuation and English articles do not count. Beyond English, all Unicode
// punctuation is dropped; scripts without blanks between words, and Hangul as in KorQuAD, are compared sign by sign.

/**
 * 1 when both texts are the same after normalisation, else 0.
 *
 * Source: the evaluation script of SQuAD 1.1 (Rajpurkar et al. 2016).
 */
export function exactMatch(answer: string, target: string): 0 | 1 {
  return normaliseAnswer(answer) === normaliseAnswer(target) ? 1 : 0;
}

/**
 * Harmonic mean of precision and recall over the words that both texts share, from 0 to 1. When one of them has no
 * word left, 1 if the other has none either, else 0 (as in SQuAD 2.0).
 */
export function wordF1(answer: string, target: string): number {
  const answerWords = words(answer);
  const targetWords = words(target);
  if (answerWords.length === 0 || targetWords.length === 0) return answerWords.length === targetWords.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of targetWords) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of answerWords) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared++;
  }
  return (2 * shared) / (answerWords.length + targetWords.length);
}

/** Lower case, no punctuation, no English articles, single blanks. */
function normaliseAnswer(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(punctuation, '')
    .replace(articles, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

function words(text: string): string[] {
  return normaliseAnswer(text).replace(singleSigns, ' $& ').split(' ').filter(Boolean);
}

/** Unicode's punctuation, and the ASCII signs that Python's `string.punctuation` has beyond it. */
const punctuation = /[\p{P}$+<=>^`|~]/gu;
/** Python's `\b(a|an|the)\b`, whose word boundary knows all letters. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const singleSigns = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/gu;
