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
  if (temperature === 0) return likeliest(logits);
  let ids = Array.from(logits.keys());
  if (topK > 0 || topP < 1) ids.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  if (topK > 0) ids = ids.slice(0, topK);
  const largest = ids.reduce((max, id) => Math.max(max, logits[id] as number), Number.NEGATIVE_INFINITY);
  const weights = ids.map((id) => Math.exp(((logits[id] as number) - largest) / temperature));
  const kept = topP < 1 ? nucleus(weights, topP) : weights.length;
  const total = weights.slice(0, kept).reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform() * total;
  for (let i = 0; i < kept; i++) {
    left -= weights[i] as number;
    if (left < 0) return ids[i] as number;
  }
  return ids[kept - 1] as number;
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

/** How many of the weights, largest first, it takes to reach the share p. */
function nucleus(weights: readonly number[], p: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  const last = weights.findIndex((weight) => {
    reached += weight;
    return reached >= p * total;
  });
  return last < 0 ? weights.length : last + 1;
}
