// A page used without a mouse. After every key the focus must be on something visible.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  /** Presses Tab until the target has focus, checking each element on the way. */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    const way: string[] = [];
    for (let step = 0; step < 90; step++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.#page.keyboard.press('Tab');
      // After a page's last element the focus goes to the browser's own bars, and from there to the first.
      const isOut = await this.#page.evaluate(() => document.activeElement === document.body);
      way.push(isOut ? 'beyond the page' : await this.somewhere());
    }
    throw new Error(`Tab does not lead there:\n${way.join('\n')}`);
  }

  /** Moves through an open menu, which takes the focus when it is drawn, to the item. */
  async arrowTo(item: Locator): Promise<void> {
    await item.waitFor();
    await this.#page.waitForFunction(() => document.activeElement?.closest('[role=menu]'));
    for (let step = 0; step < 20; step++) {
      if (await item.evaluate((element) => element === document.activeElement)) return;
      await this.#page.keyboard.press('ArrowDown');
    }
    throw new Error('The arrows do not lead there.');
  }

  /** Waits until something has focus, and asserts that it is visible. Returns what it is. */
  async somewhere(): Promise<string> {
    await this.#page.waitForFunction(() => document.activeElement !== document.body && document.activeElement !== null);
    const { words, seen } = await this.#page.evaluate(() => {
      const active = document.activeElement as HTMLElement;
      const styles = [active, ...parentsOf(active)].map((element) => getComputedStyle(element));
      // A list draws its focus ring above its rows.
      const marked = [...styles, getComputedStyle(active, '::after')].some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
          (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none',
      );
      return {
        words: `${active.tagName} ${active.ariaLabel ?? active.textContent?.trim().slice(0, 60)}`,
        seen: marked || active.matches('main, [role=dialog]'),
      };

      /** An ancestor may show the ring around the whole control. */
      function parentsOf(element: HTMLElement): HTMLElement[] {
        const parent = element.parentElement;
        return parent && !parent.matches('main, body, [role=dialog]') ? [parent, ...parentsOf(parent)] : [];
      }
    });
    expect(seen, `where the keyboard is cannot be seen: ${words}`).toBe(true);
    return words;
  }
}
