/** Some 8 to 24 MB: sending, receiving and showing a page of rows must stall for a moment at most. */
const mostLetters = 8 * 1024 * 1024;

/**
 * The first rows of a page, as many as fit in one message: at least one, however long its texts. Rows for later
 * messages are not read.
 */
export function withinMessage<Row>(rows: Iterable<Row>, texts: (row: Row) => readonly (string | null)[]): Row[] {
  const carried: Row[] = [];
  let letters = 0;
  for (const row of rows) {
    for (const text of texts(row)) letters += text?.length ?? 0;
    if (letters > mostLetters && carried.length > 0) break;
    carried.push(row);
    if (letters >= mostLetters) break;
  }
  return carried;
}
