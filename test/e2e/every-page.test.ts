import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { chooseTable } from '../browser/choose-table.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { squeezedTexts } from '../browser/text-columns.ts';
import { seriousViolations } from '../browser/watched-page.ts';

// Every page of a non-empty studio: checked by axe, in both languages and themes, in a narrow window and on a wide
// screen. STUDIO_PICTURES=folder keeps a screenshot of each, and has axe check every look; without it only the first
// one and the smallest, where more has to scroll.

const pictures = process.env.STUDIO_PICTURES;
const sampleRead = '/datasets/import?sample=generated-mrc';
// First one that does not exist: each page after it is rendered afresh, Home too.
const places = [
  ...['/nowhere', '/', '/datasets', '/datasets/import', '/train', '/train/new', '/adapters', '/chat', '/evaluate'],
  ...['/tables', '/tables/new', '/evaluate/new', '/lab', '/base-models', '/settings', sampleRead],
];
const looks = [
  { language: 'en', theme: 'light', width: 1000, height: 700 },
  { language: 'ko', theme: 'dark', width: 1920, height: 1080 },
  { language: 'en', theme: 'dark', width: 1920, height: 1080 },
  { language: 'ko', theme: 'light', width: 1024, height: 700 },
  { language: 'en', theme: 'light', width: 900, height: 600 },
  { language: 'ko', theme: 'dark', width: 760, height: 700 },
  // A window of 1280 × 800 at 200 %.
  { language: 'en', theme: 'light', width: 640, height: 400 },
  // The same at 400 %, rounded up to a phone.
  { language: 'en', theme: 'light', width: 360, height: 640 },
] as const;

const leftOut = 'orders.csv';
const opened = openStudioForTests({
  before: ({ command, folder }) => {
    // Of which two rows cannot be used.
    const rows = Array.from({ length: 20 }, (_, place) => `Where is order ${place}?,At the door ${place}`);
    writeFileSync(path.join(folder, leftOut), ['context,target', ...rows, ',Lost', ' ,Returned', ''].join('\n'));
    command('import', path.join(folder, leftOut), '--task', 'custom');
    // Names as long as people give them.
    const name = 'Answers on places and people of the second quarter, checked twice by Anna';
    const dataset = 'Places and people of the second quarter, corrected by hand by Anna';
    const base = 'The starter model of the second quarter, for the rows corrected by Anna';
    command('models', 'import', path.join(import.meta.dirname, '../../resources/starter-model'), '--name', base);
    command('import', 'generated-mrc', '--task', 'mrc', '--name', dataset);
    command('train', '--dataset', dataset, '--base', base, '--name', name, '--max-steps', '2');
    command('evaluate', '--dataset', dataset, '--base', base, '--adapter', name, '--max-tokens', '4');
    const asked = path.join(folder, 'Questions of the second quarter, as Anna has collected them.csv');
    writeFileSync(asked, 'passage,question\nThe box is red.,Which colour has the box?\nThe box is blue.,\n');
    const answerer = ['--base', base, '--adapter', name, '--max-tokens', '4'];
    command('answer', asked, ...answerer, '--out', path.join(folder, 'answered.csv'));
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

test.each(looks)(
  'every page in $language, $theme, $width wide is accessible, cuts nothing off and never scrolls the window',
  async (look) => {
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.evaluate(({ language, theme }) => {
      for (const name of Object.keys(localStorage))
        if (/locale|language|theme/.test(name)) localStorage.removeItem(name);
      localStorage.setItem('studio.locale', language);
      localStorage.setItem('studio.theme', theme);
      localStorage.setItem('studio.chat.list', 'shown');
    }, look);
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(look.language);
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(look.theme);
    const faults: string[] = [];
    for (const place of [...places, ...(await pagesOfThings())]) {
      await page.evaluate((to) => {
        document.querySelector('main h1')?.setAttribute('data-before', '');
        location.hash = to;
      }, place);
      // The previous page stays until the next one is ready, and one that fetches has no rows yet.
      await page.waitForFunction(
        () =>
          document.querySelector('main [data-before], main [aria-busy=true], main [role=status][aria-label]') === null,
      );
      await page.locator('main h1, main h2').first().waitFor();
      if (place === sampleRead) await page.locator('main .columns').waitFor();
      if (pictures !== undefined || look === looks[0] || look === looks.at(-1)) {
        faults.push(...(await seriousViolations(page)).map((fault) => `${place}: ${fault}`));
      }
      const { wide, high } = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return { wide: scrollWidth - innerWidth, high: scrollHeight - innerHeight };
      });
      if (wide > 0) faults.push(`${place}: ${wide} px wider than the window`);
      if (high > 0) faults.push(`${place}: ${high} px higher than the window`);
      faults.push(...(await cutOff()).map((part) => `${place}: ${part}`));
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        const name = `${place.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '') || 'home'}-${look.language}-${look.theme}-${look.width}`;
        await page.screenshot({ path: path.join(pictures, `${name}.png`) });
      }
    }
    expect(faults).toEqual([]);
  },
);

