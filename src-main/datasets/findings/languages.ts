import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/**
 * Rows in a different language from nearly all others, recognised by their script and, for Latin letters, by common
 * function words. Silent if a tenth of the rows or more are in that language, as in a table of translations.
 */
export class Languages implements Detector {
  readonly #counts = new Map<string, number>();
  readonly #rows = new Map<string, { number: number; position: number }[]>();
  #total = 0;

  take({ number, position, context, target }: CheckedRow): FlaggedRow[] {
    // Queries use English words in any language, so the longer text decides.
    const language = languageOf(target.length > context.length ? target : context);
    if (language === undefined) return [];
    this.#total++;
    const count = (this.#counts.get(language) ?? 0) + 1;
    this.#counts.set(language, count);
    const rows = this.#rows.get(language) ?? [];
    this.#rows.set(language, rows);
    if (rows.length < mostKept) rows.push({ number, position });
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#total < 20) return;
    const usual = Math.max(...this.#counts.values());
    if (usual < this.#total * 0.8) return;
    for (const [language, count] of this.#counts) {
      if (count >= this.#total * 0.1) continue;
      for (const row of this.#rows.get(language) ?? []) yield flag('LANGUAGE_MIXED', row, language);
    }
  }
}

const mostKept = 200_000;

/**
 * An ISO 639-1 code, or the script if that is all that can be determined; undefined for a text with too few letters.
 */
function languageOf(text: string): string | undefined {
  const start = text.slice(0, 2000);
  const letters = start.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 20) return undefined;
  for (const [script, pattern, share] of scripts) {
    if ((start.match(pattern)?.length ?? 0) >= letters * share) return script;
  }
  const words = start.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best: string | undefined;
  let most = 0;
  let second = 0;
  for (const [language, small] of Object.entries(smallWords)) {
    const count = words.filter((word) => small.has(word)).length;
    if (count > most) {
      second = most;
      most = count;
      best = language;
    } else second = Math.max(second, count);
  }
  // A few foreign words do not change a sentence's language.
  return most >= 3 && most >= 2 * second ? best : undefined;
}

/** Japanese before Chinese, because it uses both kinds of letters. */
const scripts: readonly (readonly [string, RegExp, number])[] = [
  ['ko', /\p{Script=Hangul}/gu, 0.4],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 0.2],
  ['zh', /\p{Script=Han}/gu, 0.4],
  ['Cyrillic', /\p{Script=Cyrillic}/gu, 0.5],
  ['Arabic', /\p{Script=Arabic}/gu, 0.5],
  ['Greek', /\p{Script=Greek}/gu, 0.5],
  ['Hebrew', /\p{Script=Hebrew}/gu, 0.5],
  ['Thai', /\p{Script=Thai}/gu, 0.5],
  ['Devanagari', /\p{Script=Devanagari}/gu, 0.5],
];

const smallWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set('the and of to is was that for with are this on by from which at as it be have not'.split(' ')),
  de: new Set('der die das und ist nicht mit von den ein eine zu auf für im dem sich des auch wird'.split(' ')),
  fr: new Set('le la les et des est une dans pour que qui pas sur avec au du ce il plus par'.split(' ')),
  es: new Set('el los las y que una por con para del se es como más pero su al lo sus este'.split(' ')),
};
