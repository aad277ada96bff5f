import { client } from '../client.ts';
import { isError } from '../i18n/error-text.ts';
import { t } from '../i18n/text.ts';
import { paths } from '../paths.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';
import { changedTexts } from './changed-texts.svelte.ts';
import { DatasetState } from './dataset-state.svelte.ts';
import { TextChangedElsewhere, type TypedText } from './typed-text.ts';

const key = 'studio.leftTexts';

/** A text left unsaved, or one that was lost because it was longer than a browser stores. */
type LeftText = Omit<TypedText, 'text'> & { readonly text: string | null };

/**
 * A page being closed has no time to ask the studio for anything: the next page to start saves what it leaves, or
 * reports that it was too long to store.
 */
export function leaveText(text: TypedText): void {
  try {
    leave(text);
  } catch {
    // More than a browser stores, about 5 MB. The previous text may be as long.
    leave({ ...text, text: null, before: '' });
  }
}

function leave(text: LeftText): void {
  localStorage.setItem(key, JSON.stringify([...leftTexts(), text]));
}

/** Saves what was left when its page was closed or reloaded, as if its box had just lost focus. */
export async function keepLeftTexts(toasts: Toasts): Promise<void> {
  const texts = leftTexts();
  // At once, so that no other starting window saves it too.
  localStorage.removeItem(key);
  for (const { text, ...left } of texts) {
    if (text === null) await tellLost(left, toasts);
    else await keepText({ ...left, text }, toasts);
  }
}

async function tellLost({ datasetId, row }: Omit<TypedText, 'text'>, toasts: Toasts): Promise<void> {
  const dataset = await client.datasets.get({ id: datasetId }).catch(() => undefined);
  const words = t('mend.left.tooLong', { n: row.position + 1, dataset: dataset?.name ?? '…' });
  toasts.offer(words, { text: t('mend.left.look'), href: paths.dataset(datasetId, 'rows') });
}

/** Saves a text whose page is no longer open, and reports the outcome. */
export async function keepText(typed: TypedText, toasts: Toasts): Promise<void> {
  const { datasetId, row } = typed;
  try {
    const state = new DatasetState(datasetId);
    await state.facts.load();
    const { value: dataset, error } = state.facts;
    if (dataset === undefined) throw error;
    const takeBack = await state.keep(typed);
    const told = t('mend.left', { n: row.position + 1, dataset: dataset.name });
    if (takeBack === undefined) toasts.say(told);
    else toasts.done(told, takeBack);
  } catch (error) {
    if (error instanceof TextChangedElsewhere) return changedTexts.add(error);
    if (isError(error, 'DATASET_NOT_FOUND')) {
      return changedTexts.add(new TextChangedElsewhere(typed, undefined));
    }
    toasts.failed(error);
    leaveText(typed);
  }
}

function leftTexts(): readonly LeftText[] {
  return JSON.parse(localStorage.getItem(key) ?? '[]');
}
