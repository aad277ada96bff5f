import type { Adapter } from '../../src-contract/adapter.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';

export interface MeasuredWeights {
  readonly evaluation: Evaluation;
  /** The adapter has been trained on since: it no longer has the weights that were measured. */
  readonly isEarlier: boolean;
}

/** What measured the adapter as it is now, before what measured it as it was; otherwise in the order given. */
export function measuredWeights(
  evaluations: readonly Evaluation[],
  adapter: Pick<Adapter, 'id' | 'sha256'> | undefined,
): readonly MeasuredWeights[] {
  return evaluations
    .map((evaluation) => ({ evaluation, isEarlier: hasOtherWeights(evaluation, adapter) }))
    .toSorted((a, b) => Number(a.isEarlier) - Number(b.isEarlier));
}

/** Unknown weights count as the adapter's own: evaluations by earlier versions kept no hashes. */
function hasOtherWeights({ adapterIds, provenance }: Evaluation, adapter: Pick<Adapter, 'id' | 'sha256'> | undefined) {
  const measured = provenance?.adapters[adapterIds.indexOf(adapter?.id ?? '')]?.sha256;
  return adapter !== undefined && measured !== undefined && measured !== adapter.sha256;
}
