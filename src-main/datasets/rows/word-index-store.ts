import { type DerivedDatabase, openDerivedFile } from '../../database/derived-file.ts';
import { pageRows } from './row-states.ts';

/** How many consecutive row numbers share one text of the index. */
export const groupRows = 2;

/** Lengths in characters of both texts for a page of rows, by row number. */
export interface PageLetters {
  readonly context: Uint32Array;
  readonly target: Uint32Array;
}

/** Finds rows by substrings in any script, and stores the lengths of their texts. */
export class WordIndex {
  readonly #database: DerivedDatabase;
  readonly #continuations;
  readonly #page;

  constructor(file: string) {
    this.#database = openDerivedFile(file);
    this.#continuations = this.#database
      .prepare<[string, string, number], string>('SELECT term FROM trigram WHERE term >= ? AND term < ? LIMIT ?')
      .pluck();
    this.#page = this.#database.prepare<[number], { context: Uint8Array; target: Uint8Array }>(
      'SELECT context, target FROM letters WHERE page = ?',
    );
  }

  close(): void {
    this.#database.close();
  }

  /** Rows below this number are in the index; only complete groups are added. */
  get rows(): number {
    return this.#database.prepare<[], number>('SELECT rows FROM indexed').pluck().get() ?? 0;
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE');
    // A large in-memory buffer for new entries gives few, large segments, which need little merging later.
    this.#database.exec("INSERT INTO words (words, rank) VALUES ('hashsize', 33554432)");
  }

  /** Complete groups of rows, which must directly follow those already in the index. */
  add(rows: readonly { number: number; context: string; target: string }[]): void {
    const insert = this.#database.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
    let letters: PageLetters | undefined;
    let page = -1;
    let text = '';
    for (const [place, { number, context, target }] of rows.entries()) {
      text += `${context}${end}${target}${end}`;
      const group = Math.floor(number / groupRows);
      if (Math.floor((rows[place + 1]?.number ?? Infinity) / groupRows) !== group) {
        insert.run(group, text);
        text = '';
      }
      if (Math.floor(number / pageRows) !== page) {
        if (letters) this.#setPage(page, letters);
        page = Math.floor(number / pageRows);
        letters = this.letters(page);
      }
      if (letters) {
        letters.context[number % pageRows] = context.length;
        letters.target[number % pageRows] = target.length;
      }
    }
    if (letters) this.#setPage(page, letters);
  }

  /** Ends what `begin` began; rows below `end` are in the index from now on. */
  commit(end: number): void {
    if (this.rows < seenRows && end >= seenRows) this.#noteCommon(end);
    this.#database.prepare('UPDATE indexed SET rows = ?').run(end);
    this.#database.exec('COMMIT');
  }

  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  letters(page: number): PageLetters {
    const kept = this.#page.get(page);
    if (!kept) return { context: new Uint32Array(pageRows), target: new Uint32Array(pageRows) };
    // Copied, because a blob may be unaligned.
    const list = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer);
    return { context: list(kept.context), target: list(kept.target) };
  }

  /**
   * Groups of rows from `from` on, ascending, that may contain a text: a superset of those that do, with `undefined`
   * whenever some time has passed. Returns `many` for a text of one or two letters that continues to so many trigrams
   * that scanning the rows is no slower. Exhaust it or call `return()`: an open read keeps concurrent writes from being
   * merged into the file.
   */
  *candidates(text: string, from: number): Generator<number | undefined, 'all' | 'many'> {
    // NUL would end the expression. The index leaves it out, too.
    const letters = [...text.replaceAll('\0', '')];
    if (letters.length < 3) return yield* this.#continuing(letters.join('').toLowerCase(), from);
    yield* this.#matching(this.#tellingOf(trigramsOf(letters)).map(quoted).join(' '), from);
    return 'all';
  }

  *#continuing(lowered: string, from: number): Generator<number | undefined, 'all' | 'many'> {
    const terms = this.#continuations.all(lowered, `${lowered}\u{10FFFF}`, manyTerms);
    if (terms.length === manyTerms) return 'many';
    const groups = new Set<number>();
    for (const term of terms) {
      for (const group of this.#matching(quoted(term), from)) {
        groups.add(group);
        if (groups.size > manyGroups) return 'many';
      }
      yield undefined;
    }
    yield* [...groups].sort((a, b) => a - b);
    return 'all';
  }

  /** The rarest of them: one that is nearly everywhere rules little out and has the longest list. */
  #tellingOf(trigrams: readonly string[]): string[] {
    const share = this.#database.prepare<[string], number>('SELECT share FROM common WHERE term = ?').pluck();
    const shares = new Map(trigrams.map((term) => [term.toLowerCase(), share.get(term.toLowerCase()) ?? 0]));
    return [...shares]
      .sort((a, b) => a[1] - b[1])
      .slice(0, mostTerms)
      .map(([term]) => term);
  }

  /** Records the trigrams that occur in many of the rows indexed so far. */
  #noteCommon(rows: number): void {
    const groups = rows / groupRows;
    this.#database
      .prepare('INSERT OR REPLACE INTO common (term, share) SELECT term, doc * 1.0 / ? FROM trigram WHERE doc > ?')
      .run(groups, groups / 500);
  }

  /** A separate statement for each search, because several may be in progress. */
  #matching(expression: string, from: number): IterableIterator<number> {
    return this.#database
      .prepare<[string, number], number>('SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? ORDER BY rowid')
      .pluck()
      .iterate(expression, from);
  }

  #setPage(page: number, { context, target }: PageLetters): void {
    const bytes = (list: Uint32Array) => new Uint8Array(list.buffer);
    this.#database
      .prepare('INSERT OR REPLACE INTO letters (page, context, target) VALUES (?, ?, ?)')
      .run(page, bytes(context), bytes(target));
  }
}

/** Appended to each text, so that its last two letters start trigrams as well. */
const end = '\u0001\u0001';

/** With this many rows, it is known which trigrams are common. */
const seenRows = 10_000;
const mostTerms = 8;

const manyTerms = 200;
const manyGroups = 50_000;

/** All trigrams of a short text, sixteen evenly spaced ones of a long one; the rows found are verified anyway. */
function trigramsOf(letters: readonly string[]): string[] {
  const last = letters.length - 3;
  const starts = new Set<number>();
  const step = Math.max(1, Math.ceil(last / 15));
  for (let start = 0; start < last; start += step) starts.add(start);
  starts.add(last);
  return [...starts].map((start) => letters.slice(start, start + 3).join(''));
}

function quoted(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}
