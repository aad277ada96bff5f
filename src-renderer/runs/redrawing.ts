/** The most time between what a run's events tell and its drawing. */
const redrawMs = 250;

/**
 * Draws a moment after the returned function is first called, and again after later calls: a replay arrives all at
 * once, and drawing each of its events would take a second. What came last is drawn, too, however long the next event
 * takes.
 */
export function redrawing(draw: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      draw();
    }, redrawMs);
  };
}
