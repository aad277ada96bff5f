import type { Evaluation, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { SureGroup } from '../../src-contract/sure-group.ts';
import { countsRows } from '../../src-contract/verdict.ts';

/** Fewer say little. */
const fewestRows = 20;
const groups = 4;

/**
 * The rows of each result in quarters, from the least to the most sure: whether what a model is sure of is right. None
 * where answers are not right or wrong, or have no labels.
 */
export function sureGroups({ mainMetric, results }: Evaluation, rows: readonly EvaluationRow[]): SureGroup[][] {
  return results.map((_, place) => {
    const told = rows.flatMap(({ answers }) => {
      const { certainty, score } = answers[place] ?? {};
      return certainty === undefined ? [] : [{ certainty, isRight: score === 1 }];
    });
    if (!countsRows(mainMetric) || told.length < fewestRows) return [];
    told.sort((a, b) => a.certainty - b.certainty);
    return Array.from({ length: groups }, (_, n) => {
      const group = told.slice(Math.floor((n * told.length) / groups), Math.floor(((n + 1) * told.length) / groups));
      const [first, last] = [group[0], group.at(-1)];
      const right = group.filter(({ isRight }) => isRight).length;
      return { low: first?.certainty ?? 0, high: last?.certainty ?? 0, rows: group.length, right };
    });
  });
}
