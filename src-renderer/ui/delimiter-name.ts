import { t } from '../i18n/text.ts';

/** The separators to choose from, likeliest first. */
export const delimiters: readonly string[] = [',', ';', '\t', '|', ' ', ' +', 'fixed'];

/** A separator's spoken name. */
export function delimiterName(delimiter: string): string {
  if (delimiter === ',') return t('import.delimiter.comma');
  if (delimiter === ';') return t('import.delimiter.semicolon');
  if (delimiter === '\t') return t('import.delimiter.tab');
  if (delimiter === '|') return t('import.delimiter.bar');
  if (delimiter === ' ') return t('import.delimiter.space');
  if (delimiter === ' +') return t('import.delimiter.blanks');
  if (delimiter === 'fixed') return t('import.delimiter.fixed');
  return t('import.delimiter.other', { sign: delimiter });
}
