/** A cell of a query's result as SQLite prints it: a year or an id has no thousands separators. */
export function cellText(cell: string | number | null): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'string') return cell;
  // SQLite prints 15 digits of a fraction, and every digit of an integer: the number of a card has 16.
  return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(15)));
}
