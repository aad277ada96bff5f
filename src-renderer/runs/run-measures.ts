import type { RunEvent } from '../../src-contract/run.ts';

type StepEvent = Extract<RunEvent, { kind: 'step' }>;

/** Figures over the steps so far, for the small charts. */
export interface RunMeasures {
  readonly last: StepEvent | undefined;
  readonly peakRate: StepEvent | undefined;
  /** Steps whose gradient was clipped. */
  readonly cuts: number;
  readonly meanTokens: number;
  readonly peakBytes: number;
  /** At most `limit` values each: means of consecutive steps. */
  readonly drawn: Readonly<Record<Drawn, readonly number[]>>;
}

const drawnFields = ['learningRate', 'gradientNorm', 'tokensPerSecond', 'rssBytes'] as const;
type Drawn = (typeof drawnFields)[number];

/** A single pass over the steps: a long run has many thousands, and this is called several times a second. */
export function measureRun(steps: readonly StepEvent[], limit: number, gradientClip: number): RunMeasures {
  const places = Math.min(steps.length, limit);
  const drawn = Object.fromEntries(drawnFields.map((field) => [field, new Array<number>(places).fill(0)])) as Record<
    Drawn,
    number[]
  >;
  const counts = new Array<number>(places).fill(0);
  let peakRate = steps[0];
  let [cuts, tokens, peakBytes] = [0, 0, 0];
  for (const [at, step] of steps.entries()) {
    const place = Math.floor((at * places) / steps.length);
    counts[place] = (counts[place] ?? 0) + 1;
    for (const field of drawnFields) drawn[field][place] = (drawn[field][place] ?? 0) + step[field];
    if (step.learningRate > (peakRate?.learningRate ?? 0)) peakRate = step;
    if (gradientClip > 0 && step.gradientNorm > gradientClip) cuts++;
    tokens += step.tokensPerSecond;
    peakBytes = Math.max(peakBytes, step.rssBytes);
  }
  for (const field of drawnFields) drawn[field] = drawn[field].map((sum, place) => sum / (counts[place] ?? 1));
  return { last: steps.at(-1), peakRate, cuts, meanTokens: tokens / Math.max(1, steps.length), peakBytes, drawn };
}
