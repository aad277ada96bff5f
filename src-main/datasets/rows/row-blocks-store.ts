import type { RowsDatabase } from '../../database/rows-file.ts';
import { type BlockRow, RowBlock } from './row-block.ts';
import type { TextTest } from './text-test.ts';

/** The imported rows of a rows file, by number. Their content never changes, so blocks are cached. */
export class RowBlocks {
  /** One past the last row in a block; rows written later, and those of older files, are stored individually. */
  readonly end: number;
  readonly #find;
  readonly #warnings;
  readonly #ids;
  readonly #kept: RowBlock[] = [];
  #warned = { first: -1, codes: new Map<number, string>() };

  constructor(database: RowsDatabase) {
    const last = database
      .prepare<[], { first: number; rows: number }>('SELECT first, rows FROM block ORDER BY first DESC LIMIT 1')
      .get();
    this.end = last ? last.first + last.rows : 0;
    this.#find = database.prepare<[number], { first: number; rows: number; content: Buffer }>(
      'SELECT first, rows, content FROM block WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    this.#warnings = database.prepare<[number, number], { number: number; codes: string }>(
      'SELECT number, codes FROM block_warning WHERE number >= ? AND number < ?',
    );
    this.#ids = {
      of: database.prepare<[number], FoundIds>(
        'SELECT first, ids, ends FROM block_source_ids WHERE first <= ? ORDER BY first DESC LIMIT 1',
      ),
      having: database.prepare<[Uint8Array], FoundIds>(
        'SELECT first, ids, ends FROM block_source_ids WHERE instr(ids, ?) > 0 ORDER BY first',
      ),
    };
  }

  /** A row below `end`. */
  row(number: number): BlockRow {
    return this.#block(number).row(number);
  }

  /** Group and context of a row below `end`; the context as UTF-8 bytes that are valid until the next row is read. */
  splitFacts(number: number): { group: string | null; context: () => Buffer } {
    const block = this.#block(number);
    return { group: block.group(number), context: () => block.context(number) };
  }

  /** Numbers of the rows in a range, below `end`, that contain a text. */
  *holding(test: TextTest, from: number, end: number): Generator<number, void> {
    for (let first = from; first < end; ) {
      const block = this.#block(first);
      const last = Math.min(end, block.first + block.rows);
      if (test.mayBeIn(block.texts(first, last))) {
        for (let number = first; number < last; number++) if (test.isIn(block.row(number))) yield number;
      }
      first = last;
    }
  }

  /** The codes of a row that was accepted with a warning. */
  warning(number: number): string | null {
    const { first, rows } = this.#block(number);
    // Hardly any row has one, and rows are usually read in sequence.
    if (this.#warned.first !== first) {
      const found = this.#warnings.all(first, first + rows).map(({ number: own, codes }) => [own, codes] as const);
      this.#warned = { first, codes: new Map(found) };
    }
    return this.#warned.codes.get(number) ?? null;
  }

  /** The row's id in the source file. */
  sourceId(number: number): string | null {
    const found = this.#ids.of.get(number);
    return found ? idAt(found, number - found.first).toString() || null : null;
  }

  /** Numbers of the rows with this id in the source file, ascending. */
  *numbersOf(sourceId: string): Generator<number, void> {
    const wanted = Buffer.from(sourceId);
    if (wanted.length === 0) return;
    for (const found of this.#ids.having.all(wanted)) {
      for (let place = 0; place < found.ends.length / 4; place++) {
        if (idAt(found, place).equals(wanted)) yield found.first + place;
      }
    }
  }

  #block(number: number): RowBlock {
    const known = this.#kept.findIndex((block) => block.has(number));
    if (known === 0) return this.#kept[0] as RowBlock; // found there
    let block = this.#kept[known];
    if (block) this.#kept.splice(known, 1);
    else {
      const found = this.#find.get(number);
      if (!found) throw new Error(`row ${number} is in no block`);
      block = new RowBlock(found.first, found.rows, found.content);
      if (!block.has(number)) throw new Error(`row ${number} is in no block`);
      if (this.#kept.length >= keptBlocks) this.#kept.pop();
    }
    this.#kept.unshift(block);
    return block;
  }
}

interface FoundIds {
  readonly first: number;
  readonly ids: Buffer;
  readonly ends: Buffer;
}

/** Empty past the last id, and for a row without one. */
function idAt({ ids, ends }: FoundIds, place: number): Buffer {
  if (place * 4 >= ends.length) return ids.subarray(0, 0);
  return ids.subarray(place === 0 ? 0 : ends.readUInt32LE((place - 1) * 4), ends.readUInt32LE(place * 4));
}

/** A page of a hundred rows spans a few blocks; the two neighbours of an edit, one or two. */
const keptBlocks = 8;
