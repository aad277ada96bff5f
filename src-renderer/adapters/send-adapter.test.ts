import { expect, test } from 'vitest';
import { adapterFilesOf } from './send-adapter.ts';

const file = (name: string) => new File([''], name);

test('the files of an adapter are known by their names, in any order and among others', () => {
  const chosen = [
    ...['README.md', 'tokenizer.json', 'adapter_studio.json', 'model.safetensors'],
    ...['adapter_model.safetensors', 'adapter_config.json'],
  ].map(file);
  const found = adapterFilesOf(chosen, 'rivers');
  expect([found?.name, found?.config.name, found?.weights.name, found?.origin?.name]).toEqual([
    ...['rivers', 'adapter_config.json', 'adapter_model.safetensors', 'adapter_studio.json'],
  ]);
});

test('files under other names will do, and the weights then name the adapter', () => {
  const found = adapterFilesOf(['lakes.safetensors', 'adapter_config (1).json'].map(file), 'rivers');
  expect([found?.name, found?.config.name]).toEqual(['lakes', 'adapter_config (1).json']);
});

test('without config or weights it is no adapter', () => {
  expect(adapterFilesOf(['adapter_config.json'].map(file), '')).toBeUndefined();
  expect(adapterFilesOf(['adapter_studio.json', 'adapter_model.safetensors'].map(file), '')).toBeUndefined();
});
