import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { checkModelFiles } from './check-model-files.ts';
import { importBaseModel } from './import-base-model.ts';

export function baseModelProcedures(studio: {
  store: BaseModelStore;
  engine: Engine;
  modelsFolder: string;
  changed: () => void;
}) {
  const { store, engine, modelsFolder, changed } = studio;
  const os = implement(contract.baseModels).$context<CallerContext>();
  return os.router({
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    import: os.import.handler(async ({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', { what: 'Naming a path' });
      const model = await importBaseModel(input, { store, engine, modelsFolder, now: Date.now() });
      changed();
      return model;
    }),
    check: os.check.handler(({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', { what: 'Naming a path' });
      return checkModelFiles(input.paths, engine);
    }),
    delete: os.delete.handler(({ input }) => {
      const model = store.get(input.id);
      if (model.builtIn) throw new StudioError('BASE_MODEL_IN_USE', { model: model.name, by: 'the studio itself' });
      const user = store.userOf(model.id);
      if (user !== undefined) throw new StudioError('BASE_MODEL_IN_USE', { model: model.name, by: `“${user}”` });
      store.markDeleted(model.id, Date.now());
      changed();
    }),
  });
}

/** Removes the files of deleted models, and of imports that were cut short. */
export async function purgeBaseModels(store: BaseModelStore, modelsFolder: string): Promise<void> {
  const deleted = new Set(store.listDeleted());
  for (const name of await readdir(modelsFolder)) {
    if (deleted.has(name) || name.endsWith('.partial'))
      await rm(join(modelsFolder, name), { recursive: true, force: true });
  }
}
