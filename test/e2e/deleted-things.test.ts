// What was deleted is listed in the settings, restored from there, or deleted for good.
import path from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src-main/database/open.ts';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';

const opened = openStudioForTests({
  before: ({ command, folder }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    command('datasets', 'delete', 'Places');
    const database = openDatabase(path.join(folder, 'studio/studio.sqlite'));
    const insert = database.prepare(
      `INSERT INTO conversation (id, title, base_model_id, created_at, updated_at, deleted_at)
       VALUES (?, ?, 'starter', 1, 1, ?)`,
    );
    for (let number = 0; number < 120; number++) insert.run(`c${number}`, `Talk ${number}`, Date.now() - 1000 - number);
    database.close();
  },
});

const list = () => opened.page.getByRole('region', { name: 'Recently deleted' });

// Regression: all were drawn, which took ten seconds for ten thousand, and five more with each that was restored.
test('a hundred are shown, and more when asked for', async () => {
  await openPlace(opened.page, paths.settings());
  await list().getByText('Places', { exact: true }).waitFor();
  expect(await list().getByRole('listitem').count()).toBe(100);
  await list().getByRole('button', { name: 'Show 21 more' }).press('Enter');
  await list().getByText('Talk 119', { exact: true }).waitFor();
  expect(await list().getByRole('listitem').count()).toBe(121);
});

test('one is restored, one is deleted for good, and the rest is, by keyboard', async () => {
  const { page } = opened;
  const other = await page.context().newPage();
  await other.goto(page.url());
  await list().getByRole('button', { name: 'Restore Places' }).press('Enter');
  await page.getByRole('status').getByText('Places restored').waitFor();
  await list().getByText('Places', { exact: true }).waitFor({ state: 'detached' });

  await list().getByRole('button', { name: 'More actions for Talk 1', exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete for good' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete “Talk 1” for good?' });
  await dialog.getByRole('button', { name: 'Delete for good' }).press('Enter');
  await list().getByText('Talk 1', { exact: true }).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: /^Delete all for good/ }).press('Enter');
  const all = page.getByRole('dialog', { name: 'Delete 119 things for good?' });
  await all.getByRole('button', { name: 'Delete for good' }).press('Enter');
  // Regression: the other window went on to offer what was gone.
  for (const window of [page, other])
    await window.getByText('Nothing. What you delete can be restored here.').waitFor();
  await other.close();
  await openPlace(page, paths.datasets());
  await page.getByRole('link', { name: 'Places', exact: true }).waitFor();
});

// Regression: the notice went on to offer what was no longer deleted.
test('what a page has deleted is restored in the settings, and its notice with “Undo” goes', async () => {
  const { page } = opened;
  await page.getByRole('row').filter({ hasText: 'Places' }).getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('Places deleted').waitFor();
  await openPlace(page, paths.settings());
  await list().getByRole('button', { name: 'Restore Places' }).click();
  await page.getByText('Places restored').waitFor();
  await expect.poll(() => page.getByText('Places deleted').count()).toBe(0);
  await openPlace(page, paths.datasets());
  await page.getByRole('link', { name: 'Places', exact: true }).click();
  await page.getByText(/^v1\b/).first().waitFor();
});
