import { join } from 'node:path';
import type { FindingReport } from '../../../src-contract/finding.ts';
import { type DerivedDatabase, makeEmptyDatabase, openDerivedFile } from '../../database/derived-file.ts';
import type { FlaggedRow } from './detector.ts';

/** Stores the findings of a dataset's latest check, row by row. */
export class FindingStore {
  readonly #database: DerivedDatabase;

  constructor(file: string) {
    this.#database = openDerivedFile(file);
  }

  close(): void {
    this.#database.close();
  }

  /** Null if the dataset was never checked. */
  report(): FindingReport | null {
    const text = this.#database.prepare<[], string>('SELECT report FROM checked').pluck().get();
    // Sound: written only by `replace`, from the same type; without doubts by earlier versions of the studio.
    return text === undefined ? null : { doubts: [], ...(JSON.parse(text) as Omit<FindingReport, 'doubts'>) };
  }

  /**
   * Replaces the previous findings with those of a new check, atomically. Returns false immediately if any process is
   * writing the index in the same file.
   */
  replace(report: FindingReport, rows: Iterable<FlaggedRow>): boolean {
    const patienceMs = this.#database.pragma('busy_timeout', { simple: true });
    this.#database.pragma('busy_timeout = 0');
    try {
      this.#replace(report, rows);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return false;
      throw error;
    } finally {
      this.#database.pragma(`busy_timeout = ${patienceMs}`);
    }
  }

  #replace(report: FindingReport, rows: Iterable<FlaggedRow>): void {
    const insert = this.#database.prepare(
      'INSERT OR IGNORE INTO finding (code, number, position, detail, other) VALUES (?, ?, ?, ?, ?)',
    );
    this.#database
      .transaction(() => {
        this.#database.exec('DELETE FROM finding; DELETE FROM checked;');
        for (const { code, number, position, detail, other } of rows) insert.run(code, number, position, detail, other);
        this.#database
          .prepare('INSERT INTO checked (only, version, report) VALUES (1, ?, ?)')
          .run(report.version, JSON.stringify(report));
      })
      .immediate();
  }

  /** Rows of one finding, ordered by number. */
  rows(code: string, offset: number, limit: number): Omit<FlaggedRow, 'code'>[] {
    return this.#database
      .prepare<[string, number, number], Omit<FlaggedRow, 'code'>>(
        'SELECT number, position, detail, other FROM finding WHERE code = ? ORDER BY number LIMIT ? OFFSET ?',
      )
      .all(code, limit, offset);
  }

  /** Numbers of the rows with this finding, or with any. */
  numbers(code: string | undefined): number[] {
    return code === undefined
      ? this.#database.prepare<[], number>('SELECT DISTINCT number FROM finding').pluck().all()
      : this.#database.prepare<[string], number>('SELECT number FROM finding WHERE code = ?').pluck().all(code);
  }

  /** The codes of a row's findings. */
  codesOf(number: number): string[] {
    return this.#database.prepare<[number], string>('SELECT code FROM finding WHERE number = ?').pluck().all(number);
  }
}

/** The file of a database without tables, for queries of rows that have no database. */
export function emptyDatabase(datasetFolder: string): string {
  const file = join(datasetFolder, 'empty.sqlite');
  makeEmptyDatabase(file);
  return file;
}