// Regression: the list of them was as wide as the longest name, and went on below what is beside it.
test('the adapters to compare keep to their column, however long their names', async () => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await page.evaluate(() => (location.hash = '/evaluate/new'));
  await page.getByRole('checkbox').first().waitFor();
  const form = page.locator('main form');
  expect(await form.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});

// Regression: at 1280 with a scroll bar, or less, the last of the three was left alone in a second line.
test('the three charts of token lengths stand beside each other', async () => {
  await page.setViewportSize({ width: 1024, height: 700 });
  const [dataset] = await pagesOfThings();
  await page.evaluate((to) => (location.hash = to), `${dataset}?tab=tokens`);
  const charts = page.getByRole('main').locator('figure');
  await charts.nth(2).waitFor();
  const tops = await charts.evaluateAll((all) => all.map((chart) => chart.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
});

// Regression: what was made yesterday evening looked as if it was made today, until the page was opened anew.
test('on a page left open over night, times of the day before are told by their day', async () => {
  const left = await page.context().newPage();
  await left.clock.install();
  await left.goto(new URL('/#/datasets', page.url()).href);
  const made = left.locator('tbody td[title]').last();
  await expect.poll(() => made.textContent()).toMatch(/^\d\d:\d\d$/);
  await left.clock.fastForward(24 * 60 * 60 * 1000);
  await expect.poll(() => made.textContent()).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/);
  await left.close();
});

// Regression: how the rows fare stood on the columns, and left them a line or two.
test('in a low window, the columns of a table to import have all the room below the head of the page', async () => {
  await page.setViewportSize({ width: 512, height: 350 });
  await openPlace(page, `#${sampleRead}`);
  await page.locator('main .columns').waitFor();
  await page.getByText(/^All [\d,]+ rows checked$/).waitFor();
  const [columns, verdict, main] = await Promise.all(
    ['main .columns', 'main .columns + *', 'main'].map((part) => page.locator(part).boundingBox()),
  );
  const bottom = (main?.y ?? 0) + (main?.height ?? 0);
  expect(columns?.y).toBeLessThan(bottom / 2);
  expect(verdict?.y).toBeGreaterThanOrEqual(bottom);
});

// Regression: sentences beside two buttons stood letter below letter, and the search box had no room for a letter.
test('in a window as narrow as a phone, the tabs of a dataset have room for their words', async () => {
  await page.setViewportSize({ width: 360, height: 640 });
  await openPlace(page, paths.datasets());
  const dataset = await page.getByRole('link', { name: 'orders', exact: true }).getAttribute('href');
  for (const tab of ['findings', 'tokens', 'versions', 'splits', 'rejected', 'about', 'rows']) {
    await openPlace(page, `${dataset}?tab=${tab}`);
    await page.locator('[role=tab][aria-selected=true]').waitFor();
    await page.waitForFunction(() => document.querySelector('main [role=status][aria-label]') === null);
    expect(await squeezedTexts(page), tab).toEqual([]);
  }
  const search = page.getByRole('searchbox');
  expect(await search.evaluate(({ clientWidth }) => clientWidth)).toBeGreaterThan(150);
  for (const part of [search.locator('..'), page.getByText('20 rows', { exact: true }).last()]) {
    const { x = 0, width = 0 } = (await part.boundingBox()) ?? {};
    expect(x + width).toBeLessThanOrEqual(360 - 16);
  }
});

// Regression: why rows are left out was written over what is said beside it.
test('in a window as narrow as a phone, what is told of a file before its import stands below one another', async () => {
  await page.setViewportSize({ width: 360, height: 640 });
  // Gives up the sample that another test has begun to import.
  await page.reload();
  await chooseTable(page, path.join(opened.folder, leftOut));
  await page.getByText('2 left out').first().waitFor();
  expect(await squeezedTexts(page)).toEqual([]);
});

// Regression: from 1024 to where they fit, the last of them went on in a second line, out of the head on both sides.
test.each([900, 1009, 1024, 1100, 1280])(
  'the tools above a loss chart stay in its head in a window %i wide',
  async (width) => {
    await page.setViewportSize({ width, height: 700 });
    const run = (await pagesOfThings()).find((place) => place.startsWith('/train/'));
    await openPlace(page, `#${run}`);
    const head = page.locator('.panel-head', { has: page.getByRole('heading', { name: 'Loss', exact: true }) });
    const outside = await head.evaluate((frame) => {
      const { top, bottom } = frame.getBoundingClientRect();
      const tools = [...frame.querySelectorAll('button, [role=radiogroup]')];
      return tools.map((tool) => tool.getBoundingClientRect()).filter((tool) => tool.top < top || tool.bottom > bottom)
        .length;
    });
    expect(outside).toBe(0);
  },
);

// Regression: in a contrast theme the browser takes grounds and shadows away, and nothing else told these.
test('in a contrast theme of the system, one sees the focus, the place, and what is chosen', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'active' });
  await page.setViewportSize({ width: 1000, height: 700 });
  await openPlace(page, paths.settings());
  const themes = page.getByRole('radiogroup', { name: 'Theme' });
  await themes.getByRole('radio', { name: 'Light' }).click();
  await page.mouse.move(0, 0);
  const light = await pictureOf(themes);
  await themes.getByRole('radio', { name: 'Dark' }).click();
  await page.mouse.move(0, 0);
  expect(light.equals(await pictureOf(themes))).toBe(false);

  const place = page.getByRole('navigation').first().getByRole('link', { name: 'Settings' });
  const here = await pictureOf(place);
  await openPlace(page, paths.lab());
  const elsewhere = await pictureOf(place);
  expect(here.equals(elsewhere)).toBe(false);

  await place.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  expect(elsewhere.equals(await pictureOf(place))).toBe(false);
  await page.emulateMedia({ reducedMotion: null, forcedColors: null });
});

