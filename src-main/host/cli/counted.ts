/**
 * A count with its noun, in English: `1 row`, `3 rows`; with singular and plural verb forms, `1 row was`, `3 rows
 * were`.
 */
export function counted(count: number, noun: string, [ofOne, ofMany]: readonly string[] = []): string {
  const verb = count === 1 ? ofOne : ofMany;
  return `${count} ${noun}${count === 1 ? '' : 's'}${verb === undefined ? '' : ` ${verb}`}`;
}
