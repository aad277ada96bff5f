import { basename, sep } from 'node:path';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { type ErrorData, StudioError } from '../../src-contract/errors.ts';
import { failingAs } from '../async/failing-as.ts';
import type { Engine } from '../engine/engine.ts';

interface Shelves {
  readonly baseModels: { list(): readonly BaseModel[] };
  readonly adapters: { list(): readonly Adapter[] };
}

type Owner = Pick<Adapter, 'name' | 'path'> & { readonly kind: 'base' | 'adapter' };

/**
 * Says whose file is missing or damaged: the engine knows folders, a person knows base models and adapters by name. A
 * file in none of their folders, as of a model being imported, and one that a call names itself, are reported as the
 * engine reports them.
 */
export class FilesAtFault {
  readonly #shelves: Shelves;

  constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  /** The engine, naming the owners of files in its errors. */
  engine(engine: Engine): Engine {
    return new Proxy(engine, {
      get: (target, name: keyof Engine) => {
        if (typeof target[name] !== 'function') return target[name];
        const method = target[name] as (...args: unknown[]) => Promise<unknown> | AsyncIterable<unknown>;
        return (...args: unknown[]) => {
          const result = method.call(target, ...args);
          const named = async (error: unknown) => this.#named(error, { args, engine: target });
          if (Symbol.asyncIterator in result) return failingAs(result, named);
          return result.catch(async (error: unknown) => {
            throw await named(error);
          });
        };
      },
    });
  }

  /** Reads from a base model's folder, reporting its files as the model's own. */
  async reading<T>(base: Pick<BaseModel, 'path'>, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.#of(error, this.#owners([base.path]));
    }
  }

  /** Of several adapters at once, the one that cannot be read on its own either is at fault. */
  async #named(error: unknown, { args, engine }: { args: readonly unknown[]; engine: Engine }): Promise<unknown> {
    const texts = textsIn(args);
    // Such as one to be imported.
    if (texts.some((text) => basename(text) === faultOf(error)?.file)) return error;
    const owners = this.#owners(texts);
    const base = owners.find(({ kind }) => kind === 'base');
    const adapters = owners.filter(({ kind }) => kind === 'adapter');
    if (faultOf(error) === undefined || base === undefined || adapters.length < 2) return this.#of(error, owners);
    for (const adapter of adapters) {
      const own = await engine.inspectAdapter({ modelFolder: base.path, adapterFolder: adapter.path }).then(
        () => undefined,
        (found: unknown) => found,
      );
      if (faultOf(own) !== undefined) return this.#of(own, [adapter]);
    }
    return this.#of(error, [base]);
  }

  #of(error: unknown, owners: readonly Owner[]): unknown {
    const fault = faultOf(error);
    if (fault === undefined) return error;
    const isAdapters = basename(fault.file).startsWith('adapter');
    const inside = owners.find(({ path }) => `${fault.file}${sep}`.startsWith(`${path}${sep}`));
    const isPath = basename(fault.file) !== fault.file;
    const owner = inside ?? (isPath ? undefined : owners.find(({ kind }) => (kind === 'adapter') === isAdapters));
    if (owner === undefined) return error;
    const { name, path: folder } = owner;
    const about = { file: folder === fault.file ? folder : basename(fault.file), folder };
    return owner.kind === 'base'
      ? new StudioError(`BASE_FILE_${fault.kind}`, { model: name, ...about }, { cause: error })
      : new StudioError(`ADAPTER_FILE_${fault.kind}`, { adapter: name, ...about }, { cause: error });
  }

  #owners(folders: readonly string[]): Owner[] {
    const { baseModels, adapters } = this.#shelves;
    const all = [
      ...baseModels.list().map(({ name, path }) => ({ kind: 'base' as const, name, path })),
      ...adapters.list().map(({ name, path }) => ({ kind: 'adapter' as const, name, path })),
    ];
    return all.filter(({ path }) => folders.includes(path));
  }
}

/** A file that is missing, unreadable or damaged; undefined for any other failure. */
function faultOf(error: unknown): { readonly kind: 'MISSING' | 'DAMAGED'; readonly file: string } | undefined {
  if (!(error instanceof StudioError)) return undefined;
  const { file, because } = error.data as Partial<ErrorData<'MODEL_FILE_INVALID'>>;
  if (file === undefined) return undefined;
  if (error.code === 'FILE_NOT_FOUND' || because?.code === 'FILE_NOT_IN_FOLDER') return { kind: 'MISSING', file };
  if (error.code === 'MODEL_FILE_INVALID' || error.code === 'FILE_UNREADABLE') return { kind: 'DAMAGED', file };
  return undefined;
}

/** All strings in a call's arguments; folders are among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return [];
  // Token ids are many, and contain no strings.
  if (Array.isArray(value) && typeof value[0] === 'number') return [];
  return Object.values(value).flatMap(textsIn);
}
