import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { paths } from '../src-renderer/paths.ts';
import { launchBrowser } from '../test/browser/launch-browser.ts';
import { type RunningStudio, startStudio } from '../test/browser/start-studio.ts';
import { openWatchedPage } from '../test/browser/watched-page.ts';
import { writeGeneratedTable } from './parts/generated-table.ts';
import { ms, paintOf } from './parts/paint.ts';
import { timesOf } from './parts/times.ts';

/**
 * Measures how the built studio (`npm run build` first) feels on an empty data folder, in a real browser: the time from
 * process start to a usable page; the longest gap of the web host's event loop (limit: 50 ms) and the time from a
 * keystroke to its paint (limit: 50 ms at p99), idle, while a table is uploaded and imported, and while the starter
 * model trains on a sample. Run it alone: other load on the machine shows up as gaps, also in the idle figures.
 *
 *     node bench/page-while-busy.ts [--seconds 20] [--rows 3000000] [--json]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rows: { type: 'string', default: '3000000' },
    json: { type: 'boolean' },
  },
});
const lastingMs = Number(values.seconds) * 1000;
/** For upload and import. */
const longestMs = 30 * 60_000;

/** Reported on standard error once a second by the host's main thread, in milliseconds. */
const probe = `
  import { isMainThread } from 'node:worker_threads';
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  if (isMainThread && process.argv[1]?.endsWith('web.js')) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    setInterval(() => { process.stderr.write('gap ' + delay.max / 1e6 + '\\n'); delay.reset(); }, 1000).unref();
  }`;
process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(probe)}`;

const folder = await mkdtemp(join(tmpdir(), 'bench-page-'));
const table = join(folder, 'table.csv');
await writeGeneratedTable(table, { rows: Number(values.rows), letters: 300 });

const browser = await launchBrowser();
try {
  const train = await inStudio(async (page, felt) => {
    const idle = await felt(() => setTimeout(lastingMs));
    await page.getByRole('main').getByRole('button', { name: 'Try it with a sample' }).click();
    await page.getByRole('button', { name: /^Data\b/, expanded: false }).click();
    await page.getByLabel('Maximum steps').fill('20000');
    await page.getByLabel('Maximum steps').blur();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText(/^Step \d+ of/).waitFor();
    return { idle, training: await felt(() => setTimeout(lastingMs)) };
  });
  const bring = await inStudio(async (page, felt) => {
    await page.goto(new URL(paths.importDataset(), page.url()).href);
    // The previous page has a file input too.
    await page.getByRole('heading', { name: 'Bring a table of examples' }).waitFor();
    const importButton = page.getByRole('button', { name: /^Import .*rows/ });
    const sending = await felt(async () => {
      await page.locator('input[accept]').setInputFiles(table);
      await importButton.waitFor({ timeout: longestMs });
    });
    await importButton.click();
    const importing = await felt(() => page.getByText('rows into “table”').waitFor({ timeout: longestMs }));
    return { sending, importing };
  });

  const { servedMs, usableMs } = train;
  const phases = { ...train.felt, ...bring.felt };
  if (values.json) process.stdout.write(`${JSON.stringify({ servedMs, usableMs, ...phases })}\n`);
  else {
    process.stdout.write(`served after ${ms(servedMs)}, usable after ${ms(usableMs)}\n`);
    for (const [name, { gapMs, keys }] of Object.entries(phases)) {
      const { middle, p99, worst, count } = keys;
      const paints = `key to paint ${ms(middle)} in the middle, ${ms(p99)} p99, ${ms(worst)} at worst of ${count}`;
      process.stdout.write(`${name}: longest gap of the host ${ms(gapMs)}; ${paints}\n`);
    }
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

type Lasting = () => Promise<unknown>;

/** Opens the page of a studio with an empty data folder; returns what was measured and how long it took to open. */
async function inStudio<Result>(use: (page: Page, felt: (lasting: Lasting) => Promise<Felt>) => Promise<Result>) {
  const startMs = performance.now();
  const studio = await startStudio();
  try {
    const servedMs = performance.now() - startMs;
    const { page } = await openWatchedPage(browser, studio.url);
    const usableMs = performance.now() - startMs;
    const felt = await use(page, (lasting) => measure(page, studio, lasting));
    await page.context().close();
    return { servedMs, usableMs, felt };
  } finally {
    await studio.stop();
  }
}

interface Felt {
  readonly gapMs: number;
  readonly keys: ReturnType<typeof timesOf>;
}

/** Types in the palette until something is over; returns the host's longest gap and how long keystrokes took. */
async function measure(page: Page, studio: RunningStudio, lasting: Lasting): Promise<Felt> {
  const told = studio.errors().length;
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  const durations: number[] = [];
  let isOver = false;
  const end = lasting().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const key of ['t', 'r', 'Backspace', 'Backspace']) {
      durations.push(await paintOf(page, 'keydown', () => page.keyboard.press(key)));
    }
    await setTimeout(50);
  }
  await end;
  await page.keyboard.press('Escape');
  const gaps = [
    ...studio
      .errors()
      .slice(told)
      .matchAll(/^gap ([\d.]+)$/gm),
  ].map(([, gap]) => Number(gap));
  return {
    // The first figure also covers the time before.
    gapMs: Math.max(...gaps.slice(1)),
    keys: timesOf(durations),
  };
}
