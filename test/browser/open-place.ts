import type { Page } from 'playwright-core';

/** Goes to an address of the studio, and resolves once its page is there: the heading of the page before is not its. */
export async function openPlace(page: Page, href: string): Promise<void> {
  const to = new URL(href, page.url());
  const heading = page.getByRole('heading', { level: 1 });
  // Another query, such as a tab, leaves the page where it is.
  const left = placeOf(to) === placeOf(new URL(page.url())) ? undefined : await heading.elementHandle();
  await page.goto(to.href);
  await left?.waitForElementState('hidden');
  await heading.waitFor();
}

function placeOf({ hash }: URL): string {
  return hash.split('?', 1)[0] || '#/';
}
