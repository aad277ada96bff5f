import type { AnswerForm } from '../../../src-contract/answer-form.ts';
import type { Choice, GrammarState } from './grammar-state.ts';

type Limits = Omit<Extract<AnswerForm, { kind: 'list' }>, 'kind'>;

/** A list of some of these texts, each once, `most` at most, with `between` before each but the first. */
export function textList({ texts, between, most }: Limits): GrammarState {
  const encoder = new TextEncoder();
  const all = [...new Set(texts)].map((text) => encoder.encode(text));
  return new ListPlace(encoder.encode(between), { unused: all, left: most });
}

/** What may be in the list from here on: the texts that are not in it yet, and how many of them at most. */
interface Rest {
  readonly unused: readonly Uint8Array[];
  readonly left: number;
}

/**
 * Within a text and, where a shorter one has ended, within what parts it from the next: “art, x” and “art history” may
 * both follow “art”.
 */
class ListPlace implements GrammarState, Choice {
  readonly accepting: boolean;
  readonly #between: Uint8Array;
  readonly #rest: Rest;
  /** The texts that begin like this one, and how many of their bytes have been written. */
  readonly #within: { readonly here: readonly Uint8Array[]; readonly depth: number };
  /** How much of `between` has been written, and what may follow it. */
  readonly #parting: { readonly written: number; readonly rest: Rest } | undefined;
  readonly #next = new Map<number, ListPlace | undefined>();

  constructor(
    between: Uint8Array,
    rest: Rest,
    within: { readonly here: readonly Uint8Array[]; readonly depth: number } = { here: rest.unused, depth: 0 },
    parting?: { readonly written: number; readonly rest: Rest },
  ) {
    this.#between = between;
    this.#rest = rest;
    this.#within = within;
    const ended = within.depth === 0 ? undefined : within.here.find(({ length }) => length === within.depth);
    this.accepting = ended !== undefined;
    const left = rest.left - 1;
    const goesOn = ended !== undefined && left > 0 && rest.unused.length > 1;
    this.#parting = goesOn
      ? { written: 0, rest: { unused: rest.unused.filter((text) => text !== ended), left } }
      : parting;
  }

  /** None where only one text, or what parts two, can be meant. */
  get choice(): Choice | undefined {
    const { length } = this.#within.here;
    return length === 0 || (length === 1 && this.#parting === undefined) ? undefined : this;
  }

  /** What is listed so far, and which texts can be next. */
  get texts(): string {
    const { here } = this.#within;
    const { unused } = (here.length === 0 ? this.#parting?.rest : undefined) ?? this.#rest;
    return `${unused.length} ${(here.length === 0 ? unused : here).map((text) => unused.indexOf(text))}`;
  }

  after(byte: number): Choice | undefined {
    return this.next(byte);
  }

  next(byte: number): ListPlace | undefined {
    if (!this.#next.has(byte)) this.#next.set(byte, this.#after(byte));
    return this.#next.get(byte);
  }

  #after(byte: number): ListPlace | undefined {
    const { here, depth } = this.#within;
    const within = { here: here.filter((text) => text[depth] === byte), depth: depth + 1 };
    const { written = 0, rest = this.#rest } = this.#parting ?? {};
    const parts = this.#parting !== undefined && this.#between[written] === byte;
    if (parts && written + 1 === this.#between.length) return new ListPlace(this.#between, rest);
    if (!parts && within.here.length === 0) return undefined;
    return new ListPlace(this.#between, this.#rest, within, parts ? { written: written + 1, rest } : undefined);
  }
}
