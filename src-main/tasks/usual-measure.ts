import { jsonIn } from '../../src-contract/json-text.ts';
import {
  type TargetKind,
  type TextMeasure,
  textMeasureSchema,
  type UsualMeasure,
} from '../../src-contract/text-measure.ts';
import { numberOf } from '../../src-contract/text-number.ts';
import { listSeparator, rowsOfLabel } from './label-lists.ts';

/**
 * For the tasks whose targets may be anything: answers must be labels, names and numbers exactly, and say the same in JSON,
 * whereas nobody writes a letter twice in the same words. The first two hundred targets decide.
 */
export function usualMeasure(rows: Iterable<{ readonly target: string }>): UsualMeasure {
  const kind = kindOf(firstTargets(rows));
  return { kind, measure: measures[kind] };
}

/** The targets that decide what all are. */
export function firstTargets(rows: Iterable<{ readonly target: string }>): string[] {
  return [...Iterator.from(rows).take(mostLookedAt)].map(({ target }) => target.trim());
}

/** By the main metric of what was started with it. */
export function textMeasureOf(mainMetric: string): TextMeasure {
  return textMeasureSchema.safeParse(mainMetric).data ?? 'exactMatch';
}

const measures = {
  few: 'exactMatch',
  lists: 'labelsMatch',
  numbers: 'numberMatch',
  short: 'exactMatch',
  structured: 'jsonMatch',
  free: 'rougeL',
} as const;

export const mostLookedAt = 200;
/** Others may say that there is no number. */
export const leastNumbers = 0.9;
/** Longer ones are sentences: answers of SQuAD have three words on average, and 95 % of them eight or fewer. */
const mostWordsOfShort = 8;

function kindOf(targets: readonly string[]): TargetKind {
  if (targets.filter((target) => jsonIn(target)?.alone).length * 2 > targets.length) return 'structured';
  const numbers = targets.filter((target) => numberOf(target) !== undefined);
  const areNumbers = numbers.length > 0 && numbers.length >= leastNumbers * targets.length;
  if (!areNumbers && listSeparator(targets) !== undefined) return 'lists';
  if (new Set(targets).size * rowsOfLabel <= targets.length) return 'few';
  if (areNumbers) return 'numbers';
  const words = targets.map(wordsIn).sort((a, b) => a - b);
  return (words[words.length >> 1] ?? 0) > mostWordsOfShort ? 'free' : 'short';
}

/** Scripts without blanks take about two characters a word. */
function wordsIn(text: string): number {
  const unspaced = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  const spaced = text.match(
    /(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{N}])+/gu,
  );
  return unspaced / 2 + (spaced?.length ?? 0);
}
