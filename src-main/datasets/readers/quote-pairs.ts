/** Opening quotes that are closed by other characters, the likelier one first. */
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

/**
 * The closing quote for an opening one, or the quote itself if there is no other; of two, the one that ends more cells.
 */
export function closingOf(quote: string, delimiter: string, text: string): string {
  const closings = pairs[quote] ?? [quote];
  const ends = (sign: string) =>
    [delimiter, '\n', '\r'].reduce((sum, after) => sum + text.split(sign + after).length - 1, 0);
  return closings.reduce((best, sign) => (ends(sign) > ends(best) ? sign : best));
}
