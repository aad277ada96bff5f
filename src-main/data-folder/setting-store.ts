import type { StudioDatabase } from '../database/open.ts';

/** Settings of the data folder that outlive the process, by name. Language and theme are kept by the browser. */
export class SettingStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  read(name: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM setting WHERE name = ?').get(name);
    return (row as { value: string } | undefined)?.value;
  }

  write(name: string, value: string): void {
    this.#database
      .prepare(
        'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      )
      .run(name, value);
  }
}
