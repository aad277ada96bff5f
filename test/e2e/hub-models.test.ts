// Any model of the Hugging Face hub: found on the page by words, or by its name or address, told before it is downloaded, and
// then downloaded, interrupted and resumed as one of the catalogue. The hub is on this machine.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStudioWithHub } from '../browser/studio-with-hub.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';

const starter = path.join(import.meta.dirname, '../../resources/starter-model');
const files = Object.fromEntries(
  readdirSync(starter).map((name) => [name, readFileSync(path.join(starter, name))] as const),
);
const folder = mkdtempSync(path.join(tmpdir(), 'adapter-studio-hub-'));
await writeTinyGguf(path.join(folder, 'tiny.gguf'));
const gguf = readFileSync(path.join(folder, 'tiny.gguf'));

const { hub, opened } = await openStudioWithHub({
  'maker/small': { files, cardData: { license: 'mit' }, listed: llama({ downloads: 1234 }) },
  'maker/small-huge': { files: {}, listed: llama({ safetensors: { total: 2e13 } }) },
  'maker/small-gated': { files, gated: 'manual', listed: llama({}) },
  'maker/small-mamba': { files: {}, listed: { ...llama({}), config: { model_type: 'mamba' } } },
  'maker/strange': { files: { ...files, 'config.json': Buffer.from('{"model_type":"mamba"}') } },
  'maker/gated': { files, gated: 'manual' },
  'maker/tiny-GGUF': {
    listed: { tags: ['gguf'], gguf: { architecture: 'llama', total: 99_000 } },
    files: { 'tiny.Q8_0.gguf': Buffer.concat([gguf, Buffer.alloc(50_000)]), 'tiny.Q4_0.gguf': gguf },
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));
afterAll(() => rmSync(folder, { recursive: true }));

test('models are found by words, once they are sent, and what cannot be used says why', async () => {
  await page.evaluate(() => (location.hash = '/base-models'));
  await page.getByLabel('Words, name or address').fill('small');
  expect(hub.searched).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByText('4 models found').waitFor();
  const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  await row('maker/small').getByText('llama · 162,000 weights · MIT · 1,234 downloads').waitFor();
  await row('maker/small-huge')
    .getByText(/^at least .* of memory, more than this computer has$/)
    .waitFor();
  await row('maker/small-gated').getByText('accept its licence first').waitFor();
  await row('maker/small-mamba').getByText('“small-mamba” cannot be used here: model type “mamba”').waitFor();
  expect(await row('maker/small-mamba').getByRole('button').count()).toBe(0);
  expect(hub.searched.map((query) => query.get('search'))).toEqual(['small']);
  expect(await seriousViolations(page)).toEqual([]);
});

test('one of them is chosen and looked up, and there is a way back to the others', async () => {
  await button('Choose maker/small').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'small' }).getByText('MIT', { exact: true }).waitFor();
  await button('Back to the models found').click();
  await page.getByText('4 models found').waitFor();
  expect(await page.getByLabel('Words, name or address').inputValue()).toBe('small');
  await lookUp('nothing of the kind');
  await page.getByText('No text-writing model on the hub has a name with these words').waitFor();
});

test('a model is told by its name before anything large is downloaded', async () => {
  await lookUp('maker/small');
  const card = page.getByRole('article', { name: 'small' });
  await card.getByText('llama', { exact: true }).waitFor();
  await card.getByText(/^about .* free on the disk$/).waitFor();
  await card.getByText('MIT', { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  expect(hub.asked.filter((each) => each === 'model.safetensors')).toEqual([]);
});

test('its download is interrupted, resumed, and added to the shelf', async () => {
  hub.hold = 2_000_000;
  await button('Download small').click();
  const card = page.getByRole('article', { name: 'small' });
  await card.getByRole('progressbar').waitFor();
  await expect.poll(() => weightsArrived(), { timeout: 30_000 }).toBe(2_000_000);
  await card.getByRole('button', { name: 'Cancel' }).click();
  await card.getByText('2 MB downloaded', { exact: true }).waitFor();
  // As after a restart.
  await page.reload();
  hub.hold = undefined;
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByRole('link', { name: 'Chat with it' }).waitFor();
  expect(hub.asked).toContainEqual(expect.stringMatching(/^model\.safetensors bytes=[1-9]\d*-$/));
  expect(readdirSync(path.join(opened.home, 'model-downloads'))).toEqual([]);
  await lookUp(`${hub.address}/maker/small?a=b`);
  await page.getByText('You have small already').waitFor();
});

test('of several GGUF files one is chosen, told and downloaded', async () => {
  await lookUp('https://huggingface.co/maker/tiny-GGUF/tree/main');
  await button('Choose tiny.Q4_0.gguf').click();
  const card = page.getByRole('article', { name: 'tiny.Q4_0' });
  await button('Download tiny.Q4_0').click();
  await card.getByRole('link', { name: 'Chat with it' }).waitFor();
});

test.each([
  ['maker/strange', 'model type “mamba”. Supported: gemma3_text, gpt2, llama'],
  ['maker/gated', 'only available to people who have accepted its licence'],
  ['maker/none', 'The Hugging Face hub has no model “maker/none”'],
  ['a/wrong/name', '“a/wrong/name” is not the name or address of a model'],
])('%s is refused by a sentence', async (name, sentence) => {
  await lookUp(name);
  await page.getByRole('alert').getByText(sentence, { exact: false }).waitFor();
});

function llama(facts: object) {
  const small = {
    tags: ['safetensors', 'license:mit'],
    config: { model_type: 'llama' },
    safetensors: { total: 162_000 },
  };
  return { ...small, ...facts };
}

function weightsArrived(): number | undefined {
  const root = path.join(opened.home, 'model-downloads');
  const [name = ''] = readdirSync(root);
  return statSync(path.join(root, name, 'hub/model.safetensors.part'), { throwIfNoEntry: false })?.size;
}

async function lookUp(name: string): Promise<void> {
  await page.getByLabel('Words, name or address').fill(name);
  await button('Search the hub').click();
}

function button(name: string) {
  return page.getByRole('button', { name, exact: true });
}
