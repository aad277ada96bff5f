import { readingShare } from '../../src-contract/base-model.ts';
import { progressPercent } from '../i18n/format.ts';
import { t } from '../i18n/text.ts';

/** How far a base has loaded, in words and for a bar: without a share once only what cannot be counted is left. */
export function loadingText(
  name: string,
  share: number,
): { readonly text: string; readonly share: number | undefined } {
  if (Math.round(share * 100) >= readingShare * 100) return { text: t('ui.preparingBase', { name }), share: undefined };
  return { text: `${t('ui.loadingBase', { name })}, ${progressPercent(share)}`, share };
}
