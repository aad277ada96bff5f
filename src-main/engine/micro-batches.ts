import type { PositionPlan } from './architectures/architecture.ts';
import type { BatchRow } from './batch-row.ts';
import { maskFeeds } from './causal-parts.ts';
import { positionFeeds } from './position-feeds.ts';
import { type Bundle, bundleRows } from './prefix-sharing.ts';
import { int32, type Tensor } from './tensor.ts';

/** Rows packed into sequences of equal length: what one run of a training or scoring graph is fed. */
export interface MicroBatch {
  readonly sequences: number;
  readonly length: number;
  /** Tokens of the rows. What rows share is run once and counts for each of them; the rest of sequences × length is padding. */
  readonly tokens: number;
  readonly targetTokens: number;
  /** For each target token in the order of the graph's output, the index of its row among the rows given. */
  readonly targetRows: Int32Array;
  /** Laid out when asked for: the masks of a whole split at once would fill the memory. In more `room` than it needs, the rest is padding. */
  feeds(room?: Room): ReadonlyMap<string, Tensor>;
}

/** How many sequences of which length there are. */
export interface Room {
  readonly sequences: number;
  readonly length: number;
}

export interface Packing extends PositionPlan {
  /** Most tokens of one micro-batch, padding included. A single longer row still gets a batch of its own. */
  readonly tokenBudget: number;
  /** What a target token takes of the budget besides, for its scores over the vocabulary. */
  readonly targetRoom: number;
  /** What a token costs more for each token of its sequence, as a share: attention grows with the length, all else does not. */
  readonly lengthCost: number;
}

/** What a masked score is lowered by: far below any real score, far from overflow when added to one. */
const masked = -1e30;
/** Sequence lengths are rounded up to this, which suits the kernels, and is a multiple of the parts that attention falls into. */
const lengthStep = 16;
/** What a pass costs however little it reads, in tokens of a short sequence: matrices are laid out for the kernels anew. Measured. */
const passCost = 100;

/**
 * Packs rows into micro-batches. Rows that begin alike share that beginning (`prefix-sharing.ts`); bundles of them, the
 * longest first, fill sequences. Rows don't see each other: the mask is a tree of each bundle's prefix and its branches,
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

/** The sequences that cost least for these bundles, which stand longest first, of those within the budget where some are. */
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

/** What it takes of the budget. */
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

/** Nothing comes before the first token of a text, so nothing predicts it. */
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
        // Where token i of this row stands in the sequence: in the shared prefix, or on the row's own branch.
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
          // The state at i − 1 predicts token i.
          targetPositions.push(base + placeOf(i - 1));
          targetIds.push(row.ids[i] as number);
        }
        free += row.ids.length - prefix;
      });
    }
    // Padding looks at itself alone: softmax needs something to look at, and nobody looks at it.
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

/** The mask of layers that see a window only: what lies further back is masked too. The mask itself where nothing does. */
function windowed(mask: Float32Array, positions: Int32Array, length: number, window: number): Float32Array {
  if (positions.every((position) => position < window)) return mask;
  return mask.map((value, i) => {
    const query = Math.floor(i / length);
    const key = query - (query % length) + (i % length);
    return value === 0 && (positions[query] as number) - (positions[key] as number) >= window ? masked : value;
  });
}
