import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rejection } from '../../../src-contract/dataset.ts';
import { createRowsFile, type RowsDatabase } from '../../database/rows-file.ts';
import { ContentSum, datasetHash, SplitsHash } from '../rows/content-hash.ts';
import type { PackedRows } from '../rows/row-block.ts';
import { type GatheredStates, splitOfState } from '../rows/row-states.ts';

export interface NewRejection extends Rejection {
  /** Index within the dataset, from 0. */
  readonly number: number;
}

/** Facts about an imported dataset, for its first version and for the dataset list. */
export interface ImportedFacts {
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  readonly sha256: string;
}

/**
 * Writes the rows file of a new dataset, in a thread or on the main loop. Rows come in order, from position 0 without
 * gaps. Before `finish` the file is not crash-safe: an interrupted import must remove it.
 */
export class RowImport {
  readonly #database: RowsDatabase;
  readonly #statements;
  readonly #content = new ContentSum();
  #rows = 0;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#database = createRowsFile(file);
    this.#statements = {
      block: this.#database.prepare('INSERT INTO block (first, rows, content) VALUES (?, ?, ?)'),
      warning: this.#database.prepare('INSERT INTO block_warning (number, codes) VALUES (?, ?)'),
      ids: this.#database.prepare('INSERT INTO block_source_ids (first, ids, ends) VALUES (?, ?, ?)'),
      rejection: this.#database.prepare(
        'INSERT INTO rejection (number, line, code, message, cells) VALUES (?, ?, ?, ?, ?)',
      ),
    };
  }

  /** One transaction. */
  insert({ bytes, blocks, warnings, sourceIds }: PackedRows, rejections: readonly NewRejection[] = []): void {
    const statements = this.#statements;
    this.#database.transaction(() => {
      for (const [first, rows, start, end] of blocks) {
        if (first !== this.#rows) throw new Error(`row ${first} comes after row ${this.#rows - 1}`);
        const content = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
        statements.block.run(first, rows, content);
        this.#content.addBlock(rows, content);
        this.#rows += rows;
      }
      for (const [number, codes] of warnings) statements.warning.run(number, codes);
      if (sourceIds) {
        const { first, ids, ends } = sourceIds;
        statements.ids.run(first, ids, new Uint8Array(ends.buffer, ends.byteOffset, ends.byteLength));
      }
      for (const { number, line, code, data, cells } of rejections) {
        statements.rejection.run(number, line, code, JSON.stringify(data), JSON.stringify(cells));
      }
    })();
  }

  /** Writes version 1, in which each row has the state of its position. It is on disk once `FileSync` says so. */
  finish(now: number, states: GatheredStates): ImportedFacts {
    if (states.rows !== this.#rows) throw new Error(`${states.rows} states for ${this.#rows} rows`);
    const database = this.#database;
    const splits = { train: 0, validation: 0, test: 0 };
    const splitsHash = new SplitsHash();
    const insertPage = database.prepare('INSERT INTO state_page (page, version, states) VALUES (?, 1, ?)');
    const contentSum = this.#content.finish();
    const sha256 = database.transaction(() => {
      let number = 0;
      for (const { packed, states: page } of states.pages()) {
        for (const state of page) {
          const split = splitOfState(state);
          if (split) splits[split]++;
        }
        splitsHash.add(page);
        insertPage.run(number++, packed);
      }
      const splitsSha256 = splitsHash.finish();
      const hash = datasetHash(contentSum, splitsSha256);
      database
        .prepare(
          `INSERT INTO version (version, kind, detail, rows, train_rows, validation_rows, test_rows, content_sum,
             splits_sha256, sha256, same_as, created_at)
           VALUES (1, 'import', '{}', ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
        )
        .run(states.rows, splits.train, splits.validation, splits.test, contentSum, splitsSha256, hash, now);
      return hash;
    })();
    this.close();
    return { splits, sha256 };
  }

  /** Closes a file that will be removed; harmless after `finish`. */
  close(): void {
    this.#database.close();
  }
}
