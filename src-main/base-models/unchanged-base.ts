import { hash } from 'node:crypto';
import { addAbortListener } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Remembered } from './model-library.ts';

export type HashBase = (base: BaseModel, signal?: AbortSignal) => Promise<string>;
export type RequireUnchanged = (base: BaseModel, signal?: AbortSignal) => Promise<void>;

/** Throws MODEL_FILE_INVALID if the files of a base no longer have this hash. */
export async function requireHash(
  base: BaseModel,
  { sha256, hashBase }: { readonly sha256: string; readonly hashBase: HashBase },
  signal?: AbortSignal,
): Promise<void> {
  if ((await hashBase(base, signal)) === sha256) return;
  throw new StudioError('MODEL_FILE_INVALID', { file: base.name, ...because('FILES_CHANGED') });
}

/** For what is told of a base by its hash, such as a measurement: its files must be those that were added. */
export function requiringUnchanged(hashBase: HashBase): RequireUnchanged {
  return (base, signal) => requireHash(base, { sha256: base.sha256, hashBase }, signal);
}

/**
 * For answers, which cannot wait until gigabytes have been read: as `requiringUnchanged`, but files are only read if
 * they are others, by size or time, than when they last were.
 */
export class UnchangedFiles {
  readonly #hashBase: HashBase;
  readonly #remembered: Remembered;
  /** Those in progress, by base. */
  readonly #readings = new Map<string, Promise<string>>();

  constructor(hashBase: HashBase, remembered: Remembered) {
    this.#hashBase = hashBase;
    this.#remembered = remembered;
  }

  async require(base: BaseModel, signal?: AbortSignal): Promise<void> {
    const files = await filesOf(base.path);
    // A model in memory goes on answering without its files; others need them, and say that they are gone.
    if (files === undefined) return;
    await requireHash(base, { sha256: base.sha256, hashBase: () => this.#hashOf(base, files, signal) });
  }

  /** For a base that was just added: its files have the hash that was made on the way. */
  async note(base: BaseModel): Promise<void> {
    const files = await filesOf(base.path);
    if (files !== undefined) this.#remember(base, { sha256: base.sha256, files });
  }

  async #hashOf(base: BaseModel, files: string, signal: AbortSignal | undefined): Promise<string> {
    // Several answers at once wait for one reading. If whoever asked for it leaves, the next one reads.
    for (let other = this.#readings.get(base.id); other !== undefined; other = this.#readings.get(base.id)) {
      await settled(other, signal);
    }
    const [known, ofFiles] = this.#remembered.read(nameOf(base))?.split(' ') ?? [];
    if (known !== undefined && ofFiles === files) return known;
    const reading = this.#hashBase(base, signal);
    this.#readings.set(base.id, reading);
    try {
      const sha256 = await reading;
      this.#remember(base, { sha256, files });
      return sha256;
    } finally {
      this.#readings.delete(base.id);
    }
  }

  #remember(base: BaseModel, { sha256, files }: { readonly sha256: string; readonly files: string }): void {
    try {
      this.#remembered.write(nameOf(base), `${sha256} ${files}`);
    } catch {
      // On a full disk the files are read again before the next answer.
    }
  }
}

/** Resolves when the work has ended, in whichever way. Throws when the signal aborts. */
async function settled(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const left = Promise.withResolvers<never>();
  using _ = signal && addAbortListener(signal, () => left.reject(signal.reason));
  await Promise.race([work.catch(() => undefined), left.promise]);
}

function nameOf({ id }: BaseModel): string {
  return `base-files/${id}`;
}

/** Tells the hashed files of a model from others under the same names, by size and time. Undefined without weights. */
async function filesOf(folder: string): Promise<string | undefined> {
  try {
    const names = (await readdir(folder)).filter((name) =>
      /^(config|tokenizer)\.json$|\.(safetensors|gguf)\b/i.test(name),
    );
    if (!names.some((name) => /\.(safetensors|gguf)$/i.test(name))) return undefined;
    const facts = await Promise.all(names.sort().map((name) => stat(join(folder, name))));
    return hash('sha256', names.map((name, at) => `${name} ${facts[at]?.size} ${facts[at]?.mtimeMs}`).join('\n'));
  } catch {
    return undefined;
  }
}
