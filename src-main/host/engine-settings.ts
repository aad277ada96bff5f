import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deviceChoiceSchema, type EngineSettings, engineSettingsSchema } from '../../src-contract/studio.ts';
import { writeWhole } from './whole-file.ts';

/** Of the engine beside a page: it gets a third of what a program of usual priority gets, and all that nobody wants. */
const niceness = 5;

/** What the engine is started with. It lies in a file of its own: the engine starts before the database is open. */
export class EngineSettingsFile {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'engine.json');
  }

  read(): EngineSettings {
    try {
      return engineSettingsSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      // Missing or damaged: the engine chooses.
      return engineSettingsSchema.parse({ threads: null });
    }
  }

  write(settings: EngineSettings): void {
    writeWhole(this.#file, JSON.stringify(settings));
  }

  /** What the environment says for once: a device goes before the one that was set. */
  environmentDevice(env: NodeJS.ProcessEnv = process.env): string | null {
    return env.ADAPTER_STUDIO_DEVICE || null;
  }

  /** The environment that the engine's process gets; beside a page it is told to give way to it. */
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
