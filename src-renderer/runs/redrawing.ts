/** The least time between two drawings of what a run's events tell. */
const redrawMs = 500;

/**
 * Whether it is time to draw again: a replay arrives all at once, and drawing each of its events would take a second.
 * Not by the time of day, which may be put back: nothing would be drawn for as long.
 */
export function redrawing(): () => boolean {
  let drawnMs = -Infinity;
  return () => {
    if (performance.now() - drawnMs < redrawMs) return false;
    drawnMs = performance.now();
    return true;
  };
}
