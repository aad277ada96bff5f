// What a person does with the data folder from the page: back up, open a new one, come back, move, restore. The page
// never names a path; the studio lists what there is. Everything runs in one browser page, at one address.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests({
  before: ({ person }) => mkdirSync(path.join(person, 'Documents')),
  env: { ADAPTER_STUDIO_DEVICE: 'cpu' },
  // The studio is closed and another is opened behind the same address.
  mayComplainOf: /WebSocket connection|^failed: http:\/\/127\.0\.0\.1:\d+\/$|^503: /,
});
const { home } = opened;
const documents = path.join(opened.person, 'Documents');
let page: Page;

beforeAll(async () => {
  ({ page } = opened);
  // Something by which to recognise the folder.
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
});

// Regression: the setting took precedence over the environment.
test('a device that the environment names is in use, whatever is chosen, and the settings say so', async () => {
  await openSettings();
  await page
    .getByText('The environment variable ADAPTER_STUDIO_DEVICE is set to Processor.', { exact: false })
    .waitFor();
  await page.getByRole('radio', { name: 'Graphics processor (WebGPU)' }).click();
  await page.getByText('Restart the studio to apply this').waitFor();
});

// Regression: another window kept its language and its colours until it was reloaded.
test('the language and the theme chosen in one window reach the others at once', async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('heading', { level: 1 }).first().waitFor();
  await openSettings();
  await page.getByRole('radio', { name: '한국어' }).click();
  await other.getByRole('navigation').getByRole('link', { name: '설정' }).waitFor();
  await page.getByRole('radio', { name: '어둡게' }).click();
  await other.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await page.getByRole('radio', { name: 'English' }).click();
  await other.getByRole('navigation').getByRole('link', { name: 'Settings' }).waitFor();
  await page.getByRole('radio', { name: 'Same as system' }).click();
  await other.waitForFunction(() => document.documentElement.dataset.theme === undefined);
  await other.close();
});

// Regression: another window showed what had been set before, and copied a key that was refused.
test('what is set in one window is what the others show', async () => {
  await openSettings();
  const other = await page.context().newPage();
  await other.goto(page.url());
  const threads = (on: Page) => on.getByRole('combobox', { name: 'Threads' });
  await threads(other).waitFor();
  const address = other.getByRole('region', { name: 'Address for other programs' });
  await address.getByRole('radio', { name: 'Off', checked: true }).waitFor();
  for (const choice of ['1', 'All of them']) {
    await threads(page).click();
    await page.getByRole('option', { name: choice, exact: true }).click();
    await threads(other).getByText(choice, { exact: true }).waitFor();
  }
  for (const choice of ['On', 'Off']) {
    await page.getByRole('region', { name: 'Address for other programs' }).getByText(choice, { exact: true }).click();
    await address.getByRole('radio', { name: choice, checked: true }).waitFor();
  }
  await other.close();
});

