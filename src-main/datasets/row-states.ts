import type { Split } from '../../src-contract/dataset.ts';

// Which rows a version holds, and in which split: a state for each row number, kept in pages of 4096.

/** 0 for a row that is not in the version. */
export type RowState = 0 | 1 | 2 | 3;

export const pageRows = 4096;

const splits = ['train', 'validation', 'test'] as const;

export function stateOfSplit(split: Split): RowState {
  // Sound: there are three splits.
  return (splits.indexOf(split) + 1) as RowState;
}

/** Undefined for a row that is not there. */
export function splitOfState(state: number): Split | undefined {
  return splits[state - 1];
}

/** Two bits a row. */
export function packStates(states: Uint8Array): Uint8Array {
  const packed = new Uint8Array(pageRows / 4);
  for (let place = 0; place < pageRows; place++) {
    const at = place >> 2;
    packed[at] = (packed[at] ?? 0) | ((states[place] ?? 0) << ((place & 3) * 2));
  }
  return packed;
}

export function unpackStates(packed: Uint8Array): Uint8Array {
  const states = new Uint8Array(pageRows);
  for (let place = 0; place < pageRows; place++) states[place] = ((packed[place >> 2] ?? 0) >> ((place & 3) * 2)) & 3;
  return states;
}

/** The states of rows that come one by one, a byte each. */
export class GatheredStates {
  #states = new Uint8Array(pageRows);
  #rows = 0;

  push(split: Split): void {
    if (this.#rows === this.#states.length) {
      const larger = new Uint8Array(Math.ceil(this.#rows * 1.5));
      larger.set(this.#states);
      this.#states = larger;
    }
    this.#states[this.#rows++] = stateOfSplit(split);
  }

  /** Deals a row to another split. */
  set(position: number, split: Split): void {
    this.#states[position] = stateOfSplit(split);
  }

  get all(): Uint8Array {
    return this.#states.subarray(0, this.#rows);
  }
}
