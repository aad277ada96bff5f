import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { implement } from '@orpc/server';
import type { Adapter, AdapterExportEvent, AdapterExportInput } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { isOwnName } from '../files/own-name.ts';
import { originName, readColumns, removeAdapter } from './adapter-files.ts';
import type { AdapterForms } from './adapter-forms.ts';
import type { AdapterStore } from './adapter-store.ts';
import { exportAdapter, type TextOf } from './export-adapter.ts';
import { type BaseModels, importAdapter } from './import-adapter.ts';
import { mixAdapters } from './mix-adapters.ts';
import { verifyAdapter } from './verify-adapter.ts';

export function adapterProcedures(studio: {
  store: AdapterStore;
  engine: Engine;
  baseModels: BaseModels;
  hashBase: (base: BaseModel, signal?: AbortSignal) => Promise<string>;
  requireUnchanged: (base: BaseModel, signal?: AbortSignal) => Promise<void>;
  adaptersFolder: string;
  /** Where exports are noted. */
  dataDir: string;
  textOf: TextOf;
  uploads: { find(fileId: string): { path: string; name: string }; discard(fileId: string): Promise<void> };
  /** A free path for something new at one of the listed places. Throws NOT_ALLOWED. */
  newAt: (placeId: string, name: string) => Promise<string>;
  forms: Pick<AdapterForms, 'of'>;
  /** The dataset with this content, if it is there. */
  datasetWith: (sha256: string) => string | undefined;
  changed: () => void;
}) {
  const { store, engine, baseModels, hashBase, adaptersFolder, dataDir, textOf, uploads, newAt } = studio;
  const { forms, datasetWith, changed } = studio;
  const os = implement(contract.adapters).$context<CallerContext>();

  const importing = () => ({ ...{ store, engine, baseModels, adaptersFolder, datasetWith }, now: Date.now() });

  async function* exported(
    adapter: Adapter,
    input: Omit<AdapterExportInput, 'id'>,
    signal = new AbortController().signal,
  ): AsyncGenerator<AdapterExportEvent> {
    const base = baseModels.get(adapter.baseModelId);
    // Other programs cannot tell that a merged model is of another base.
    if (input.format.startsWith('merged')) await studio.requireUnchanged(base, signal);
    yield* exportAdapter(input, { adapter, base, dataDir, textOf }, engine, signal);
  }

  return os.router({
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    columns: os.columns.handler(({ input }) => readColumns(store.get(input.id).path)),
    form: os.form.handler(async ({ input }) => (await forms.of(store.get(input.id))) ?? null),
    import: os.import.handler(async ({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      const adapter = await importAdapter(input, importing());
      changed();
      return adapter;
    }),
    export: os.export.handler(async function* ({ input, context, signal }) {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      yield* exported(store.get(input.id), input, signal);
    }),
    exportTo: os.exportTo.handler(async function* ({ input: { placeId, ...input }, signal }) {
      const adapter = store.get(input.id);
      const out = await newAt(placeId, exportName(adapter.name, input.format));
      yield* exported(adapter, { ...input, out }, signal);
    }),
    importSent: os.importSent.handler(
      async ({ input: { configFileId, weightsFileId, originFileId, name, baseModelId } }) => {
        // Entries that begin with a dot and have no row are removed at the next start.
        const folder = await mkdtemp(join(adaptersFolder, '.sent-'));
        try {
          // A failure calls a GGUF file by its name.
          const gguf = configFileId === undefined ? join(folder, `${fileName(name)}.gguf`) : undefined;
          await copyFile(uploads.find(weightsFileId).path, gguf ?? join(folder, 'adapter_model.safetensors'));
          if (configFileId) await copyFile(uploads.find(configFileId).path, join(folder, 'adapter_config.json'));
          if (originFileId) await copyFile(uploads.find(originFileId).path, join(folder, originName));
          const source = { path: gguf ?? folder, title: name, ...(baseModelId && { baseModelId }) };
          const adapter = await importAdapter(source, importing());
          changed();
          return adapter;
        } finally {
          await rm(folder, { recursive: true, force: true });
          const sent = [configFileId, weightsFileId, originFileId].filter((fileId) => fileId !== undefined);
          await Promise.all(sent.map((fileId) => uploads.discard(fileId)));
        }
      },
    ),
    mix: os.mix.handler(async ({ input }) => {
      const adapter = await mixAdapters(input, { store, engine, baseModels, adaptersFolder, now: Date.now() });
      changed();
      return adapter;
    }),
    verify: os.verify.handler(({ input, signal }) => {
      const adapter = store.get(input.id);
      return verifyAdapter(adapter, baseModels.get(adapter.baseModelId), { engine, hashBase }, signal);
    }),
    rename: os.rename.handler(({ input }) => {
      const adapter = store.rename(input.id, input.name);
      changed();
      return adapter;
    }),
    delete: os.delete.handler(({ input }) => {
      store.markDeleted(store.get(input.id).id, Date.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const adapter = store.restore(input.id);
      changed();
      return adapter;
    }),
  });
}

/** A PEFT folder gets the adapter's own name, so that importing it again restores that name. */
function exportName(adapter: string, format: AdapterExportInput['format']): string {
  const name = fileName(adapter);
  return {
    peft: name,
    gguf: `${name}.gguf`,
    merged: `${name} merged`,
    'merged-gguf': `${name} merged.gguf`,
  }[format];
}

function fileName(adapter: string): string {
  return adapter.replace(/[^\p{L}\p{N} ._-]/gu, '_').slice(0, 60);
}

/**
 * Removes adapters deleted up to a given time, and what an interrupted import or run left behind: only the studio's own
 * names, no older than the database, which was created at `since`. To be called only when no other process is running.
 */
export async function clearAdapters(
  store: AdapterStore,
  adaptersFolder: string,
  { since, deletedBefore }: { since: number; deletedBefore: number },
): Promise<void> {
  await freeAdapters(store, adaptersFolder, deletedBefore);
  const living = new Set(store.listPaths().map((path) => basename(path)));
  for (const name of await readdir(adaptersFolder)) {
    if (living.has(name) || !(isOwnName(name, since) || /^\.sent-\w{6}$/.test(name))) continue;
    await rm(join(adaptersFolder, name), { recursive: true, force: true });
  }
}

/** Removes adapters that were deleted up to then, while the studio is running. */
export async function freeAdapters(store: AdapterStore, adaptersFolder: string, deletedBefore: number): Promise<void> {
  for (const path of store.giveUpDeleted(deletedBefore)) await removeAdapter(path, adaptersFolder);
  store.removeDeleted(deletedBefore);
}
