import type { Evaluation } from '../../../src-contract/evaluation.ts';
import type { SureGroup } from '../../../src-contract/sure-group.ts';
import { textTable } from './text-table.ts';

/** For each result of which it is known, its rows in quarters, from the least to the most sure. */
export function sureTexts({ results }: Evaluation, sure: readonly (readonly SureGroup[])[]): string[] {
  return results.flatMap(({ adapter }, place) => {
    const groups = sure[place] ?? [];
    if (groups.length === 0) return [];
    const lines = groups.map(({ low, high, rows, right }) => [
      `${low.toFixed(2)}–${high.toFixed(2)}`,
      ...[String(rows), String(right)],
    ]);
    return [textTable([[`${adapter}, from least to most sure`, 'n', 'right'], ...lines])];
  });
}
