/** Pauses between keys are this long while somebody types. */
const pauseMs = 300;
let lastKeyMs = Number.NEGATIVE_INFINITY;

if (typeof addEventListener === 'function') {
  addEventListener('keydown', () => (lastKeyMs = performance.now()), { capture: true, passive: true });
}

/** Whether a key was pressed just now, so that whatever can wait should: another is about to come. */
export function isSomebodyTyping(): boolean {
  return performance.now() - lastKeyMs < pauseMs;
}
