import type { FileFacts } from '../../src-contract/dataset.ts';
import { t } from '../i18n/text.ts';

/** A file format's spoken name. */
export function formatName({ format }: Pick<FileFacts, 'format'>): string {
  return t(`import.format.${format}`);
}
