import type { TableFormat } from './dataset.ts';

/**
 * What the number of a record in its file counts: rows, as a spreadsheet shows them, or lines of text. `part` is the
 * file within a folder or an archive.
 */
export function numberedBy(format: TableFormat, part = ''): 'row' | 'line' {
  if (format === 'folder' || format === 'zip') return /\.(xlsx|xlsm|parquet)$/i.test(part) ? 'row' : 'line';
  return format === 'xlsx' || format === 'parquet' ? 'row' : 'line';
}
