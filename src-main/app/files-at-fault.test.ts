import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import { FilesAtFault } from './files-at-fault.ts';

const shelf = <T>(...named: readonly [string, string][]) =>
  ({ list: () => named.map(([name, path]) => ({ name, path })) as T[] }) as const;
const faults = new FilesAtFault({
  baseModels: shelf<BaseModel>(['starter', '/models/s']),
  adapters: shelf<Adapter>(['rivers', '/adapters/r'], ['lakes', '/adapters/l']),
});

/** Calls an engine that fails with the given error; `sound` are the adapters that it can read. */
async function failureOf(error: StudioError, job: Partial<GenerateJob>, sound: readonly string[] = []) {
  const engine = faults.engine({
    // biome-ignore lint/correctness/useYield: it fails before its first token
    async *generate(): AsyncGenerator<TokenEvent> {
      throw error;
    },
    async inspectAdapter({ adapterFolder }: { adapterFolder: string }) {
      if (!sound.includes(adapterFolder)) throw error;
    },
  } as unknown as Engine);
  const asked = { modelFolder: '/models/s', promptIds: [1], ...job } as GenerateJob;
  for await (const _ of engine.generate(asked, AbortSignal.timeout(1_000))) throw new Error('It should have failed.');
  throw new Error('It should have failed.');
}

const rivers = { folder: '/adapters/r', strength: 1 };

test('a file missing from an adapter’s folder is reported as that adapter’s', async () => {
  const error = new StudioError('FILE_NOT_FOUND', { file: '/adapters/r/adapter_config.json' });
  await expect(failureOf(error, { adapter: rivers })).rejects.toMatchObject({
    code: 'ADAPTER_FILE_MISSING',
    data: { adapter: 'rivers', file: 'adapter_config.json', folder: '/adapters/r' },
  });
});

test('a damaged file is attributed to the base model or the adapter, by its name', async () => {
  const cut = (file: string) => new StudioError('MODEL_FILE_INVALID', { file, reason: 'it is cut off' });
  await expect(failureOf(cut('model.safetensors'), { adapter: rivers })).rejects.toMatchObject({
    code: 'BASE_FILE_DAMAGED',
    data: { model: 'starter', file: 'model.safetensors', folder: '/models/s' },
  });
  await expect(failureOf(cut('adapter_model.safetensors'), { adapter: rivers })).rejects.toMatchObject({
    code: 'ADAPTER_FILE_DAMAGED',
    data: { adapter: 'rivers' },
  });
});

test('of several adapters, the unreadable one is named', async () => {
  const mix = { adapter: { ...rivers, with: [{ folder: '/adapters/l', strength: 1 }] } };
  const error = new StudioError('MODEL_FILE_INVALID', { file: 'adapter_model.safetensors', reason: 'it is cut off' });
  await expect(failureOf(error, mix, ['/adapters/r'])).rejects.toMatchObject({ data: { adapter: 'lakes' } });
});

test('an error about no file, or about an unknown file, is left unchanged', async () => {
  const long = new StudioError('CONTEXT_TOO_LONG', { tokens: 9, limit: 8 });
  await expect(failureOf(long, { adapter: rivers })).rejects.toBe(long);
  const foreign = new StudioError('FILE_NOT_FOUND', { file: '/adapters/rivers/adapter_config.json' });
  await expect(failureOf(foreign, { adapter: rivers })).rejects.toBe(foreign);
});

// Regression: the base model that a damaged GGUF adapter was read for was said to be damaged.
test('a damaged file that the call names itself is nobody’s', async () => {
  const cut = new StudioError('MODEL_FILE_INVALID', { file: 'lakes.gguf', reason: 'it is cut off' });
  const engine = faults.engine({ unpackAdapter: () => Promise.reject(cut) } as unknown as Engine);
  const job = { file: '/home/me/lakes.gguf', modelFolder: '/models/s', folder: '/adapters/new' };
  await expect(engine.unpackAdapter(job)).rejects.toBe(cut);
});

test('a file read outside the engine is attributed to the base model, too', async () => {
  const reading = faults.reading({ path: '/models/s' }, async () => {
    throw new StudioError('MODEL_FILE_INVALID', {
      file: 'tokenizer.json',
      ...because('FILE_NOT_IN_FOLDER', { folder: '/models/s' }),
    });
  });
  await expect(reading).rejects.toMatchObject({ code: 'BASE_FILE_MISSING', data: { file: 'tokenizer.json' } });
});
