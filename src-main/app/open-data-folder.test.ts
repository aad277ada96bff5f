import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { noteCopy } from '../data-folder/copy-note.ts';
import { openDataFolder } from './open-data-folder.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const [base, adapter] = ['01arz3ndektsv4rrffq6', '01arz3ndektsv4rrffq7'];

// Regression: whoever passed on a folder decided which computer Windows logs in to; and a backup made on Windows had
// paths that no other system has.
test.each([
  ['somebody else’s', '\\\\evil\\share\\'],
  ['Windows’', 'C:\\Users\\ada\\studio\\adapters\\'],
  ['another', '/mnt/nas/'],
])('adapters and bases lie in the folder that is opened, not at %s place', async (_, place) => {
  await using opened = new AsyncDisposableStack();
  const { stores, folders } = await openDataFolder({ dataDir }, opened);
  stores.baseModels.insert(baseAt(`${place}${base}`));
  stores.adapters.insert(adapterAt(`${place}${adapter}-${base}`));
  await using again = new AsyncDisposableStack();
  const { stores: found } = await openDataFolder({ dataDir }, again);
  expect(found.baseModels.get(base).path).toBe(join(folders.modelsFolder, base));
  expect(found.adapters.get(adapter).path).toBe(join(folders.adaptersFolder, `${adapter}-${base}`));
});

test('the starter stays where it is', async () => {
  await using opened = new AsyncDisposableStack();
  const { stores } = await openDataFolder({ dataDir }, opened);
  stores.baseModels.insert({ ...baseAt('/opt/studio/resources/starter-model'), id: 'starter', builtIn: true });
  await using again = new AsyncDisposableStack();
  const { stores: found } = await openDataFolder({ dataDir }, again);
  expect(found.baseModels.get('starter').path).toBe('/opt/studio/resources/starter-model');
});

test('places on other computers are forgotten once the data folder is elsewhere, and only then', async () => {
  const remembered = async (place: string) => {
    await using opened = new AsyncDisposableStack();
    const { stores } = await openDataFolder({ dataDir: place }, opened);
    return { models: stores.settings.read('model-folder'), notes: existsSync(join(place, 'copying')) };
  };
  {
    await using opened = new AsyncDisposableStack();
    const { stores } = await openDataFolder({ dataDir }, opened);
    stores.settings.write('model-folder', '\\\\nas\\models');
    await noteCopy(dataDir, '\\\\nas\\backup.0123456789abcdef.partial');
  }
  expect(await remembered(dataDir)).toEqual({ models: '\\\\nas\\models', notes: true });
  const elsewhere = `${dataDir}-elsewhere`;
  renameSync(dataDir, elsewhere);
  expect(await remembered(elsewhere)).toEqual({ models: '', notes: false });
  rmSync(elsewhere, { recursive: true });
});

function baseAt(path: string): BaseModel {
  return {
    ...{ id: base, name: 'tiny', architecture: 'llama', parameters: 1, layers: 1, hidden: 1, vocabulary: 1 },
    ...{ dtype: 'F32', sha256: 'ab', licence: '', contextLength: 1, sizeBytes: 1, path, builtIn: false },
    ...{ hasChatTemplate: false, catalogueId: null, createdAt: 0 },
  };
}

function adapterAt(path: string): Adapter {
  return {
    ...{ id: adapter, name: 'ada', task: 'custom', baseModelId: base, baseSha256: 'ab', datasetId: null, runId: null },
    ...{ rank: 1, alpha: 1, targets: ['q'], parameters: 1, bytes: 1, sha256: 'cd', path, createdAt: 0 },
    ...{ baseValidationLoss: null, bestValidationLoss: null },
  };
}
