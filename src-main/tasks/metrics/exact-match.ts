import type { AnswerLanguage } from '../../../src-contract/language.ts';

// Answers compared as the official scripts do: SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018) for English, KorQuAD 1.0
// (Lim et al. 2019) for Korean, MLQA (Lewis et al. 2020) for the others. The tests hold values of those scripts.

/** 1 if both texts are equal after normalisation, else 0. */
export function exactMatch(answer: string, target: string, language: AnswerLanguage): 0 | 1 {
  return normalise(answer, language) === normalise(target, language) ? 1 : 0;
}

/**
 * Harmonic mean of precision and recall over the words that both texts share, from 0 to 1; Korean is compared letter by
 * letter, Chinese character by character. In English two texts that normalise to nothing are equal, as in SQuAD 2.0.
 */
export function answerF1(answer: string, target: string, language: AnswerLanguage): number {
  const [found, wanted] = [pieces(answer, language), pieces(target, language)];
  if (language === 'en' && (found.length === 0 || wanted.length === 0)) return found.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const piece of wanted) left.set(piece, (left.get(piece) ?? 0) + 1);
  let shared = 0;
  for (const piece of found) {
    const count = left.get(piece) ?? 0;
    if (count === 0) continue;
    left.set(piece, count - 1);
    shared++;
  }
  if (shared === 0) return 0;
  const [precision, recall] = [shared / found.length, shared / wanted.length];
  return (2 * precision * recall) / (precision + recall);
}

function pieces(text: string, language: AnswerLanguage): string[] {
  const words = normalise(text, language).split(' ').filter(Boolean);
  return language === 'ko' ? words.flatMap((word) => [...word]) : words;
}

/** Lower case, no punctuation, no articles, single blanks: texts that are equal then count as the same answer. */
export function normalise(text: string, language: AnswerLanguage): string {
  const opened = language === 'ko' ? text.replace(koreanBrackets, ' ') : text;
  const bare = opened
    .toLowerCase()
    .replace(language === 'en' || language === 'ko' ? asciiPunctuation : punctuation, '');
  const article = articles[language];
  const rest = article === undefined ? bare : bare.replace(article, ' ');
  return fixSpaces(separate(rest, language));
}

/** Characters of scripts without spaces stand alone. */
function separate(text: string, language: AnswerLanguage): string {
  if (language === 'zh') return text.replace(/[\u4e00-\u9fa5]/gu, ' $& ');
  return language === 'other' ? text.replace(singleSigns, ' $& ') : text;
}

function fixSpaces(text: string): string {
  return text.split(pythonBlanks).filter(Boolean).join(' ');
}

/** Python's white space in `str.split()`. */
const pythonBlanks = /[\s\u0085]+/u;
/** Python's `string.punctuation`. */
const asciiPunctuation = /[!-/:-@[-`{-~]/gu;
/** Unicode's punctuation, and the ASCII characters that `string.punctuation` has beyond it. */
const punctuation = /[\p{P}$+<=>^`|~]/gu;
const koreanBrackets = /['"《》<>〈〉()‘’]/gu;
const singleSigns = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Python's `\b`, whose word boundary is Unicode-aware. */
const word = (choices: string) => new RegExp(`(?<![\\p{L}\\p{N}_])(?:${choices})(?![\\p{L}\\p{N}_])`, 'gu');

const articles: Readonly<Partial<Record<AnswerLanguage, RegExp>>> = {
  en: word('a|an|the'),
  de: word('ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des'),
  es: word('un|una|unos|unas|el|la|los|las'),
  vi: word('của|là|cái|chiếc|những'),
  // The script means the article before a word, but removes these two letters wherever they occur.
  ar: /\sال^|ال/gu,
};
