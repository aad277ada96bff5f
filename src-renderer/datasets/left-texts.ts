import type { ShownExample } from '../../src-contract/dataset.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/text.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';
import { DatasetState } from './dataset-state.svelte.ts';

/** What was being typed into a field of a row, or as the note on it, when its page was closed or loaded anew. */
interface LeftText {
  readonly datasetId: string;
  readonly row: Pick<ShownExample, 'id' | 'position'>;
  readonly field: string;
  readonly text: string;
}

const key = 'studio.leftTexts';

/** A page that goes away has no time to ask the studio for anything: the next page that starts keeps what it leaves. */
export function leaveText(text: LeftText): void {
  localStorage.setItem(key, JSON.stringify([...leftTexts(), text]));
}

/** Keeps what was left, as if its box had just been left, and tells what became of it. */
export async function keepLeftTexts(toasts: Toasts): Promise<void> {
  const texts = leftTexts();
  // At once, so that no other window that starts keeps it too.
  localStorage.removeItem(key);
  for (const left of texts) {
    try {
      await keep(left, toasts);
    } catch (error) {
      toasts.failed(error);
      // Where its row is gone there is nothing to try again.
      if (!['DATASET_NOT_FOUND', 'DATASET_CHANGED'].includes(errorText(error).code)) leaveText(left);
    }
  }
}

async function keep({ datasetId, row, field, text }: LeftText, toasts: Toasts): Promise<void> {
  const state = new DatasetState(datasetId);
  await state.facts.load();
  const { value: dataset, error } = state.facts;
  if (dataset === undefined) throw error;
  const takeBack = await state.keep(row, field, text);
  const told = t('mend.left', { n: row.position + 1, dataset: dataset.name });
  if (takeBack === undefined) toasts.say(told);
  else toasts.done(told, takeBack);
}

function leftTexts(): readonly LeftText[] {
  return JSON.parse(localStorage.getItem(key) ?? '[]');
}
