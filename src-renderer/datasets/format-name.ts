import type { FileFacts } from '../../src-contract/dataset.ts';
import { t } from '../i18n/text.ts';

/** What kind of file it is, as one says it. */
export function formatName({ format }: Pick<FileFacts, 'format'>): string {
  return t(`import.format.${format}`);
}
