import type { AnswerLanguage } from '../../../src-contract/language.ts';
import { normalise } from './exact-match.ts';

/** The few labels that the targets of some rows are. */
export interface Labels {
  /** As most targets write each; numbers in their order, others by the alphabet. */
  readonly names: readonly string[];
  /** Texts with the same key are the same answer. */
  keyOf(text: string): string;
  /** The place of the label that a text is; undefined if it is none. */
  placeOf(text: string): number | undefined;
}

/**
 * Targets are labels if there are from 2 to 30 different ones, each short and on one line, and on average at least two
 * rows for each: with fewer, nothing could be said about a single one. Undefined if they are not. Texts are read as for
 * an exact match, unless that would take some labels for the same.
 */
export function labelsOf(targets: readonly string[], language: AnswerLanguage): Labels | undefined {
  const spellings = new Map<string, number>();
  for (const target of targets) {
    const text = target.trim();
    if (text.length > longestLabel || text.includes('\n')) return undefined;
    spellings.set(text, (spellings.get(text) ?? 0) + 1);
  }
  const keyOf = labelKeys([...spellings.keys()], language);
  const named = new Map<string, string>();
  // The most frequent spelling of each comes first.
  for (const [text] of [...spellings].sort(([, a], [, b]) => b - a)) {
    const key = keyOf(text);
    if (!named.has(key)) named.set(key, text);
    if (named.size > mostLabels) return undefined;
  }
  if (named.size < 2 || named.size * rowsOfLabel > targets.length) return undefined;
  const labels = [...named].sort(([, a], [, b]) => Number(a) - Number(b) || inOrder.compare(a, b));
  const places = new Map(labels.map(([key], place) => [key, place]));
  return { names: labels.map(([, name]) => name), keyOf, placeOf: (text) => places.get(keyOf(text)) };
}

const mostLabels = 30;
/** In characters, as among the findings on a dataset. */
const longestLabel = 60;
/** On average. A split has a part of the rows that the dataset has. */
const rowsOfLabel = 2;

const inOrder = new Intl.Collator('en', { numeric: true });

/**
 * What is the same for texts that are the same label. An exact match ignores that 1 is not -1, nor C++ C, and that an
 * answer to “A” must not be empty.
 */
export function labelKeys(texts: readonly string[], language: AnswerLanguage): (text: string) => string {
  const usual = (text: string) => normalise(text, language);
  const strict = (text: string) => withSigns(text, usual(text));
  const differently = new Set(texts.map(strict)).size > new Set(texts.map(usual)).size;
  return differently || texts.some((text) => usual(text) === '') ? strict : usual;
}

/** The usual form, and the signs that mean something: between digits, and at the end of a word unless they end a sentence. */
function withSigns(text: string, usual: string): string {
  const letters = [...text.trim().toLowerCase()];
  if (usual === '') return letters.filter((letter) => !ofSentences.test(letter)).join('') || letters.join('');
  let before = 0;
  const signs = letters.flatMap((letter, place) => {
    if (isLetter.test(letter)) {
      before++;
      return [];
    }
    const [left = '', right = ''] = [letters[place - 1], letters[place + 1]];
    const isBetween = (kind: RegExp) => kind.test(left) && kind.test(right);
    const isMeant = isBetween(isDigit) || !(ofSentences.test(letter) || isBetween(isLetter));
    return isMeant ? [`${before}${letter}`] : [];
  });
  return [usual, ...signs].join('\0');
}

const isLetter = /[\p{L}\p{M}\p{N}]/u;
const isDigit = /\p{Nd}/u;
const ofSentences = /[\s.,;:!?…'"“”‘’«»()[\]{}。、！？]/u;
