/**
 * Redundant measures, for comparison with other programs' numbers. They are collapsed, so that the results table has
 * room for what a person compares.
 */
const further: ReadonlySet<string> = new Set([
  ...['rouge1Stemmed', 'rouge2Stemmed', 'rougeLStemmed', 'perplexity'],
  // Beside the labels, of which they are means.
  ...['macroF1', 'balancedAccuracy'],
]);

/** A result's measures besides the main one, grouped by where they are shown. */
export function measuresBeside(main: string, metrics: Readonly<Record<string, number>>) {
  // Target words appear beside answer words.
  const others = Object.keys(metrics).filter((name) => name !== main && name !== 'targetWords');
  return {
    inTable: others.filter((name) => !further.has(name)),
    folded: others.filter((name) => further.has(name)),
  };
}
