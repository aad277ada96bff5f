// Folders dropped as the file manager drops them: the browser itself makes the drag from paths on the disk, so that the
// page gets real directory entries. A folder of tables is one table, a folder of a model goes onto the shelf.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => {
  ({ page } = opened);
  const more = path.join(folder(), 'more');
  mkdirSync(path.join(more, '.trash'), { recursive: true });
  writeFileSync(path.join(folder(), 'rivers.csv'), 'context,target\nThe Tagus flows to Lisbon.,Lisbon\nThe Po,Turin\n');
  writeFileSync(path.join(folder(), 'readme.md'), '# Rivers\n');
  writeFileSync(path.join(more, '호수.csv'), 'context,target\nThe lake lies in Como.,Como\n');
  writeFileSync(path.join(more, '.trash', 'old.csv'), 'context,target\nNot,this\n');
});

test('a folder dropped on the home page is imported as one table, with subfolders but without hidden files', async () => {
  await drop(page.getByRole('group', { name: 'Drop a file or a folder here' }), folder());
  await page.getByRole('heading', { name: 'rivers.zip' }).waitFor();
  await page.getByText('The lake lies in Como.').first().waitFor();
  await page.getByRole('button', { name: /^Import 3 rows/ }).click();
  await page.getByText('Imported 3 rows').waitFor();
});

test('a folder or several files dropped outside any drop zone are imported too', async () => {
  await open(paths.runs());
  await drop(page.getByRole('navigation').first(), folder());
  await page.getByRole('heading', { name: 'rivers.zip' }).waitFor();
  // A file read while another page is open is shown first, before whatever is dropped next.
  await page.getByRole('button', { name: /^Import 3 rows/ }).waitFor();
  await open(paths.runs());
  const [one, other] = [path.join(folder(), 'rivers.csv'), path.join(folder(), 'more', '호수.csv')];
  await drop(page.getByRole('navigation').first(), one, other);
  await page.getByRole('heading', { name: 'rivers.csv + 1.zip' }).waitFor();
  await page.getByRole('button', { name: /^Import 3 rows/ }).waitFor();
});

test('a folder dropped on the conversation is imported, not put into the message', async () => {
  await open(paths.chat());
  await drop(page.getByRole('region', { name: 'Chat' }), folder());
  await page.getByRole('heading', { name: 'rivers.zip' }).waitFor();
  await page.getByRole('button', { name: /^Import 3 rows/ }).waitFor();
});

test('a folder without a table is rejected with the reason', async () => {
  const empty = path.join(opened.folder, 'pictures');
  mkdirSync(empty);
  writeFileSync(path.join(empty, 'a.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  await open(paths.runs());
  await drop(page.getByRole('navigation').first(), empty);
  await page.getByText(/“pictures\.zip” is not a table of text: .* without a table or a document in it/).waitFor();
});

// This is how the desktop window passes on a file that the system opened with the studio
// (test/e2e/desktop-shell.test.ts).
test('a file that is known already is imported by its id in the address, also where the import page is open', async () => {
  const sender = await page.context().newPage();
  const received: string[] = [];
  sender.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(String(payload))));
  await sender.goto(new URL(paths.importDataset(), page.url()).href);
  await drop(sender.getByRole('group', { name: 'Drop a file or a folder here' }), path.join(folder(), 'rivers.csv'));
  await sender.getByRole('button', { name: /^Import 2 rows/ }).waitFor();
  const fileId = /"fileId":"(\w+)"/.exec(received.join('\n'))?.[1] ?? '';
  await open(paths.importDataset());
  await page.getByRole('group', { name: 'Drop a file or a folder here' }).waitFor();
  await open(`${paths.importDataset()}?${new URLSearchParams({ file: fileId, name: 'rivers.csv' })}`);
  await page.getByRole('button', { name: /^Import 2 rows/ }).waitFor();
  expect(page.url()).toMatch(/#\/datasets\/import$/);
  await sender.close();
});

// Regression: leaving the page undid the import.
test('an import goes on while another page is looked at, is not left unasked, and the notice of its end leads to the rows', async () => {
  const table = path.join(opened.folder, 'numbers.csv');
  const rows = Array.from({ length: 600_000 }, (_, n) => `The number ${n} comes after ${n - 1}.,${n}`);
  writeFileSync(table, `text,summary\n${rows.join('\n')}\n`);
  await open(paths.runs());
  await drop(page.getByRole('navigation').first(), table);
  await page.getByRole('button', { name: /^Import (all|600,000) rows/ }).click();
  await open(paths.runs());
  // It would end with the page, so leaving asks first.
  const [question] = await Promise.all([
    page.waitForEvent('dialog'),
    page.evaluate(() => setTimeout(() => location.reload())),
  ]);
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  // Notices of earlier imports may still be there.
  const notice = page.getByText('Imported 600,000 rows into “numbers”.').locator('..');
  await notice.getByRole('link', { name: 'View' }).click();
  await page.getByRole('heading', { level: 1, name: 'numbers' }).waitFor();
});

test('a model folder dropped on the dialog is added under its name', async () => {
  const model = path.join(opened.folder, 'dropped-model');
  cpSync(path.join(import.meta.dirname, '../../resources/starter-model'), model, { recursive: true });
  mkdirSync(path.join(model, 'onnx'));
  writeFileSync(path.join(model, 'onnx', 'config.json'), 'of another form of the model');
  await open(paths.baseModels());
  await page.getByRole('button', { name: 'Add a model' }).click();
  await drop(page.getByRole('dialog').getByRole('group'), model);
  await page.getByText('dropped-model added').waitFor();
  await page.getByRole('article', { name: 'dropped-model' }).waitFor();
});

const folder = () => path.join(opened.folder, 'rivers');

const open = (href: string) => openPlace(page, href);

async function drop(on: Locator, ...files: readonly string[]): Promise<void> {
  await on.waitFor();
  const box = await on.boundingBox();
  expect(box).not.toBeNull();
  const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
  const browser = await page.context().newCDPSession(on.page());
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [...files], dragOperationsMask: 1 };
    await browser.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  }
  await browser.detach();
}
