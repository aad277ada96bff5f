import type { StudioError } from '../../src-contract/errors.ts';
import { freeName } from '../../src-contract/name.ts';
import type { StudioDatabase } from './open.ts';

/** A name that a person has chosen, or one derived from something else, which gets a number if it is taken. */
export type GivenName = string | { readonly like: string };

/** The names in a table, each of which only one thing that is not deleted may have. */
export class LivingNames {
  readonly #database: StudioDatabase;
  readonly #table: string;
  readonly #taken: (name: string) => StudioError;

  /** `taken` is the error for a chosen name that something else has. */
  constructor(
    database: StudioDatabase,
    { table, taken }: { table: 'adapter' | 'base_model' | 'dataset'; taken: (name: string) => StudioError },
  ) {
    this.#database = database;
    this.#table = table;
    this.#taken = taken;
  }

  isTaken(name: string): boolean {
    return (
      this.#database.prepare(`SELECT 1 FROM ${this.#table} WHERE name = ? AND deleted_at IS NULL`).get(name) !==
      undefined
    );
  }

  /** Throws what `taken` gives. */
  requireFree(name: string): void {
    if (this.isTaken(name)) throw this.#taken(name);
  }

  /**
   * Writes what gets a name, together with the look for it: nobody else, in another process either, can take the name
   * in between. Throws what `taken` gives for a chosen name that is taken.
   */
  give<Result>(given: GivenName, write: (name: string) => Result): Result {
    const writeNamed = () => {
      if (typeof given !== 'string') return write(freeName(given.like, (name) => this.isTaken(name)));
      this.requireFree(given);
      return write(given);
    };
    return this.#database.transaction(writeNamed).immediate();
  }
}
