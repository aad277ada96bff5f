import type { Example } from '../../../src-contract/dataset.ts';

// Imported rows are stored in blocks: consecutive rows as one sequence of bytes. First the texts of each row in UTF-8
// (context, target, group, database, with nothing in between), then for each row five little-endian 32-bit numbers: its
// line, and where each of its four texts ends in the block. These numbers start at a multiple of four. An empty group
// or database means none.

/** A row as passed on by the import; its id is derived from its position. */
export interface NewExample extends Omit<Example, 'id' | 'warning' | 'split' | 'position'> {
  /** The row's id in the source file. */
  readonly sourceId: string | null;
  /** Why the row was accepted with a warning: codes, separated by spaces. */
  readonly warning?: string | null;
}

/** What a block stores about a row. */
export type BlockRow = Pick<Example, 'line' | 'context' | 'target' | 'group' | 'database'>;

/** Blocks on their way to the rows file; plain data, so that it can be passed to a thread. */
export interface PackedRows {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each block: the number of its first row, its number of rows, and its start and end in `bytes`. */
  readonly blocks: readonly (readonly [first: number, rows: number, start: number, end: number])[];
  readonly warnings: readonly (readonly [number: number, codes: string])[];
  /** The ids that the rows have in their file, `undefined` if no row has one. */
  readonly sourceIds: PackedIds | undefined;
}

/** Ids of consecutive rows as bytes, and where each ends. */
export interface PackedIds {
  readonly first: number;
  readonly ids: Uint8Array;
  readonly ends: Uint32Array;
}

/** Collects rows in order and packs them. */
export class RowBatch {
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(batchBytes);
  #place = 0;
  #blockStart = 0;
  #blockFirst = 0;
  #blockRows = 0;
  #facts = new Uint32Array(factsPerRow * 64);
  /** Where the next of them goes. */
  #fact = 0;
  /** The number of the next row. */
  #next = 0;
  #blocks: [number, number, number, number][] = [];
  #warnings: [number, string][] = [];
  #ids = Buffer.allocUnsafeSlow(4096);
  #idsFirst = 0;
  #idEnds = new Uint32Array(256);
  #hasIds = false;

  get isFull(): boolean {
    return this.#place >= batchBytes - 2 * blockBytes;
  }

  get isEmpty(): boolean {
    return this.#next === this.#idsFirst;
  }

  add({ line, context, target, group, database, sourceId, warning = null }: NewExample): void {
    this.begin(line);
    for (const text of [context, target, group ?? '', database ?? '']) {
      this.putText(text);
      this.endText();
    }
    if (warning !== null) this.#warnings.push([this.#next, warning]);
    const id = sourceId === null ? undefined : Buffer.from(sourceId);
    this.end(id, 0, id?.length ?? 0);
  }

