import { expect, test, vi } from 'vitest';
import { client } from '../client.ts';
import { type AdapterFiles, adapterFilesOf, sendAdapter } from './send-adapter.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    files: {
      begin: vi.fn(async ({ name }: { name: string }) => ({ fileId: name })),
      append: vi.fn(),
      discard: vi.fn(async () => {}),
    },
    adapters: { importSent: vi.fn() },
  },
}));

const file = (name: string) => new File([''], name);

test('finds the files of an adapter by name, in any order and among other files', () => {
  const chosen = [
    ...['README.md', 'tokenizer.json', 'adapter_studio.json', 'model.safetensors'],
    ...['adapter_model.safetensors', 'adapter_config.json'],
  ].map(file);
  const found = adapterFilesOf(chosen, 'rivers');
  expect([found?.name, found?.config?.name, found?.weights.name, found?.origin?.name]).toEqual([
    ...['rivers', 'adapter_config.json', 'adapter_model.safetensors', 'adapter_studio.json'],
  ]);
});

test('accepts files under other names and names the adapter after its weights file', () => {
  const found = adapterFilesOf(['lakes.safetensors', 'adapter_config (1).json'].map(file), 'rivers');
  expect([found?.name, found?.config?.name]).toEqual(['lakes', 'adapter_config (1).json']);
});

test('takes a GGUF file for a whole adapter, among other files and under its own name', () => {
  const found = adapterFilesOf(['README.md', 'lakes-f16.GGUF'].map(file), 'rivers');
  expect(found).toMatchObject({ name: 'lakes-f16', config: undefined, weights: { name: 'lakes-f16.GGUF' } });
  expect(adapterFilesOf(['lakes.gguf', 'rivers.gguf'].map(file), 'rivers')).toBeUndefined();
  // Regression: of one that was exported under a name without an ending, it said that files were missing.
  expect(adapterFilesOf([file('lakes')], 'rivers')).toMatchObject({ name: 'lakes', weights: { name: 'lakes' } });
  expect(adapterFilesOf(['lakes', 'README'].map(file), 'rivers')).toBeUndefined();
});

test('finds no adapter without config or weights', () => {
  expect(adapterFilesOf(['adapter_config.json'].map(file), '')).toBeUndefined();
  expect(adapterFilesOf(['adapter_studio.json', 'adapter_model.safetensors'].map(file), '')).toBeUndefined();
});

// Regression: the config stayed with the studio until its page was closed.
test('an adapter whose weights are not sent leaves no file behind', async () => {
  const leaving = new AbortController();
  vi.mocked(client.files.append).mockImplementation(async ({ fileId }) => {
    if (fileId === 'lakes.safetensors') leaving.abort();
    leaving.signal.throwIfAborted();
    return { bytes: 2 };
  });
  const [config, weights] = ['adapter_config.json', 'lakes.safetensors'].map((name) => new File(['{}'], name));
  const files = { name: 'lakes', config, weights, origin: undefined } as AdapterFiles;
  await expect(sendAdapter(files, undefined, leaving.signal)).rejects.toThrow();
  const discarded = vi.mocked(client.files.discard).mock.calls.map(([{ fileId }]) => fileId);
  expect(discarded.toSorted()).toEqual(['adapter_config.json', 'lakes.safetensors']);
  expect(client.adapters.importSent).not.toHaveBeenCalled();
});
