import { float32, int32, type Tensor } from '../tensor.ts';
import type { MicroBatch } from './micro-batches.ts';

/** Micro-batches stacked vertically, each padded to the room that the largest of them takes. */
export interface StackedBatches {
  /** Positions of each. */
  readonly each: number;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

export function stackBatches(batches: readonly MicroBatch[]): StackedBatches {
  const room = roomFor(batches);
  const each = room.sequences * room.length;
  const laid = batches.map((batch) => batch.feeds(room));
  const names = new Set(laid.flatMap((feeds) => [...feeds.keys()]));
  const feeds = new Map<string, Tensor>();
  for (const name of names) {
    const parts = laid.map((part) => part.get(name) as Tensor);
    feeds.set(name, name === 'target_positions' ? movedPositions(parts, each) : joined(parts));
  }
  return { each, feeds };
}

/** The room in which each of these fits. */
export function roomFor(batches: readonly MicroBatch[]) {
  return {
    sequences: Math.max(...batches.map((batch) => batch.sequences)),
    length: Math.max(...batches.map((batch) => batch.length)),
  };
}

/** Concatenates along the first axis. */
function joined(parts: readonly Tensor[]): Tensor {
  const [first] = parts as [Tensor, ...Tensor[]];
  const rows = parts.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const dims = [rows, ...first.dims.slice(1)];
  const whole = first.type === 'float32' ? float32(dims) : int32(dims, new Int32Array(sizeOf(parts)));
  let next = 0;
  for (const { data } of parts) {
    whole.data.set(data, next);
    next += data.length;
  }
  return whole;
}

/** Offsets positions, as each batch counts from its own beginning. */
function movedPositions(parts: readonly Tensor[], each: number): Tensor {
  const whole = joined(parts);
  let next = 0;
  parts.forEach(({ data }, i) => {
    for (let k = 0; k < data.length; k++) whole.data[next + k] = (data[k] as number) + i * each;
    next += data.length;
  });
  return whole;
}

function sizeOf(parts: readonly Tensor[]): number {
  return parts.reduce((sum, { data }) => sum + data.length, 0);
}
