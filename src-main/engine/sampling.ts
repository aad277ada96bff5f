import type { Random } from './random.ts';

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Keeps the k likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keeps the likeliest whose probabilities first reach p (Holtzman et al. 2020); 1 keeps all. */
  readonly topP: number;
}

/**
 * Chooses the next token from logits: the likeliest, or one drawn from what temperature, top-k and top-p leave. Undefined where the
 * largest is no number.
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
    const ids = leading(logits, topK);
    const weights = ids.map((id) => weightOf(scores, id));
    const kept = topP < 1 ? (nucleus(weights, topP * sum(weights)) ?? ids.length) : ids.length;
    return ids[drawn(weights.slice(0, kept), random)] as number;
  }
  const total = totalWeight(scores);
  if (topP >= 1) return drawnOfAll(scores, random.uniform() * total);
  // The nucleus is mostly a few tokens of thousands: they are looked for among more and more of the leading ones.
  for (let count = firstLook; ; count *= 8) {
    const ids = leading(logits, Math.min(count, logits.length));
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

/** A token's probability beside that of the likeliest. */
function weightOf({ logits, largest, temperature }: Scores, id: number): number {
  return powerOf(((logits[id] as number) - largest) / temperature);
}

function totalWeight(scores: Scores): number {
  let total = 0;
  for (let id = 0; id < scores.logits.length; id++) total += weightOf(scores, id);
  return total;
}

/** The first token up to which the weights add up to more than so much. They are cheaper to compute again than to keep. */
function drawnOfAll(scores: Scores, reached: number): number {
  let left = reached;
  for (let id = 0; id < scores.logits.length; id++) {
    left -= weightOf(scores, id);
    if (left < 0) return id;
  }
  return scores.logits.length - 1;
}

const firstLook = 64;

/** The first of the largest; the first of all where that is no number. Logits are looked through eight by eight, and only eight with a larger one a second time: half the time. */
function likeliest(logits: Float32Array): number {
  let best = 0;
  let largest = logits[0] as number;
  const seek = (from: number, to: number) => {
    for (let id = from; id < to; id++) {
      if ((logits[id] as number) > largest) [best, largest] = [id, logits[id] as number];
    }
  };
  const whole = logits.length & -8;
  for (let id = 0; id < whole; id += 8) {
    if (
      (logits[id] as number) > largest ||
      (logits[id + 1] as number) > largest ||
      (logits[id + 2] as number) > largest ||
      (logits[id + 3] as number) > largest ||
      (logits[id + 4] as number) > largest ||
      (logits[id + 5] as number) > largest ||
      (logits[id + 6] as number) > largest ||
      (logits[id + 7] as number) > largest
    )
      seek(id, id + 8);
  }
  seek(whole, logits.length);
  return best;
}

/** The ids of the largest logits, the largest first; of equal ones, the first. */
function leading(logits: Float32Array, count: number): number[] {
  // A heap whose root is the one that goes next; of equal ones, the later.
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
  let least = logits[heap[0] as number] as number;
  for (let id = count; id < logits.length; id++) {
    // Later ids lose against equal ones.
    if ((logits[id] as number) <= least) continue;
    heap[0] = id;
    sink(0);
    least = logits[heap[0] as number] as number;
  }
  return heap.sort((a, b) => (isLess(b, a) ? -1 : 1));
}

/** How many of the weights, largest first, it takes to reach a sum; undefined where they don't. */
function nucleus(weights: readonly number[], wanted: number): number | undefined {
  let reached = 0;
  const last = weights.findIndex((weight) => {
    reached += weight;
    return reached >= wanted;
  });
  return last < 0 ? undefined : last + 1;
}

/** A place, with the chance that its weight has among all. */
function drawn(weights: readonly number[], random: Random): number {
  let left = random.uniform() * sum(weights);
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return place < 0 ? weights.length - 1 : place;
}

function sum(weights: readonly number[]): number {
  return weights.reduce((total, weight) => total + weight, 0);
}

/** Parts of an octave that have a table. */
const octaveShift = 6;
const parts = 1 << octaveShift;
const step = Math.LN2 / parts;
/** Where 2^−octaves is nothing beside 1. */
const octaves = 64;
const withinOctave = Float64Array.from({ length: parts }, (_, part) => 2 ** (part / parts));
const ofOctave = Float64Array.from({ length: octaves + 1 }, (_, octave) => 2 ** -octave);

/**
 * e^x for x up to 0, to nine digits, and 0 where that is next to nothing: a draw takes one of every word of the vocabulary, and
 * Math.exp took longer for those than the rest of the draw. A power of two by tables, and four terms of the series for the rest.
 */
function powerOf(x: number): number {
  const steps = x / step;
  const whole = Math.floor(steps);
  if (whole < -octaves * parts) return 0;
  const rest = (steps - whole) * step;
  const table = (withinOctave[whole & (parts - 1)] as number) * (ofOctave[-(whole >> octaveShift)] as number);
  return table * (1 + rest * (1 + rest * (0.5 + rest / 6)));
}
