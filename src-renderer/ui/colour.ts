/**
 * The current colour of a token, as a canvas can use it. `getPropertyValue('--ink')` would return the raw
 * `light-dark(…)` text, so the computed colour of a probe element is read instead. Read it again when `theme.colours`
 * changes.
 */
export function readColour(token: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.style.display = 'none';
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** The font of axis labels on a canvas: uPlot's default family has no Korean. */
export const chartFont = "12px 'Pretendard Variable', system-ui, sans-serif";
