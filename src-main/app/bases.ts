import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { Catalogue } from '../base-models/catalogue.ts';
import { ModelDownloads, modelDownloadsFolder } from '../base-models/downloads/model-downloads.ts';
import { findOnHub } from '../base-models/find-on-hub.ts';
import { importBaseModel, type ModelSource } from '../base-models/import-base-model.ts';
import { hashModel, readModelFolder } from '../base-models/model-folder.ts';
import { ModelLibrary } from '../base-models/model-library.ts';
import { ModelTexts } from '../base-models/model-texts.ts';
import { requiringUnchanged, UnchangedFiles } from '../base-models/unchanged-base.ts';
import type { Engine } from '../engine/engine.ts';
import { hubEndpoint } from '../hub/hugging-face-hub.ts';
import type { FilesAtFault } from './files-at-fault.ts';
import type { OpenDataFolder } from './open-data-folder.ts';

/** The base models: where they come from, how their texts are read, and whether they are still what was added. */
export type Bases = ReturnType<typeof openBases>;

export function openBases(
  { dataDir, folders: { modelsFolder }, lock, stores: { baseModels: store, settings } }: OpenDataFolder,
  studio: { engine: Engine; faults: FilesAtFault; resourcesDir: string; changed: () => void },
) {
  const { engine, faults, resourcesDir, changed } = studio;
  const { env: environment } = process;
  const hashBase = (base: BaseModel, signal?: AbortSignal) =>
    faults.reading(base, async () => hashModel(base.path, (await readModelFolder(base.path)).hashed, { signal }));
  const unchangedFiles = new UnchangedFiles(hashBase, settings);
  const importModel = async (source: ModelSource, signal: AbortSignal | undefined) => {
    const model = await importBaseModel(source, { store, engine, modelsFolder, now: Date.now(), signal });
    await unchangedFiles.note(model);
    return model;
  };
  const library = new ModelLibrary(settings, { environment, store });
  const downloads = new ModelDownloads({
    ...{ folder: modelDownloadsFolder(dataDir), environment, process: lock, changed },
    modelFolder: () => library.path,
    bringIn: ({ id, name }, path, { take, signal }) =>
      importModel({ path, title: name, catalogueId: id, take }, signal),
  });
  const catalogue = new Catalogue(resourcesDir, {
    ...{ store, downloads, endpoint: hubEndpoint(environment) },
    findOnHub: (name, signal) =>
      findOnHub(name, { engine, environment, folder: join(modelsFolder, `.${store.newId()}.partial`), signal }),
  });
  return {
    ...{ hashBase, unchangedFiles, importModel, library, downloads, catalogue },
    modelTexts: new ModelTexts(engine, (base, read) => faults.reading(base, read)),
    requireUnchanged: requiringUnchanged(hashBase),
  };
}
