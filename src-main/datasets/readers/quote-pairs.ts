/** Signs that open a quoted cell and are closed by others: the likelier one first. */
const pairs: Readonly<Record<string, readonly string[]>> = {
  '“': ['”', '“'],
  '„': ['“', '”'],
  '«': ['»'],
  '»': ['«'],
  '‘': ['’'],
  '‚': ['‘', '’'],
  '「': ['」'],
  '『': ['』'],
};

export const openingQuotes: readonly string[] = Object.keys(pairs);

/** The sign that closes what a quote opens, the quote itself where it has no other: of two, the one that ends more cells. */
export function closingOf(quote: string, delimiter: string, text: string): string {
  const closings = pairs[quote] ?? [quote];
  const ends = (sign: string) =>
    [delimiter, '\n', '\r'].reduce((sum, after) => sum + text.split(sign + after).length - 1, 0);
  return closings.reduce((best, sign) => (ends(sign) > ends(best) ? sign : best));
}
