// Rows with texts longer than a browser can lay out quickly: they are still listed, opened, read and edited.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';

const korean = '강이 바다로 흐르고 있다 '.repeat(70_000);

// More than a list has of a text, and not too much for a box.
const river = 'The river turns. '.repeat(300);

const opened = openStudioForTests({
  before: ({ command, folder }) => {
    const file = path.join(folder, 'long.csv');
    const tooLong = 'a river '.repeat(1_500_000);
    writeFileSync(
      file,
      ['context,target', 'short,one', `강 ${korean},two`, `"${tooLong}",three`, `${river}!,four`].join('\n'),
    );
    command('import', file, '--task', 'custom', '--name', 'Long');
  },
});

test('shows the beginning of a very long text, and the whole text on request', async () => {
  const { page } = opened;
  await page.getByRole('link', { name: 'Datasets' }).first().click();
  await page.getByText('Long', { exact: true }).first().click();
  await page
    .getByText(/^강 강이 바다로/)
    .first()
    .click();
  const inspector = page.getByRole('region', { name: 'The row in full' });
  const showAll = inspector.getByRole('button', { name: /^Show all [\d,]+ characters/ });
  await showAll.waitFor();
  expect(await inspector.getByRole('textbox', { name: 'Edit: Context' }).count()).toBe(0);
  await inspector.getByRole('textbox', { name: 'Edit: Target' }).fill('two rivers');
  await inspector.getByRole('textbox', { name: 'Note' }).focus();
  await page.getByRole('row').getByText('two rivers').waitFor();
  await showAll.click();
  await inspector.getByRole('textbox', { name: 'Edit: Context' }).waitFor();
});

// With the font in 92 subsets by character, the paragraph above took 23 seconds.
test('the font for Korean is whole', async () => {
  const faces = await opened.page.evaluate(() => [...document.fonts].map(({ family }) => family));
  expect(faces.filter((family) => family.includes('Pretendard'))).toHaveLength(1);
});

test('shows the beginning of a row that was left out for its length', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: /^Left out/ }).click();
  await page.getByRole('row').getByText('A cell is too long').click();
  const beginning = 'Long cells are shown only in part; the saved file has them in full.';
  await page.getByText(beginning).waitFor();
});

test('a long text is whole in the row in full and in its cell, and is saved whole', async () => {
  const { page } = opened;
  await page.getByRole('tab', { name: /^Rows/ }).click();
  const cell = page.getByRole('gridcell', { name: /^The river turns/ });
  await cell.click();
  const inspector = page.getByRole('region', { name: 'The row in full' });
  const box = inspector.getByRole('textbox', { name: 'Edit: Context' });
  expect(await box.inputValue()).toBe(`${river}!`);
  await box.press('Control+End');
  await page.keyboard.type(' And ends.');
  await box.press('Control+Enter');
  await inspector.getByText('5,111 characters').waitFor();
  await cell.dblclick();
  const inPlace = page.getByRole('grid').getByRole('textbox', { name: 'Context' });
  expect(await inPlace.inputValue()).toBe(`${river}! And ends.`);
  await inPlace.press('Escape');
});
