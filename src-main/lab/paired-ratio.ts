/** How many times longer than another something takes, and the bounds of that. */
export interface PairedRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of the rounds' own ratios, with its 95 % interval from the binomial distribution of ranks: this assumes
 * nothing about the distribution of times, and a round in which the machine was busy with something else is just one
 * round, however long it took (Conover 1999, §3.2).
 */
export function pairedRatio(times: readonly number[], bases: readonly number[]): PairedRatio {
  const ratios = times.map((time, i) => time / (bases[i] ?? Number.NaN)).sort((a, b) => a - b);
  const count = ratios.length;
  const rank = Math.max(0, Math.floor((count - 1.96 * Math.sqrt(count)) / 2));
  const at = (place: number) => ratios[place] ?? Number.NaN;
  const middle = Math.floor(count / 2);
  return {
    ratio: count % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    low: at(rank),
    high: at(count - 1 - rank),
  };
}

/** Half the interval's width. */
export function uncertainty({ low, high }: PairedRatio): number {
  return (high - low) / 2;
}
