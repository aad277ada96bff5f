import type { Page } from 'playwright-core';

/** Texts of the page that have so little width that they stand a few letters to a line. */
export async function squeezedTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isSqueezed = (part: Element) => {
      const own = [...part.childNodes].filter((node) => node instanceof Text).map(({ data }) => data.trim());
      const { width, height } = part.getBoundingClientRect();
      return own.join('').length > 8 && width > 0 && width < 50 && height > 60;
    };
    return [...document.querySelectorAll('main *')].filter(isSqueezed).map((part) => part.textContent.trim());
  });
}
