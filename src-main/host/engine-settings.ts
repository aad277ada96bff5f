import path from 'node:path';
import { deviceChoiceSchema, type EngineSettings, engineSettingsSchema } from '../../src-contract/studio.ts';
import { writeOwnWholeSync } from '../files/write-whole.ts';
import { readChoice } from './read-choice.ts';

/**
 * For the engine beside a page: it gets a third of the CPU share of a normal-priority program, plus whatever is idle.
 */
const niceness = 5;

/**
 * The settings that the engine starts with. They are in a file of their own because the engine starts before the
 * database is open.
 */
export class EngineSettingsFile {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'engine.json');
  }

  read(): EngineSettings {
    // Otherwise the engine chooses.
    return readChoice(this.#file, engineSettingsSchema) ?? engineSettingsSchema.parse({ threads: null });
  }

  write(settings: EngineSettings): void {
    writeOwnWholeSync(this.#file, JSON.stringify(settings));
  }

  /** The environment's value, for this start only; a valid device overrides the setting. */
  environmentDevice(env: NodeJS.ProcessEnv = process.env): string | null {
    return env.ADAPTER_STUDIO_DEVICE || null;
  }

  /** The environment for the engine's process; beside a page, it includes a lower priority. */
  environment(env: NodeJS.ProcessEnv = process.env, { besidePage = false } = {}): NodeJS.ProcessEnv {
    const { threads, device } = this.read();
    const isNamed = deviceChoiceSchema.safeParse(this.environmentDevice(env)).success;
    return {
      ...env,
      ...(threads !== null && { ADAPTER_STUDIO_THREADS: String(threads) }),
      ...(device !== 'cpu' && !isNamed && { ADAPTER_STUDIO_DEVICE: device }),
      ...(besidePage && { ADAPTER_STUDIO_NICENESS: env.ADAPTER_STUDIO_NICENESS ?? String(niceness) }),
    };
  }
}
