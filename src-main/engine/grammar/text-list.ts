import type { AnswerForm } from '../../../src-contract/answer-form.ts';
import type { Choice, GrammarState } from './grammar-state.ts';

type Limits = Omit<Extract<AnswerForm, { kind: 'list' }>, 'kind'>;

/** A list of some of these texts, each once, `most` at most, with a `between` before each but the first. */
export function textList({ texts, between, orBetween = [], most }: Limits): GrammarState {
  const encoder = new TextEncoder();
  const encoded = (each: readonly string[]) => [...new Set(each)].map((text) => encoder.encode(text));
  return new ListPlace(encoded([between, ...orBetween]), { unused: encoded(texts), left: most });
}

/** What may be in the list from here on: the texts that are not in it yet, and how many of them at most. */
interface Rest {
  readonly unused: readonly Uint8Array[];
  readonly left: number;
}

/** What may part two texts and begins like this, how many of its bytes have been written, and what may follow it. */
interface Parting {
  readonly here: readonly Uint8Array[];
  readonly written: number;
  readonly rest: Rest;
}

/**
 * Within a text and, where a shorter one has ended, within what parts it from the next: “art, x” and “art history” may
 * both follow “art”.
 */
class ListPlace implements GrammarState, Choice {
  readonly accepting: boolean;
  readonly #betweens: readonly Uint8Array[];
  readonly #rest: Rest;
  /** The texts that begin like this one, and how many of their bytes have been written. */
  readonly #within: { readonly here: readonly Uint8Array[]; readonly depth: number };
  /** Also at the beginning of a text, where more may part it from the last one: after “, ” an “and ”. */
  readonly #parting: Parting | undefined;
  readonly #next = new Map<number, ListPlace | undefined>();

  constructor(
    betweens: readonly Uint8Array[],
    rest: Rest,
    within: { readonly here: readonly Uint8Array[]; readonly depth: number } = { here: rest.unused, depth: 0 },
    parting?: Parting,
  ) {
    this.#betweens = betweens;
    this.#rest = rest;
    this.#within = within;
    const ended = within.depth === 0 ? undefined : within.here.find(({ length }) => length === within.depth);
    this.accepting = ended !== undefined;
    const left = rest.left - 1;
    const goesOn = ended !== undefined && left > 0 && rest.unused.length > 1;
    this.#parting = goesOn
      ? { here: betweens, written: 0, rest: { unused: rest.unused.filter((text) => text !== ended), left } }
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
    const { here: betweens = [], written = 0, rest = this.#rest } = this.#parting ?? {};
    const going = betweens.filter((between) => between[written] === byte);
    const longer = going.filter(({ length }) => length > written + 1);
    const parting = longer.length > 0 ? { here: longer, written: written + 1, rest } : undefined;
    if (longer.length < going.length) return new ListPlace(this.#betweens, rest, undefined, parting);
    if (parting === undefined && within.here.length === 0) return undefined;
    return new ListPlace(this.#betweens, this.#rest, within, parting);
  }
}
