// A model of the Hugging Face hub by the command line: told, downloaded, and named by what it was downloaded by.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startLocalHub } from '../fixtures/local-hub.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';
import { answerOf, runCommand, temporaryFolder } from './command-line.ts';

test('a model of the hub is told, and downloaded by the same name', async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'studio');
  await writeTinyGguf(join(folder, 'tiny.gguf'));
  const gguf = readFileSync(join(folder, 'tiny.gguf'));
  const files = { 'tiny.Q4_0.gguf': gguf, 'tiny.Q8_0.gguf': Buffer.concat([gguf, Buffer.alloc(64)]) };
  const listed = { tags: ['gguf', 'license:mit'], gguf: { architecture: 'llama', total: 1_500_000 }, downloads: 12 };
  const mamba = { tags: ['safetensors'], config: { model_type: 'mamba' } };
  const hub = await startLocalHub({
    'maker/tiny': { files, cardData: { license: 'mit' }, listed },
    'maker/tiny-mamba': { files: {}, listed: mamba },
  });
  onTestFinished(() => hub.stop());
  vi.stubEnv('HF_ENDPOINT', hub.address);
  vi.stubEnv('HF_HOME', join(folder, 'hf'));
  onTestFinished(() => void vi.unstubAllEnvs());

  const search = await runCommand(home, ['models', 'search', 'tiny', 'maker']);
  expect(search.json.matches).toMatchObject([
    { name: 'maker/tiny', refusal: null },
    { name: 'maker/tiny-mamba', refusal: { code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('“mamba”') } },
  ]);
  expect(hub.searched.map((query) => query.get('search'))).toEqual(['tiny maker']);

  const told = await answerOf(home, ['models', 'look-up', `${hub.address}/maker/tiny`]);
  expect(told).toMatchObject({
    repository: 'maker/tiny',
    files: [{ name: 'tiny.Q4_0.gguf' }, { name: 'tiny.Q8_0.gguf' }],
  });
  const unclear = await runCommand(home, ['models', 'download', 'maker/tiny']);
  expect([unclear.status, unclear.json.error.code]).toEqual([1, 'HUB_FILE_UNCLEAR']);
  const one = await answerOf(home, ['models', 'look-up', 'maker/tiny:Q4_0']);
  expect(one).toMatchObject({ architecture: 'llama', model: { id: 'maker/tiny:tiny.Q4_0.gguf', licence: 'mit' } });
  const { stderr, json } = await runCommand(home, ['models', 'download', 'maker/tiny:Q4_0']);
  expect(json).toMatchObject({ from: 'hub', bytes: gguf.length, model: { name: 'tiny.Q4_0', architecture: 'llama' } });
  expect(stderr).toMatch(/^tiny\.Q4_0: llama, .*\nDownload: .* free\.\nMemory: .*\nLicence: mit\.\n/);
  const { model } = await answerOf(home, ['models', 'show', 'maker/tiny:tiny.Q4_0.gguf']);
  expect(model.id).toBe(json.model.id);
});
