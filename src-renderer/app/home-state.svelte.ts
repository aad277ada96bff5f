import { foremostRun } from '../../src-contract/active-job.ts';
import type { CutOffImport } from '../../src-contract/dataset.ts';
import type { ListedRun } from '../../src-contract/run.ts';
import type { StudioStatus } from '../../src-contract/studio.ts';
import { client } from '../client.ts';
import { redrawing } from '../runs/redrawing.ts';
import { RunCurve } from '../runs/run-curve.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import type { Belongings } from './next-step.ts';

export interface HomeFacts extends Belongings {
  readonly cutOff: readonly CutOffImport[];
  readonly status: StudioStatus;
}

/** Everything the home page shows, including the plot of the run in progress. */
export class HomeState {
  readonly facts = new Loaded<HomeFacts>(async () => {
    const [datasets, cutOff, runs, adapters, conversations, evaluations, tables, baseModels, status] =
      await Promise.all([
        client.datasets.list(),
        client.datasets.cutOff(),
        client.runs.listed(),
        client.adapters.list(),
        client.chat.conversations(),
        client.evaluations.list(),
        client.answeredTables.list(),
        client.baseModels.list(),
        client.studio.status(),
      ]);
    return { datasets, cutOff, runs, adapters, conversations, evaluations, tables, baseModels, status };
  });
  #losses = $state.raw<readonly number[]>([]);
  #step = $state<{ step: number; secondsLeft: number } | undefined>();
  #totalSteps = $state(0);
  #watched: string | undefined;
  #watches = 0;

  /** Nothing was made yet: the page explains instead of reporting. */
  get isFirst(): boolean {
    const has = this.facts.value;
    return has !== undefined && has.datasets.length + has.cutOff.length + has.runs.length + has.adapters.length === 0;
  }

  get running(): ListedRun | undefined {
    return foremostRun(this.facts.value?.runs ?? []);
  }

  /** Losses of the run in progress, one per step, smoothed as in the chart on its own page. */
  get losses(): readonly number[] {
    return this.#losses;
  }

  /** Of the run in progress; 0 while its rows are read. */
  get totalSteps(): number {
    return this.#totalSteps || (this.running?.totalSteps ?? 0);
  }

  get step(): { step: number; secondsLeft: number } | undefined {
    return this.#step;
  }

  follow(signal: AbortSignal): void {
    const load = () => void this.facts.load().then(() => this.#watch(signal));
    followChanges(
      ['dataset', 'run', 'adapter', 'evaluation', 'answered-table', 'conversation', 'base-model'],
      load,
      signal,
    );
  }

  async stop(run: ListedRun): Promise<void> {
    await client.runs.stop({ id: run.id });
  }

  async resume(run: ListedRun): Promise<void> {
    await client.runs.resume({ id: run.id });
  }

  /** Plots the run in progress; a lost connection only stops the plot. */
  async #watch(signal: AbortSignal): Promise<void> {
    const id = this.running?.id;
    if (id === undefined || id === this.#watched || signal.aborted) return;
    this.#watched = id;
    const watch = ++this.#watches;
    this.#losses = [];
    this.#step = undefined;
    this.#totalSteps = 0;
    const curve = new RunCurve();
    let latest: { step: number; secondsLeft: number } | undefined;
    const drawSoon = redrawing(() => {
      // The next run may be shown by now.
      if (watch !== this.#watches) return;
      this.#losses = curve.smoothed.slice();
      this.#step = latest;
    });
    try {
      for await (const event of await client.runs.watch({ id }, { signal })) {
        if (event.kind === 'started') this.#totalSteps = event.totalSteps;
        if (event.kind !== 'step') continue;
        curve.push(event);
        latest = { step: event.step, secondsLeft: event.secondsLeft };
        drawSoon();
      }
    } catch {
      // The list of runs shows its state.
    }
    // A run that ended may be resumed.
    if (this.#watched === id) this.#watched = undefined;
  }
}
