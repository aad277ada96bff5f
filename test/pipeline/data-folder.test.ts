import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installationAt } from '../../src-main/host/cli/installation.ts';
import { openStudio } from '../../src-main/host/cli/studio.ts';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyAdapter } from '../fixtures/tiny-adapter.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, runCommand, temporaryFolder } from './command-line.ts';

const entry = new URL('../../src-main/host/cli/main.ts', import.meta.url).href;
const secrets = ['Zwiebelfisch', 'Umbelliferae', 'Quokka', 'Box 3'];

test('a data folder backed up while in use, restored elsewhere and moved still works as before', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const studio = await openStudio({ dataDir: home, installation: installationAt(entry) });
  const { client } = studio;
  const modelFolder = join(folder, 'Quokka');
  writeTinyModel(modelFolder);
  const base = await client.baseModels.import({ path: modelFolder });
  await writeTinyAdapter(join(folder, 'Umbelliferae'), { modelFolder, seed: 1 });
  const adapter = await client.adapters.import({ path: join(folder, 'Umbelliferae'), baseModelId: base.id });
  writeCopyingTable(join(folder, 'Zwiebelfisch.csv'), 12);
  const source = { kind: 'path' as const, path: join(folder, 'Zwiebelfisch.csv') };
  await Array.fromAsync(await client.datasets.import({ source, task: 'mrc' }));
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: base.id });
  const asked = { text: 'Who?', adapterId: adapter.id, sampling: { maxTokens: 8 } };
  await Array.fromAsync(await client.chat.send({ conversationId, ...asked }));
  const [, answer] = (await client.chat.messages({ conversationId })).messages;

  const out = join(folder, 'backup');
  const events = await Array.fromAsync(await client.studio.backup({ out }));
  expect(events.at(-1)).toMatchObject({ kind: 'finished', folder: out });
  await expect(Array.fromAsync(await client.studio.backup({ out }))).rejects.toMatchObject({ code: 'OUT_UNUSABLE' });
  await expect(Array.fromAsync(await client.studio.backup({ out: join(home, 'x') }))).rejects.toMatchObject({
    code: 'OUT_UNUSABLE',
  });

  // The diagnostics passed on with a report contain nothing of the person's.
  const { text } = await client.studio.diagnostics();
  expect(text).toContain('mrc, rows: 12');
  for (const secret of [...secrets, home, folder, adapter.id, adapter.sha256]) expect(text).not.toContain(secret);
  await studio.close();

  const other = join(folder, 'other');
  const restored = await answerOf(other, ['data', 'restore', out]);
  expect(restored).toMatchObject({ datasets: 1, adapters: 1 });
  expect((await runCommand(other, ['data', 'restore', out])).json.error.code).toBe('OPTION_INVALID');

  // The first folder is gone, and the second one has moved.
  rmSync(home, { recursive: true });
  const moved = join(folder, 'moved');
  renameSync(other, moved);
  const again = await openStudio({ dataDir: moved, installation: installationAt(entry) });
  const found = await again.client.adapters.get({ id: adapter.id });
  expect(found.path.startsWith(moved)).toBe(true);
  await Array.fromAsync(await again.client.chat.send({ conversationId, ...asked }));
  expect((await again.client.chat.messages({ conversationId })).messages.at(-1)?.text).toBe(answer?.text);
  expect((await again.client.datasets.list())[0]).toMatchObject({ rows: 12 });
  await again.close();
});

test('rejects a backup that was altered or names files outside, and restores nothing', async () => {
  const folder = temporaryFolder();
  const backup = join(folder, 'backup');
  const home = join(folder, 'home');
  mkdirSync(backup);
  const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const list = (path: string) =>
    writeFileSync(
      join(backup, 'adapter-studio-backup.json'),
      JSON.stringify({
        format: 'adapter-studio-backup-1',
        version: '0',
        createdAt: 0,
        files: [{ path, bytes: 0, sha256 }],
      }),
    );
  expect((await runCommand(home, ['data', 'restore', backup])).json.error.code).toBe('FILE_NOT_FOUND');
  for (const path of ['../outside', 'a/../../outside', '/outside', 'C:\\outside', '..\\outside']) {
    list(path);
    writeFileSync(join(folder, 'outside'), '');
    expect((await runCommand(home, ['data', 'restore', backup])).json.error.code).toBe('BACKUP_DAMAGED');
  }
  list('studio.sqlite');
  writeFileSync(join(backup, 'studio.sqlite'), 'changed');
  expect((await runCommand(home, ['data', 'restore', backup])).json.error.code).toBe('BACKUP_DAMAGED');
  expect(existsSync(join(home, 'studio.sqlite'))).toBe(false);
  expect(readFileSync(join(folder, 'outside'), 'utf8')).toBe('');
});
