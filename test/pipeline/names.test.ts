import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyAdapter } from '../fixtures/tiny-adapter.ts';
import { answerOf, homeWithBoxes, runCommand, temporaryFolder } from './command-line.ts';

// Regression: only a page could give a dataset or an adapter another name.
test('a dataset and an adapter get other names, and are deleted by them', { timeout: 180_000 }, async () => {
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
  const { deleted } = await answerOf(home, ['adapters', 'delete', adapter.id, 'lakes', 'streams', '--yes']);
  expect(deleted).toEqual([{ id: adapter.id, name: 'streams' }, expect.objectContaining({ name: 'lakes' })]);
  expect(await answerOf(home, ['datasets', 'delete', 'Old boxes'])).toEqual({
    deleted: { id: dataset.id, name: 'Old boxes' },
  });
});
