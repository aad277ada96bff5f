/** Byte-pair merges learnt from counted pieces of text. Pieces are byte-level strings (see `byte-alphabet.ts`). */

/**
 * Merges the most frequent adjacent pair, again and again, until `count` merges are found or no pair occurs twice. Ties
 * are broken by the order of the symbols, so the same counts always give the same merges.
 *
 * Source: Sennrich et al. 2016, algorithm 1, with pair counts updated incrementally.
 */
export function learnMerges(pieces: ReadonlyMap<string, number>, count: number): [left: string, right: string][] {
  const symbols: string[] = [];
  const idOf = new Map<string, number>();
  const intern = (symbol: string): number => {
    let id = idOf.get(symbol);
    if (id === undefined) {
      id = symbols.push(symbol) - 1;
      idOf.set(symbol, id);
    }
    return id;
  };

  const words = [...pieces]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([piece, times]) => ({ ids: [...piece].map(intern), times }));
  const pairs = new Map<number, Pair>();
  words.forEach((word, index) => {
    countPairs(pairs, word.ids, index, word.times);
  });

  const merges: [string, string][] = [];
  while (merges.length < count) {
    const best = mostFrequent(pairs);
    if (best === undefined) break;
    const left = Math.floor(best / ID_LIMIT);
    const right = best % ID_LIMIT;
    const leftSymbol = symbols[left] as string;
    const rightSymbol = symbols[right] as string;
    const joined = intern(leftSymbol + rightSymbol);
    merges.push([leftSymbol, rightSymbol]);
    for (const index of pairs.get(best)?.words ?? []) {
      const word = words[index] as Word;
      countPairs(pairs, word.ids, index, -word.times);
      word.ids = join(word.ids, left, right, joined);
      countPairs(pairs, word.ids, index, word.times);
    }
    pairs.delete(best);
  }
  return merges;
}

interface Word {
  ids: number[];
  readonly times: number;
}

/** How often a pair occurs, and the words it was ever seen in (a word may have lost it since). */
interface Pair {
  count: number;
  readonly words: Set<number>;
}

// A pair of symbol ids is one number, left × ID_LIMIT + right: cheaper as a map key than a string.
const ID_LIMIT = 2 ** 20;

function countPairs(pairs: Map<number, Pair>, ids: readonly number[], word: number, times: number): void {
  for (let at = 0; at + 1 < ids.length; at++) {
    const key = (ids[at] as number) * ID_LIMIT + (ids[at + 1] as number);
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = { count: 0, words: new Set() };
      pairs.set(key, pair);
    }
    pair.count += times;
    if (times > 0) pair.words.add(word);
  }
}

function mostFrequent(pairs: ReadonlyMap<number, Pair>): number | undefined {
  let best: number | undefined;
  let bestCount = 1;
  for (const [key, { count }] of pairs) {
    if (count > bestCount || (count === bestCount && best !== undefined && key < best)) {
      best = key;
      bestCount = count;
    }
  }
  return best;
}

function join(ids: readonly number[], left: number, right: number, joined: number): number[] {
  const result: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] === left && ids[at + 1] === right) {
      result.push(joined);
      at++;
    } else {
      result.push(ids[at] as number);
    }
  }
  return result;
}
