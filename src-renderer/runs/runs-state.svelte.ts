import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { ListedRun } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { NamedList } from '../ui/named-list.svelte.ts';
import { redrawing } from './redrawing.ts';

/** How far a run has come. */
type Progress = Pick<ListedRun, 'step' | 'totalSteps' | 'lastLoss'>;

/** All runs, newest first, with what they refer to, and the course of the loss of those that are drawn. */
export class RunsState {
  readonly list = new Loaded(async () => {
    const [runs, datasets, baseModels, adapters] = await Promise.all([
      client.runs.listed(),
      client.datasets.list(),
      client.baseModels.list(),
      client.adapters.list(),
    ]);
    // Runs started together are in the order in which they were named.
    const newestFirst = runs.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
    // Steps are not announced as changes.
    for (const run of newestFirst) if (run.state === 'running') void this.#watchLosses(run.id);
    return { runs: newestFirst, datasets, baseModels, adapters };
  });
  /** Without those in the queue. */
  readonly named = new NamedList(
    () => this.runs.filter(({ state }) => state !== 'queued'),
    (run) => `${run.name}\n${this.datasetOf(run)?.name ?? run.datasetName ?? ''}`,
  );
  /** By run id. */
  curves = $state.raw<Readonly<Record<string, readonly number[]>>>({});
  /** What the events of runs in progress told, by run id. */
  live = $state.raw<Readonly<Record<string, Progress & { readonly losses: readonly number[] }>>>({});

  /** The step at which each run's curve was fetched. */
  readonly #curvesAt = new Map<string, number>();
  readonly #watched = new Set<string>();
  #leaving: AbortSignal | undefined;

  follow(signal: AbortSignal): void {
    this.#leaving = signal;
    followChanges(['run', 'dataset', 'adapter', 'base-model'], () => void this.list.load(), signal);
  }

  get runs(): readonly ListedRun[] {
    return this.list.value?.runs ?? [];
  }

  get datasets(): readonly Dataset[] {
    return this.list.value?.datasets ?? [];
  }

  datasetOf(run: ListedRun): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === run.datasetId);
  }

  baseModelOf(run: ListedRun): BaseModel | undefined {
    return this.list.value?.baseModels.find((model) => model.id === run.baseModelId);
  }

  adapterOf(run: ListedRun): Adapter | undefined {
    return this.list.value?.adapters.find((adapter) => adapter.id === run.adapterId);
  }

  /** The waiting runs in starting order; of runs that train together only the first. */
  get queue(): readonly ListedRun[] {
    const waiting = this.runs.filter(({ queuePlace }) => queuePlace !== null);
    const ordered = waiting.toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0) || (a.id < b.id ? -1 : 1));
    return ordered.filter((run, place) => ordered[place - 1]?.queuePlace !== run.queuePlace);
  }

  /** The runs waiting at the same place in the queue, including this one. */
  waitingWith(run: ListedRun): readonly ListedRun[] {
    return this.runs.filter(({ queuePlace }) => queuePlace !== null && queuePlace === run.queuePlace);
  }

  /** Moves a waiting run to another place in the queue, from 1. */
  async move(run: ListedRun, to: number): Promise<void> {
    await client.runs.move({ id: run.id, to });
    await this.list.load();
  }

  /** Takes a waiting run out of the queue; it can be resumed later. */
  async pause(run: ListedRun): Promise<void> {
    await client.runs.pause({ id: run.id });
    await this.list.load();
  }

  async delete(run: ListedRun): Promise<void> {
    await client.runs.delete({ id: run.id });
  }

  async restore(run: ListedRun): Promise<void> {
    await client.runs.restore({ id: run.id });
  }

  lossesOf(run: ListedRun): readonly number[] {
    return this.live[run.id]?.losses ?? this.curves[run.id] ?? [];
  }

  /** The list says how far a run in progress was when it was read; its events say more. */
  progressOf(run: ListedRun): Progress {
    return (run.state === 'running' && this.live[run.id]) || run;
  }

  /**
   * Fetches the curves of the runs drawn that are not known as they are now. Without them the list is correct, and the
   * next time it is read they are fetched again.
   */
  async loadCurves(): Promise<void> {
    const wanted = this.named.drawn.filter(({ id, step }) => this.#curvesAt.get(id) !== step);
    if (wanted.length === 0) return;
    for (const { id, step } of wanted) this.#curvesAt.set(id, step);
    const ids = wanted.map(({ id }) => id);
    try {
      this.curves = { ...this.curves, ...(await client.runs.curves({ ids }, { signal: this.#leaving })) };
    } catch {
      for (const id of ids) this.#curvesAt.delete(id);
    }
  }

  async #watchLosses(id: string): Promise<void> {
    if (this.#watched.has(id) || this.#leaving?.aborted) return;
    this.#watched.add(id);
    const losses: number[] = [];
    let now: Progress = { step: 0, totalSteps: 0, lastLoss: null };
    const draw = (): void => {
      this.live = { ...this.live, [id]: { ...now, losses: losses.filter((loss) => loss !== undefined) } };
    };
    const drawSoon = redrawing(draw);
    try {
      for await (const event of await client.runs.watch({ id }, { signal: this.#leaving })) {
        if (event.kind === 'started') now = { ...now, totalSteps: event.totalSteps };
        if (event.kind === 'step') {
          losses[event.step - 1] = event.loss;
          now = { ...now, step: event.step, lastLoss: event.loss };
        }
        drawSoon();
      }
    } catch {
      // The list is correct without a sparkline; the run's own page shows the failure.
    }
    if (this.#leaving?.aborted) return;
    draw();
    this.#watched.delete(id);
  }
}
