import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, errors nobody caught and requests that failed, since this was last asked. */
  complaints(): readonly string[];
}

/** Opens `url` in a browser context of its own, once the first page is there to be used. */
export async function openWatchedPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1360, height: 860 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  // A machine that trains beside the test may take its time.
  page.setDefaultTimeout(60_000);
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(error.stack ?? error.message));
  page.on('requestfailed', (request) => {
    // What a page had asked for when it was left is not waited for.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') found.push(`failed: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) found.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, complaints: () => found.splice(0) };
}

/**
 * What axe calls serious or critical on the page as it is now, each with the elements at fault. A page may change while it is looked
 * at, and a colour on its way to another is neither: what is found is looked for once more.
 */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  const found = await violationsAtRest(page);
  return found.length === 0 ? [] : violationsAtRest(page);
}

async function violationsAtRest(page: Page): Promise<readonly string[]> {
  // What moves once is waited for, what moves for ever is not.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(passing.map((animation) => animation.finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
