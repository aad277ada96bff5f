import { expect, test } from 'vitest';
import { modelFilesOf } from './model-files.ts';

const file = (name: string, text = '') => new File([text], name);
const namesOf = async (...files: File[]) => {
  const { files: kept, missing } = await modelFilesOf(files);
  return { kept: kept.map(({ name }) => name), missing };
};

test('sends only the files of a folder that belong to the model', async () => {
  const folder = ['config.json', 'tokenizer.json', 'model.safetensors', 'README.md', 'pytorch_model.bin', 'me.jpg'];
  expect(await namesOf(...folder.map((name) => file(name)), file('consolidated.safetensors'))).toEqual({
    kept: ['config.json', 'tokenizer.json', 'model.safetensors', 'README.md'],
    missing: [],
  });
});

test('the index determines which shards are required', async () => {
  const map = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };
  const index = file('model.safetensors.index.json', JSON.stringify({ weight_map: map }));
  const shard = file('model-00001-of-00002.safetensors');
  expect(await namesOf(file('config.json'), file('tokenizer.json'), index, shard, file('model.safetensors'))).toEqual({
    kept: ['config.json', 'tokenizer.json', 'model.safetensors.index.json', 'model-00001-of-00002.safetensors'],
    missing: ['model-00002-of-00002.safetensors'],
  });
});

test('a folder with one GGUF file and no config is sent as that file', async () => {
  expect(await namesOf(file('tiny.gguf'), file('README.md'))).toEqual({ kept: ['tiny.gguf'], missing: [] });
});

// Regression: both were told that they lacked config.json, tokenizer.json and model.safetensors.
test('an adapter and a choice of GGUF files are known as such', async () => {
  const otherOf = async (...names: string[]) => (await modelFilesOf(names.map((name) => file(name)))).other;
  expect(await otherOf('adapter_config.json', 'adapter_model.safetensors', 'tokenizer.json')).toBe('ADAPTER_AS_MODEL');
  expect(await otherOf('tiny.Q4_0.gguf', 'tiny.Q8_0.gguf')).toBe('GGUFS_IN_FOLDER');
  expect(await namesOf(file('tiny.gguf'), file('mmproj-tiny.gguf'))).toEqual({ kept: ['tiny.gguf'], missing: [] });
});

test('names the files that a folder lacks', async () => {
  expect((await namesOf(file('holiday.jpg'))).missing).toEqual(['config.json', 'tokenizer.json', 'model.safetensors']);
});
