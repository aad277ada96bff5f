import type { Random } from './random.ts';

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Keeps the k likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keeps the likeliest whose probabilities first reach p (Holtzman et al. 2020); 1 keeps all. */
  readonly topP: number;
}

/** Chooses the next token from logits: the likeliest, or one drawn from what temperature, top-k and top-p leave. */
export function chooseToken(
  logits: Float32Array,
  { temperature, topK, topP }: SamplingSettings,
  random: Random,
): number {
  const best = likeliest(logits);
  if (temperature === 0) return best;
  const largest = logits[best] as number;
  const weightOf = (id: number) => Math.exp(((logits[id] as number) - largest) / temperature);
  if (topK > 0 && topK < logits.length) {
    const ids = leading(logits, topK);
    const weights = ids.map(weightOf);
    const kept = topP < 1 ? (nucleus(weights, topP * sum(weights)) ?? ids.length) : ids.length;
    return drawn(ids.slice(0, kept), weights, random);
  }
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let id = 0; id < weights.length; id++) total += weights[id] = weightOf(id);
  if (topP >= 1) return drawn(undefined, weights, random);
  // The nucleus is mostly a few tokens of thousands: they are looked for among more and more of the leading ones.
  for (let count = firstLook; ; count *= 8) {
    const ids = leading(logits, Math.min(count, logits.length));
    const own = ids.map((id) => weights[id] as number);
    const kept = nucleus(own, topP * total) ?? (ids.length === logits.length ? ids.length : undefined);
    if (kept !== undefined) return drawn(ids.slice(0, kept), own, random);
  }
}

const firstLook = 64;

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
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
  for (let id = count; id < logits.length; id++) {
    // Later ids lose against equal ones.
    if ((logits[id] as number) <= (logits[heap[0] as number] as number)) continue;
    heap[0] = id;
    sink(0);
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

/** One of the ids, or of all places where there are none, with the chance that its weight has among theirs. */
function drawn(ids: readonly number[] | undefined, weights: ArrayLike<number>, random: Random): number {
  const count = ids?.length ?? weights.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i] as number;
  let left = random.uniform() * total;
  for (let i = 0; i < count; i++) {
    left -= weights[i] as number;
    if (left < 0) return ids === undefined ? i : (ids[i] as number);
  }
  return ids === undefined ? count - 1 : (ids[count - 1] as number);
}

function sum(weights: readonly number[]): number {
  return weights.reduce((total, weight) => total + weight, 0);
}
