import { isInPlace, type KeptText, type TextInPlace } from './key-value-cache.ts';

interface Entry {
  /** Weak: the weights of an adapter that is not kept any more would be held by the texts that it has read. */
  readonly owner: WeakRef<object>;
  readonly scale: number;
  readonly ids: Int32Array;
  readonly text: KeptText;
}

/** The beginning of a text that was read before: its first `length` positions. */
export interface Known {
  readonly text: KeptText;
  readonly length: number;
}

/** Below this many tokens, reading is as fast as copying. */
export const leastShared = 8;

/**
 * Prefixes read for earlier answers, so that a passage, a schema or a conversation's history is read once. They depend
 * on the adapter that read them: entries are keyed by its weights and scale. The least recently used goes when there
 * are too many.
 */
export class PrefixCache {
  readonly #budgetBytes: number;
  /** Most recently used last. */
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get isOn(): boolean {
    return this.#budgetBytes > 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The cached text with the longest common prefix with `ids`, and its length; leaves at least one id to read. */
  find(owner: object, scale: number, ids: readonly number[]): Known | undefined {
    let best: Entry | undefined;
    let longest = leastShared - 1;
    for (const entry of this.#entries) {
      if (entry.owner.deref() !== owner || entry.scale !== scale) continue;
      const length = Math.min(sharedLength(entry.ids, ids), ids.length - 1);
      if (length > longest) [best, longest] = [entry, length];
    }
    if (best === undefined) return undefined;
    this.#entries = [...this.#entries.filter((entry) => entry !== best), best];
    return { text: best.text, length: longest };
  }

  /** Stores a text that was read, evicting others if needed; entries that are prefixes of it are removed. */
  keep(owner: object, scale: number, ids: readonly number[], text: KeptText): void {
    if (text.bytes > this.#budgetBytes || text.length < leastShared) {
      text.release();
      return;
    }
    const kept = Int32Array.from(ids.slice(0, text.length));
    const isOlder = (entry: Entry) =>
      entry.owner.deref() === owner && entry.scale === scale && sharedLength(entry.ids, ids) === entry.ids.length;
    for (const entry of this.#entries.filter(isOlder)) this.#remove(entry);
    this.#entries.push({ owner: new WeakRef(owner), scale, ids: kept, text });
    this.#bytes += text.bytes;
    while (this.#bytes > this.#budgetBytes) this.#remove(this.#entries[0] as Entry);
  }

  /** Whether all of a text is stored already. */
  holds(owner: object, scale: number, ids: readonly number[]): boolean {
    return this.#entries.some(
      (entry) => entry.owner.deref() === owner && entry.scale === scale && sharedLength(entry.ids, ids) === ids.length,
    );
  }

  /** Hands over a text that is still in the memory it was read into; undefined for a copy. */
  take(text: KeptText): TextInPlace | undefined {
    const entry = this.#entries.find((each) => each.text === text);
    if (entry === undefined || !isInPlace(text)) return undefined;
    this.#drop(entry);
    return text;
  }

  clear(): void {
    for (const entry of this.#entries) this.#remove(entry);
  }

  #remove(entry: Entry): void {
    this.#drop(entry);
    entry.text.release();
  }

  #drop(entry: Entry): void {
    this.#entries = this.#entries.filter((each) => each !== entry);
    this.#bytes -= entry.text.bytes;
  }
}

/** Length of the common prefix of two texts. */
export function sharedLength(kept: ArrayLike<number>, ids: readonly number[]): number {
  const most = Math.min(kept.length, ids.length);
  let length = 0;
  while (length < most && kept[length] === ids[length]) length++;
  return length;
}
