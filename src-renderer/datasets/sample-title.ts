import type { Sample } from '../../src-contract/dataset.ts';
import { isTextKey, t } from '../i18n/text.ts';

/**
 * A sample's short name in the language on screen; one that the dictionary doesn't know keeps the title from its list.
 */
export function sampleTitle(sample: Pick<Sample, 'name' | 'title'>): string {
  const key = `sample.${sample.name}`;
  return isTextKey(key) ? t(key) : sample.title;
}
