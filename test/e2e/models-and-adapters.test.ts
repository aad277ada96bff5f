// The shelf: a model file is imported and a broken one refused; downloadable models are shown with what they take; an
// adapter is exported in each format and imported again with the same fingerprint.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';

const opened = openStudioForTests({
  before: ({ command, train }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    train('Places', 'Answers');
  },
});
const { person } = opened;
let page: Page;
beforeAll(() => ({ page } = opened));

test('a downloadable model shows its licence, memory and languages', async () => {
  await open(paths.baseModels());
  const card = page.getByRole('article', { name: 'SmolLM2-135M-Instruct' });
  await card.getByText('Apache 2.0').waitFor();
  await card.getByText(/^about .*, (fits|more than)/).waitFor();
  await card.getByText('English', { exact: true }).waitFor();
  const starter = page.getByRole('article', { name: 'starter', exact: true });
  await starter.getByText('Memory to chat').waitFor();
  // To chat and to train.
  expect(await starter.getByText(/^about [3-6]\d\d.MB, (fits|more than)/).count()).toBe(2);
});

test('a GGUF file is added on the page, deleted and restored', async () => {
  const file = path.join(opened.folder, 'tiny-llama.gguf');
  await writeTinyGguf(file);
  await button('Add a model').click();
  await page.getByRole('dialog').locator('input[accept]').setInputFiles(file);
  await page.getByText('tiny-llama added').waitFor();
  const card = page.getByRole('article', { name: 'tiny-llama' });
  await card.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await card.waitFor({ state: 'detached' });
  // Regression: after a reload there was no way back any more.
  await page.reload();
  await page.getByText('tiny-llama deleted').waitFor();
  await button('Undo').click();
  await card.waitFor();
});

test('a model folder is uploaded under its own name, without unrelated files', async () => {
  const folder = path.join(opened.folder, 'my-starter');
  cpSync(path.join(import.meta.dirname, '../../resources/starter-model'), folder, { recursive: true });
  writeFileSync(path.join(folder, 'training_args.bin'), 'not of the model');
  await button('Add a model').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Choose a folder').and(page.locator('input')).setInputFiles(folder);
  await page.getByText('my-starter added').waitFor();
  const card = page.getByRole('article', { name: 'my-starter' });
  const hashes: (string | null)[] = [];
  for (const each of [card, page.getByRole('article', { name: 'starter', exact: true })]) {
    await each.getByRole('button', { name: 'Details' }).click();
    hashes.push(await each.getByText(/^[0-9a-f]{4}·[0-9a-f]{4}$/).textContent());
  }
  expect(hashes[0]).toBe(hashes[1]);
  // Nothing of the upload is left beside it.
  const [made] = readdirSync(path.join(opened.home, 'base-models')).filter((name) =>
    existsSync(path.join(opened.home, 'base-models', name, 'model.safetensors')),
  );
  expect(readdirSync(path.join(opened.home, 'base-models', made ?? ''))).not.toContain('training_args.bin');
  expect(readdirSync(path.join(opened.home, 'base-models')).filter((name) => name.startsWith('.'))).toEqual([]);
  await card.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await card.waitFor({ state: 'detached' });
});

