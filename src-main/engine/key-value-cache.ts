import type { Architecture } from './architectures/architecture.ts';
import { float32, type Tensor } from './tensor.ts';

/** Room grows by this many positions at a time. */
const roomStep = 128;
/** Lowers the score of a place that holds nothing yet, or nothing that may be seen. */
const masked = -1e30;

/**
 * Keys and values of the positions read so far, in JavaScript memory, where onnxruntime reads them in place. They never
 * leave a graph again: only the rows of new positions come out, and are copied in here. Layout [1, heads, room, size].
 */
export class KeyValueCache {
  readonly #architecture: Architecture;
  #room = 0;
  #length = 0;
  #tensors = new Map<string, Tensor<'float32'>>();

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.#grow(roomStep);
  }

  /** Positions held. */
  get length(): number {
    return this.#length;
  }

  /** The kept keys and values, and the mask of a pass over `fresh` new positions. */
  feeds(fresh: number): Map<string, Tensor> {
    const keys = this.#room + fresh;
    const mask = float32([1, 1, 1, fresh, keys]);
    for (let i = 0; i < fresh; i++) {
      mask.data.fill(masked, i * keys + this.#length, i * keys + this.#room);
      mask.data.fill(masked, i * keys + this.#room + i + 1, (i + 1) * keys);
    }
    const feeds = new Map<string, Tensor>([...this.#tensors, ['mask', mask]]);
    const { window } = this.#architecture;
    return window === undefined ? feeds : feeds.set('local_mask', this.#windowed(mask, fresh, window));
  }

  /** The mask of layers that see a window only. */
  #windowed(mask: Tensor<'float32'>, fresh: number, window: number): Tensor<'float32'> {
    if (this.#length + fresh <= window) return mask;
    const keys = this.#room + fresh;
    const data = mask.data.slice();
    for (let i = 0; i < fresh; i++) {
      // Places from here back are out of sight: those kept, then those of this pass.
      const hidden = this.#length + i - window + 1;
      data.fill(masked, i * keys, i * keys + Math.min(this.#length, Math.max(0, hidden)));
      data.fill(masked, i * keys + this.#room, i * keys + this.#room + Math.max(0, hidden - this.#length));
    }
    return float32(mask.dims, data);
  }

  /** Keeps the first `kept` of the `fresh` positions that a pass gave. */
  append(outputs: Readonly<Record<string, Tensor>>, fresh: number, kept = fresh): void {
    if (this.#length + kept > this.#room) this.#grow(Math.ceil((this.#length + kept) / roomStep) * roomStep);
    const { keyValueHeads, headSize } = this.#architecture;
    for (const [name, tensor] of this.#tensors) {
      const rows = (outputs[name.slice('past_'.length)] as Tensor<'float32'>).data;
      for (let head = 0; head < keyValueHeads; head++) {
        const row = rows.subarray(head * fresh * headSize, (head * fresh + kept) * headSize);
        tensor.data.set(row, (head * this.#room + this.#length) * headSize);
      }
    }
    this.#length += kept;
  }

  #grow(room: number): void {
    const { layers, keyValueHeads, headSize } = this.#architecture;
    const grown = new Map<string, Tensor<'float32'>>();
    for (let layer = 0; layer < layers; layer++) {
      for (const name of [`past_keys.${layer}`, `past_values.${layer}`]) {
        const tensor = float32([1, keyValueHeads, room, headSize]);
        const old = this.#tensors.get(name);
        for (let head = 0; old && head < keyValueHeads; head++) {
          const start = head * this.#room * headSize;
          tensor.data.set(old.data.subarray(start, start + this.#length * headSize), head * room * headSize);
        }
        grown.set(name, tensor);
      }
    }
    this.#tensors = grown;
    this.#room = room;
  }
}