// Regression: a chart kept the colours of the theme before, if that was as dark.
test('a chart follows the system to another contrast theme', async () => {
  await page.emulateMedia({ forcedColors: 'active' });
  const run = (await pagesOfThings()).find((place) => place.startsWith('/train/'));
  await openPlace(page, `#${run}`);
  const chart = page.getByRole('main').locator('canvas').first();
  await chart.waitFor();
  const drawn = () =>
    chart.evaluate((canvas: HTMLCanvasElement) => {
      const { data = [] } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      return data.some((part, at) => at % 4 === 0 && part === 255 && data[at + 1] === 0 && data[at + 2] === 0);
    });
  expect(await drawn()).toBe(false);
  // No browser lets a test choose the system's colours: these stand for another theme's, which come without an event.
  await page.evaluate(() => {
    for (const ink of ['--ink', '--ink-2', '--ink-3'])
      document.documentElement.style.setProperty(ink, 'rgb(255, 0, 0)');
    dispatchEvent(new Event('focus'));
  });
  await expect.poll(drawn).toBe(true);
  await page.evaluate(() => document.documentElement.removeAttribute('style'));
  await page.emulateMedia({ forcedColors: null });
});

test('with reduced motion, nothing moves for long', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(() => (location.hash = '/chat'));
  await page.locator('main h1').waitFor();
  const longest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('*')].flatMap((node) => {
        const { transitionDuration, animationDuration } = getComputedStyle(node);
        return `${transitionDuration},${animationDuration}`.split(',').map(parseFloat);
      }),
    ),
  );
  expect(longest).toBeLessThan(0.02);
});

