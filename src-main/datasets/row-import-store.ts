import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Example, Rejection, Split } from '../../src-contract/dataset.ts';
import { createRowsFile, type RowsDatabase } from '../database/rows-file.ts';
import { ContentSum, datasetHash, SplitsHash } from './content-hash.ts';
import { packStates, pageRows, splitOfState, stateOfSplit } from './row-states.ts';

/** A row as the import hands it over; its id comes from its position. */
export interface NewExample extends Omit<Example, 'id' | 'warning'> {
  /** What the source file's own id column says. */
  readonly sourceId: string | null;
  /** Why the row was taken with a warning: codes, separated by blanks. */
  readonly warning?: string | null;
}

export interface NewRejection extends Rejection {
  /** Counted from 0 within the dataset. */
  readonly number: number;
}

/** What an imported dataset holds, for its first version and for the list of datasets. */
export interface ImportedFacts {
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  readonly sha256: string;
}

/**
 * Writes the rows file of a new dataset, in a thread or on the main loop. The rows come in order, from position 0 on without
 * a gap. Until `finish` nothing of the file is promised to survive: whoever began the import removes it when it is cut off.
 */
export class RowImport {
  readonly #file: string;
  readonly #database: RowsDatabase;
  readonly #insert: ReturnType<typeof insertStatement>;
  readonly #content = new ContentSum();
  #states = new Uint8Array(pageRows);
  #rows = 0;
  #hasSourceIds = false;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    this.#database = createRowsFile(file);
    this.#insert = insertStatement(this.#database);
  }

  get rows(): number {
    return this.#rows;
  }

  /** One transaction. Callers that share their thread hand over so few rows that it stays short. */
  insert(examples: readonly NewExample[], rejections: readonly NewRejection[] = []): void {
    const insertRejection = this.#database.prepare(
      'INSERT INTO rejection (number, line, code, message, cells) VALUES (?, ?, ?, ?, ?)',
    );
    this.#database.transaction(() => {
      for (const example of examples) {
        const { position, line, context, target, group, database, sourceId, warning = null } = example;
        if (position !== this.#rows) throw new Error(`row ${position} comes after row ${this.#rows - 1}`);
        this.#insert.run(position, line, context, target, group, database, sourceId, warning);
        this.#content.add(example);
        this.#hasSourceIds ||= sourceId !== null;
        this.setSplit(position, example.split);
        this.#rows++;
      }
      for (const { number, line, code, data, cells } of rejections) {
        insertRejection.run(number, line, code, JSON.stringify(data), JSON.stringify(cells));
      }
    })();
  }

  /** Deals a row to a split, also one that is already stored. */
  setSplit(position: number, split: Split): void {
    if (position >= this.#states.length) {
      const larger = new Uint8Array(this.#states.length * 2);
      larger.set(this.#states);
      this.#states = larger;
    }
    this.#states[position] = stateOfSplit(split);
  }

  splitOf(position: number): Split | undefined {
    return splitOfState(this.#states[position] ?? 0);
  }

  /** What the split of each row depends on, in order. */
  *keys(): Generator<{ position: number; context: string; group: string | null; split: Split }, void> {
    const next = this.#database.prepare<[number], { number: number; context: string; group_key: string | null }>(
      'SELECT number, context, group_key FROM example WHERE number > ? ORDER BY number LIMIT 200',
    );
    for (let after = -1; ; ) {
      const rows = next.all(after);
      for (const { number, context, group_key } of rows) {
        const split = this.splitOf(number);
        if (split) yield { position: number, context, group: group_key, split };
      }
      const last = rows.at(-1);
      if (!last) return;
      after = last.number;
    }
  }

  /** Writes version 1, and returns when the disk has everything. */
  finish(now: number): ImportedFacts {
    const database = this.#database;
    const splits = { train: 0, validation: 0, test: 0 };
    const splitsHash = new SplitsHash();
    const insertPage = database.prepare('INSERT INTO state_page (page, version, states) VALUES (?, 1, ?)');
    const contentSum = this.#content.finish();
    const sha256 = database.transaction(() => {
      for (let start = 0; start < this.#rows; start += pageRows) {
        const page = this.#states.subarray(start, Math.min(start + pageRows, this.#rows));
        for (const state of page) {
          const split = splitOfState(state);
          if (split) splits[split]++;
        }
        splitsHash.add(page);
        insertPage.run(start / pageRows, packStates(page));
      }
      const splitsSha256 = splitsHash.finish();
      const hash = datasetHash(contentSum, splitsSha256);
      database
        .prepare(
          `INSERT INTO version (version, kind, detail, rows, train_rows, validation_rows, test_rows, content_sum,
             splits_sha256, sha256, same_as, created_at)
           VALUES (1, 'import', '{}', ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
        )
        .run(this.#rows, splits.train, splits.validation, splits.test, contentSum, splitsSha256, hash, now);
      // Rows are looked up by the ids of their file; made at the end, and only where there are ids.
      if (this.#hasSourceIds) {
        database.exec('CREATE INDEX example_source_id ON example (source_id) WHERE source_id IS NOT NULL');
      }
      return hash;
    })();
    database.close();
    const file = openSync(this.#file, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return { splits, sha256 };
  }

  /** Lets go of a file that will be removed; harmless after `finish`. */
  close(): void {
    this.#database.close();
  }
}

function insertStatement(database: RowsDatabase) {
  return database.prepare<[number, number, string, string, string | null, string | null, string | null, string | null]>(
    `INSERT INTO example (number, line, context, target, group_key, database_name, source_id, warning)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
}
