/**
 * The steps shown when zooming in: the later half of the visible steps already taken. Future steps are empty and are
 * left out.
 */
export function closerSteps({
  min,
  max,
  lastStep,
}: {
  /** Visible now. */
  readonly min: number;
  readonly max: number;
  readonly lastStep: number;
}): readonly [number, number] {
  const end = lastStep > min ? Math.min(max, lastStep) : max;
  return [end - Math.max(2, (end - min) / 2), end];
}
