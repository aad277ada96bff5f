import type { Page } from 'playwright-core';

/**
 * Collects from now on what a screen reader says unasked, and returns how to read it: what arrives in a live region
 * that was there before. A region that comes along with its words is passed over by most of them.
 */
export async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  const heard = await page.evaluateHandle(() => {
    const said: string[] = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const around = target instanceof Element ? target : target.parentElement;
        const region = around?.closest('[aria-live=polite], [role=status], [role=alert]');
        if (region) said.push((region.textContent ?? '').replace(/\s+/g, ' ').trim());
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    return said;
  });
  return () => heard.jsonValue();
}
