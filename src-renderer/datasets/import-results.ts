// What each import of this window has come to: kept until the window is closed, so that its page survives a reload.
import type { ImportEvent } from '../../src-contract/dataset.ts';

export type ImportResult = Extract<ImportEvent, { kind: 'finished' }>;

/** Undefined if the dataset was not imported in this window. */
export function importResultOf(datasetId: string): ImportResult | undefined {
  const kept = sessionStorage.getItem(keyOf(datasetId));
  // Sound: nobody else writes under such a key.
  return kept === null ? undefined : (JSON.parse(kept) as ImportResult);
}

export function keepImportResult(result: ImportResult): void {
  try {
    sessionStorage.setItem(keyOf(result.dataset.id), JSON.stringify(result));
  } catch {
    // The browser stores no more of this window: the page of the dataset tells most of it.
  }
}

function keyOf(datasetId: string): string {
  return `studio.imported.${datasetId}`;
}
