import type { RunEvent } from '../../src-contract/run.ts';

type StepEvent = Extract<RunEvent, { kind: 'step' }>;
type ValidationEvent = Extract<RunEvent, { kind: 'validation' }>;
type SpikeEvent = Extract<RunEvent, { kind: 'spike' }>;

type Column = (number | null)[];
type Columns = [number[], Column, Column, Column];

/** Share of the old mean that a new loss keeps: about the last ten steps count. */
const usualSmoothing = 0.9;

/**
 * What a run has measured so far, gathered from its events in order of arrival.
 *
 * A resumed run measures the steps after its last checkpoint again; the newer measurement replaces the older ones.
 */
export class RunCurve {
  readonly steps: StepEvent[] = [];
  readonly validations: ValidationEvent[] = [];
  readonly spikes: SpikeEvent[] = [];
  /** Exponential moving average of the training loss, one value per step, bias-corrected. */
  readonly smoothed: number[] = [];
  readonly #smoothing: number;
  /** The last result of `columns`, and how many of the steps and validations it includes. */
  #columns: Columns = [[], [], [], []];
  #taken = { steps: 0, validations: 0 };
  #mean = 0;
  #weight = 0;

  constructor(smoothing = usualSmoothing) {
    this.#smoothing = smoothing;
  }

  push(event: RunEvent): void {
    if (event.kind === 'spike') this.#pushSpike(event);
    else if (event.kind === 'step') this.#pushStep(event);
    else if (event.kind === 'validation') this.#pushValidation(event);
  }

  get lastStep(): StepEvent | undefined {
    return this.steps.at(-1);
  }

  get lastValidation(): ValidationEvent | undefined {
    return this.validations.at(-1);
  }

  /** The measurement before the first step. */
  get start(): ValidationEvent | undefined {
    const first = this.validations[0];
    return first?.step === 0 ? first : undefined;
  }

  get baseLoss(): number | undefined {
    const { start } = this;
    return (start?.base ?? start)?.loss;
  }

  get bestLoss(): number | undefined {
    return this.best?.loss;
  }

  /** The adapter's measurement with the lowest loss; the first if several tie. */
  get best(): ValidationEvent | undefined {
    const trained = this.validations.filter((validation) => validation.step > 0);
    return trained.reduce<ValidationEvent | undefined>(
      (best, each) => (best === undefined || each.loss < best.loss ? each : best),
      undefined,
    );
  }

  get peakRssBytes(): number {
    return this.steps.reduce((peak, step) => Math.max(peak, step.rssBytes), 0);
  }

  /** The same measurements, with another smoothing. */
  smoothedBy(smoothing: number): RunCurve {
    const other = new RunCurve(smoothing);
    for (const event of this.steps) other.push(event);
    for (const event of this.validations) other.push(event);
    return other;
  }

  /**
   * Columns for a chart: steps, training loss, its mean, validation loss; null where a step has no such value. They grow in
   * place from call to call, so that a long run costs no more than what was added.
   */
  columns(): Columns {
    const [steps, loss, smoothed, validation] = this.#columns;
    const place = (step: number): number => {
      if (step > (steps.at(-1) ?? -1)) {
        for (const column of [loss, smoothed, validation]) column.push(null);
        return steps.push(step) - 1;
      }
      const found = steps.lastIndexOf(step);
      if (found >= 0) return found;
      const later = steps.findIndex((known) => known > step);
      steps.splice(later, 0, step);
      for (const column of [loss, smoothed, validation]) column.splice(later, 0, null);
      return later;
    };
    for (; this.#taken.steps < this.steps.length; this.#taken.steps++) {
      const event = this.steps[this.#taken.steps] as StepEvent;
      const at = place(event.step);
      loss[at] = event.loss;
      smoothed[at] = this.smoothed[this.#taken.steps] ?? null;
    }
    for (; this.#taken.validations < this.validations.length; this.#taken.validations++) {
      const event = this.validations[this.#taken.validations] as ValidationEvent;
      validation[place(event.step)] = event.loss;
    }
    return [steps, loss, smoothed, validation];
  }

  #pushStep(event: StepEvent): void {
    if (event.step <= (this.lastStep?.step ?? 0)) this.#forgetFrom(event.step);
    this.steps.push(event);
    this.#smooth(event.loss);
  }

  #pushSpike(event: SpikeEvent): void {
    const later = this.spikes.findIndex((known) => known.step >= event.step);
    if (later >= 0) this.spikes.splice(later);
    this.spikes.push(event);
  }

  #pushValidation(event: ValidationEvent): void {
    const later = this.validations.findIndex((known) => known.step >= event.step);
    if (later >= 0) {
      this.validations.splice(later);
      this.#forgetColumns();
    }
    this.validations.push(event);
  }

  #forgetColumns(): void {
    this.#columns = [[], [], [], []];
    this.#taken = { steps: 0, validations: 0 };
  }

  #forgetFrom(step: number): void {
    this.#forgetColumns();
    this.steps.splice(this.steps.findIndex((known) => known.step >= step));
    const later = this.validations.findIndex((known) => known.step >= step);
    if (later >= 0) this.validations.splice(later);
    this.smoothed.length = 0;
    this.#mean = 0;
    this.#weight = 0;
    for (const known of this.steps) this.#smooth(known.loss);
  }

  #smooth(loss: number): void {
    const kept = this.#smoothing;
    this.#mean = kept * this.#mean + (1 - kept) * loss;
    this.#weight = kept * this.#weight + (1 - kept);
    this.smoothed.push(this.#mean / this.#weight);
  }
}
