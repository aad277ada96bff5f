import type { Adapter } from '../../src-contract/adapter.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';

/** What an evaluation says of an adapter, under the main metric of its task. */
export interface Measured {
  readonly evaluationId: string;
  readonly metric: string;
  readonly base: number;
  readonly adapter: number;
}

/** Base and adapter from the newest evaluation that has both; `evaluations` come newest first. */
export function measured(adapter: Adapter, evaluations: readonly Evaluation[]): Measured | undefined {
  for (const { id, state, mainMetric, results } of evaluations) {
    if (state !== 'finished') continue;
    const base = results.find(({ adapterId }) => adapterId === null)?.metrics[mainMetric];
    const own = results.find(({ adapterId }) => adapterId === adapter.id)?.metrics[mainMetric];
    if (base !== undefined && own !== undefined) {
      return { evaluationId: id, metric: mainMetric, base, adapter: own };
    }
  }
  return undefined;
}
