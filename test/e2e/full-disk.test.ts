// A disk that fills up while a person works, in a real browser: what cannot be stored is reported as a full disk,
// nothing stored before is lost, and everything resumes when there is space again. The disk is a RAM disk, which only
// root can create.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { openPlace } from '../browser/open-place.ts';
import { type RunningStudio, startStudio } from '../browser/start-studio.ts';
import { expectStarterWeights } from '../browser/starter-weights.ts';
import { openWatchedPage } from '../browser/watched-page.ts';
import { answerOf, runCommand } from '../pipeline/command-line.ts';

const disk = mkdtempSync(path.join(tmpdir(), 'adapter-studio-disk-'));
const home = path.join(disk, 'studio');
const isMounted =
  process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]).status === 0;
let browser: Browser;
let studio: RunningStudio | undefined;
let page: Page;

beforeEach(({ skip }) => {
  if (!isMounted) skip('a disk in memory cannot be mounted here');
});

beforeAll(async () => {
  if (!isMounted) return;
  expectStarterWeights();
  await answerOf(home, ['import', 'generated-mrc', '--task', 'mrc', '--name', 'Places']);
  await answerOf(home, ['train', '--dataset', 'Places', '--base', 'starter', '--name', 'Answers', '--max-steps', '2']);
  [browser, studio] = await Promise.all([launchBrowser(), startStudio({ home })]);
  ({ page } = await openWatchedPage(browser, studio.url));
}, 400_000);

afterAll(async () => {
  await browser?.close();
  const status = await studio?.stop();
  if (isMounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
  if (studio !== undefined) expect(status).toBe(0);
});

const told = 'The disk that holds';

test('a question that cannot be stored stays in the box, and questions are answered once there is room', async () => {
  await open(paths.chat());
  await page.getByRole('radio', { name: 'Answers' }).click();
  fillDisk();
  const question = 'Where does it lie, and who lives there? '.repeat(400).trim();
  await box().fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  await see(told);
  await see(/Free some space and try again. What was there is unchanged/);
  expect(await box().inputValue()).toBe(question);

  makeRoom();
  await box().fill('Where does it lie?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .getByRole('article', { name: 'Answers' })
    .getByText(/first after/)
    .waitFor();
});

test('on a full disk, settings can be viewed and training does not start', async () => {
  fillDisk();
  await open(paths.settings());
  await page.getByRole('heading', { name: 'Address for other programs' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  await open(paths.newRun());
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  // Whether the estimate met the full disk too depends on what it had read before: it reports it beside the form.
  await page.locator('form').getByText(told).waitFor();
  makeRoom();
  await open(paths.runs());
  await page.getByRole('heading', { level: 1, name: 'Train', exact: true }).waitFor();
  await open(paths.newRun());
  await page.getByText(/about .* per step/).waitFor();
});

test('training is interrupted by a full disk, says why, and can be resumed', {
  timeout: 300_000,
}, async () => {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/Step [1-9]\d* of \d+/).waitFor();
  fillDisk();
  // The next checkpoint, or the end of the training, finds no space.
  await see(told);
  makeRoom();
  await see(/Interrupted at step/);
  await see(/Resume (continues after step \d+|starts again at the first step)/);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText(/Step [1-9]\d* of \d+/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await see(/Stopped (at|before its first) step/);
});

// Regression: it said to free some space, and then could not delete anything itself until it was started again.
test('on a full disk, something can be deleted in the open studio', async () => {
  fillDisk();
  await open(paths.adapters());
  await page.getByRole('button', { name: 'More actions for Answers' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await see('Answers deleted');
  await page.getByRole('link', { name: 'Answers', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Answers', exact: true }).waitFor();
  makeRoom();
});

// Regression: SQLite cannot open anything without space, so no command worked, not even one that deletes something.
test('on a full disk the studio opens again, and something can be deleted', async () => {
  expect(await studio?.stop()).toBe(0);
  studio = undefined;
  fillDisk();
  // Regression: it fit into the reserve, which opening had given up, and then nothing opened any more.
  const refused = await runCommand(home, ['import', 'generated-mrc', '--task', 'mrc']);
  expect(refused.json.error).toMatchObject({ code: 'DISK_FULL' });
  await answerOf(home, ['adapters', 'delete', 'Answers']);
  const { adapters } = await answerOf(home, ['adapters', 'list']);
  expect(adapters.map(({ name }: { name: string }) => name)).not.toContain('Answers');
});

const ballast = path.join(disk, 'ballast');

/** Uses up all remaining space. */
function fillDisk(): void {
  const file = openSync(ballast, 'a');
  try {
    for (;;) writeSync(file, Buffer.alloc(64 * 1024));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

function makeRoom(): void {
  rmSync(ballast);
}

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });

const open = (href: string) => openPlace(page, href);

async function see(what: string | RegExp): Promise<void> {
  await page.getByText(what).first().waitFor();
}
