import type { Adapter } from '../../src-contract/adapter.ts';
import type { Split } from '../../src-contract/dataset.ts';
import type { Comparison, Evaluation } from '../../src-contract/evaluation.ts';
import { comparisonOf, outcomeOf } from '../../src-contract/verdict.ts';

/** What an evaluation says about an adapter, in the main metric of its task. */
export interface Measured {
  readonly evaluationId: string;
  readonly metric: string;
  readonly base: number;
  readonly adapter: number;
  /** The number of rows evaluated, and their split. */
  readonly n: number;
  readonly split: Split;
  /** The adapter against the base; undefined for evaluations by earlier versions. */
  readonly comparison: Comparison | undefined;
}

/** Rows that an adapter was not trained on are the most informative. */
const splits: readonly Split[] = ['test', 'validation', 'train'];

/**
 * Base and adapter from the most informative evaluation that has both: on the adapter's own dataset, on rows it was not
 * trained on, of the newest version, with the most rows. Ties go to the newest; `evaluations` come newest first.
 */
export function measured(adapter: Adapter, evaluations: readonly Evaluation[]): Measured | undefined {
  const finished = finishedOf(adapter, evaluations);
  const found = finished.flatMap(({ id, mainMetric, results, comparisons, datasetId, split, provenance }) => {
    const base = results.find(({ adapterId }) => adapterId === null)?.metrics[mainMetric];
    const own = results.find(({ adapterId }) => adapterId === adapter.id);
    const value = own?.metrics[mainMetric];
    if (base === undefined || own === undefined || value === undefined) return [];
    const order = [
      Number(datasetId === adapter.datasetId),
      -splits.indexOf(split),
      provenance?.dataset.version ?? 0,
      own.n,
    ];
    const comparison = comparisonOf(comparisons, { metric: mainMetric, of: results.indexOf(own), against: 0 });
    return [
      { order, measured: { evaluationId: id, metric: mainMetric, base, adapter: value, n: own.n, split, comparison } },
    ];
  });
  return found.toSorted((a, b) => compare(b.order, a.order))[0]?.measured;
}

interface Entry {
  readonly adapterId: string | null;
  readonly evaluation: Evaluation;
}

const byAdapter = new WeakMap<readonly Evaluation[], ReadonlyMap<string | null, readonly Entry[]>>();

/** A list is sorted by adapter once, as thousands of adapters are looked up in it; it is never changed, only replaced. */
function finishedOf(adapter: Adapter, evaluations: readonly Evaluation[]): readonly Evaluation[] {
  let known = byAdapter.get(evaluations);
  if (known === undefined) {
    const entries = evaluations
      .filter(({ state }) => state === 'finished')
      .flatMap((evaluation) => evaluation.results.map(({ adapterId }) => ({ adapterId, evaluation })));
    known = Map.groupBy(entries, ({ adapterId }) => adapterId);
    byAdapter.set(evaluations, known);
  }
  return known.get(adapter.id)?.map(({ evaluation }) => evaluation) ?? [];
}

/** The evaluation in progress that includes this adapter. */
export function beingMeasured(adapter: Adapter, evaluations: readonly Evaluation[]): Evaluation | undefined {
  return evaluations.find(({ state, adapterIds }) => state === 'running' && adapterIds.includes(adapter.id));
}

/** The rows leave open whether the adapter is better or worse than the base. */
export function couldBeChance({ comparison }: Measured): boolean {
  return comparison !== undefined && outcomeOf(comparison) === 'even';
}

/** Lexicographic order. */
function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, at) => value !== b[at]);
  return place < 0 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}
