// Trainings interrupted at random moments in a real browser, by a pause, a page reload or kill -9 of the studio, and
// then resumed: each must end with the adapter of the uninterrupted run, and with its whole curve. Two by default;
// BROKEN_RUNS=20 for more, BROKEN_RUNS_SEED for other moments. Also the queue: it is reordered by hand, and survives a
// kill.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Random } from '../../src-main/engine/random.ts';
import { paths } from '../../src-renderer/paths.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { openPlace } from '../browser/open-place.ts';
import { type RunningStudio, startStudio } from '../browser/start-studio.ts';
import { expectStarterWeights } from '../browser/starter-weights.ts';
import { openWatchedPage, seriousViolations } from '../browser/watched-page.ts';
import { answerOf } from '../pipeline/command-line.ts';

const count = Number(process.env.BROKEN_RUNS ?? 2);
const steps = 16;
const home = mkdtempSync(path.join(tmpdir(), 'adapter-studio-broken-'));
let browser: Browser;
let studio: RunningStudio;
let page: Page;

beforeAll(async () => {
  expectStarterWeights();
  browser = await launchBrowser();
  await openStudio();
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    console.error(`The page at the time, ${page.url()}:\n${await page.getByRole('main').innerText()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  await studio?.kill();
  rmSync(home, { recursive: true, force: true });
});

test(`${count} runs interrupted by pause, reload and kill end bit-identical to an uninterrupted one`, {
  timeout: 7_200_000,
}, async () => {
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  await setNumber('Maximum steps', String(steps));
  await setNumber('Rows per step', '2');
  await page.getByRole('checkbox', { name: /^Evaluate it/ }).uncheck();
  const began = Date.now();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await ready().waitFor();
  const wholeMs = Date.now() - began;
  const whole = new URL(page.url()).hash;

  const random = new Random(Number(process.env.BROKEN_RUNS_SEED ?? 1));
  const kinds = ['pause', 'kill', 'reload'] as const;
  const breaks = { pause: 0, kill: 0, reload: 0 };
  for (let number = 0; number < count; number++) {
    await open(whole);
    await page.getByRole('button', { name: 'More actions for this run' }).click();
    await page.getByRole('menuitem', { name: 'Repeat this run' }).click();
    await page.waitForURL((url) => url.hash !== whole);
    const { hash } = new URL(page.url());
    // The first runs take each kind in turn; after that it is random.
    for (let attempt = 0; attempt < 2; attempt++) {
      const turn = number * 2 + attempt;
      const kind = kinds[turn < kinds.length ? turn : Math.floor(random.uniform() * kinds.length)] ?? 'kill';
      await sleep((random.uniform() * wholeMs) / 2);
      if (await ready().isVisible()) break;
      if (await breakOff(kind, hash)) breaks[kind]++;
    }
    await page.getByText(/Repeated exactly/).waitFor({ timeout: 300_000 });
    await page.getByRole('button', { name: /^Log\b/, expanded: false }).click();
    const log = await page.getByRole('log').innerText();
    const told = [...log.matchAll(/^step (\d+)\s+loss/gm)].map(([, step]) => Number(step));
    // It may have ended early, like the uninterrupted one.
    expect(told, hash).toEqual(Array.from({ length: told.at(-1) ?? 0 }, (_, i) => i + 1));
    expect(told.length).toBeGreaterThan(4);
    console.info(`broken ${number}: ${JSON.stringify(breaks)} so far, the same bits`);
  }
  expect(breaks.pause + breaks.kill + breaks.reload).toBeGreaterThan(0);
});

test('the queue is reordered by keyboard and by dragging, survives a kill, and resumes in that order', {
  timeout: 600_000,
}, async () => {
  await open(paths.runs());
  // Long enough to hold up the others until all of this is over.
  const [first] = (await answerOf(home, ['runs', 'list'])).runs.filter(({ repeats }: { repeats: null }) => !repeats);
  await open(paths.newRun({ dataset: first.datasetId }));
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  await setNumber('Maximum steps', '3000');
  await page.getByLabel('Adapter name').fill('long');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/^Step \d+ of 3,000/).waitFor();
  for (let again = 0; again < 3; again++) {
    await open(paths.run(first.id));
    await page.getByRole('button', { name: 'More actions for this run' }).click();
    await page.getByRole('menuitem', { name: 'Repeat this run' }).click();
    await page.getByText(/Waiting for the run before it/).waitFor();
  }
  await open(paths.runs());
  const names = () => queue().getByRole('link').allInnerTexts();
  await expect.poll(() => names().then((all) => all.length)).toBe(3);
  const [a = '', b = '', c = ''] = await names();
  await queue()
    .getByRole('button', { name: `Move “${c}” up` })
    .focus();
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual([a, c, b]);
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual([c, a, b]);
  await queue()
    .getByRole('listitem')
    .filter({ hasText: b })
    .dragTo(queue().getByRole('listitem').first(), {
      targetPosition: { x: 200, y: 4 },
    });
  await expect.poll(names).toEqual([b, c, a]);
  expect(await seriousViolations(page)).toEqual([]);

  await studio.kill();
  await page.context().close();
  await openStudio();
  await open(paths.runs());
  // The next in the queue has begun on its own; how many still wait by the time that the page is there is not said.
  await page
    .getByRole('row')
    .filter({ hasText: b })
    .filter({ hasText: /Running|Done/ })
    .waitFor();
  expect([[c, a], [a], []]).toContainEqual(await names());
  await page.getByRole('row').filter({ hasText: 'long' }).getByText('Interrupted').waitFor();
  await page.getByRole('row').filter({ hasText: a }).filter({ hasText: 'Done' }).waitFor({ timeout: 300_000 });
  const ended = (await answerOf(home, ['runs', 'list'])).runs
    .filter(({ state }: { state: string }) => state === 'finished')
    .toSorted((x: { finishedAt: number }, y: { finishedAt: number }) => x.finishedAt - y.finishedAt)
    .map(({ name }: { name: string }) => name);
  expect(ended.slice(-3)).toEqual([b, c, a]);
});

function queue() {
  return page.getByRole('region', { name: 'Waiting, in this order' });
}

async function openStudio(): Promise<void> {
  studio = await startStudio({ home });
  ({ page } = await openWatchedPage(browser, studio.url));
}

const open = (href: string) => openPlace(page, href);

async function setNumber(label: string, value: string): Promise<void> {
  await page.getByLabel(label).fill(value);
  await page.getByLabel(label).blur();
}

function ready() {
  return page.getByText(/is ready\. The base model is as it was\./);
}

/** Interrupts the run whose page is open and resumes it; false if it had already ended. */
async function breakOff(kind: 'pause' | 'kill' | 'reload', hash: string): Promise<boolean> {
  if (kind === 'reload') {
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return true;
  }
  if (kind === 'pause') {
    const wasThere = await page
      .getByRole('button', { name: 'Pause' })
      .click({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
    if (!wasThere) return false;
  } else {
    await studio.kill();
    await page.context().close();
    await openStudio();
    await open(hash);
  }
  const resume = page.getByRole('button', { name: 'Resume' });
  await resume.or(ready()).first().waitFor();
  if (!(await resume.isVisible())) return false;
  await resume.click();
  await resume.waitFor({ state: 'detached' });
  return true;
}
