/** What the number of a record counts: rows, as a spreadsheet shows them, lines of text, or items of a JSON list. */
export type NumberedBy = 'row' | 'line' | 'item';

/**
 * What the numbers of a file's records count. `data` is a rejected record's: `part` is the file within a folder or an
 * archive, or the list within a file, and `by` what is counted there. Earlier imports have neither or only `part`.
 */
export function numberedBy(
  { format, numbered }: { readonly format: string; readonly numbered?: 'item' | undefined },
  data: Readonly<Record<string, string | number>> = {},
): NumberedBy {
  if (numbered === 'item') return 'item';
  if (data.by === 'item' || data.by === 'row' || data.by === 'line') return data.by;
  const isPart = format === 'folder' || format === 'zip';
  const isSheet = isPart
    ? /\.(xlsx|xlsm|ods|parquet)$/i.test(String(data.part))
    : ['xlsx', 'ods', 'html', 'parquet'].includes(format);
  return isSheet ? 'row' : 'line';
}
