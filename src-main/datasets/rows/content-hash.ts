import { isAscii } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { copyBytes, factsPerRow } from './row-block.ts';

/** The parts of a row that the dataset hash covers, besides its split. */
export interface HashedContent {
  readonly context: string;
  readonly target: string;
  readonly group: string | null;
}

/**
 * A sum over all neighbours in a list of rows: each pair of neighbours adds the SHA-256 of their two hashes, modulo
 * 2^256. The sum depends only on the rows and their order, and a changed row changes only the terms around it.
 */
export class NeighbourSum {
  readonly #words: Uint32Array;

  constructor(hex = '0'.repeat(64)) {
    const bytes = Buffer.from(hex, 'hex');
    this.#words = Uint32Array.from({ length: 8 }, (_, place) => bytes.readUInt32LE(place * 4));
  }

  /** `undefined` stands for the position before the first row and after the last. */
  add(left: Buffer | undefined, right: Buffer | undefined): void {
    setPair(left, right);
    this.addPair();
  }

  /** Adds the term for the two hashes in `pair`. */
  addPair(): void {
    hashPair();
    const words = this.#words;
    let carry = 0;
    for (let place = 0; place < 8; place++) {
      const sum = (words[place] ?? 0) + (termWords[place] ?? 0) + carry;
      words[place] = sum;
      carry = sum > 0xffff_ffff ? 1 : 0;
    }
  }

  subtract(left: Buffer | undefined, right: Buffer | undefined): void {
    setPair(left, right);
    hashPair();
    let borrow = 0;
    for (let place = 0; place < 8; place++) {
      const rest = (this.#words[place] ?? 0) - (termWords[place] ?? 0) - borrow;
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

/** The sum over blocks of rows that are added in order. */
export class ContentSum {
  readonly #sum = new NeighbourSum();
  /** The previous row's hash as a 32-character Latin-1 (`binary`) string, which is the fastest way to get it. */
  #last = noHash;
  /** Buffer for the text that a row's hash is computed from. */
  #text = Buffer.allocUnsafeSlow(64 * 1024);

  /** A block of `rows` rows; `bytes` starts at a multiple of four in its buffer. */
  addBlock(rows: number, bytes: Buffer): void {
    // Little-endian, like every machine that the studio runs on.
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    const facts = words.subarray(words.length - rows * factsPerRow);
    const isPlain = isAscii(bytes.subarray(0, facts[facts.length - 1] ?? 0));
    const letters = (from: number, to: number) => (isPlain ? to - from : lettersOf(bytes, words, from, to));
    let start = 0;
    for (let at = 0; at < facts.length; at += factsPerRow) {
      const [context, target, group] = [facts[at + 1] ?? 0, facts[at + 2] ?? 0, facts[at + 3] ?? 0];
      if (this.#text.length < group - start + 64) this.#text = Buffer.allocUnsafeSlow((group - start) * 2);
      const text = this.#text;
      let place = writeNumber(text, 0, letters(start, context));
      place = writeNumber(text, place, letters(context, target));
      if (group > target) place = writeNumber(text, place, letters(target, group));
      else {
        text[place++] = 0x2d;
        text[place++] = 0x20;
      }
      copyBytes(bytes, start, group, text, place);
      const own = hash('sha256', text.subarray(0, place + group - start), 'binary');
      pair.latin1Write(this.#last, 0, 32);
      pair.latin1Write(own, 32, 32);
      this.#sum.addPair();
      this.#last = own;
      start = facts[at + 4] ?? 0;
    }
  }

  /** Call once, after the last row. */
  finish(): string {
    pair.latin1Write(this.#last, 0, 32);
    pair.latin1Write(noHash, 32, 32);
    this.#sum.addPair();
    return this.#sum.toHex();
  }
}

export function contentHash(row: HashedContent): Buffer {
  return hash('sha256', contentText(row), 'buffer');
}

/** The leading lengths distinguish texts that would concatenate to the same string. */
function contentText({ context, target, group }: HashedContent): string {
  return `${context.length} ${target.length} ${group?.length ?? '-'} ${context}${target}${group ?? ''}`;
}

/** UTF-16 code units of a UTF-8 text: its bytes minus continuation bytes, plus one for each four-byte character. */
function lettersOf(bytes: Buffer, words: Uint32Array, from: number, to: number): number {
  let letters = to - from;
  let place = from;
  const one = () => {
    const byte = bytes[place++] ?? 0;
    if ((byte & 0xc0) === 0x80) letters--;
    else if (byte >= 0xf0) letters++;
  };
  while (place < to && (place & 3) !== 0) one();
  for (let word = place >> 2, end = to >> 2; word < end; ) {
    // Counted in four one-byte lanes, which hold at most 255.
    const stop = Math.min(end, word + 255);
    let [going, four] = [0, 0];
    for (; word < stop; word++) {
      const value = words[word] ?? 0;
      going += (value >>> 7) & ~(value >>> 6) & 0x0101_0101;
      four += (value >>> 7) & (value >>> 6) & (value >>> 5) & (value >>> 4) & 0x0101_0101;
    }
    letters += sumOfBytes(four) - sumOfBytes(going);
    place = word << 2;
  }
  while (place < to) one();
  return letters;
}

function sumOfBytes(value: number): number {
  return (value & 0xff) + ((value >>> 8) & 0xff) + ((value >>> 16) & 0xff) + (value >>> 24);
}

/** Writes a number and a space, and returns the position after them. */
function writeNumber(bytes: Buffer, at: number, value: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.trunc(rest / 10)) end++;
  for (let place = end - 1, rest = value; place >= at; place--, rest = Math.trunc(rest / 10)) {
    bytes[place] = 0x30 + (rest % 10);
  }
  bytes[end] = 0x20;
  return end + 1;
}

/** The splits of all rows in order, one byte per row. */
export class SplitsHash {
  readonly #hash = createHash('sha256');

  add(states: Uint8Array): void {
    this.#hash.update(states);
  }

  finish(): string {
    return this.#hash.digest('hex');
  }
}

/** What a run pins: equal for the same rows in the same order and splits, however they came about. */
export function datasetHash(contentSum: string, splitsSha256: string): string {
  return hash('sha256', `rows ${contentSum} splits ${splitsSha256}`);
}

function setPair(left: Buffer | undefined, right: Buffer | undefined): void {
  pair.fill(0);
  if (left) pair.set(left, 0);
  if (right) pair.set(right, 32);
}

function hashPair(): void {
  term.latin1Write(hash('sha256', pair, 'binary'), 0, 32);
}

const noHash = '\0'.repeat(32);
const pair = latin1Buffer(64);
const term = latin1Buffer(32);
/** Little-endian, as above. */
const termWords = new Uint32Array(term.buffer, term.byteOffset, 8);

/** Node.js has this method, but it is missing from its types. */
function latin1Buffer(bytes: number): Buffer & { latin1Write(text: string, offset: number, length: number): number } {
  return Buffer.from(new ArrayBuffer(bytes)) as unknown as ReturnType<typeof latin1Buffer>;
}
