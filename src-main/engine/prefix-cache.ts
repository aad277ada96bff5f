import { isInPlace, type KeptText, type TextInPlace } from './key-value-cache.ts';

interface Entry {
  readonly owner: object;
  readonly scale: number;
  readonly ids: Int32Array;
  readonly text: KeptText;
}

/** The beginning of a text that was read before: so many of its places. */
export interface Known {
  readonly text: KeptText;
  readonly length: number;
}

/** Below so many tokens, reading is as quick as copying. */
export const leastShared = 8;

/**
 * What was read for earlier answers, so that a passage, a schema or a conversation's past is read once. What is kept depends on the
 * adapter that read it: entries are known by its weights and scale. The one unused for longest goes when there are too many.
 */
export class PrefixCache {
  readonly #budgetBytes: number;
  /** Last used last. */
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

  /** The kept text that begins like `ids`, and how far they are the same; at least one id is left to read. */
  find(owner: object, scale: number, ids: readonly number[]): Known | undefined {
    let best: Entry | undefined;
    let longest = leastShared - 1;
    for (const entry of this.#entries) {
      if (entry.owner !== owner || entry.scale !== scale) continue;
      const length = Math.min(sharedLength(entry.ids, ids), ids.length - 1);
      if (length > longest) [best, longest] = [entry, length];
    }
    if (best === undefined) return undefined;
    this.#entries = [...this.#entries.filter((entry) => entry !== best), best];
    return { text: best.text, length: longest };
  }

  /** Keeps what was read of a text, until there is no room for it; its beginnings that were kept before go. */
  keep(owner: object, scale: number, ids: readonly number[], text: KeptText): void {
    if (text.bytes > this.#budgetBytes || text.length < leastShared) {
      text.release();
      return;
    }
    const kept = Int32Array.from(ids.slice(0, text.length));
    const isOlder = (entry: Entry) =>
      entry.owner === owner && entry.scale === scale && sharedLength(entry.ids, ids) === entry.ids.length;
    for (const entry of this.#entries.filter(isOlder)) this.#remove(entry);
    this.#entries.push({ owner, scale, ids: kept, text });
    this.#bytes += text.bytes;
    while (this.#bytes > this.#budgetBytes) this.#remove(this.#entries[0] as Entry);
  }

  /** Whether all of a text is kept already. */
  holds(owner: object, scale: number, ids: readonly number[]): boolean {
    return this.#entries.some(
      (entry) => entry.owner === owner && entry.scale === scale && sharedLength(entry.ids, ids) === ids.length,
    );
  }

  /** Gives a text away that lies in the memory it was read into; undefined of a copy. */
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

/** How far two texts are the same. */
export function sharedLength(kept: ArrayLike<number>, ids: readonly number[]): number {
  const most = Math.min(kept.length, ids.length);
  let length = 0;
  while (length < most && kept[length] === ids[length]) length++;
  return length;
}
