import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { CutOffImport, Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { ListedRun } from '../../src-contract/run.ts';

/**
 * Something that was finished; lists have the newest first. Runs that train together end at the same moment: `id` tells
 * them apart.
 */
export type Activity = { readonly id: string; readonly at: number } & (
  | { readonly kind: 'import'; readonly dataset: Dataset }
  | { readonly kind: 'cut-off'; readonly sourceName: string }
  | { readonly kind: 'run'; readonly run: ListedRun }
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation }
  | { readonly kind: 'table'; readonly table: AnsweredTable }
);

export function lastFinished(
  done: {
    datasets: readonly Dataset[];
    cutOff: readonly CutOffImport[];
    runs: readonly ListedRun[];
    evaluations: readonly Evaluation[];
    tables: readonly AnsweredTable[];
  },
  most: number,
): readonly Activity[] {
  const all: Activity[] = [
    ...done.datasets.map((dataset) => ({ kind: 'import', id: dataset.id, at: dataset.createdAt, dataset }) as const),
    ...done.cutOff.map(({ id, sourceName, at }) => ({ kind: 'cut-off', id, at, sourceName }) as const),
    // A paused run has not ended, though it has a time of its last activity.
    ...done.runs.flatMap((run) =>
      run.finishedAt === null || run.state === 'paused'
        ? []
        : [{ kind: 'run', id: run.id, at: run.finishedAt, run } as const],
    ),
    ...done.evaluations
      .filter(({ state }) => state !== 'running')
      .map((evaluation) => ({ kind: 'evaluation', id: evaluation.id, at: evaluation.createdAt, evaluation }) as const),
    ...done.tables
      .filter(({ state }) => state !== 'running')
      .map((table) => ({ kind: 'table', id: table.id, at: table.createdAt, table }) as const),
  ];
  return all.toSorted((a, b) => b.at - a.at).slice(0, most);
}

/** How the rows of an imported dataset are told: those of one that has been changed since are not the import's. */
export function rowsText({ version }: Pick<Dataset, 'version'>): 'ui.rows' | 'home.finished.rowsNow' {
  return version > 1 ? 'home.finished.rowsNow' : 'ui.rows';
}
