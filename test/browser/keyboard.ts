// A page without a mouse. After every key the keyboard must be somewhere that can be seen, and never nowhere.
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

  /** Goes on by Tab until the keyboard is there, and looks at each place on the way. */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    const way: string[] = [];
    for (let step = 0; step < 90; step++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.#page.keyboard.press('Tab');
      // Behind the last place of a page a browser goes on to its own bars, and from there to the first.
      const isOut = await this.#page.evaluate(() => document.activeElement === document.body);
      way.push(isOut ? 'beyond the page' : await this.somewhere());
    }
    throw new Error(`Tab does not lead there:\n${way.join('\n')}`);
  }

  /** Goes through an open menu, which takes the keyboard when it is drawn, until it is there. */
  async arrowTo(item: Locator): Promise<void> {
    await item.waitFor();
    await this.#page.waitForFunction(() => document.activeElement?.closest('[role=menu]'));
    for (let step = 0; step < 20; step++) {
      if (await item.evaluate((element) => element === document.activeElement)) return;
      await this.#page.keyboard.press('ArrowDown');
    }
    throw new Error('The arrows do not lead there.');
  }

  /** Waits until the keyboard is somewhere, and holds that it can be seen there. Gives what is there. */
  async somewhere(): Promise<string> {
    await this.#page.waitForFunction(() => document.activeElement !== document.body && document.activeElement !== null);
    const { words, seen } = await this.#page.evaluate(() => {
      const active = document.activeElement as HTMLElement;
      const styles = [active, ...parentsOf(active)].map((element) => getComputedStyle(element));
      // A list draws it above its rows.
      const marked = [...styles, getComputedStyle(active, '::after')].some(
        ({ outlineStyle, outlineWidth, boxShadow }) =>
          (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none',
      );
      return {
        words: `${active.tagName} ${active.ariaLabel ?? active.textContent?.trim().slice(0, 60)}`,
        seen: marked || active.matches('main, [role=dialog]'),
      };

      /** A box may show it around the whole of what it is a part of. */
      function parentsOf(element: HTMLElement): HTMLElement[] {
        const parent = element.parentElement;
        return parent && !parent.matches('main, body, [role=dialog]') ? [parent, ...parentsOf(parent)] : [];
      }
    });
    expect(seen, `where the keyboard is cannot be seen: ${words}`).toBe(true);
    return words;
  }
}
