// Several adapters in one go, in a real browser on the starter model: started from the page of a new run, watched,
// paused, resumed after a reload, and all there in the end. Each test continues where the previous one ended.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
/** So many that they are paused before the last one, also by a page that is slow to show them. */
const steps = 24;
/** A machine that is also training may be slow. */
const patient = { timeout: 60_000 };
let page: Page;
beforeAll(() => ({ page } = opened));

test('the page of a new run says how many adapters the ranks and seeds make, and what they take', {
  timeout: 900_000,
}, async () => {
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  await page.getByLabel('Adapter name').fill('many');
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  // Regression: until the studio had answered, the cards told the steps of before as those that had just been set.
  const cards = page.getByRole('radiogroup', { name: 'How long to train' });
  await cards
    .getByText(/passes/)
    .first()
    .waitFor();
  opened.studio.tell('SIGSTOP');
  try {
    await fill('Maximum steps', String(steps));
    await cards.getByText('Working this out again').first().waitFor();
    expect(
      await cards
        .getByText(/passes|as set under Data/)
        .filter({ visible: true })
        .count(),
    ).toBe(0);
  } finally {
    opened.studio.tell('SIGCONT');
  }
  await cards.getByText(`${steps} steps as set under Data`).first().waitFor();
  await fill('Rows per step', '2');
  // Answers at each measurement would take longer than the training.
  await page.getByRole('button', { name: /^Checkpoints\b/, expanded: false }).click();
  await fill('Rows to watch', '0');
  await fill('Patience', '');
  await page.getByRole('checkbox', { name: /^Evaluate it/ }).uncheck();
  await page.getByRole('button', { name: /^Also train\b/, expanded: false }).click();
  await fill('Other ranks', '2, 4');
  await fill('Other seeds', '1');
  await see(/6 adapters at once/);
  await see(/^Trains 6 adapters/);
  await fill('Other ranks', '2, 4, 8, 32');
  await page.getByRole('alert').getByText('That makes 10 adapters; the most at once is 8.').waitFor();
  expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  await fill('Other seeds', '');
  await fill('Other ranks', '2, 4');
  await see(/^Trains 3 adapters/);
  expect(await seriousViolations(page)).toEqual([]);
});

test('they train together, pause together, and resume together after a reload', {
  timeout: 900_000,
}, async () => {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await see(/^Started together with/);
  // Each of them is on the plot of the first from the start.
  await see('solid: training, dashed: validation');
  await see(new RegExp(`^Step ([2-9]|\\d\\d) of ${steps}`));
  await page.getByRole('button', { name: 'Pause' }).click();
  await see(new RegExp(`^Paused at step \\d+ of ${steps}\\.`));
  expect(await seriousViolations(page)).toEqual([]);
  const first = page.url();
  await page.goto(new URL(paths.runs(), page.url()).href);
  await expect
    .poll(() => page.getByRole('row').filter({ hasText: 'many' }).filter({ hasText: 'Paused' }).count(), patient)
    .toBe(3);
  await page.goto(new URL(paths.home(), page.url()).href);
  await see(/is paused\. Next: resume it\./);
  await page.goto(first);
  await page.reload();
  await page.getByRole('button', { name: 'Resume' }).click();
  await see(/is ready\. The base model is as it was\./);
  // Its own curve is complete: every step once.
  await page.getByRole('button', { name: /^Log\b/, expanded: false }).click();
  const log = await page.getByRole('log').innerText();
  const told = [...log.matchAll(/^step (\d+)\s+loss/gm)].map(([, step]) => Number(step));
  expect(told).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
});

test('each run makes its own adapter with its own rank', { timeout: 900_000 }, async () => {
  const trainedWith = page.locator('p').filter({ hasText: 'Started together with' }).getByRole('link');
  await expect.poll(() => trainedWith.count(), patient).toBe(2);
  const pages = [
    page.url(),
    ...(await trainedWith.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))),
  ];
  for (const href of pages) {
    await page.goto(href);
    await see(/is ready\. The base model is as it was\./);
  }
  // They ended at the same moment, and the report on the first page has them all.
  await page.goto(new URL(paths.home(), page.url()).href);
  await expect.poll(() => page.getByRole('link', { name: /^Trained many/ }).count(), patient).toBe(3);
  await page.goto(new URL(paths.adapters(), page.url()).href);
  await page.getByRole('heading', { level: 1, name: 'Adapters' }).waitFor();
  const rows = page.getByRole('row').filter({ hasText: 'many' });
  await expect.poll(() => rows.count(), patient).toBe(3);
  const shapes = (await rows.allInnerTexts()).map((text) => /(many[^\n]*).*?\br (\d+)/s.exec(text)?.slice(1));
  expect(shapes.map((shape) => Number(shape?.[1])).toSorted((a, b) => a - b)).toEqual([2, 4, 16]);
  for (const [name, rank] of shapes.filter((shape) => shape?.[0] !== 'many') as [string, string][]) {
    expect(name).toContain(rank);
  }
});

// Regression: all of them were shown as running, and after a stop as trained.
test('of those that train one after another, one runs and the others wait', { timeout: 900_000 }, async () => {
  await page.goto(new URL(paths.newRun(), page.url()).href);
  await fill('Adapter name', 'turns');
  for (const part of ['Adapter', 'Data', 'Checkpoints', 'Also train'])
    await page.getByRole('button', { name: new RegExp(`^${part}\\b`), expanded: false }).click();
  // With it they share no passes.
  await fill('Dropout', '0.1');
  await fill('Maximum steps', String(4 * steps));
  await fill('Rows per step', '2');
  await fill('Rows to watch', '0');
  await fill('Patience', '');
  await fill('Other ranks', '2, 4');
  await page.getByRole('checkbox', { name: /^Evaluate it/ }).uncheck();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await see(/^Step ([2-9]|\d\d) of/);
  const first = page.url();
  await page.goto(new URL(paths.runs(), first).href);
  const inState = (state: string) =>
    page.getByRole('row').filter({ hasText: 'turns' }).filter({ hasText: state }).count();
  await expect.poll(() => inState('Waiting'), patient).toBe(2);
  expect(await inState('Running')).toBe(1);
  await page.goto(first);
  await page.getByRole('button', { name: 'Stop' }).click();
  await see(/^Stopped at step/);
  await page.goto(new URL(paths.home(), page.url()).href);
  await expect.poll(() => page.getByRole('link', { name: /^Training of turns/ }).count(), patient).toBe(2);
  expect(await page.getByRole('link', { name: 'Trained turns', exact: true }).count()).toBe(1);
});

async function see(text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 600_000 });
}

async function fill(label: string, value: string): Promise<void> {
  await page.getByLabel(label).fill(value);
  await page.getByLabel(label).blur();
}
