// A beginner's first minutes, from an empty data folder and without knowing anything about models: how many clicks lead
// to a trained sample, and what is offered after it. The page itself counts every click.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { startStudio } from '../browser/start-studio.ts';
import { squeezedTexts } from '../browser/text-columns.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests();
let page: Page;
beforeAll(async () => {
  ({ page } = opened);
  await page.evaluate(() => {
    const counted = window as unknown as { presses: number };
    counted.presses = 0;
    for (const kind of ['click', 'keydown']) addEventListener(kind, () => counted.presses++, { capture: true });
  });
});

const presses = () => page.evaluate(() => (window as unknown as { presses: number }).presses);

test('the home page says what to do, and offers a larger model with its size and licence', async () => {
  await page.getByText('Teach a small model one job, on this computer').waitFor();
  await page.getByText('For learning how the studio works.').waitFor();
  const offer = page.getByRole('region', { name: 'For real work' });
  await offer.waitFor();
  expect(await offer.innerText()).toMatch(/SmolLM2-135M-Instruct: 134\.5\sM weights, \d+\sMB to download, Apache 2\.0/);
  await offer.getByRole('button', { name: 'Download SmolLM2-135M-Instruct' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

// Regression: the ways to start stood beside one another in columns one letter wide, and went on out of sight.
test('in a window as narrow as a phone, the ways to start stand below one another', async () => {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 640 });
  expect(await squeezedTexts(page)).toEqual([]);
  const scroller = page.locator('main .overflow-auto').first();
  expect(await scroller.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  if (before) await page.setViewportSize(before);
});

test('two presses lead to an adapter trained on a sample, and a third to a chat with it', async () => {
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  // What it takes is shown before it begins.
  await page.getByText(/^Trains/).waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/is ready\. The base model is as it was\./).waitFor({ timeout: 280_000 });
  expect(await presses()).toBe(2);
  await page.getByRole('link', { name: 'Chat with it' }).click();
  expect(await presses()).toBe(3);
  // Nobody has to think of a question: the rows that are kept out of training are at hand.
  await page.getByText('These are rows of').waitFor();
}, 300_000);

test('back home, the next step is suggested and the larger model offered again', async () => {
  await page.getByRole('navigation').first().getByRole('link', { name: 'Home' }).click();
  await page.getByText(/^Next: chat with/).waitFor();
  // Regression: the button repeated the adapter's name, and a long one cut off what the button does.
  await page.getByRole('link', { name: 'Chat with it', exact: true }).waitFor();
  await page.getByRole('region', { name: 'For real work' }).getByText('Apache 2.0').waitFor();
  await page.getByRole('link', { name: 'Other models' }).click();
  await page.getByRole('heading', { name: 'Models to download' }).waitFor();
});

test('the home page in Korean has no English words left and nothing cut off', async () => {
  const other = await startStudio();
  try {
    const korean = await opened.browser.newContext({ locale: 'ko-KR', viewport: { width: 1000, height: 700 } });
    const first = await korean.newPage();
    await first.goto(other.url);
    await first.getByText('이 컴퓨터에서 작은 모델에게 한 가지 일을 가르치세요').waitFor();
    await first.getByRole('region', { name: '실제 작업에는' }).waitFor();
    const text = await first.getByRole('main').innerText();
    const names =
      /Adapter Studio|Word|PDF|Qwen2\.5-0\.5B-Instruct|SmolLM2-135M-Instruct|Apache 2\.0|English|CSV|TSV|Excel|JSON Lines|JSON|Parquet|ZIP|SQL|starter|ΔW|[MGK]B|\b[WAB]\b/g;
    expect(text.replace(names, '')).not.toMatch(/[A-Za-z]{2,}/);
    expect(await first.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await seriousViolations(first)).toEqual([]);
    await korean.close();
  } finally {
    await other.stop();
  }
});
