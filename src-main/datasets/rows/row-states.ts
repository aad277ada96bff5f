import type { Split } from '../../../src-contract/dataset.ts';

// Which rows a version contains, and in which split: a state for each row number, stored in pages of 4096.

/** 0 for a row that is not in the version. */
export type RowState = 0 | 1 | 2 | 3;

export const pageRows = 4096;

const splits = ['train', 'validation', 'test'] as const;

export function stateOfSplit(split: Split): RowState {
  // Sound: there are three splits.
  return (splits.indexOf(split) + 1) as RowState;
}

/** Undefined for a row that does not exist. */
export function splitOfState(state: number): Split | undefined {
  return splits[state - 1];
}

/** Two bits per row. */
export function packStates(states: Uint8Array): Uint8Array {
  const packed = new Uint8Array(pageRows / 4);
  for (let place = 0; place < pageRows; place++) {
    const at = place >> 2;
    packed[at] = (packed[at] ?? 0) | ((states[place] ?? 0) << ((place & 3) * 2));
  }
  return packed;
}

/** Into `fours` if given: the memory of a page, viewed as 32-bit numbers. */
export function unpackStates(packed: Uint8Array, fours = new Uint32Array(pageRows / 4)): Uint8Array {
  for (let place = 0; place < fours.length; place++) fours[place] = fourStates[packed[place] ?? 0] ?? 0;
  return new Uint8Array(fours.buffer);
}

/** For each byte of a packed page, the states of its four rows as laid out in memory. */
const fourStates = Uint32Array.from({ length: 256 }, (_, byte) => {
  const states = Uint8Array.of(byte & 3, (byte >> 2) & 3, (byte >> 4) & 3, byte >> 6);
  return new Uint32Array(states.buffer)[0] ?? 0;
});

/** Without those of rows that do not exist. */
export function presentStates(states: Uint8Array): Uint8Array {
  // Hardly any page has a gap, and this scan runs at memory speed.
  const gap = states.indexOf(0);
  if (gap < 0) return states;
  const present = Uint8Array.from(states);
  let end = gap;
  for (let place = gap + 1; place < states.length; place++) {
    const state = states[place] ?? 0;
    if (state > 0) present[end++] = state;
  }
  return present.subarray(0, end);
}

/** The states of rows that come one by one, packed: 2.5 MB for ten million rows. */
export class GatheredStates {
  #packed = new Uint8Array(pageRows);
  #rows = 0;

  static of(packed: Uint8Array<ArrayBuffer>, rows: number): GatheredStates {
    const states = new GatheredStates();
    states.#packed = packed;
    states.#rows = rows;
    return states;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Two bits per row, as in `packStates`. */
  get packed(): Uint8Array<ArrayBuffer> {
    return this.#packed;
  }

  push(split: Split): void {
    if (this.#rows === this.#packed.length * 4) {
      const larger = new Uint8Array(this.#packed.length * 2);
      larger.set(this.#packed);
      this.#packed = larger;
    }
    this.set(this.#rows++, split);
  }

  /** Moves a row to another split. */
  set(position: number, split: Split): void {
    const [at, shift] = [position >> 2, (position & 3) * 2];
    this.#packed[at] = ((this.#packed[at] ?? 0) & ~(3 << shift)) | (stateOfSplit(split) << shift);
  }

  /**
   * The states of each page, packed and as one byte per row; the last page is shorter. Each result is only valid until
   * the next.
   */
  *pages(): Generator<{ packed: Uint8Array; states: Uint8Array }, void> {
    const packed = new Uint8Array(pageRows / 4);
    const states = new Uint8Array(pageRows);
    for (let start = 0; start < this.#rows; start += pageRows) {
      packed.fill(0);
      packed.set(this.#packed.subarray(start / 4, start / 4 + packed.length));
      for (let place = 0; place < pageRows; place++)
        states[place] = ((packed[place >> 2] ?? 0) >> ((place & 3) * 2)) & 3;
      yield { packed, states: states.subarray(0, this.#rows - start) };
    }
  }
}
