import { createHash, hash } from 'node:crypto';

/** What of a row the hash of a dataset stands for, besides its split. */
export interface HashedContent {
  readonly context: string;
  readonly target: string;
  readonly group: string | null;
}

/**
 * A sum over all neighbours in a list of rows: each pair of neighbours adds the SHA-256 of their two hashes, modulo 2^256.
 * The sum depends on the rows and their order alone, and a changed row changes only the terms of its neighbourhood.
 */
export class NeighbourSum {
  readonly #words: Uint32Array;

  constructor(hex = '0'.repeat(64)) {
    const bytes = Buffer.from(hex, 'hex');
    this.#words = Uint32Array.from({ length: 8 }, (_, place) => bytes.readUInt32LE(place * 4));
  }

  /** `undefined` stands for the place before the first row and behind the last. */
  add(left: Buffer | undefined, right: Buffer | undefined): void {
    const term = termOf(left, right);
    let carry = 0;
    for (let place = 0; place < 8; place++) {
      const sum = (this.#words[place] ?? 0) + term.readUInt32LE(place * 4) + carry;
      this.#words[place] = sum;
      carry = sum > 0xffff_ffff ? 1 : 0;
    }
  }

  subtract(left: Buffer | undefined, right: Buffer | undefined): void {
    const term = termOf(left, right);
    let borrow = 0;
    for (let place = 0; place < 8; place++) {
      const rest = (this.#words[place] ?? 0) - term.readUInt32LE(place * 4) - borrow;
      this.#words[place] = rest;
      borrow = rest < 0 ? 1 : 0;
    }
  }

  toHex(): string {
    const bytes = Buffer.alloc(32);
    this.#words.forEach((word, place) => {
      bytes.writeUInt32LE(word, place * 4);
    });
    return bytes.toString('hex');
  }
}

/** The sum over rows that are handed over in order. */
export class ContentSum {
  readonly #sum = new NeighbourSum();
  #last: Buffer | undefined;

  add(row: HashedContent): void {
    const own = contentHash(row);
    this.#sum.add(this.#last, own);
    this.#last = own;
  }

  /** Call it once, after the last row. */
  finish(): string {
    this.#sum.add(this.#last, undefined);
    return this.#sum.toHex();
  }
}

/** The lengths before the texts keep apart what would read the same when strung together. */
export function contentHash({ context, target, group }: HashedContent): Buffer {
  return hash(
    'sha256',
    `${context.length} ${target.length} ${group?.length ?? '-'} ${context}${target}${group ?? ''}`,
    'buffer',
  );
}

/** The splits of all rows in order, one byte a row. */
export class SplitsHash {
  readonly #hash = createHash('sha256');

  add(states: Uint8Array): void {
    this.#hash.update(states);
  }

  finish(): string {
    return this.#hash.digest('hex');
  }
}

/** What a run pins: the same for the same rows in the same order and splits, however they came about. */
export function datasetHash(contentSum: string, splitsSha256: string): string {
  return hash('sha256', `rows ${contentSum} splits ${splitsSha256}`);
}

function termOf(left: Buffer | undefined, right: Buffer | undefined): Buffer {
  pair.fill(0);
  if (left) pair.set(left, 0);
  if (right) pair.set(right, 32);
  return hash('sha256', pair, 'buffer');
}

const pair = new Uint8Array(64);
