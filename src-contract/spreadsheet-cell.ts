/**
 * A cell of a table that is saved for a spreadsheet. One that begins like a formula would be run, or shown as an error:
 * an apostrophe makes it text. Numbers stay numbers.
 */
export function spreadsheetCell(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)) ? `'${cell}` : cell;
}
