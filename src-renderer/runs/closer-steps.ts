/**
 * The steps that a look from closer by shows: the later half of those in sight that have been taken. What is still to come is
 * empty, and stays out of sight.
 */
export function closerSteps({
  min,
  max,
  lastStep,
}: {
  /** Now in sight. */
  readonly min: number;
  readonly max: number;
  readonly lastStep: number;
}): readonly [number, number] {
  const end = lastStep > min ? Math.min(max, lastStep) : max;
  return [end - Math.max(2, (end - min) / 2), end];
}
