import type { CatalogueModel } from '../../src-contract/base-model.ts';
import { locale } from '../i18n/locale.svelte.ts';

/** Language codes as they are called where the person reads. */
export function languageNames(codes: readonly string[]): string {
  const names = new Intl.DisplayNames([locale.current], { type: 'language' });
  return codes.map((code) => names.of(code) ?? code).join(', ');
}

/** Whether a model can be trained here; more than half of the memory is a warning, as other programs need some. */
export function trainingFit({ trainMemoryBytes }: CatalogueModel, totalMemoryBytes: number): 'ok' | 'warn' | 'bad' {
  if (trainMemoryBytes > totalMemoryBytes) return 'bad';
  return trainMemoryBytes > totalMemoryBytes / 2 ? 'warn' : 'ok';
}
