import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BaseModel, CatalogueEntry } from '../../src-contract/base-model.ts';
import type { HubName } from '../hub/hub-name.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { Catalogue } from './catalogue.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';
import type { FoundOnHub } from './find-on-hub.ts';

const resources = join(import.meta.dirname, '../../resources');
const starter = { id: 'built-in', catalogueId: 'starter' } as BaseModel;

test('the starter model’s catalogue entry matches its files', async () => {
  const [entry] = await catalogueWith([starter]).list();
  const config = JSON.parse(await readFile(join(resources, 'starter-model/config.json'), 'utf8'));
  expect(entry).toMatchObject({
    ...{ id: 'starter', state: { kind: 'installed', baseModelId: 'built-in' } },
    ...{ layers: config.num_hidden_layers, hidden: config.hidden_size, vocabulary: config.vocab_size },
    contextLength: config.max_position_embeddings,
  });
});

test('the catalogue does not offer a missing starter model, which cannot be downloaded', async () => {
  const catalogue = catalogueWith([]);
  expect((await catalogue.list()).map(({ id }) => id)).not.toContain('starter');
  await expect(catalogue.find('starter')).rejects.toMatchObject({ code: 'CATALOGUE_MODEL_NOT_FOUND' });
});

test('a model of the hub is looked up once, and downloaded as what was found', async () => {
  const looked: HubName[] = [];
  const catalogue = catalogueWith([], async (name) => {
    looked.push(name);
    const needs = { architecture: 'llama', answering: { bytes: 40 }, freeDiskBytes: 9 };
    return { kind: 'model', entry: { ...onHub, id: name.repository }, ...needs };
  });
  expect(await catalogue.lookUp('https://huggingface.co/maker/tiny', undefined)).toMatchObject({
    model: { id: 'maker/tiny', state: { kind: 'absent' } },
    ...{ answering: { bytes: 40 }, freeDiskBytes: 9 },
  });
  expect(await catalogue.find('maker/tiny')).toMatchObject({ id: 'maker/tiny' });
  expect(looked).toEqual([{ repository: 'maker/tiny', file: undefined }]);
  // It has a second source, for where the hub cannot be reached.
  expect((await catalogue.find('HuggingFaceTB/SmolLM2-135M-Instruct')).id).toBe('smollm2-135m-instruct');
  await expect(catalogue.lookUp('tiny', undefined)).rejects.toMatchObject({ code: 'HUB_NAME_INVALID' });
});

test('a repository of several models is downloaded only once one of them is named', async () => {
  const files = ['a.gguf', 'b.gguf'].map((name) => ({ name, sizeBytes: 1 }));
  const catalogue = catalogueWith([], async () => ({ kind: 'files', repository: 'maker/ggufs', files }));
  await expect(catalogue.find('maker/ggufs')).rejects.toMatchObject({
    ...{ code: 'HUB_FILE_UNCLEAR', data: { model: 'maker/ggufs', known: 'a.gguf, b.gguf' } },
  });
});

const onHub: CatalogueEntry = {
  ...{ id: 'maker/tiny', name: 'tiny', parameters: 10, layers: 1, hidden: 1, vocabulary: 1, contextLength: 1 },
  ...{ licence: '', languages: [], chats: false, gated: false },
  sources: [{ kind: 'hub', repository: 'maker/tiny', revision: 'c0', dtype: 'F32', sizeBytes: 40 }],
};

function catalogueWith(
  models: readonly BaseModel[],
  findOnHub = (_: HubName): Promise<FoundOnHub> => Promise.reject(new Error('nothing is looked up')),
): Catalogue {
  return new Catalogue(resources, {
    store: { list: () => models } as unknown as BaseModelStore,
    downloads: {
      stateOf: async () => ({ kind: 'absent' }),
      begunOnHub: async () => [],
    } as unknown as ModelDownloads,
    ...{ findOnHub, endpoint: 'http://nowhere.invalid' },
  });
}
