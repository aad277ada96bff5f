import type { CacheMemory, KeptColumns } from '../../key-value-cache.ts';
import { CannotRun } from './cannot-run.ts';
import type { Machine } from './machine.ts';

/** Larger caches are placed elsewhere and copied: the memory of the kernels never shrinks while the model is loaded. */
const mostCacheBytes = 2 ** 27;

/** Where kernels read the keys and values of a pass and append its new ones: position by position, as in a cache. */
export interface CacheAddresses {
  readonly keysAt: number;
  readonly valuesAt: number;
  /** From one layer to the next. */
  readonly layerBytes: number;
}

/** Keys and values of a cache that is elsewhere. */
interface Copy extends CacheAddresses {
  /** The cache's keys: different ones mean another cache, or that it has grown. */
  readonly of: WeakRef<KeptColumns['keys']>;
}

/** KV caches in the memory of the kernels: those allocated there, and a copy of one that is not. */
export class KernelCaches implements CacheMemory {
  readonly #machine: Machine;
  #bytes = 0;
  #copy: Copy | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  take(count: number): Float32Array {
    const bytes = 4 * count;
    // The rest is left for programs and for a copy, without which nothing could be generated.
    const isRoom = this.#bytes + bytes <= (this.#machine.free + this.#bytes) / 2;
    if (bytes > mostCacheBytes || !isRoom) return new Float32Array(count);
    try {
      const numbers = this.#machine.floats(this.#machine.take(bytes), count);
      this.#bytes += bytes;
      return numbers;
    } catch (error) {
      if (error instanceof CannotRun) return new Float32Array(count);
      throw error;
    }
  }

  give(numbers: Float32Array): void {
    const address = this.#machine.addressOf(numbers);
    if (address === undefined) {
      if (this.#copy?.of.deref()?.[0]?.buffer === numbers.buffer) this.#dropCopy();
      return;
    }
    this.#bytes -= numbers.byteLength;
    this.#machine.give(address);
  }

  /** Whether a cache is in this memory. */
  holds({ keys: [first] }: KeptColumns): boolean {
    return this.#machine.addressOf(first as Float32Array) !== undefined;
  }

  /** Where the keys and values of a pass are, with room for its new positions, of `width` numbers each. */
  of(kept: KeptColumns, width: number): CacheAddresses {
    const [keysAt, valuesAt] = [kept.keys, kept.values].map(([first]) =>
      this.#machine.addressOf(first as Float32Array),
    );
    const { byteLength: layerBytes } = kept.keys[0] as Float32Array;
    return keysAt !== undefined && valuesAt !== undefined
      ? { keysAt, valuesAt, layerBytes }
      : this.#copyOf(kept, width);
  }

  #copyOf(kept: KeptColumns, width: number): Copy {
    const known = this.#copy?.of.deref() === kept.keys ? this.#copy : undefined;
    if (known === undefined) this.#dropCopy();
    const copy = known ?? this.#newCopy(kept);
    this.#copy = copy;
    const from = known === undefined ? 0 : kept.same;
    if (from < kept.before) this.#fill(copy, kept, [from * width, kept.before * width]);
    return copy;
  }

  /** Copies numbers `from` up to, but not including, `end` in each layer. */
  #fill({ keysAt, valuesAt, layerBytes }: Copy, { keys, values }: KeptColumns, [from, end]: [number, number]): void {
    for (const [layers, at] of [
      [keys, keysAt],
      [values, valuesAt],
    ] as const)
      for (const [layer, numbers] of layers.entries())
        this.#machine.floats(at + layer * layerBytes, end).set(numbers.subarray(from, end), from);
  }

  #dropCopy(): void {
    if (this.#copy !== undefined) this.#machine.give(this.#copy.keysAt);
    this.#copy = undefined;
  }

  #newCopy({ keys }: KeptColumns): Copy {
    const { byteLength: layerBytes } = keys[0] as Float32Array;
    const keysAt = this.#machine.take(2 * keys.length * layerBytes);
    return { of: new WeakRef(keys), keysAt, valuesAt: keysAt + keys.length * layerBytes, layerBytes };
  }
}
