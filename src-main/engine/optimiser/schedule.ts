export interface Schedule {
  readonly kind: 'linear' | 'cosine' | 'constant';
  readonly peak: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/**
 * The learning rate of an optimiser step (from 1): rises linearly to the peak over the warm-up, then falls to zero
 * along a line or half a cosine, or stays constant. Same as the schedules of Hugging Face's transformers, which count
 * from 0.
 */
export function learningRateAt(step: number, { kind, peak, warmupSteps, totalSteps }: Schedule): number {
  const done = step - 1;
  if (done < warmupSteps) return (peak * done) / Math.max(1, warmupSteps);
  const progress = Math.min(1, (done - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  switch (kind) {
    case 'linear':
      return peak * (1 - progress);
    case 'cosine':
      return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
    case 'constant':
      return peak;
    default:
      return kind satisfies never;
  }
}
