import type { Adapter } from '../../src-contract/adapter.ts';
import type { Message } from '../../src-contract/chat.ts';
import type { CanRun } from '../base-models/runnable-answer.ts';
import { queryCheck, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { nl2sql } from '../tasks/nl2sql.ts';

/** Among so many rows, the first of the dataset, a schema's database is looked for: as many as the page reads. */
const mostRows = 1000;

/**
 * Tells whether an adapter's answer to a question can be run on the database of its dataset that the question is about;
 * undefined where there is none.
 */
export function runnableQueries(
  adapter: Pick<Adapter, 'task' | 'datasetId'> | null,
  { input }: Pick<Message, 'input'>,
  parts: { datasets: Pick<DatasetStore, 'list' | 'examples'>; sql: SqlRunner; datasetsFolder: string },
): CanRun | undefined {
  // A question about a passage, possible when several adapters are asked at once, is not about a database.
  if (adapter?.task !== 'nl2sql' || input?.passage !== undefined) return undefined;
  const { datasets } = parts;
  const dataset = datasets.list().find(({ id, hasDatabase }) => id === adapter.datasetId && hasDatabase);
  if (dataset === undefined) return undefined;
  const begin = nl2sql.renderContext({ schema: input?.schema ?? '', question: '' });
  try {
    const row = datasets
      .examples(dataset.id)
      .take(mostRows)
      .find(({ context }) => context.startsWith(begin));
    return queryCheck(dataset, row?.database ?? null, parts);
  } catch {
    // The dataset is damaged, which is told where its rows are needed: a first answer does without them.
    return undefined;
  }
}
