import path from 'node:path';
import type { Page } from 'playwright-core';
import { paths } from '../../src-renderer/paths.ts';

/** Chooses a file on the import page, and waits until it has been read. */
export async function chooseTable(page: Page, file: string): Promise<void> {
  await page.goto(new URL(paths.importDataset(), page.url()).href);
  await page.getByRole('heading', { name: 'Bring a table of examples' }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(file);
  await page.getByRole('heading', { name: path.basename(file) }).waitFor();
}
