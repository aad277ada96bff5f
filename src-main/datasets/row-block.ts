import type { Example } from '../../src-contract/dataset.ts';

// Imported rows lie in blocks: rows that follow each other, as one piece of bytes. First come the texts of each row in UTF-8
// (context, target, group, database, without anything between), then for each row five numbers of four bytes, little-endian:
// its line, and where its four texts end in the block; they begin at a multiple of four. An empty group or database is none.

/** A row as the import hands it over; its id comes from its position. */
export interface NewExample extends Omit<Example, 'id' | 'warning' | 'split' | 'position'> {
  /** What the source file's own id column says. */
  readonly sourceId: string | null;
  /** Why the row was taken with a warning: codes, separated by blanks. */
  readonly warning?: string | null;
}

/** What a block says of a row. */
export type BlockRow = Pick<Example, 'line' | 'context' | 'target' | 'group' | 'database'>;

/** Blocks on their way to the rows file; plain data, so that it can be handed to a thread. */
export interface PackedRows {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each block the number of its first row, how many rows it has, and where it starts and ends in `bytes`. */
  readonly blocks: readonly (readonly [first: number, rows: number, start: number, end: number])[];
  readonly warnings: readonly (readonly [number: number, codes: string])[];
  /** The ids that the rows have in their file, `undefined` where no row has one. */
  readonly sourceIds: PackedIds | undefined;
}

/** Ids of rows that follow each other, as bytes, and where each ends. */
export interface PackedIds {
  readonly first: number;
  readonly ids: Uint8Array;
  readonly ends: Uint32Array;
}

/** Gathers rows in order and packs them. */
export class RowBatch {
  #bytes: Buffer<ArrayBuffer>;
  #place = 0;
  #blockStart = 0;
  #blockFirst: number;
  #blockRows = 0;
  #facts = new Uint32Array(factsPerRow * 64);
  /** Where the next of them goes. */
  #fact = 0;
  #next: number;
  #blocks: [number, number, number, number][] = [];
  #warnings: [number, string][] = [];
  #ids = Buffer.allocUnsafeSlow(4096);
  #idsFirst: number;
  #idEnds = new Uint32Array(256);
  #hasIds = false;

  constructor(first = 0) {
    this.#bytes = Buffer.allocUnsafeSlow(batchBytes);
    this.#next = first;
    this.#blockFirst = first;
    this.#idsFirst = first;
  }

  /** The number that the next row gets. */
  get next(): number {
    return this.#next;
  }

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

  /** Begins a row; four times some texts are put and ended, and `end` ends the row. */
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

  /** The context of the row that is being put, once it has been ended. */
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

  /** What has been gathered; the batch is empty then, and goes on in another buffer. */
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
    // At a multiple of four, so that they can be read as what they are.
    let place = (this.#place + 3) & ~3;
    for (let at = 0; at < numbers; at++, place += 4) {
      const value = this.#facts[at] ?? 0;
      this.#bytes[place] = value;
      this.#bytes[place + 1] = value >>> 8;
      this.#bytes[place + 2] = value >>> 16;
      this.#bytes[place + 3] = value >>> 24;
    }
    this.#blocks.push([this.#blockFirst, this.#blockRows, this.#blockStart, place]);
    // The next block starts at a multiple of four too, so that its texts can be looked at four bytes at a time.
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

/** Where the texts of a block's rows lie, and what they say. */
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

  /** As `row` has it. */
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

  /** The texts of some rows that follow each other, in UTF-8, one behind the other. */
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
/** Reading one row reads its block: some ten rows of usual length, four pages of the rows file. */
const blockBytes = 24 * 1024;
const batchBytes = 256 * 1024;

/** A call of the system's own costs as much as copying some dozen bytes here. */
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
