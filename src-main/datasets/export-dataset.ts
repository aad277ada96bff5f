import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { csvLine } from './csv-text.ts';
import type { DatasetStore } from './dataset-store.ts';

/** Writes all rows as CSV with the columns context, target, group and split. Throws OPTION_INVALID when `out` cannot be written. */
export async function exportDataset(
  store: DatasetStore,
  dataset: Dataset,
  out: string,
  signal?: AbortSignal,
): Promise<{ file: string; rows: number }> {
  const path = resolve(out);
  const temporary = `${path}.part`;
  let rows = 0;
  let isDone = false;
  try {
    const file = await open(temporary, 'w');
    try {
      let text = csvLine(['context', 'target', 'group', 'split']);
      for (const { context, target, group, split } of store.examples(dataset.id)) {
        text += csvLine([context, target, group ?? '', split]);
        rows++;
        if (text.length < 64 * 1024) continue;
        await file.appendFile(text);
        text = '';
        await nextTurn();
        signal?.throwIfAborted();
      }
      await file.appendFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    isDone = true;
    return { file: path, rows };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const reason = `“${path}” cannot be written (the system says ${error.code})`;
    throw new StudioError('OPTION_INVALID', { option: 'out', reason }, { cause: error });
  } finally {
    if (!isDone) await rm(temporary, { force: true });
  }
}
