// A blind vote between the starter model and an adapter trained on it, by keyboard and by mouse, in a real browser. Each
// test continues where the previous one ended.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests({
  before: ({ command, train }) => {
    command('import', 'generated-summarisation', '--task', 'summarisation', '--name', 'Talks');
    train('Talks', 'Tellers', 10);
    const words = ['--dataset', 'Talks', '--base', 'starter', '--adapter', 'Tellers'];
    command('evaluate', ...words, '--limit', '10', '--max-tokens', '16');
  },
});
let page: Page;
/** Rows whose answers differ. */
let total: number;
beforeAll(() => ({ page } = opened));

test('two answers are shown without names, and keys choose, skip and go back', async () => {
  await page.evaluate(() => (location.hash = '/evaluate'));
  await page.locator('main a[href^="#/evaluate/0"]').first().click();
  await page.getByRole('link', { name: 'Judge blind' }).first().click();
  await page.getByRole('heading', { name: 'Answer 1' }).waitFor();
  const told = /^Row 1 of (\d+)$/.exec((await page.getByText(/^Row 1 of \d+$/).textContent())?.trim() ?? '');
  total = Number(told?.[1]);
  expect(total).toBeGreaterThanOrEqual(7);
  expect(await shown()).not.toMatch(/Tellers|starter/);
  expect(await seriousViolations(page)).toEqual([]);
  const result = page.getByRole('button', { name: 'Show the result' });
  expect(await result.getAttribute('aria-disabled')).toBe('true');

  await page.keyboard.press('1');
  await judged(1);
  await page.getByText(`Row 2 of ${total}`, { exact: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByText(`Row 3 of ${total}`, { exact: true }).waitFor();
  await page.keyboard.press('2');
  await judged(2);
  await page.keyboard.press('ArrowLeft');
  const second = page.getByRole('button', { name: 'Answer 2', pressed: true });
  await second.waitFor();
  await page.keyboard.press('0');
  await page.getByText(`Row 4 of ${total}`, { exact: true }).waitFor();
  await judged(2);
  expect(await page.getByRole('button', { pressed: true }).count()).toBe(0);
});

// The second click would have judged a row that was on screen for a fraction of a second.
test('a double click judges one row', async () => {
  await page.getByRole('button', { name: 'Answer 1' }).dblclick({ delay: 150 });
  await judged(3);
  await page.getByText(`Row 5 of ${total}`, { exact: true }).waitFor();
  await judged(3);
});

test('after a restart of the page it continues, and the row that was skipped is still asked about', async () => {
  await page.reload();
  await judged(3);
  await page.getByText(`Row 2 of ${total}`, { exact: true }).waitFor();
  for (let n = 4; n <= total; n++) {
    await page.keyboard.press('1');
    await judged(n);
  }
  await page.getByText(`You have judged all ${total} rows`).waitFor();
  expect(await shown()).not.toMatch(/Tellers|starter/);
});

test('the result names the models, and the saved table has each choice and whose answer came first', async () => {
  await page.getByRole('button', { name: 'Show the result' }).last().click();
  await page.getByText(/^(Tellers|starter) (was|and)/).waitFor();
  expect(await shown()).toContain('Judged equal: 1 row.');
  // All but the one that is equal went to what was shown first.
  expect(await shown()).toContain(`The answer shown first was preferred on ${total - 1} of ${total - 1} rows.`);
  expect(await seriousViolations(page)).toEqual([]);
  const counts = await page.locator('tbody tr td:nth-child(2)').allTextContents();
  // Regression: whoever does not see the bars was told nothing in their column.
  const shares = await page.locator('tbody tr td:nth-child(3)').allTextContents();
  // Rows that the models answered alike are counted as equal, too.
  const all = counts.reduce((sum, count) => sum + Number(count), 0);
  expect(shares.map((share) => Number.parseInt(share, 10))).toEqual(
    counts.map((count) => Math.round((Number(count) / all) * 100)),
  );

  await page.getByRole('link', { name: 'Evaluation' }).click();
  await page.getByRole('button', { name: 'Save and delete' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save all answers as CSV' }).click(),
  ]);
  const [, ...lines] = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  const votes = lines.map((line) => line.split(',').slice(-2));
  const preferred = (name: string) => votes.filter(([winner]) => winner === name).length;
  expect([preferred('Tellers'), preferred('base: starter')].map(String)).toEqual(counts.slice(0, 2));
  expect(preferred('equal')).toBe(1);
  expect(votes.every(([winner, first]) => winner === first || winner === 'equal' || winner === 'same answer')).toBe(
    true,
  );
});

async function judged(n: number): Promise<void> {
  await page.getByText(`${n} of ${total} judged`, { exact: true }).waitFor();
}

/** All that the page says. */
async function shown(): Promise<string> {
  return page.getByRole('main').innerText();
}
