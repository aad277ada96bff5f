import type { ListedRun, Run } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { NamedList } from '../ui/named-list.svelte.ts';
import { redrawing } from './redrawing.ts';
import { RunCurve } from './run-curve.ts';

export interface Overlay {
  readonly id: string;
  readonly run: Run;
  readonly curve: RunCurve;
}

/** A run's chart settings: scale, smoothing, range, and which other runs are overlaid. */
export class ChartView {
  logarithmic = $state(false);
  /** Share of the old mean that a new loss keeps; undefined for the default. */
  smoothing = $state<number | undefined>(undefined);
  isZoomed = $state(false);
  /** What the buttons ask of the chart. */
  wish = $state.raw<{ readonly kind: 'all' | 'closer' } | undefined>(undefined);
  overlays = $state.raw<readonly Overlay[]>([]);
  others = $state.raw<readonly ListedRun[]>([]);
  readonly named = new NamedList(
    () => this.others,
    ({ name }) => name,
  );
  error = $state.raw<unknown>(undefined);
  /** Incremented whenever an overlaid curve has grown. */
  version = $state(0);

  readonly #leaving = new AbortController();

  /** Runs that can be overlaid on the run with this id: those with any measurements. */
  async load(id: string): Promise<void> {
    try {
      const runs = await client.runs.listed();
      this.others = runs.filter((run) => run.id !== id && run.step > 0);
    } catch (error) {
      this.error = error;
    }
  }

  async toggle({ id }: ListedRun): Promise<void> {
    if (this.overlays.some((overlay) => overlay.id === id)) {
      this.overlays = this.overlays.filter((overlay) => overlay.id !== id);
      return;
    }
    try {
      this.lay(await client.runs.get({ id }));
    } catch (error) {
      this.error = error;
    }
  }

  /** Overlays a run, and follows it while it is in progress. */
  lay(run: Run): void {
    if (this.overlays.some(({ id }) => id === run.id)) return;
    const curve = new RunCurve();
    this.overlays = [...this.overlays, { id: run.id, run, curve }];
    void this.#follow(run.id, curve);
  }

  async #follow(id: string, curve: RunCurve): Promise<void> {
    const { signal } = this.#leaving;
    const drawSoon = redrawing(() => this.version++);
    try {
      for await (const event of await client.runs.watch({ id }, { signal })) {
        curve.push(event);
        if (!this.overlays.some((overlay) => overlay.curve === curve)) return;
        drawSoon();
      }
    } catch (error) {
      if (!signal.aborted) this.error = error;
    }
  }

  leave(): void {
    this.#leaving.abort();
  }
}
