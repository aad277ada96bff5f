import type { RunCurve } from './run-curve.ts';

type Column = (number | null)[];

/**
 * The columns of a run's chart, followed by two for each overlaid run, its mean training loss and its validation loss,
 * all on the union of their steps.
 */
export function overlaid(curve: RunCurve, others: readonly RunCurve[]): [number[], ...Column[]] {
  const [steps, ...own] = curve.columns();
  if (others.length === 0) return [steps, ...own];
  const theirs = others.map((other) => other.columns());
  const all = [...new Set([...steps, ...theirs.flatMap(([each]) => each)])].sort((a, b) => a - b);
  const spread = (at: readonly number[], values: Column): Column => {
    const known = new Map(at.map((step, i) => [step, values[i] ?? null]));
    return all.map((step) => known.get(step) ?? null);
  };
  return [
    all,
    ...own.map((column) => spread(steps, column)),
    ...theirs.flatMap(([at, , smoothed, validation]) => [spread(at, smoothed), spread(at, validation)]),
  ];
}
