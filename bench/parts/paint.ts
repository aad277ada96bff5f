import type { Page } from 'playwright-core';

/**
 * Milliseconds from an event that `act` triggers in the page to the frame after the one it caused: two whole frames, so
 * that 17 to 33 ms of it are due to the screen at 60 frames per second.
 */
export async function paintOf(page: Page, event: 'keydown' | 'pointerdown', act: () => Promise<void>): Promise<number> {
  const painted = page.evaluate(
    (type) =>
      new Promise<number>((resolve) => {
        addEventListener(
          type,
          ({ timeStamp }) => requestAnimationFrame(() => requestAnimationFrame((at) => resolve(at - timeStamp))),
          { once: true, capture: true },
        );
      }),
    event,
  );
  // By the time the page answers this, the listener is installed.
  await page.evaluate(() => undefined);
  await act();
  return painted;
}

export function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
