/** What the number of a record counts: rows, as a spreadsheet shows them, lines of text, or items of a JSON list. */
export type NumberedBy = 'row' | 'line' | 'item';

/**
 * What the numbers of a file's records count. `data` is a rejected record's: `part` is the file within a folder or an
 * archive, or the list within a file. The items of datasets imported before these were counted are numbered by lines.
 */
export function numberedBy(
  { format, numbered }: { readonly format: string; readonly numbered?: 'item' | undefined },
  data: Readonly<Record<string, string | number>> = {},
): NumberedBy {
  if (numbered === 'item' || data.by === 'item') return 'item';
  const isPart = format === 'folder' || format === 'zip';
  return (
    isPart
      ? /\.(xlsx|xlsm|ods|parquet)$/i.test(String(data.part))
      : ['xlsx', 'ods', 'html', 'parquet'].includes(format)
  )
    ? 'row'
    : 'line';
}
