import type { Random } from '../random.ts';
import { type WordWeights, wordsOfSum, wordWeights } from '../weights/word-weights.ts';

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Keeps the k most likely; 0 keeps all. */
  readonly topK: number;
  /** Keeps the most likely whose probabilities first reach p (Holtzman et al. 2020); 1 keeps all. */
  readonly topP: number;
}

/**
 * Chooses the next token from logits: the most likely, or one drawn after temperature, top-k and top-p. Undefined if
 * the largest logit is not finite.
 */
export function chooseToken(
  logits: Float32Array,
  { temperature, topK, topP }: SamplingSettings,
  random: Random,
): number | undefined {
  const best = likeliest(logits);
  if (!Number.isFinite(logits[best])) return undefined;
  if (temperature === 0) return best;
  const scores = { logits, largest: logits[best] as number, temperature };
  if (topK > 0 && topK < logits.length) {
    const ids = likeliestTokens(logits, topK);
    const weights = ids.map((id) => weightOf(scores, id));
    const kept = topP < 1 ? (nucleus(weights, topP * sum(weights)) ?? ids.length) : ids.length;
    return ids[drawn(weights.slice(0, kept), random)] as number;
  }
  const all = wordWeights(logits, scores);
  const total = sum(all.sums);
  if (topP >= 1) return drawnOfAll(all, random.uniform() * total);
  // The nucleus is mostly a few tokens out of thousands: it is searched for among more and more of the top ones.
  for (let count = firstLook; ; count *= 8) {
    const ids = likeliestTokens(logits, Math.min(count, logits.length));
    const weights = ids.map((id) => weightOf(scores, id));
    const kept = nucleus(weights, topP * total) ?? (ids.length === logits.length ? ids.length : undefined);
    if (kept !== undefined) return ids[drawn(weights.slice(0, kept), random)] as number;
  }
}

interface Scores {
  readonly logits: Float32Array;
  readonly largest: number;
  readonly temperature: number;
}

/** A token's probability relative to the most likely one. */
function weightOf({ logits, largest, temperature }: Scores, id: number): number {
  return Math.exp(((logits[id] as number) - largest) / temperature);
}

/** The first token at which the cumulative weight exceeds `reached`. */
function drawnOfAll({ weights, sums }: WordWeights, reached: number): number {
  let left = reached;
  let first = 0;
  for (; first < sums.length - 1 && left >= (sums[first] as number); first++) left -= sums[first] as number;
  for (let id = first * wordsOfSum; id < weights.length; id++) {
    left -= weights[id] as number;
    if (left < 0) return id;
  }
  return weights.length - 1;
}

const firstLook = 64;

/** The first of the largest; the very first if that is NaN. */
function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 0; id < logits.length; id = nextAbove(logits, best + 1, logits[best] as number)) best = id;
  return best;
}

/** The next word whose logit exceeds `least`, or the number of words. Scanning eight at a time halves the time. */
function nextAbove(logits: Float32Array, from: number, least: number): number {
  let id = from;
  for (const end = logits.length - 8; id <= end; id += 8) {
    if (
      (logits[id] as number) > least ||
      (logits[id + 1] as number) > least ||
      (logits[id + 2] as number) > least ||
      (logits[id + 3] as number) > least ||
      (logits[id + 4] as number) > least ||
      (logits[id + 5] as number) > least ||
      (logits[id + 6] as number) > least ||
      (logits[id + 7] as number) > least
    )
      break;
  }
  while (id < logits.length && !((logits[id] as number) > least)) id++;
  return id;
}

/** The ids of the largest logits, at most as many as there are, largest first; ties go to the lower id. */
export function likeliestTokens(logits: Float32Array, count: number): number[] {
  // A min-heap whose root is the next to be dropped; among equals, the later id.
  const isLess = (a: number, b: number) =>
    (logits[a] as number) < (logits[b] as number) || (logits[a] === logits[b] && a > b);
  const heap: number[] = [];
  const sink = (start: number) => {
    for (let at = start; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isLess(heap[child] as number, heap[least] as number)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least] as number, heap[at] as number];
      at = least;
    }
  };
  for (let id = 0; id < count; id++) heap.push(id);
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(at);
  const leastOf = () => logits[heap[0] as number] as number;
  // Later ids lose ties.
  for (let id = nextAbove(logits, count, leastOf()); id < logits.length; id = nextAbove(logits, id + 1, leastOf())) {
    heap[0] = id;
    sink(0);
  }
  return heap.sort((a, b) => (isLess(b, a) ? -1 : 1));
}

/** How many weights, largest first, it takes to reach a sum; undefined if they don't. */
function nucleus(weights: readonly number[], wanted: number): number | undefined {
  let reached = 0;
  const last = weights.findIndex((weight) => {
    reached += weight;
    return reached >= wanted;
  });
  return last < 0 ? undefined : last + 1;
}

/** Draws an index with probability proportional to its weight. */
function drawn(weights: readonly number[], random: Random): number {
  let left = random.uniform() * sum(weights);
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return place < 0 ? weights.length - 1 : place;
}

function sum(weights: readonly number[] | Float32Array): number {
  let total = 0;
  for (const weight of weights) total += weight;
  return total;
}
