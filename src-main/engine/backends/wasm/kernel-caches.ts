import type { CacheMemory, KeptColumns } from '../../answering/key-value-cache.ts';
import { CannotRun } from './cannot-run.ts';
import { shortLayerBytes } from './kernels/attend.ts';
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

/** Numbers of a key head, and of all of a row's. */
export interface KeySizes {
  readonly size: number;
  readonly width: number;
}

interface OfCache {
  /** The cache's keys: different ones mean another cache, or that it has grown. */
  readonly of: WeakRef<KeptColumns['keys']>;
}

/** Keys and values of a cache that is elsewhere. */
interface Copy extends CacheAddresses, OfCache {}

/** Keys and values of a cache in 16 bits (`shortsOf` of `attend.ts`), from which tokens are generated. */
interface Shorts extends OfCache {
  readonly at: number;
  /** Columns that are as in the cache. */
  columns: number;
}

/**
 * KV caches in the memory of the kernels: those allocated there, a copy of one that is not, and a copy in 16 bits of the
 * last one that tokens were generated from.
 */
export class KernelCaches implements CacheMemory {
  readonly #machine: Machine;
  #bytes = 0;
  #copy: Copy | undefined;
  #shorts: Shorts | undefined;

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
    const isOfThese = (copy: OfCache | undefined) => {
      const first = copy?.of.deref()?.[0];
      return first?.buffer === numbers.buffer && first.byteOffset === numbers.byteOffset;
    };
    if (isOfThese(this.#shorts)) this.#dropShorts();
    const address = this.#machine.addressOf(numbers);
    if (address === undefined) {
      if (isOfThese(this.#copy)) this.#dropCopy();
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
    if (this.#shorts?.of.deref() === kept.keys) this.#shorts.columns = Math.min(this.#shorts.columns, kept.same);
    const [keysAt, valuesAt] = [kept.keys, kept.values].map(([first]) =>
      this.#machine.addressOf(first as Float32Array),
    );
    const { byteLength: layerBytes } = kept.keys[0] as Float32Array;
    return keysAt !== undefined && valuesAt !== undefined
      ? { keysAt, valuesAt, layerBytes }
      : this.#copyOf(kept, width);
  }

  /** The cache's copy in 16 bits; the pass rounds the columns that it does not have yet. */
  shorts({ keys, rows }: KeptColumns, { size, width }: KeySizes): Shorts {
    if (this.#shorts?.of.deref() === keys) return this.#shorts;
    this.#dropShorts();
    const { byteLength } = keys[0] as Float32Array;
    const at = this.#machine.take(keys.length * shortLayerBytes(byteLength, { streams: (rows * width) / size, size }));
    this.#shorts = { of: new WeakRef(keys), at, columns: 0 };
    return this.#shorts;
  }

  #dropShorts(): void {
    if (this.#shorts !== undefined) this.#machine.give(this.#shorts.at);
    this.#shorts = undefined;
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
