import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyAdapter } from '../fixtures/tiny-adapter.ts';
import { answerOf, homeWithBoxes, runCommand, temporaryFolder } from './command-line.ts';

// Regression: only a page could give a dataset or an adapter another name.
test('a dataset and an adapter get other names, are deleted by them, and restored', { timeout: 180_000 }, async () => {
  const home = await homeWithBoxes();
  const { datasets } = await answerOf(home, ['datasets', 'list']);
  const { dataset } = await answerOf(home, ['datasets', 'rename', 'boxes', ' Old boxes ']);
  expect(dataset).toEqual({ ...datasets[0], name: 'Old boxes' });

  const folder = join(temporaryFolder(), 'rivers');
  await writeTinyAdapter(folder, { modelFolder: join(home, '..', 'tiny'), seed: 1 });
  for (const name of ['rivers', 'lakes'])
    await answerOf(home, ['adapters', 'import', folder, '--name', name, '--base', 'tiny']);
  const taken = await runCommand(home, ['adapters', 'rename', 'rivers', 'lakes']);
  expect([taken.status, taken.json.error.code]).toEqual([1, 'OPTION_INVALID']);
  const unknown = await runCommand(home, ['adapters', 'rename', 'river', 'streams']);
  expect(unknown.json.error.hint).toBe('Did you mean “rivers”? All of them: adapter-studio adapters list');
  const { adapter } = await answerOf(home, ['adapters', 'rename', 'rivers', 'streams']);
  expect(adapter.name).toBe('streams');

  // Regression: only one could be named, and a list of ids from another program took a call for each.
  const mistyped = await runCommand(home, ['adapters', 'delete', adapter.id, 'laks']);
  expect(mistyped.json.error.hint).toMatch('Did you mean “lakes”?');
  const { deleted } = await answerOf(home, ['adapters', 'delete', adapter.id, 'lakes', 'streams']);
  expect(deleted).toEqual([{ id: adapter.id, name: 'streams' }, expect.objectContaining({ name: 'lakes' })]);
  expect(await answerOf(home, ['datasets', 'delete', 'Old boxes'])).toEqual({
    deleted: { id: dataset.id, name: 'Old boxes' },
  });

  const kept = await answerOf(home, ['deleted', 'list']);
  const words = kept.deleted.map(({ noun, name }: { noun: string; name: string }) => `${noun} ${name}`);
  expect(words.sort()).toEqual(['adapter lakes', 'adapter streams', 'dataset Old boxes']);
  const lost = await runCommand(home, ['deleted', 'restore', 'lake']);
  expect(lost.json.error).toMatchObject({
    code: 'DELETED_NOT_FOUND',
    hint: 'Did you mean “lakes”? All of it: adapter-studio deleted list',
  });
  await answerOf(home, ['deleted', 'restore', 'Old boxes', adapter.id]);
  expect((await answerOf(home, ['datasets', 'list'])).datasets).toMatchObject([{ id: dataset.id }]);
  const { removed } = await answerOf(home, ['deleted', 'remove', '--all']);
  expect(removed).toMatchObject([{ noun: 'adapter', name: 'lakes' }]);
  expect((await answerOf(home, ['adapters', 'list'])).adapters).toMatchObject([{ id: adapter.id }]);
  expect(await answerOf(home, ['deleted', 'list'])).toEqual({ deleted: [] });
});
