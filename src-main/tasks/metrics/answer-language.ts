import type { AnswerLanguage } from '../../../src-contract/language.ts';

/**
 * The language in which answers are compared: by script, and among those in Latin script by their most common words.
 */
export function answerLanguageOf(texts: Iterable<string>): AnswerLanguage {
  const letters = { hangul: 0, kana: 0, han: 0, arabic: 0, devanagari: 0, latin: 0, all: 0 };
  const words: Record<LatinLanguage, number> = { en: 0, de: 0, es: 0, vi: 0 };
  for (const text of texts) {
    letters.hangul += count(text, /\p{Script=Hangul}/gu);
    letters.kana += count(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
    letters.han += count(text, /\p{Script=Han}/gu);
    letters.arabic += count(text, /\p{Script=Arabic}/gu);
    letters.devanagari += count(text, /\p{Script=Devanagari}/gu);
    letters.latin += count(text, /\p{Script=Latin}/gu);
    letters.all += count(text, /\p{L}/gu);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      for (const language of latinLanguages) if (commonWords[language].has(word)) words[language]++;
    }
  }
  // A character of these scripts says as much as several Latin letters, so a smaller share is enough.
  if (letters.hangul > letters.all * 0.2) return 'ko';
  if (letters.kana > letters.all * 0.1) return 'other';
  if (letters.han > letters.all * 0.2) return 'zh';
  if (letters.arabic > letters.all * 0.4) return 'ar';
  if (letters.devanagari > letters.all * 0.4) return 'hi';
  if (letters.latin < letters.all * 0.5) return 'other';
  return latinLanguages.reduce((best, language) => (words[language] > words[best] ? language : best));
}

const latinLanguages = ['en', 'de', 'es', 'vi'] as const;
type LatinLanguage = (typeof latinLanguages)[number];

/** Words that none of the other three languages has. */
const commonWords: Readonly<Record<LatinLanguage, ReadonlySet<string>>> = {
  en: new Set(['the', 'of', 'and', 'to', 'is', 'was', 'for', 'with', 'by', 'which']),
  de: new Set(['der', 'die', 'und', 'das', 'ist', 'von', 'zu', 'mit', 'eine', 'nicht', 'den', 'wurde']),
  es: new Set(['el', 'los', 'las', 'que', 'y', 'una', 'por', 'del', 'con', 'es']),
  vi: new Set(['của', 'và', 'là', 'các', 'có', 'được', 'trong', 'một', 'người', 'những']),
};

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
