import { t } from '../i18n/text.ts';

/** Where the column names are: in that many header rows, or nowhere. */
export function headerName(rows: number): string {
  if (rows > 1) return t('import.header.rows', { n: rows });
  return t(rows === 1 ? 'import.header.yes' : 'import.header.no');
}
