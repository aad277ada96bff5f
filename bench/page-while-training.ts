import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../test/browser/launch-browser.ts';
import { startStudio } from '../test/browser/start-studio.ts';
import { openWatchedPage } from '../test/browser/watched-page.ts';

/**
 * Measures what a person feels of the built studio (`npm run build` first) on an empty data folder, in a real browser:
 * the time from the start of the process to a page that can be used; the longest gap of the web host's event loop, idle
 * and while it trains the starter model on a sample (bar: under 50 ms); and the time from a key to its paint meanwhile.
 * Run it alone: other work on the machine shows as gaps, in the idle figures too.
 *
 *     node bench/page-while-training.ts [--seconds 20] [--json]
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, json: { type: 'boolean' } } });
const lastingMs = Number(values.seconds) * 1000;

/** Told on standard error once a second by the host's main thread, in milliseconds. */
const probe = `
  import { isMainThread } from 'node:worker_threads';
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  if (isMainThread) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    setInterval(() => { process.stderr.write('gap ' + delay.max / 1e6 + '\\n'); delay.reset(); }, 1000).unref();
  }`;
process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(probe)}`;

const browser = await launchBrowser();
const startMs = performance.now();
const studio = await startStudio();
try {
  const servedMs = performance.now() - startMs;
  const { page } = await openWatchedPage(browser, studio.url);
  const usableMs = performance.now() - startMs;

  const idle = await measure(page);
  await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
  await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
  await page.getByLabel('Steps at most').fill('20000');
  await page.getByLabel('Steps at most').blur();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText(/^Step \d+ of/).waitFor();
  const training = await measure(page);

  const result = { servedMs, usableMs, idle, training };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    process.stdout.write(`served after ${ms(servedMs)}, usable after ${ms(usableMs)}\n`);
    for (const [name, { gapMs, keyMs, p99KeyMs, worstKeyMs, keys }] of Object.entries({ idle, training })) {
      const paints = `key to paint ${ms(keyMs)} in the middle, ${ms(p99KeyMs)} p99, ${ms(worstKeyMs)} at worst of ${keys}`;
      process.stdout.write(`${name}: longest gap of the host ${ms(gapMs)}; ${paints}\n`);
    }
  }
} finally {
  await browser.close();
  await studio.stop();
}

interface Felt {
  readonly gapMs: number;
  readonly keyMs: number;
  readonly p99KeyMs: number;
  readonly worstKeyMs: number;
  readonly keys: number;
}

/** Types in the palette for a while, and gives the host's longest gap and how long keys took meanwhile. */
async function measure(page: Page): Promise<Felt> {
  const told = studio.errors().length;
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  const durations: number[] = [];
  const endMs = performance.now() + lastingMs;
  while (performance.now() < endMs) {
    for (const key of ['t', 'r', 'Backspace', 'Backspace']) durations.push(await paintOf(page, key));
    await setTimeout(50);
  }
  await page.keyboard.press('Escape');
  durations.sort((a, b) => a - b);
  const gaps = [
    ...studio
      .errors()
      .slice(told)
      .matchAll(/^gap ([\d.]+)$/gm),
  ].map(([, gap]) => Number(gap));
  return {
    // The first figure also covers what was before.
    gapMs: Math.max(...gaps.slice(1)),
    keyMs: durations[Math.floor(durations.length / 2)] ?? Number.NaN,
    p99KeyMs: durations[Math.max(0, Math.ceil(0.99 * durations.length) - 1)] ?? Number.NaN,
    worstKeyMs: durations.at(-1) ?? Number.NaN,
    keys: durations.length,
  };
}

/** Milliseconds from a key's event to the frame after the one it caused. */
async function paintOf(page: Page, key: string): Promise<number> {
  const painted = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        addEventListener(
          'keydown',
          (event) => requestAnimationFrame(() => requestAnimationFrame((at) => resolve(at - event.timeStamp))),
          { once: true, capture: true },
        );
      }),
  );
  // The listener is there once the page has answered this.
  await page.evaluate(() => undefined);
  await page.keyboard.press(key);
  return painted;
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