test('an incomplete folder is reported with the missing file before anything is sent', async () => {
  rmSync(path.join(opened.folder, 'my-starter', 'tokenizer.json'));
  await button('Add a model').click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByLabel('Choose a folder')
    .and(page.locator('input'))
    .setInputFiles(path.join(opened.folder, 'my-starter'));
  await dialog.getByRole('alert').getByText('tokenizer.json').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('a model in the model folder of other programs is added with one press', async () => {
  const library = path.join(person, 'models');
  mkdirSync(library);
  await writeTinyGguf(path.join(library, 'found-llama.gguf'));
  opened.command('models', 'folder', library);
  await open(paths.settings());
  await page.getByText(library, { exact: true }).waitFor();
  await page.getByRole('link', { name: '1 model found' }).click();
  await button('Add found-llama').click();
  await page.getByText('found-llama added').waitFor();
  await page.getByText('The one model in it has been added').waitFor();
  await page.getByRole('article', { name: 'found-llama' }).waitFor();
});

test('a file that is not a model is rejected with the reason, and no model is added', async () => {
  const before = await page.getByRole('main').getByRole('article').count();
  await button('Add a model').click();
  await page
    .getByRole('dialog')
    .locator('input[accept]')
    .setInputFiles({
      name: 'broken.gguf',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('GGUF and no more'),
    });
  const refusal = page.getByRole('dialog').getByRole('alert');
  await refusal.getByText('MODEL_FILE_INVALID').waitFor();
  // By the name that the person knows, not the one it is stored under.
  await refusal.getByText('“broken.gguf”').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByRole('main').getByRole('article').count()).toBe(before);
});

test.each([
  ['PEFT', 'Answers/adapter_model.safetensors'],
  ['GGUF adapter', 'Answers.gguf'],
  ['GGUF model', 'Answers merged.gguf'],
  ['Merged model', 'Answers merged/model.safetensors'],
])('an adapter is exported as %s to a place that the studio lists', async (format, file) => {
  await open(paths.adapters());
  await button('More actions for Answers').click();
  await page.getByRole('menuitem', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(format, { exact: true }).click();
  if (format === 'PEFT') {
    expect(await seriousViolations(page)).toEqual([]);
    // Regression: nothing told which of the three a colleague's studio takes.
    await dialog.getByText('which another Adapter Studio', { exact: false }).waitFor();
  }
  // How large the file becomes is told before; half the size is the default.
  const eightBits = dialog.getByRole('radio', { name: /^8 bits, about [\d.]+.[KM]B$/ });
  if (format === 'GGUF model') await expect.poll(() => eightBits.isChecked()).toBe(true);
  else expect(await eightBits.count()).toBe(0);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByText('Saved to').waitFor();
  if (format === 'GGUF model') {
    await dialog.getByText(/^[\d.]+.[KM]B, Q8_0, F32/).waitFor();
    await dialog.getByText('ollama create answers -f ', { exact: false }).waitFor();
    expect(existsSync(path.join(person, 'Answers merged.Modelfile'))).toBe(true);
  }
  await dialog.getByText('Passage: {Passage}\n\nQuestion: {Question}').waitFor();
  if (format === 'Merged model') await dialog.getByText(/^Subtracting the adapter again/).waitFor();
  expect(existsSync(path.join(person, file))).toBe(true);
  expect(statSync(path.join(person, file)).size).toBeGreaterThan(1000);
  await page.keyboard.press('Escape');
});

test('the files of an adapter, its folder, and its GGUF file are imported with the same fingerprint', async () => {
  await open(paths.adapters());
  const folder = path.join(person, 'Answers');
  const files = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => path.join(folder, name));
  const dialog = page.getByRole('dialog');
  await button('Import').click();
  expect(await seriousViolations(page)).toEqual([]);
  await dialog
    .getByLabel('Choose a file')
    .last()
    .setInputFiles(files[1] as string);
  await dialog.getByText('Both files are needed').waitFor();
  // Regression: it said that the safetensors were missing, in a line that ran off the edge.
  const earlier = path.join(opened.folder, 'earlier');
  mkdirSync(earlier);
  for (const name of ['adapter_config.json', 'adapter_model.bin']) writeFileSync(path.join(earlier, name), '{}');
  await dialog.getByLabel('Choose a folder').last().setInputFiles(earlier);
  await dialog.getByText('“adapter_model.bin” was not opened').waitFor();
  expect(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await dialog.getByLabel('Choose a file').last().setInputFiles(files);
  await page.getByText('Imported adapter added').waitFor();
  await button('Import').click();
  await dialog.getByLabel('Choose a folder').last().setInputFiles(folder);
  // The folder has the adapter's name, which is taken by the adapter itself.
  await page.getByText('Answers 2 added').waitFor();
  await button('Import').click();
  const broken = { name: 'broken.gguf', mimeType: '', buffer: Buffer.from('GGUF and no more') };
  await dialog.getByLabel('Choose a file').last().setInputFiles(broken);
  // Regression: the base model was said to be damaged.
  await dialog.getByText('“broken.gguf” cannot be used').waitFor();
  await dialog.getByLabel('Choose a file').last().setInputFiles(path.join(person, 'Answers.gguf'));
  await page.getByText('Answers 3 added').waitFor();
  const rows = page.getByRole('row').filter({ hasText: /Answers|Imported adapter/ });
  await expect.poll(() => rows.count()).toBe(4);
  const prints = await rows.evaluateAll((all) =>
    all.map((row) => row.textContent?.match(/[0-9a-f]{4}·[0-9a-f]{4}/)?.[0]),
  );
  expect(new Set(prints).size).toBe(1);
});

test('models and adapters in Korean, dark and narrow, are accessible with nothing cut off', async () => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.evaluate(() => {
    localStorage.setItem('studio.locale', 'ko');
    localStorage.setItem('studio.theme', 'dark');
  });
  await page.reload();
  for (const place of [paths.baseModels(), paths.adapters()]) {
    await open(place);
    await page.waitForFunction(() => document.querySelector('main [aria-busy=true], main .skeleton') === null);
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

const open = (href: string) => openPlace(page, href);

const button = (name: string) => page.getByRole('button', { name, exact: true });
