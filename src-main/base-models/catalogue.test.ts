import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { Catalogue } from './catalogue.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';

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

function catalogueWith(models: readonly BaseModel[]): Catalogue {
  return new Catalogue(resources, {
    store: { list: () => models } as unknown as BaseModelStore,
    downloads: { stateOf: async () => ({ kind: 'absent' }) } as unknown as ModelDownloads,
  });
}
