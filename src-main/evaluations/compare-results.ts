import type { Comparison, EvaluationAnswer, EvaluationRow } from '../../src-contract/evaluation.ts';
import { comparePaired, type PairedRow } from '../tasks/metrics/paired-comparison.ts';

/** Each adapter against the base by every metric, and the adapters against each other by the main one. */
export async function compareResults(rows: readonly EvaluationRow[], mainMetric: string): Promise<Comparison[]> {
  const results = rows[0]?.answers.length ?? 0;
  const metrics = metricsOf(rows);
  const comparisons: Comparison[] = [];
  for (let of = 1; of < results; of++) {
    for (const metric of metrics) comparisons.push(await compare(rows, { metric, of, against: 0 }));
    for (let against = 1; against < of; against++) {
      comparisons.push(await compare(rows, { metric: mainMetric, of, against }));
    }
  }
  return comparisons;
}

/** Measures that say which is better; lengths don't. */
function metricsOf(rows: readonly EvaluationRow[]): string[] {
  const names = new Set(rows.flatMap((row) => row.answers.flatMap(({ marks }) => Object.keys(marks))));
  for (const name of ['words', 'targetWords', 'runs']) names.delete(name);
  return [...names, ...(rows.some((row) => row.answers[0]?.target) ? ['loss'] : [])];
}

async function compare(
  rows: readonly EvaluationRow[],
  about: { metric: string; of: number; against: number },
): Promise<Comparison> {
  const { metric, of, against } = about;
  const paired = rows.flatMap(({ answers }): PairedRow[] => {
    const [one, other] = [answers[of], answers[against]];
    const row = one && other ? difference(one, other, metric) : undefined;
    return row === undefined ? [] : [row];
  });
  const { better, worse, ...numbers } = await comparePaired(paired, { seed: 1, bounded: metric !== 'loss' });
  // For a loss, lower is better.
  return metric === 'loss'
    ? { ...about, ...numbers, better: worse, worse: better }
    : { ...about, ...numbers, better, worse };
}

function difference(one: EvaluationAnswer, other: EvaluationAnswer, metric: string): PairedRow | undefined {
  if (metric === 'loss') {
    if (one.target === null || other.target === null) return undefined;
    return { difference: one.target.nats - other.target.nats, weight: one.target.tokens };
  }
  const [mine, theirs] = [one.marks[metric], other.marks[metric]];
  return mine === undefined || theirs === undefined ? undefined : { difference: mine - theirs, weight: 1 };
}
