// What was deleted, on the command line or in a page, is brought back in the settings, or deleted for good.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const samples = path.join(import.meta.dirname, '../../resources/samples');
const opened = openStudioForTests({
  before: ({ command }) => {
    for (const name of ['kept', 'spared', 'gone'])
      command('import', path.join(samples, 'generated-mrc.csv'), '--task', 'mrc', '--name', name);
    command('datasets', 'delete', 'kept');
  },
});
const folders = () => readdirSync(path.join(opened.home, 'datasets'));

test('what was deleted on the command line and in the page is listed in the settings', async () => {
  const { page } = opened;
  await go('/datasets');
  for (const name of ['gone', 'spared']) {
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText(`${name} deleted`).waitFor();
  }
  await go('/settings?section=deleted');
  await expect.poll(() => list().getByRole('listitem').allInnerTexts()).toHaveLength(3);
  await list().getByText('kept', { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('one of them is restored, and its notice with “Undo” goes', async () => {
  const { page } = opened;
  await page.getByRole('button', { name: 'Restore spared' }).click();
  await page.getByText('spared restored').waitFor();
  await expect.poll(() => page.getByText('spared deleted').count()).toBe(0);
  await page.getByRole('button', { name: 'Restore kept' }).click();
  await expect.poll(() => list().getByRole('listitem').allInnerTexts()).toHaveLength(1);
});

test('the last one is deleted for good, with its files, and the rest is where it was', async () => {
  const { page } = opened;
  expect(folders()).toHaveLength(3);
  await page.getByRole('button', { name: 'More on gone' }).click();
  await page.getByRole('menuitem', { name: 'Delete for good' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete “gone” for good?' });
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('Nothing. What you delete can be restored here.').waitFor();
  await expect.poll(folders).toHaveLength(2);
  await go('/datasets');
  for (const name of ['kept', 'spared']) await page.getByRole('link', { name, exact: true }).waitFor();
  for (const id of folders()) expect(existsSync(path.join(opened.home, 'datasets', id, 'rows.sqlite'))).toBe(true);
});

const list = () => opened.page.getByRole('region', { name: 'Recently deleted' }).last();

async function go(address: string): Promise<void> {
  await opened.page.evaluate((to) => (location.hash = to), address);
  await opened.page.getByRole('heading', { level: 1 }).first().waitFor();
}
