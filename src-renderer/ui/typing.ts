/** Somebody who types makes pauses of that length between two keys. */
const pauseMs = 300;
let lastKeyMs = Number.NEGATIVE_INFINITY;

if (typeof addEventListener === 'function') {
  addEventListener('keydown', () => (lastKeyMs = performance.now()), { capture: true, passive: true });
}

/** Whether a key was pressed just now, so that what can wait should: the next one is about to come. */
export function isSomebodyTyping(): boolean {
  return performance.now() - lastKeyMs < pauseMs;
}
