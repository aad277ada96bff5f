import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Engine } from '../engine/engine.ts';
import { isOwnName } from '../files/own-name.ts';
import { AnsweringNeeds } from './answering-need.ts';
import type { BaseModelStore } from './base-model-store.ts';
import type { Catalogue } from './catalogue.ts';
import { checkModelFiles } from './check-model-files.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';
import { gatherModel } from './gather-model.ts';
import type { ModelSource } from './import-base-model.ts';
import type { ModelLibrary } from './model-library.ts';
import { searchHub } from './search-hub.ts';

export function baseModelProcedures(studio: {
  store: BaseModelStore;
  engine: Engine;
  modelsFolder: string;
  importModel: (source: ModelSource, signal: AbortSignal | undefined) => Promise<BaseModel>;
  catalogue: Catalogue;
  library: ModelLibrary;
  downloads: ModelDownloads;
  /** Files uploaded by pages. */
  uploads: { find(fileId: string): { path: string; name: string }; discard(fileId: string): Promise<void> };
  /** The system's own dialog, if the host has one; resolves to undefined when the person closes it. */
  choosePath: ((what: 'folder' | 'file') => Promise<string | undefined>) | undefined;
  changed: () => void;
}) {
  const { store, engine, modelsFolder, catalogue, library, downloads, uploads, choosePath, changed } = studio;
  const os = implement(contract.baseModels).$context<CallerContext>();
  const needs = new AnsweringNeeds(engine);

  async function bringIn(source: ModelSource, signal: AbortSignal | undefined) {
    const model = await studio.importModel(source, signal);
    changed();
    return model;
  }

  return os.router({
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    answeringNeeds: os.answeringNeeds.handler(async () => {
      const found = await Promise.allSettled(
        store.list().map(async (model) => ({ id: model.id, ...(await needs.of(model)) })),
      );
      // What is wrong with files is told where they are used.
      return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    }),
    import: os.import.handler(async ({ input, context, signal }) => {
      if ('path' in input) {
        if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
        return bringIn(input, signal);
      }
      // Folders with this ending and no row are removed at the next start.
      const folder = join(modelsFolder, `.${store.newId()}.sent.partial`);
      try {
        await gatherModel(input, folder, uploads);
        const { name, title = '' } = input;
        return await bringIn({ path: folder, name, title, take: true }, signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
        await Promise.all(input.files.map(({ fileId }) => uploads.discard(fileId)));
      }
    }),
    importChosen: os.importChosen.handler(async ({ input, signal }) => {
      if (choosePath === undefined) throw new StudioError('NOT_ALLOWED', {});
      const path = await choosePath(input.what);
      return path === undefined ? null : bringIn({ path }, signal);
    }),
    library: os.library.handler(() => library.facts()),
    setLibrary: os.setLibrary.handler(async ({ input, context }) => {
      if (input.path !== null && context.caller === 'page') {
        throw new StudioError('NOT_ALLOWED', {});
      }
      await library.choose(input.path ?? undefined);
      changed();
      return library.facts();
    }),
    chooseLibrary: os.chooseLibrary.handler(async () => {
      if (choosePath === undefined) throw new StudioError('NOT_ALLOWED', {});
      const path = await choosePath('folder');
      if (path === undefined) return null;
      await library.choose(path);
      changed();
      return library.facts();
    }),
    importFound: os.importFound.handler(async ({ input, signal }) => {
      const found = await library.find(input.id);
      const model = await bringIn({ path: found.path, title: found.name, link: true }, signal);
      library.taken(found, model.id);
      return model;
    }),
    catalogue: os.catalogue.handler(() => catalogue.list()),
    search: os.search.handler(({ input, signal }) => searchHub(input.words, { engine, signal })),
    lookUp: os.lookUp.handler(({ input, signal }) => catalogue.lookUp(input.model, signal)),
    download: os.download.handler(async ({ input: { id, ...options }, signal }) => {
      const entry = await catalogue.find(id, signal);
      downloads.start(entry, { keepInCache: library.isChosen, ...options });
    }),
    watchDownload: os.watchDownload.handler(async function* ({ input, signal }) {
      const { id } = await catalogue.find(input.id, signal);
      yield* downloads.watch(id, signal);
    }),
    stopDownload: os.stopDownload.handler(async ({ input }) => {
      await downloads.stop(await catalogue.find(input.id), { discard: input.discard ?? false });
    }),
    check: os.check.handler(({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      return checkModelFiles(input.paths, engine);
    }),
    delete: os.delete.handler(({ input }) => {
      const model = store.get(input.id);
      if (model.builtIn) throw new StudioError('BASE_MODEL_BUILT_IN', { model: model.name });
      const user = store.userOf(model.id);
      if (user !== undefined) {
        throw new StudioError('BASE_MODEL_IN_USE', {
          model: model.name,
          ...because('USED_BY_ADAPTER_OR_RUN', { name: user }),
        });
      }
      store.markDeleted(model.id, Date.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const model = store.restore(input.id);
      changed();
      return model;
    }),
  });
}

/**
 * Removes the files of deleted models, and of interrupted imports: only the studio's own names, and under whole ones none
 * older than the database, which was created at `since`. To be called only when no other process is running.
 */
export async function purgeBaseModels(store: BaseModelStore, modelsFolder: string, since: number): Promise<void> {
  const deleted = new Set(store.giveUpDeleted(Infinity));
  const living = new Set(store.list().map(({ id }) => id));
  const isLeft = (name: string) => !living.has(name) && isOwnName(name, name.endsWith('.partial') ? 0 : since);
  for (const name of await readdir(modelsFolder)) {
    if (deleted.has(name) || isLeft(name)) await rm(join(modelsFolder, name), { recursive: true, force: true });
  }
}

/** Removes the files of models that were deleted up to then, while the studio is running. */
export async function freeBaseModels(
  store: BaseModelStore,
  modelsFolder: string,
  deletedBefore: number,
): Promise<void> {
  for (const id of store.giveUpDeleted(deletedBefore))
    await rm(join(modelsFolder, id), { recursive: true, force: true });
}