test('a backup is written to a place that the studio lists, with its number of files', async () => {
  await openSettings();
  await button('Back up').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(documents).first().waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  // Regression: the focus was on the cross, and Enter closed the dialog.
  await page.keyboard.press('Enter');
  await dialog.getByText(/\d+ files? \(.*\) (is|are) now in/).waitFor();
  const [backup] = readdirSync(documents);
  expect(backup).toMatch(/^Adapter Studio backup \d{4}-\d\d-\d\d \d\d-\d\d$/);
  await dialog.getByText(path.join(documents, backup ?? '')).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('a new folder is opened without a restart, and the old one can be reopened', async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('navigation').getByRole('link', { name: 'Settings' }).and(other.getByTitle(home)).waitFor();
  await openSettings();
  await button('Open another').click();
  const name = page.getByLabel('Folder name');
  // Regression: the error stayed as the description of a corrected name, and replaced the description the box had.
  await name.evaluate((box) => box.setAttribute('aria-describedby', 'own'));
  const description = () => name.getAttribute('aria-describedby');
  await name.fill('../outside');
  await page.getByText(/only letters, digits, spaces/).waitFor();
  expect(await description()).toMatch(/^own \S+-note$/);
  await name.fill('Second');
  await expect.poll(description).toBe('own');
  // Regression: a second window showed other things from then on, and did not say why. Its notice ends by itself.
  const second = path.join(documents, 'Second');
  await Promise.all([
    other.getByRole('status').getByText(`A different data folder is open now: ${second}`).waitFor(),
    page.getByRole('dialog').getByRole('button', { name: 'Open another', exact: true }).click(),
  ]);
  await page.getByText('Teach a small model one job, on this computer').waitFor();
  await other.getByRole('navigation').getByRole('link', { name: 'Settings' }).and(other.getByTitle(second)).waitFor();
  await other.close();
  await openSettings();
  await page.getByRole('main').getByText(second, { exact: true }).waitFor();

  await button('Open another').click();
  await page.getByRole('radio', { name: home }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Open another', exact: true }).click();
  await page.getByText(/^Next: train an adapter with/).waitFor();
  // Its engine has been restarted since the graphics processor was chosen.
  await openSettings();
  await page.getByText(/^In use: CPU/).waitFor();
  expect(await page.getByRole('radio', { name: 'Graphics processor (WebGPU)' }).isChecked()).toBe(true);
});

// Regression: the studio went back to the old folder, and the page reloaded as if all had gone well.
test('a folder that cannot be opened is told with the reason, and the one of before stays open', async () => {
  const damaged = path.join(documents, 'Second', 'studio.sqlite');
  const text = 'This is not a database any more. '.repeat(50);
  writeFileSync(damaged, text);
  await openSettings();
  await button('Open another').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: path.dirname(damaged) }).check();
  await dialog.getByRole('button', { name: 'Open another', exact: true }).click();
  await dialog.getByText(`The studio’s database ${damaged} is damaged.`).waitFor();
  expect(readFileSync(damaged, 'utf8')).toBe(text);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(home, { exact: true }).waitFor();
});

test('the folder is moved, and its contents are intact', async () => {
  await openSettings();
  await button('Move').click();
  await page.getByLabel('Folder name').fill('Moved');
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  // Regression: it ended on the home page, without a word of the new place.
  await page.getByRole('main').getByText(path.join(documents, 'Moved'), { exact: true }).waitFor();
  expect(existsSync(path.join(documents, 'Moved', 'studio.sqlite'))).toBe(true);
  expect(existsSync(home)).toBe(false);
  await page.evaluate(() => (location.hash = '/datasets'));
  await page.getByRole('main').getByRole('link', { name: 'Places and people' }).click();
  await page.getByRole('tab', { name: 'Rows' }).waitFor();
});

test('a backup is restored into a new folder, and nothing is overwritten', async () => {
  await openSettings();
  await button('Restore').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio').first().check();
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText(/^Next: train an adapter with/).waitFor();
  await openSettings();
  await page
    .getByRole('main')
    .getByText(/Adapter Studio restored \d{4}/)
    .waitFor();
  expect(existsSync(path.join(documents, 'Moved', 'studio.sqlite'))).toBe(true);
});

// Regression: the switch moved away from the pointer, and nothing told that other programs were shut out.
test('the address is switched on where one clicks, and a new key can be taken back', async () => {
  const row = page.getByRole('region', { name: 'Address for other programs' });
  const on = row.getByText('On', { exact: true });
  await on.scrollIntoViewIfNeeded();
  const before = await on.boundingBox();
  await on.click();
  const key = await row.getByText(/^as-.{3}…$/).innerText();
  expect(await on.boundingBox()).toEqual(before);
  await row.getByRole('button', { name: 'New key' }).click();
  const notice = page.getByRole('status').filter({ hasText: 'There is a new key.' });
  await row.getByText(key, { exact: true }).waitFor({ state: 'detached' });
  await notice.getByRole('button', { name: 'Undo' }).click();
  await row.getByText(key, { exact: true }).waitFor();
});

test('the settings in Korean in a narrow window are accessible with nothing cut off', async () => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.evaluate(() => localStorage.setItem('studio.locale', 'ko'));
  await page.reload();
  await page.evaluate(() => (location.hash = '/settings'));
  await page.getByRole('button', { name: '옮기기' }).click();
  await page.getByRole('dialog').getByText('폴더 이름').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

async function openSettings(): Promise<void> {
  await page.evaluate(() => (location.hash = '/settings'));
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
}

const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
