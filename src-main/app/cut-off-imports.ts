import { type CutOffImport, cutOffImportSchema } from '../../src-contract/dataset.ts';
import type { SettingStore } from '../data-folder/setting-store.ts';

const setting = 'cutOffImports';
/** Home lists no more interruptions than this. */
const most = 9;

/** Imports that ended with their process and were undone at the next start: the rows of their datasets are gone. */
export class CutOffImports {
  readonly #choices: SettingStore;

  constructor(choices: SettingStore) {
    this.#choices = choices;
  }

  /** Newest first. */
  list(): CutOffImport[] {
    return cutOffImportSchema.array().parse(JSON.parse(this.#choices.read(setting) ?? '[]'));
  }

  /** Called before they are undone: if this start is killed in between, the next one notes them again. */
  note(found: readonly CutOffImport[]): void {
    if (found.length === 0) return;
    const others = this.list().filter(({ id }) => !found.some((each) => each.id === id));
    this.#choices.write(setting, JSON.stringify([...found, ...others].slice(0, most)));
  }
}
