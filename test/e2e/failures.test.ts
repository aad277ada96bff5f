// Failures outside a person's control: the engine dies in the middle of an answer and of a training, files of an
// adapter and of a base model disappear or are truncated. Each is reported in a sentence that says what, where and what
// to do, and the studio keeps working. In a real browser, on the starter model; each test continues where the previous
// one ended.
import { copyFileSync, cpSync, readdirSync, renameSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests({
  hasMortalEngine: true,
  before: ({ command, train, folder }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    for (const adapter of ['First', 'Second']) train('Places', adapter);
    const copy = path.join(folder, 'copy');
    cpSync(path.join(import.meta.dirname, '../../resources/starter-model'), copy, { recursive: true });
    command('models', 'import', copy, '--name', 'Other base');
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

test('an engine crash during an answer is reported, the partial answer stays, and the question can be retried', async () => {
  await talkTo('Base');
  await box().fill('Once upon a time there was a harbour. '.repeat(3));
  await box().press('Enter');
  const answer = page.getByRole('article', { name: 'Base' });
  await answer.getByText(/\w/).nth(1).waitFor();
  await page.getByText('Reading the prompt').waitFor({ state: 'detached' });
  opened.studio.tell('SIGUSR2');
  await see('The engine stopped unexpectedly: its process ended with status SIGSEGV.');
  await see(/the engine restarts on its own. Ask again/);
  await answer.getByText('Stopped').waitFor();
  expect(await seriousViolations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('2/2').waitFor();
  await answer.getByText(/first after/).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('an engine crash interrupts training with the reason, and the run can be resumed', async () => {
  await open(paths.newRun());
  await page.getByText(/about .* per step/).waitFor();
  await page.getByRole('textbox', { name: 'Adapter name' }).fill('Broken');
  await page.getByRole('checkbox', { name: /^Evaluate it/ }).uncheck();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/Step [1-9]\d* of \d+/).waitFor();
  opened.studio.tell('SIGUSR2');
  await see(/Interrupted at step \d+ of \d+/);
  await see(
    /The engine stopped unexpectedly: its process ended with status SIGSEGV\. (Resume continues after step \d+|No checkpoint was saved yet)/,
  );
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText(/Step [1-9]\d* of \d+/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await see(/Stopped (at|before its first) step/);
});

test('an adapter with a missing or truncated file is named, and answers again once the file is back', async () => {
  const [first] = readdirSync(path.join(opened.home, 'adapters')).toSorted();
  const file = path.join(opened.home, 'adapters', first ?? '', 'adapter_model.safetensors');
  renameSync(file, `${file}.away`);
  await ask('First', 'Where does it lie?');
  await see('The adapter “First” cannot be used: its file “adapter_model.safetensors” is missing.');
  await see(/Put the file back into .*adapters/);

  copyFileSync(`${file}.away`, file);
  truncateSync(file, 200);
  await page.getByRole('button', { name: 'Try again' }).click();
  await see('The adapter “First” cannot be used: its file “adapter_model.safetensors” is damaged or incomplete.');

  renameSync(`${file}.away`, file);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page
    .getByRole('article', { name: 'First' })
    .getByText(/first after/)
    .waitFor();
});

test('one unusable adapter in a comparison does not prevent the others from answering', async () => {
  const second = readdirSync(path.join(opened.home, 'adapters')).toSorted().at(1) ?? '';
  const folder = path.join(opened.home, 'adapters', second);
  renameSync(folder, `${folder}.away`);
  await page.getByRole('button', { name: 'Compare' }).click();
  await box().fill('Where do they lie?');
  await page.getByRole('button', { name: 'Send to all' }).click();
  await see('The adapter “Second” cannot be used: its file “adapter_config.json” is missing.');
  const columns = page.getByRole('region', { name: 'Answers side by side' });
  for (const name of ['Base', 'First']) {
    await columns
      .getByRole('article', { name })
      .getByText(/first after/)
      .waitFor();
  }
  await page.getByRole('button', { name: 'Compare' }).click();
  renameSync(`${folder}.away`, folder);
});

test('a base model with a missing folder is named in chat and, in Korean, before training', async () => {
  const [id = ''] = readdirSync(path.join(opened.home, 'base-models'));
  const folder = path.join(opened.home, 'base-models', id);
  renameSync(folder, `${folder}.away`);
  await talkTo('Base');
  await page.getByLabel('Base model').first().click();
  await page.getByRole('option', { name: 'Other base' }).click();
  await box().fill('Who is it?');
  await box().press('Enter');
  await see('The base model “Other base” cannot be used: its file “model.safetensors” is missing.');

  await open(paths.settings());
  await page.getByRole('radio', { name: '한국어' }).click();
  await open(paths.newRun());
  await page.getByLabel('기본 모델').first().click();
  await page.getByRole('option', { name: 'Other base' }).click();
  await see('“Other base” 기본 모델을 쓸 수 없습니다. “model.safetensors” 파일이 없습니다.');
  renameSync(`${folder}.away`, folder);
  await page.getByRole('button', { name: '다시 시도' }).first().click();
  await page.getByText(/단계마다 약/).waitFor();
});

async function talkTo(adapter: string): Promise<void> {
  // The same buttons would be there at once from another chat that is about to go.
  await open(paths.adapters());
  await page.getByRole('heading', { level: 1, name: 'Adapters' }).waitFor();
  await open(`${paths.chat()}?fresh=${adapter}`);
  await page.getByRole('button', { name: 'New conversation', exact: true }).click();
  await page.getByRole('radiogroup', { name: 'Who answers next' }).getByRole('radio', { name: adapter }).click();
}

async function ask(adapter: string, question: string): Promise<void> {
  await talkTo(adapter);
  await box().fill(question);
  await box().press('Enter');
}

const open = (href: string) => openPlace(page, href);

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });

async function see(what: string | RegExp): Promise<void> {
  await page.getByText(what).first().waitFor();
}
