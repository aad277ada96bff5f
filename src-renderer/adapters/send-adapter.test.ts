import { expect, test } from 'vitest';
import { adapterFilesOf } from './send-adapter.ts';

const file = (name: string) => new File([''], name);

test('finds the files of an adapter by name, in any order and among other files', () => {
  const chosen = [
    ...['README.md', 'tokenizer.json', 'adapter_studio.json', 'model.safetensors'],
    ...['adapter_model.safetensors', 'adapter_config.json'],
  ].map(file);
  const found = adapterFilesOf(chosen, 'rivers');
  expect([found?.name, found?.config.name, found?.weights.name, found?.origin?.name]).toEqual([
    ...['rivers', 'adapter_config.json', 'adapter_model.safetensors', 'adapter_studio.json'],
  ]);
});

test('accepts files under other names and names the adapter after its weights file', () => {
  const found = adapterFilesOf(['lakes.safetensors', 'adapter_config (1).json'].map(file), 'rivers');
  expect([found?.name, found?.config.name]).toEqual(['lakes', 'adapter_config (1).json']);
});

test('finds no adapter without config or weights', () => {
  expect(adapterFilesOf(['adapter_config.json'].map(file), '')).toBeUndefined();
  expect(adapterFilesOf(['adapter_studio.json', 'adapter_model.safetensors'].map(file), '')).toBeUndefined();
});