/** What is on screen at an element and just around it. */
async function pictureOf(part: Locator): Promise<Buffer> {
  const { x, y, width, height } = (await part.boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 };
  return page.screenshot({ clip: { x: x - 5, y: y - 5, width: width + 10, height: height + 10 } });
}

/** What extends past the edge of the page or of what scrolls, where it is cut off without scrolling, and names without room. */
async function cutOff(): Promise<string[]> {
  return page.evaluate(() => {
    const edge = document.querySelector('main')?.getBoundingClientRect().right ?? 0;
    const told = (part: Element) => `${part.tagName} ${part.getAttribute('aria-label') ?? part.textContent.trim()}`;
    const cut = [
      ...document.querySelectorAll('main :is(h1, h2, section, aside, nav, form, a, button, [role=radio])'),
    ].filter((part) => part.getBoundingClientRect().right > edge && part.closest('.overflow-x-auto') === null);
    const isClipped = (part: Element) => {
      for (let around = part.parentElement; around !== null && around.id !== 'page'; around = around.parentElement) {
        const { overflowX } = getComputedStyle(around);
        // What scrolls sideways can be brought into view.
        if (overflowX === 'auto' || overflowX === 'scroll') return false;
        const isPast = part.getBoundingClientRect().right > around.getBoundingClientRect().right + 1;
        if (isPast && overflowX === 'hidden') return true;
      }
      return false;
    };
    cut.push(...[...document.querySelectorAll('main button')].filter(isClipped));
    const thin = [...document.querySelectorAll('main :is(h1, td:first-child a, form .cut)')].filter(
      ({ clientWidth, scrollWidth }) => clientWidth < Math.min(40, scrollWidth),
    );
    // Only what is made for it, such as a wide table, may be scrolled sideways.
    const wide = [...document.querySelectorAll('main *')].filter(
      (part) =>
        part.scrollWidth > part.clientWidth + 1 &&
        getComputedStyle(part).overflowX === 'auto' &&
        part.closest('.overflow-x-auto') === null,
    );
    return [
      ...cut.map((part) => `${told(part)} is cut off`),
      ...thin.map((name) => `${told(name)} has no room`),
      ...wide.map((part) => `${part.tagName}.${part.className} scrolls sideways`),
    ];
  });
}

// Regression: at exactly 700 pixels it was as narrow as for icons, and had the names beside them.
test.each([699, 700, 701])('the rail has room for what is in it in a window %i wide', async (width) => {
  await page.setViewportSize({ width, height: 700 });
  const rail = page.getByRole('navigation').first();
  expect(await rail.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});

/** The pages of the dataset, the run, the adapter, the answered table and the evaluation, and of its blind vote. */
async function pagesOfThings(): Promise<string[]> {
  const found: string[] = [];
  for (const [list, way] of [
    ['/datasets', '#/datasets/0'],
    ['/train', '#/train/0'],
    ['/adapters', '#/adapters/0'],
    ['/tables', '#/tables/0'],
    ['/evaluate', '#/evaluate/0'],
  ] as const) {
    await page.evaluate((to) => (location.hash = to), list);
    const link = page.locator(`main a[href^="${way}"]`).first();
    await link.waitFor();
    found.push(((await link.getAttribute('href')) ?? '#/').slice(1));
  }
  return [...found, `${found.at(-1)}/blind`];
}
