import type { TargetKind, TextMeasure, UsualMeasure } from '../../src-contract/text-measure.ts';

/**
 * For the tasks whose targets may be anything: answers must be labels, names, numbers and structured texts exactly, whereas
 * nobody writes a letter twice in the same words. The first two hundred targets decide.
 */
export function usualMeasure(rows: Iterable<{ readonly target: string }>): UsualMeasure {
  const targets = [...Iterator.from(rows).take(mostLookedAt)].map(({ target }) => target.trim());
  const kind = kindOf(targets);
  return { kind, measure: kind === 'free' ? 'rougeL' : 'exactMatch' };
}

/** By the main metric of what was started with it. */
export function textMeasureOf(mainMetric: string): TextMeasure {
  return mainMetric === 'rougeL' ? 'rougeL' : 'exactMatch';
}

const mostLookedAt = 200;
/** As many rows as a label has at least, on average. */
const rowsOfLabel = 5;
/** Longer ones are sentences: answers of SQuAD have three words on average, and 95 % of them eight or fewer. */
const mostWordsOfShort = 8;

function kindOf(targets: readonly string[]): TargetKind {
  if (new Set(targets).size * rowsOfLabel <= targets.length) return 'few';
  if (targets.filter(isStructured).length * 2 > targets.length) return 'structured';
  const words = targets.map(wordsIn).sort((a, b) => a - b);
  return (words[words.length >> 1] ?? 0) > mostWordsOfShort ? 'free' : 'short';
}

/** A list or an object in JSON. */
function isStructured(target: string): boolean {
  if (!/^[[{]/.test(target)) return false;
  try {
    JSON.parse(target);
    return true;
  } catch {
    return false;
  }
}

/** Scripts without blanks take about two characters a word. */
function wordsIn(text: string): number {
  const unspaced = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  const spaced = text.match(
    /(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{N}])+/gu,
  );
  return unspaced / 2 + (spaced?.length ?? 0);
}
