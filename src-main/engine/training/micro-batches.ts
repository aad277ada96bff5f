import type { PositionPlan } from '../architectures/architecture.ts';
import { maskFeeds } from '../model/causal-parts.ts';
import { positionFeeds } from '../model/position-feeds.ts';
import { int32, type Tensor } from '../tensor.ts';
import type { BatchRow } from './batch-row.ts';
import { type Bundle, bundleRows } from './prefix-sharing.ts';

/** Rows packed into sequences of equal length: the feeds for one run of a training or scoring graph. */
export interface MicroBatch {
  readonly sequences: number;
  readonly length: number;
  /**
   * Tokens of the rows. A shared prefix is run once but counts for each row; the rest of sequences × length is padding.
   */
  readonly tokens: number;
  readonly targetTokens: number;
  /** For each target token, in the order of the graph's output, the index of its row among the rows given. */
  readonly targetRows: Int32Array;
  /** Built lazily: the masks of a whole split at once would fill memory. Unused `room` is padding. */
  feeds(room?: Room): ReadonlyMap<string, Tensor>;
}

/** Number of sequences and their length. */
export interface Room {
  readonly sequences: number;
  readonly length: number;
}

export interface Packing extends PositionPlan {
  /** Maximum tokens of one micro-batch, padding included. A single longer row still gets a batch of its own. */
  readonly tokenBudget: number;
  /** What a target token takes out of the budget in addition, for its logits over the vocabulary. */
  readonly targetRoom: number;
  /** Extra cost of a token per token of its sequence, as a share: attention grows with length, all else does not. */
  readonly lengthCost: number;
}

/** Added to a masked score: far below any real score, and far from overflow. */
const masked = -1e30;
/** Sequence lengths are rounded up to this: it suits the kernels and is a multiple of the parts of causal attention. */
const lengthStep = 16;
/** Fixed cost of a pass, in tokens of a short sequence: matrices are repacked for the kernels each time. Measured. */
const passCost = 100;

/**
 * Packs rows into micro-batches. Rows with a common prefix share it (`prefix-sharing.ts`); bundles of them, longest
 * first, fill sequences. Rows cannot see each other: the mask is a tree of each bundle's prefix and its branches,
 * block-diagonal over bundles, and positions restart, so each row's result is what it would be alone.
 */
export function cutMicroBatches(rows: readonly BatchRow[], packing: Packing): MicroBatch[] {
  const bundles = bundleRows(rows, {
    fits: (bundle) => roomOf({ sequences: [[bundle]], length: bundle.length }, rows, packing) <= packing.tokenBudget,
    costOf: (length) => sequenceCost(length, packing),
  }).sort((a, b) => b.length - a.length);
  const batches: MicroBatch[] = [];
  for (let first = 0; first < bundles.length; ) {
    let best = arrange(rows, bundles.slice(first, first + 1), packing);
    let count = 1;
    for (; first + count < bundles.length; count++) {
      const more = arrange(rows, bundles.slice(first, first + count + 1), packing);
      const next = sequenceCost((bundles[first + count] as Bundle).length, packing);
      if (roomOf(more, rows, packing) > packing.tokenBudget) break;
      if (costOf(more, packing) > costOf(best, packing) + next + passCost) break;
      best = more;
    }
    batches.push(microBatch(rows, best, packing));
    first += count;
  }
  return batches;
}

/** Bundles side by side in sequences of one length. */
interface Arrangement {
  readonly sequences: readonly (readonly Bundle[])[];
  readonly length: number;
}

/** The cheapest sequences for these bundles (sorted longest first), among those within the budget if there are any. */
function arrange(rows: readonly BatchRow[], bundles: readonly Bundle[], packing: Packing): Arrangement {
  const longest = (bundles[0] as Bundle).length;
  const total = bundles.reduce((sum, bundle) => sum + bundle.length, 0);
  const lengths = new Set(
    bundles.map((_, i) => Math.ceil(Math.max(longest, total / (i + 1)) / lengthStep) * lengthStep),
  );
  const all = [...lengths].map((length) => ({ sequences: fill(bundles, length), length }));
  const fitting = all.filter((each) => roomOf(each, rows, packing) <= packing.tokenBudget);
  return (fitting.length > 0 ? fitting : all).reduce((best, each) =>
    costOf(each, packing) <= costOf(best, packing) ? each : best,
  );
}

/** How much of the budget it takes. */
function roomOf({ sequences, length }: Arrangement, rows: readonly BatchRow[], { targetRoom }: Packing): number {
  const members = sequences.flat().flatMap((bundle) => bundle.members);
  const targets = members.reduce((sum, member) => sum + targetTokens(rows[member] as BatchRow), 0);
  return sequences.length * length + targetRoom * targets;
}