  /** Begins a row. Each of its four texts is then put and ended, and `end` ends the row. */
  begin(line: number): void {
    const at = this.#blockRows * factsPerRow;
    if (at + factsPerRow > this.#facts.length) this.#facts = grown(this.#facts);
    this.#facts[at] = line;
    this.#fact = at + 1;
  }

  putText(text: string): void {
    if (text === '') return;
    this.#makeRoom(text.length * 3);
    this.#place += this.#bytes.write(text, this.#place);
  }

  putBytes(bytes: Buffer, start: number, end: number): void {
    this.#makeRoom(end - start);
    copyBytes(bytes, start, end, this.#bytes, this.#place);
    this.#place += end - start;
  }

  endText(): void {
    this.#facts[this.#fact++] = this.#place - this.#blockStart;
  }

  /** The context of the current row, once it has been ended. */
  get lastContext(): Uint8Array {
    const at = this.#blockRows * factsPerRow;
    const start = at === 0 ? 0 : (this.#facts[at - 1] ?? 0);
    return this.#bytes.subarray(this.#blockStart + start, this.#blockStart + (this.#facts[at + 1] ?? 0));
  }

  end(ids: Buffer | undefined, idStart: number, idEnd: number): void {
    const place = this.#next - this.#idsFirst;
    if (place >= this.#idEnds.length) this.#idEnds = grown(this.#idEnds);
    const before = place === 0 ? 0 : (this.#idEnds[place - 1] ?? 0);
    const after = before + idEnd - idStart;
    if (ids && idEnd > idStart) {
      if (after > this.#ids.length) this.#ids = grownBytes(this.#ids, after, before);
      copyBytes(ids, idStart, idEnd, this.#ids, before);
      this.#hasIds = true;
    }
    this.#idEnds[place] = after;
    this.#next++;
    this.#blockRows++;
    if (this.#place - this.#blockStart >= blockBytes) this.#closeBlock();
  }

  /** Returns what has been collected and leaves the batch empty, with another buffer. */
  take(spare?: ArrayBuffer): PackedRows {
    if (this.#blockRows > 0) this.#closeBlock();
    const rows = this.#next - this.#idsFirst;
    const idBytes = rows === 0 ? 0 : (this.#idEnds[rows - 1] ?? 0);
    const packed: PackedRows = {
      bytes: this.#bytes,
      blocks: this.#blocks,
      warnings: this.#warnings,
      sourceIds: this.#hasIds
        ? {
            first: this.#idsFirst,
            ids: Uint8Array.prototype.slice.call(this.#ids, 0, idBytes),
            ends: this.#idEnds.slice(0, rows),
          }
        : undefined,
    };
    // A buffer that grew for one long row is not kept.
    this.#bytes = spare?.byteLength === batchBytes ? Buffer.from(spare) : Buffer.allocUnsafeSlow(batchBytes);
    this.#blocks = [];
    this.#warnings = [];
    this.#hasIds = false;
    [this.#place, this.#blockStart] = [0, 0];
    [this.#blockFirst, this.#idsFirst] = [this.#next, this.#next];
    return packed;
  }

  #closeBlock(): void {
    const numbers = this.#blockRows * factsPerRow;
    this.#makeRoom(numbers * 4 + 8);
    // Aligned to four bytes, so that the numbers can be read as such.
    let place = (this.#place + 3) & ~3;
    for (let at = 0; at < numbers; at++, place += 4) {
      const value = this.#facts[at] ?? 0;
      this.#bytes[place] = value;
      this.#bytes[place + 1] = value >>> 8;
      this.#bytes[place + 2] = value >>> 16;
      this.#bytes[place + 3] = value >>> 24;
    }
    this.#blocks.push([this.#blockFirst, this.#blockRows, this.#blockStart, place]);
    // The next block is aligned to four bytes too, so that its texts can be scanned four bytes at a time.
    this.#place = place;
    this.#blockStart = this.#place;
    this.#blockFirst = this.#next;
    this.#blockRows = 0;
  }

  #makeRoom(bytes: number): void {
    if (this.#place + bytes > this.#bytes.length) {
      this.#bytes = grownBytes(this.#bytes, this.#place + bytes, this.#place);
    }
  }
}

/** The rows of a block: where their texts are, and the texts themselves. */
export class RowBlock {
  readonly first: number;
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #factsStart: number;

  constructor(first: number, rows: number, bytes: Buffer) {
    this.first = first;
    this.rows = rows;
    this.#bytes = bytes;
    this.#factsStart = bytes.length - rows * factsPerRow * 4;
  }

  has(number: number): boolean {
    return number >= this.first && number < this.first + this.rows;
  }

  row(number: number): BlockRow {
    const place = number - this.first;
    const [context = 0, target = 0, group = 0, database = 0] = [1, 2, 3, 4].map((fact) => this.#fact(place, fact));
    const text = (start: number, end: number) => this.#bytes.toString('utf8', start, end);
    return {
      line: this.#fact(place, 0),
      context: text(this.#start(place), context),
      target: text(context, target),
      group: text(target, group) || null,
      database: text(group, database) || null,
    };
  }

  /** As in `row`. */
  group(number: number): string | null {
    const place = number - this.first;
    const [start, end] = [this.#fact(place, 2), this.#fact(place, 3)];
    return start === end ? null : this.#bytes.toString('utf8', start, end);
  }

  /** In UTF-8. */
  context(number: number): Buffer {
    const place = number - this.first;
    return this.#bytes.subarray(this.#start(place), this.#fact(place, 1));
  }

  /** The texts of consecutive rows, in UTF-8, concatenated. */
  texts(first: number, end: number): Buffer {
    return this.#bytes.subarray(this.#start(first - this.first), this.#fact(end - 1 - this.first, 4));
  }

  #start(place: number): number {
    return place === 0 ? 0 : this.#fact(place - 1, 4);
  }

  #fact(place: number, fact: number): number {
    return this.#bytes.readUInt32LE(this.#factsStart + (place * factsPerRow + fact) * 4);
  }
}

export const factsPerRow = 5;
/** Reading one row reads its block: about ten rows of usual length, four pages of the rows file. */
const blockBytes = 24 * 1024;
const batchBytes = 256 * 1024;

/** A native call costs as much as copying a few dozen bytes in a loop. */
export function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > 48) from.copy(to, at, start, end);
  else for (let place = start, next = at; place < end; place++, next++) to[next] = from[place] ?? 0;
}

function grown(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2);
  larger.set(list);
  return larger;
}

function grownBytes(bytes: Buffer<ArrayBuffer>, atLeast: number, used: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(atLeast, bytes.length * 2));
  bytes.copy(larger, 0, 0, used);
  return larger;
}
