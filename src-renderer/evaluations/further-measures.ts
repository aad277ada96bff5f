/**
 * Measures that say again what another says: for whoever holds them against numbers of other programs. They are one fold
 * away, so that the table of results has room for what a person compares.
 */
const further: ReadonlySet<string> = new Set(['rouge1Stemmed', 'rouge2Stemmed', 'rougeLStemmed', 'perplexity']);

/** A result's measures besides the main one, by where they are shown. */
export function measuresBeside(main: string, metrics: Readonly<Record<string, number>>) {
  // The words of targets stand beside those of answers.
  const others = Object.keys(metrics).filter((name) => name !== main && name !== 'targetWords');
  return {
    inTable: others.filter((name) => !further.has(name)),
    folded: others.filter((name) => further.has(name)),
  };
}
