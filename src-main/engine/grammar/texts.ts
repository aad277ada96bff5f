import type { Choice } from './grammar-state.ts';
import type { Place, Stack } from './stack.ts';

/**
 * Within one of some texts, the first `depth` bytes having been written. The texts lie sorted, so those that begin alike lie
 * together; places are made as they are come to, for there may be many long texts.
 */
export class TextPlace implements Place, Choice {
  readonly ends: boolean;
  readonly #list: TextList;
  readonly #from: number;
  readonly #to: number;
  readonly #depth: number;
  readonly #next = new Map<number, TextPlace | null>();

  constructor(list: TextList, from: number, to: number, depth: number) {
    this.#list = list;
    this.#from = from;
    this.#to = to;
    this.#depth = depth;
    this.ends = list.texts[from]?.length === depth;
  }

  get texts(): string {
    return `${this.#from} ${this.#to}`;
  }

  /** The text that may end here, if one does. */
  get ended(): string | undefined {
    return this.ends ? new TextDecoder().decode(this.#list.texts[this.#from]) : undefined;
  }

  /** Whether only one text can be meant. */
  get isLast(): boolean {
    return this.#to - this.#from === 1;
  }

  /** Names of members are not chosen from, what follows them is. */
  get choice(): Choice | undefined {
    return this.#list.followed === undefined && !this.isLast ? this : undefined;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const next = this.after(byte);
    if (next === undefined) return undefined;
    // The last byte of a text that begins no other.
    if (next.ends && next.isLast) {
      const followed = this.#list.followed?.(next.#from);
      return followed === undefined ? below : below.with(followed);
    }
    return below.with(next);
  }

  after(byte: number): TextPlace | undefined {
    let next = this.#next.get(byte);
    if (next === undefined) {
      const from = this.#firstFrom(byte);
      const to = this.#firstFrom(byte + 1);
      next = from < to ? new TextPlace(this.#list, from, to, this.#depth + 1) : null;
      this.#next.set(byte, next);
    }
    return next ?? undefined;
  }

  /** The first of the texts here whose next byte is at least this one. */
  #firstFrom(byte: number): number {
    let from = this.#from;
    let to = this.#to;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#list.texts[middle]?.[this.#depth] ?? -1) < byte) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

interface TextList {
  /** Sorted, each once. */
  readonly texts: readonly Uint8Array[];
  /** What comes behind a text, for texts none of which begins another. */
  readonly followed?: (index: number) => Place;
}

/** In front of one of these texts; one may be the beginning of another. */
export function textPlace(texts: readonly string[]): TextPlace {
  const sorted = [...new Set(texts)].map(utf8).sort(byBytes);
  return new TextPlace({ texts: sorted }, 0, sorted.length, 0);
}

/** In front of one of these texts, none of which begins another, each with what follows it. */
export function followedTexts(texts: readonly (readonly [text: string, follows: Place])[]): Place {
  const sorted = texts
    .map(([text, follows]) => ({ text: utf8(text), follows }))
    .sort((a, b) => byBytes(a.text, b.text));
  const list = { texts: sorted.map(({ text }) => text), followed: (index: number) => sorted[index]?.follows as Place };
  return new TextPlace(list, 0, sorted.length, 0);
}

const encoder = new TextEncoder();
const utf8 = (text: string) => encoder.encode(text);

function byBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}
