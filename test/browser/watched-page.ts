import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors and failed requests since the last call. */
  complaints(): readonly string[];
}

/** Opens `url` in its own browser context, and resolves once the first page is usable. */
export async function openWatchedPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1360, height: 860 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  // A machine that is also training may be slow.
  page.setDefaultTimeout(60_000);
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(error.stack ?? error.message));
  page.on('requestfailed', (request) => {
    // Requests pending when a page was left are aborted.
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
 * axe's serious and critical violations on the page as it is now, each with the elements at fault. The page may change
 * meanwhile, and a colour in transition is not a violation: so a finding must occur twice.
 */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  const found = await violationsAtRest(page);
  return found.length === 0 ? [] : violationsAtRest(page);
}

async function violationsAtRest(page: Page): Promise<readonly string[]> {
  // Waits for finite animations, not for endless ones.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(passing.map((animation) => animation.finished));
  });
  // Legacy mode leaves out frames of other origins, of which there are none, and a new page for each analysis.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