/** In tokens of a short sequence. */
function costOf({ sequences, length }: Arrangement, packing: Packing): number {
  return sequences.length * sequenceCost(length, packing);
}

function sequenceCost(length: number, { lengthCost }: Packing): number {
  return length * (1 + lengthCost * length);
}

/** First fit. */
function fill(bundles: readonly Bundle[], length: number): Bundle[][] {
  const sequences: { room: number; bundles: Bundle[] }[] = [];
  for (const bundle of bundles) {
    let place = sequences.find(({ room }) => room >= bundle.length);
    if (place === undefined) {
      place = { room: length, bundles: [] };
      sequences.push(place);
    }
    place.bundles.push(bundle);
    place.room -= bundle.length;
  }
  return sequences.map((sequence) => sequence.bundles);
}

function microBatch(rows: readonly BatchRow[], arrangement: Arrangement, plan: PositionPlan): MicroBatch {
  const members = arrangement.sequences.flat().flatMap((bundle) => bundle.members);
  const targetRows = Int32Array.from(
    members.flatMap((member) => {
      return Array.from({ length: targetTokens(rows[member] as BatchRow) }, () => member);
    }),
  );
  return {
    sequences: arrangement.sequences.length,
    length: arrangement.length,
    tokens: members.reduce((sum, member) => sum + (rows[member] as BatchRow).ids.length, 0),
    targetTokens: targetRows.length,
    targetRows,
    feeds: (room) => layOut(rows, room === undefined ? arrangement : widened(arrangement, room), plan),
  };
}

function widened({ sequences }: Arrangement, room: Room): Arrangement {
  const empty = Array.from({ length: room.sequences - sequences.length }, () => []);
  return { sequences: [...sequences, ...empty], length: room.length };
}

function targetTokens({ ids, targetStart }: BatchRow): number {
  return Math.max(0, ids.length - firstTarget(targetStart));
}

/** Nothing precedes the first token of a text, so nothing predicts it. */
function firstTarget(targetStart: number): number {
  return Math.max(1, targetStart);
}

function layOut(
  rows: readonly BatchRow[],
  { sequences, length }: Arrangement,
  plan: PositionPlan,
): Map<string, Tensor> {
  const count = sequences.length;
  const ids = new Int32Array(count * length);
  const positions = new Int32Array(count * length);
  const mask = new Float32Array(count * length * length).fill(masked);
  const targetPositions: number[] = [];
  const targetIds: number[] = [];
  sequences.forEach((bundles, sequence) => {
    const base = sequence * length;
    let free = 0;
    for (const { members, prefix } of bundles) {
      const root = free;
      free += prefix;
      members.forEach((member, branch) => {
        const row = rows[member] as BatchRow;
        // Where token i of this row is in the sequence: in the shared prefix, or on the row's own branch.
        const own = free - prefix;
        const placeOf = (i: number) => (i < prefix ? root + i : own + i);
        for (let i = branch === 0 ? 0 : prefix; i < row.ids.length; i++) {
          const place = placeOf(i);
          ids[base + place] = row.ids[i] as number;
          positions[base + place] = i;
          const seen = (base + place) * length;
          mask.fill(0, seen + root, seen + root + Math.min(i + 1, prefix));
          if (i >= prefix) mask.fill(0, seen + own + prefix, seen + place + 1);
        }
        for (let i = firstTarget(row.targetStart); i < row.ids.length; i++) {
          // The hidden state at i − 1 predicts token i.
          targetPositions.push(base + placeOf(i - 1));
          targetIds.push(row.ids[i] as number);
        }
        free += row.ids.length - prefix;
      });
    }
    // Padding attends only to itself: softmax needs at least one key, and nothing attends to padding.
    for (let i = free; i < length; i++) mask[(base + i) * length + i] = 0;
  });
  return new Map<string, Tensor>([
    ['ids', int32([count * length], ids)],
    ...positionFeeds(positions, plan, [count, length]),
    ...maskFeeds('mask', mask, [count, length]),
    ...(plan.window === undefined
      ? []
      : maskFeeds('local_mask', windowed(mask, positions, length, plan.window), [count, length])),
    ['target_positions', int32([targetIds.length], Int32Array.from(targetPositions))],
    ['target_ids', int32([targetIds.length], Int32Array.from(targetIds))],
  ]);
}

/** The mask for sliding-window layers: anything further back is masked too. The mask itself where nothing is. */
function windowed(mask: Float32Array, positions: Int32Array, length: number, window: number): Float32Array {
  if (positions.every((position) => position < window)) return mask;
  return mask.map((value, i) => {
    const query = Math.floor(i / length);
    const key = query - (query % length) + (i % length);
    return value === 0 && (positions[query] as number) - (positions[key] as number) >= window ? masked : value;
  });
}
