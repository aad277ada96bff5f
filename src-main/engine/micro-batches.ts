import type { PositionPlan } from './architectures/architecture.ts';
import { placeFeeds } from './places.ts';
import { float32, int32, type Tensor } from './tensor.ts';

/** One tokenised example as a micro-batch takes it. */
export interface BatchRow {
  readonly ids: ArrayLike<number>;
  readonly targetStart: number;
}

/** Rows packed into sequences of equal length: what one run of a training or scoring graph is fed. */
export interface MicroBatch {
  readonly sequences: number;
  readonly length: number;
  /** Tokens that belong to rows; the rest of sequences × length is padding. */
  readonly tokens: number;
  readonly targetTokens: number;
  /** For each target token in the order of the graph's output, the index of its row among the rows given. */
  readonly targetRows: Int32Array;
  /** Laid out when asked for: the masks of a whole split at once would fill the memory. */
  feeds(): ReadonlyMap<string, Tensor>;
}

export interface Packing extends PositionPlan {
  /** Most tokens of one micro-batch, padding included. A single longer row still gets a batch of its own. */
  readonly tokenBudget: number;
}

/** What a masked score is lowered by: far below any real score, far from overflow when added to one. */
const masked = -1e30;
/** Sequence lengths are rounded up to this, which suits the kernels. */
const lengthStep = 16;

/**
 * Packs rows into sequences (first fit, longest first) and sequences into micro-batches. Rows in one sequence don't see
 * each other: the mask is block-diagonal and positions restart, so each row's result is what it would be alone.
 */
export function cutMicroBatches(rows: readonly BatchRow[], packing: Packing): MicroBatch[] {
  const longest = rows.reduce((max, row) => Math.max(max, row.ids.length), 1);
  const length = Math.ceil(longest / lengthStep) * lengthStep;
  const sequences = packSequences(rows, length);
  const perBatch = Math.max(1, Math.floor(packing.tokenBudget / length));
  return Array.from({ length: Math.ceil(sequences.length / perBatch) }, (_, i) =>
    microBatch(rows, sequences.slice(i * perBatch, (i + 1) * perBatch), length, packing),
  );
}

function packSequences(rows: readonly BatchRow[], length: number): number[][] {
  const order = rows.map((_, i) => i).sort((a, b) => lengthOf(rows, b) - lengthOf(rows, a) || a - b);
  const sequences: number[][] = [];
  const room: number[] = [];
  for (const row of order) {
    const needed = lengthOf(rows, row);
    let place = room.findIndex((left) => left >= needed);
    if (place < 0) {
      place = sequences.length;
      sequences.push([]);
      room.push(length);
    }
    (sequences[place] as number[]).push(row);
    room[place] = (room[place] as number) - needed;
  }
  return sequences;
}

function microBatch(
  rows: readonly BatchRow[],
  sequences: readonly number[][],
  length: number,
  plan: PositionPlan,
): MicroBatch {
  const members = sequences.flat();
  const targetRows = Int32Array.from(
    members.flatMap((member) => {
      const { ids, targetStart } = rows[member] as BatchRow;
      return Array.from({ length: Math.max(0, ids.length - firstTarget(targetStart)) }, () => member);
    }),
  );
  return {
    sequences: sequences.length,
    length,
    tokens: members.reduce((sum, member) => sum + lengthOf(rows, member), 0),
    targetTokens: targetRows.length,
    targetRows,
    feeds: () => layOut(rows, sequences, length, plan),
  };
}

/** Nothing comes before the first token of a text, so nothing predicts it. */
function firstTarget(targetStart: number): number {
  return Math.max(1, targetStart);
}

function layOut(
  rows: readonly BatchRow[],
  sequences: readonly number[][],
  length: number,
  plan: PositionPlan,
): Map<string, Tensor> {
  const count = sequences.length;
  const ids = new Int32Array(count * length);
  const positions = new Int32Array(count * length);
  const mask = new Float32Array(count * length * length).fill(masked);
  const targetPositions: number[] = [];
  const targetIds: number[] = [];
  sequences.forEach((members, sequence) => {
    let start = 0;
    for (const member of members) {
      const row = rows[member] as BatchRow;
      const base = sequence * length + start;
      for (let i = 0; i < row.ids.length; i++) {
        ids[base + i] = row.ids[i] as number;
        positions[base + i] = i;
        const maskRow = (base + i) * length;
        mask.fill(0, maskRow + start, maskRow + start + i + 1);
        if (i < firstTarget(row.targetStart)) continue;
        // The state at i − 1 predicts token i.
        targetPositions.push(base + i - 1);
        targetIds.push(row.ids[i] as number);
      }
      start += row.ids.length;
    }
    // Padding looks at itself alone: softmax needs something to look at, and nobody looks at it.
    for (let i = start; i < length; i++) mask[(sequence * length + i) * length + i] = 0;
  });
  return new Map<string, Tensor>([
    ['ids', int32([count * length], ids)],
    ...placeFeeds(positions, plan, [count, length]),
    ['mask', float32([count, 1, 1, length, length], mask)],
    ...(plan.window === undefined
      ? []
      : [
          [
            'local_mask',
            float32([count, 1, 1, length, length], windowed(mask, positions, length, plan.window)),
          ] as const,
        ]),
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

function lengthOf(rows: readonly BatchRow[], row: number): number {
  return (rows[row] as BatchRow).ids.length;
}
