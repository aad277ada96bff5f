import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Preset, TrainingSettings } from '../../src-contract/run.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';

/** Training settings that were saved under a name. */
export class TrainingSettingsStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** Sorted by name. */
  list(): TrainingSettings[] {
    const rows = this.#database
      .prepare('SELECT id, name, preset, options, created_at FROM training_settings ORDER BY name')
      .all() as Row[];
    return rows.map(fromRow);
  }

  /** Replaces settings of the same name. */
  save(settings: Pick<TrainingSettings, 'name' | 'preset' | 'options'>, now: number): TrainingSettings {
    const row = this.#database
      .prepare(
        `INSERT INTO training_settings (id, name, preset, options, created_at)
         VALUES (:id, :name, :preset, :options, :now)
         ON CONFLICT (name) DO UPDATE SET preset = :preset, options = :options, created_at = :now
         RETURNING id, name, preset, options, created_at`,
      )
      .get({ ...settings, id: newId(now), options: JSON.stringify(settings.options), now }) as Row;
    return fromRow(row);
  }

  /** Throws OPTION_INVALID if there are none with this id. */
  delete(id: string): void {
    const { changes } = this.#database.prepare('DELETE FROM training_settings WHERE id = ?').run(id);
    if (changes === 0)
      throw new StudioError('OPTION_INVALID', { option: 'settings', ...because('SETTINGS_MISSING', { name: id }) });
  }
}

interface Row {
  id: string;
  name: string;
  preset: Preset | null;
  options: string;
  created_at: number;
}

function fromRow({ id, name, preset, options, created_at: createdAt }: Row): TrainingSettings {
  return { id, name, preset, options: JSON.parse(options) as TrainingSettings['options'], createdAt };
}
