// `npm run screenshot [-- --home FOLDER]`: makes docs/screenshot.png from the real studio: one conversation in which
// every adapter answers a row it was not trained on. Without a data folder it first runs the demo in a temporary one,
// which takes some minutes; in a folder that already has adapters with their datasets, it only adds the conversation.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { paths } from '../src-renderer/paths.ts';
import { launchBrowser } from '../test/browser/launch-browser.ts';
import { startStudio } from '../test/browser/start-studio.ts';

const root = path.join(import.meta.dirname, '..');
const { home } = parseArgs({ options: { home: { type: 'string' } } }).values;
const folder = home ?? (await mkdtemp(path.join(tmpdir(), 'adapter-studio-screenshot-')));

try {
  if (home === undefined) runDemo(folder);
  await takePicture(folder, path.join(root, 'docs/screenshot.png'));
} finally {
  if (home === undefined) await rm(folder, { recursive: true, force: true });
}

function runDemo(into: string): void {
  const entry = path.join(root, 'src-main/host/cli/main.ts');
  const { status } = spawnSync(process.execPath, [entry, 'demo', '--home', into], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

async function takePicture(dataFolder: string, file: string): Promise<void> {
  const studio = await startStudio({ home: dataFolder });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1360, height: 860 },
      deviceScaleFactor: 2,
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(studio.url);
    await page.goto(new URL(paths.chat(), page.url()).href);
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    const chips = page.getByRole('radiogroup', { name: 'Who answers next' }).getByRole('radio');
    await chips.nth(1).waitFor();
    // The first chip is the base model alone.
    for (let place = 1; place < (await chips.count()); place++) {
      await chips.nth(place).click();
      await page.getByRole('button', { name: 'Pick a test row' }).click();
      await page.getByRole('dialog').getByRole('listitem').getByRole('button').nth(place).click();
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page
        .getByRole('article')
        .nth(place - 1)
        .getByText(/first after/)
        .waitFor();
    }
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
    await studio.stop();
  }
}
