import type { CacheMemory, KeptColumns } from '../../key-value-cache.ts';
import { CannotRun } from './cannot-run.ts';
import type { Machine } from './machine.ts';
import type { PassKind } from './program-writer.ts';

/** Bytes that are still in the processor's cache when they are copied a second time. */
const nearBytes = 2 ** 20;

/** A cache of one text is read where it lies in so many passes before it is copied: each takes a tenth of what that does. */
const passesInPlace = 8;

/** A cache that is larger lies elsewhere, and is copied from there: the memory of kernels stays theirs for as long as the model is there. */
const mostCacheBytes = 2 ** 27;

/** Where kernels read the keys and values of a pass. */
export interface Lying {
  readonly keysAt: number;
  readonly valuesAt: number;
  /** From a layer, a place and a stream to the next. */
  readonly layerBytes: number;
  readonly placeBytes: number;
  readonly streamBytes: number;
}

/** Where kernels write what is new of them beside that; zero where they need not, or cannot. */
export interface Home {
  readonly keysHome: number;
  readonly valuesHome: number;
}

/** Keys and values of the cache that was last copied, each stream's side by side. */
interface Copy extends Lying {
  /** The cache's keys: others are another cache's, or it has grown. */
  readonly of: WeakRef<KeptColumns['keys']>;
}

/** Of each row: how many heads of keys, and how wide. */
export interface KeyHeads {
  readonly count: number;
  readonly size: number;
}

export type PassHeads = KeyHeads & { readonly kind: PassKind };

/** Keys and values of answers in the memory of kernels: caches that lie there, and a copy of one in the order in which they are read best. */
export class KeptPlaces implements CacheMemory {
  readonly #machine: Machine;
  #bytes = 0;
  #copy: Copy | undefined;
  /** The cache that is read where it lies, and in how many passes it was. */
  #inPlace: { readonly of: WeakRef<KeptColumns['keys']>; passes: number } | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  take(count: number): Float32Array {
    const bytes = 4 * count;
    // What is left is for programs and for a copy, without which nothing could be written any more.
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
    if (address === undefined) return;
    const [first] = this.#copy?.of.deref() ?? [];
    if (first !== undefined && this.#machine.addressOf(first) === address) this.#dropCopy();
    this.#bytes -= numbers.byteLength;
    this.#machine.give(address);
  }

  /** Whether a cache lies here. */
  holds({ keys: [first] }: KeptColumns): boolean {
    return this.#machine.addressOf(first as Float32Array) !== undefined;
  }

  /**
   * Where the keys and values of a pass are read, with room for its new places. What is read is read where it lies, if that is here, and so is at first one
   * text that is written: to copy it takes as long as it saves some ten passes, and many answers are shorter.
   */
  of(kept: KeptColumns, { count, size, kind }: PassHeads): Lying & Home {
    const [keysHome = 0, valuesHome = 0] = [kept.keys, kept.values].map(([first]) =>
      this.#machine.addressOf(first as Float32Array),
    );
    if (keysHome !== 0 && (kind === 'read' || this.#isInPlace(kept))) {
      const { byteLength } = kept.keys[0] as Float32Array;
      const apart = { layerBytes: byteLength, placeBytes: 4 * kept.rows * count * size, streamBytes: 4 * size };
      return { keysAt: keysHome, valuesAt: valuesHome, ...apart, keysHome: 0, valuesHome: 0 };
    }
    return { ...this.#copyOf(kept, { count, size }), keysHome, valuesHome };
  }

  /** Whether it is one text without a copy, which has been read in few passes. */
  #isInPlace({ keys, rows }: KeptColumns): boolean {
    if (rows > 1 || this.#copy?.of.deref() === keys) return false;
    if (this.#inPlace?.of.deref() !== keys) this.#inPlace = { of: new WeakRef(keys), passes: 0 };
    return this.#inPlace.passes++ < passesInPlace;
  }

  #copyOf(kept: KeptColumns, heads: KeyHeads): Copy {
    const known = this.#copy?.of.deref() === kept.keys ? this.#copy : undefined;
    if (known === undefined) this.#dropCopy();
    const copy = known ?? this.#newCopy(kept, heads);
    const from = known === undefined ? 0 : kept.same;
    if (from < kept.before) this.#fill(copy, kept, { ...heads, from });
    this.#copy = copy;
    return copy;
  }

  #dropCopy(): void {
    if (this.#copy !== undefined) this.#machine.give(this.#copy.keysAt);
    this.#copy = undefined;
  }

  /** Copies the columns from one on. */
  #fill(copy: Copy, kept: KeptColumns, { from, count, size }: KeyHeads & { readonly from: number }): void {
    const width = kept.rows * count * size;
    const bytes = 4 * (kept.before - from) * width;
    const fresh = (all: Float32Array) => all.subarray(from * width, kept.before * width);
    const { layerBytes, placeBytes, streamBytes } = copy;
    const all = [
      ...kept.keys.map((layer, l) => ({ columns: fresh(layer), at: copy.keysAt + l * layerBytes })),
      ...kept.values.map((layer, l) => ({ columns: fresh(layer), at: copy.valuesAt + l * layerBytes })),
    ];
    const isNear = this.holds(kept);
    // What lies elsewhere is put near first, some at a time: to wake the threads for each would take longer than what they do.
    const together = isNear ? all.length : Math.min(all.length, Math.ceil(nearBytes / bytes));
    const plain = isNear ? undefined : this.#machine.take(bytes * together);
    for (let first = 0; first < all.length; first += together) {
      const given = all.slice(first, first + together).map(({ columns, at }, i) => {
        const place = plain === undefined ? columns.byteOffset : plain + i * bytes;
        if (plain !== undefined) this.#machine.floats(place, columns.length).set(columns);
        return [at + from * placeBytes, place, kept.before - from, kept.rows, count, size, streamBytes];
      });
      this.#machine.runAll('keepPlaces', given);
    }
    if (plain !== undefined) this.#machine.give(plain);
  }

  #newCopy({ keys, rows }: KeptColumns, { count, size }: KeyHeads): Copy {
    const { byteLength: layerBytes } = keys[0] as Float32Array;
    const keysAt = this.#machine.take(2 * keys.length * layerBytes);
    const valuesAt = keysAt + keys.length * layerBytes;
    const apart = { layerBytes, placeBytes: 4 * size, streamBytes: layerBytes / (rows * count) };
    return { of: new WeakRef(keys), keysAt, valuesAt, ...apart };
  }
}
