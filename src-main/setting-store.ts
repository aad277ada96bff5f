import type { StudioDatabase } from './database/open.ts';

/** What is set once for the data folder and outlives a start, by name. Language and theme are the browser's to keep. */
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
