// A person has documents and no table: a folder of them becomes rows on the import page, then an adapter that is asked
// with a title in the chat; documents with summaries are rows of their own; what cannot be read is named.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';
import { pdfFile } from '../fixtures/pdf-file.ts';
import { docxFile } from '../fixtures/word-file.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(() => {
  ({ page } = opened);
  const text = (town: string) =>
    `# Visiting ${town}\n\nThe market of ${town} is open on Mondays.\n\n## How to get there\n\nTake the bus to ${town} at nine.\n`;
  for (const town of ['Daegu', 'Jeju', 'Kiso', 'Lisbon', 'Lund', 'Nara', 'Porto', 'Sol']) {
    write(`towns/${town}.md`, text(town));
  }
  write(
    'towns/Oslo.docx',
    docxFile([{ text: 'Visiting Oslo', style: '1' }, { text: 'Closed.' }], { styles: { '1': 'heading 1' } }),
  );
  write('towns/scan.pdf', pdfFile([[]]));
  write(
    'towns/Ulm.pdf',
    pdfFile([
      [
        { text: 'Visiting Ulm', size: 24 },
        { text: 'The tower is high.', y: 660 },
      ],
    ]),
  );
  for (const n of [1, 2, 3]) {
    write(`talks/documents/${n}.txt`, `Mina asks Jun for ${n} apples. Jun has only pears and says so.`);
    write(`talks/summaries/${n}.txt`, `Jun has no ${n} apples.`);
    write(`plain/${n}.txt`, `Mina asks Jun for ${n} pears. Jun has only apples and says so.`);
  }
});

test('a folder of documents becomes rows that say what is learnt, and names what cannot be read', async () => {
  await chooseFolder('towns');
  await page.getByRole('heading', { name: 'towns.zip' }).waitFor();
  await page.getByText(/^Write like these: from the title and heading, write the text below/).waitFor();
  await page.getByText('Read as documents: 11.').waitFor();
  await page.getByRole('button', { name: /^Import 18 rows/ }).waitFor();
  const third = page.getByRole('region', { name: 'What the model sees' });
  await expect.poll(() => third.innerText()).toContain('The market of Daegu is open on Mondays.');
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: /^Import 18 rows/ }).click();
  await page.getByText('Imported 18 rows into “towns”.').waitFor();
  await page.getByRole('link', { name: 'See why' }).click();
  await page.getByText('scan.pdf').first().waitFor();
  await page.getByText('No text in it').first().waitFor();
});

test('another kind of row can be chosen with the keyboard, and documents with summaries are rows for them', async () => {
  await chooseFolder('talks');
  await page.getByText(/^Each document is a row with what belongs to it: “summaries”/).waitFor();
  await page.getByRole('button', { name: /^Import 3 rows/ }).waitFor();
  await page.getByLabel('What should a row be?').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: /^A section/ }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByText(/^Write like these/).waitFor();
  await page.getByRole('button', { name: /^Import 6 rows/ }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('summaries are drafted by a model, and become rows only one by one as a person keeps them', async () => {
  await chooseFolder('plain');
  await page.getByRole('heading', { name: 'plain.zip' }).waitFor();
  await page.getByLabel('What should a row be?').click();
  await page.getByRole('option', { name: /a summary to be written/ }).click();
  await page.getByText('3 to be written').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import 3 documents' }).click();
  await page.getByText('3 documents wait in “plain” for their summaries.').waitFor();
  await page.getByRole('link', { name: 'Write 3 targets' }).click();
  await page.getByText('3 rows of the file are still without “Summary”.').waitFor();
  await page.getByRole('heading', { name: '1.txt' }).waitFor();

  const text = page.getByRole('textbox', { name: 'Summary' });
  await text.fill('Jun has no pears.');
  await page.getByRole('button', { name: 'Next row' }).click();
  await page.getByRole('heading', { name: '2.txt' }).waitFor();
  await expect.poll(() => text.inputValue()).toBe('');
  await page.getByRole('button', { name: 'Draft 2 rows' }).click();
  await page.getByText(/^Draft by “.+”: not checked yet$/).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
  expect(await seriousViolations(page)).toEqual([]);

  // Nothing has become a row by itself, and drafts outlive a reload.
  await page.reload();
  await page.getByRole('button', { name: 'Next row' }).click();
  await page.getByText(/^Draft by “.+”: not checked yet$/).waitFor();
  await page.getByText('0 rows', { exact: true }).waitFor();
  const train = page.getByRole('button', { name: 'Train with this' });
  expect(await train.getAttribute('title')).toBe('There are no rows to learn from yet.');
  await text.fill('Only apples.');
  await page.getByText(/^Draft by “.+”, edited by you$/).waitFor();
  await text.press('Control+Enter');
  await page.getByText('Added as a row.').waitFor();
  await page.getByText('2 rows of the file are still without “Summary”.').waitFor();
  await page.getByRole('link', { name: 'Train with this' }).waitFor();
  await page.getByRole('tab', { name: /^Versions/ }).click();
  await page
    .getByText(/^A row added, drafted by “.+” and edited$/)
    .first()
    .waitFor();

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('tab', { name: 'To be written 3' }).click();
  await expect.poll(() => text.inputValue()).toBe('Only apples.');

  // Regression: a model that was added meanwhile was not offered.
  const copy = path.join(opened.folder, 'copy');
  cpSync(path.join(import.meta.dirname, '../../resources/starter-model'), copy, { recursive: true });
  opened.command('models', 'import', copy, '--name', 'Other base');
  const model = page.getByRole('combobox', { name: 'Model' });
  await model.getByText('starter').waitFor();
  await model.click();
  await page.getByRole('option', { name: 'Other base' }).waitFor();
  await page.keyboard.press('Escape');
});

test('an adapter is trained with the documents, and writes from a title', async () => {
  await page.goto(new URL(paths.datasets(), page.url()).href);
  await page.getByRole('link', { name: 'towns', exact: true }).click();
  await page.getByRole('link', { name: 'Train with this' }).click();
  await page.getByLabel('Adapter name').fill('Towns');
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  const steps = page.getByLabel('Maximum steps');
  await steps.fill('4');
  await steps.blur();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page
    .getByText(/is ready\. The base model is as it was\./)
    .first()
    .waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Chat' }).click();
  await page.getByRole('radio', { name: 'Towns' }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Visiting Seoul');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page
    .getByRole('article')
    .last()
    .getByText(/first after/)
    .waitFor();
});

async function chooseFolder(name: string): Promise<void> {
  await page.goto(new URL(paths.importDataset(), page.url()).href);
  await page.getByRole('heading', { name: 'Bring a table of examples' }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(path.join(opened.folder, name));
}

function write(name: string, text: string | Buffer): void {
  const file = path.join(opened.folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
