import type { RunEvent } from '../../src-contract/run.ts';
import type { Measuring } from '../../src-contract/validation-interval.ts';
import type { TrainEvent } from '../engine/engine.ts';
import type { Supervisor } from '../jobs/supervisor.ts';
import type { RunStore } from './run-store.ts';
import { secondsLeft } from './time-left.ts';

type MeasuringOptions = Pick<Measuring, 'validationEvery' | 'batchSize'>;
type Started = Pick<Measuring, 'totalSteps' | 'validationRows'> & { readonly step: number };
type RunEvents = Pick<Supervisor<RunEvent>, 'told' | 'rewind'>;

/** Steps over which speed and time left are averaged. */
const recentSteps = 20;

/** How often the run's row is updated; its events have the details. */
const progressMs = 500;

/** Tracks the progress of a run while it trains. */
export class RunProgress {
  readonly #runId: string;
  readonly #runs: RunStore;
  readonly #recent: { tokens: number; seconds: number }[] = [];
  readonly #options: MeasuringOptions;
  #totalSteps = 0;
  #validationRows = 0;
  #step = 0;
  /** The last step whose tokens and seconds are included in the sums. */
  #summedStep = 0;
  #lastLoss: number | null = null;
  #tokens = 0;
  #targetTokens = 0;
  #seconds = 0;
  #stored = 0;
  #told = performance.now();
  #passedMs = 0;
  #passes = 0;

  constructor(runId: string, options: MeasuringOptions, runs: RunStore) {
    this.#runId = runId;
    this.#options = options;
    this.#runs = runs;
  }

  /** Picks up where the engine does; false when this run has already reported its beginning. */
  begin(started: Started, events: RunEvents): boolean {
    this.#totalSteps = started.totalSteps;
    this.#validationRows = started.validationRows;
    this.#step = started.step;
    // Of several in one go, the time until its turn is none of its own.
    this.#told = performance.now();
    // From step 0 everything is told again, that it has started too: a page that waits for it learns of it. Later, what
    // the checkpoint's step has told stands. How far the base had loaded interests nobody any more.
    const isOver = ({ kind }: RunEvent) => kind === 'finished' || kind === 'loading';
    events.rewind(
      this.#runId,
      (event) => started.step === 0 || isOver(event) || ('step' in event && event.step > started.step),
    );
    if (started.step > 0) {
      const totals = this.#runs.totals(this.#runId);
      this.#tokens = totals?.tokens ?? 0;
      this.#targetTokens = totals?.targetTokens ?? 0;
      this.#seconds = totals?.seconds ?? 0;
      this.#summedStep = totals === null ? 0 : (totals.step ?? started.step);
    }
    this.#store();
    for (const event of events.told(this.#runId)) if (event.kind === 'started') return false;
    return true;
  }

  /** Time spent not training, e.g. in a validation: it counts towards the time left, not the speed. */
  pass(): void {
    const now = performance.now();
    this.#passedMs += now - this.#told;
    this.#passes++;
    this.#told = now;
  }

  step(event: Extract<TrainEvent, { kind: 'step' }>): RunEvent {
    this.#told = performance.now();
    const { step, loss, learningRate, gradientNorm, tokens, targetTokens, rssBytes } = event;
    // A person waits for the whole step, not for this run's share of it.
    const seconds = event.seconds * (event.together ?? 1);
    this.#step = step;
    this.#lastLoss = loss;
    if (step > this.#summedStep) {
      this.#tokens += tokens;
      this.#targetTokens += targetTokens;
      this.#seconds += seconds;
      this.#summedStep = step;
    }
    this.#recent.push({ tokens, seconds });
    if (this.#recent.length > recentSteps) this.#recent.shift();
    if (performance.now() - this.#stored > progressMs) this.#store();
    const spent = this.#recent.reduce((sum, each) => sum + each.seconds, 0);
    const read = this.#recent.reduce((sum, each) => sum + each.tokens, 0);
    return {
      ...{ kind: 'step', step, loss, learningRate, gradientNorm, rssBytes },
      tokensPerSecond: spent > 0 ? read / spent : 0,
      secondsLeft: secondsLeft({
        ...{ ...this.#options, step, totalSteps: this.#totalSteps, validationRows: this.#validationRows },
        secondsPerStep: spent / this.#recent.length,
        secondsPerMeasurement: this.#passes === 0 ? undefined : this.#passedMs / 1000 / this.#passes,
      }),
    };
  }

  /** Stores the sums so far, for a run that resumes from this step. */
  keep(): void {
    this.#store();
    this.#runs.updateTotals(this.#runId, {
      tokens: this.#tokens,
      targetTokens: this.#targetTokens,
      seconds: this.#seconds,
      step: this.#summedStep,
    });
  }

  summary(told: Iterable<RunEvent>) {
    const losses: number[] = [];
    for (const event of told) if (event.kind === 'step') losses.push(event.loss);
    return { losses, tokens: this.#tokens, targetTokens: this.#targetTokens, seconds: this.#seconds };
  }

  #store(): void {
    this.#stored = performance.now();
    const [step, totalSteps, lastLoss] = [this.#step, this.#totalSteps, this.#lastLoss];
    this.#runs.updateProgress(this.#runId, { step, totalSteps, lastLoss });
  }
}
