import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sentModelSchema } from '../../src-contract/model-folder.ts';
import { gatherModel } from './gather-model.ts';

test('uploaded files are gathered in one folder under their model file names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'studio-gather-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const id of ['a1', 'b2']) writeFileSync(join(folder, id), id);
  const files = [
    { fileId: 'a1', name: 'config.json' },
    { fileId: 'b2', name: 'model-00001-of-00002.safetensors' },
  ];
  await gatherModel({ files }, join(folder, 'model'), { find: (id) => ({ path: join(folder, id) }) });
  expect(readdirSync(join(folder, 'model')).sort()).toEqual(['config.json', 'model-00001-of-00002.safetensors']);
  expect(readFileSync(join(folder, 'model/config.json'), 'utf8')).toBe('a1');
});

test.each([
  ...['../config.json', 'sub/model.safetensors', '/etc/passwd', '.bashrc', 'run.py', 'model.safetensors\0', '..'],
  ...['-rf.safetensors', 'pytorch_model.bin', 'con fig.json', ''],
])('a page cannot upload a file named %j', (name) => {
  expect(sentModelSchema.safeParse({ files: [{ fileId: 'a1', name }] }).success).toBe(false);
});
