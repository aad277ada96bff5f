import type { Sample } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';

/** Imports a sample with everything it needs in one go: the shortest way to a dataset on a first run. */
export class TrySampleState {
  #samples = $state.raw<readonly Sample[]>([]);
  #chosen = $state.raw<Sample | undefined>();
  #taken = $state(0);
  #error = $state.raw<unknown>();

  /** Samples made for the starter model, which it can learn in a minute. */
  get samples(): readonly Sample[] {
    const generated = this.#samples.filter((sample) => sample.generated);
    return generated.length > 0 ? generated : this.#samples;
  }

  get chosen(): Sample | undefined {
    return this.#chosen;
  }

  get taken(): number {
    return this.#taken;
  }

  get error(): unknown {
    return this.#error;
  }

  async load(signal: AbortSignal): Promise<void> {
    try {
      this.#samples = await client.datasets.samples(undefined, { signal });
    } catch (error) {
      if (!signal.aborted) this.#error = error;
    }
  }

  /** Returns the id of the new dataset, or undefined if none was made. */
  async import(sample: Sample, name: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#chosen !== undefined) return undefined;
    this.#chosen = sample;
    this.#taken = 0;
    this.#error = undefined;
    try {
      const source = { kind: 'sample', name: sample.name } as const;
      for await (const event of await client.datasets.import({ source, task: sample.task, name }, { signal })) {
        if (event.kind === 'progress') this.#taken = event.taken;
        if (event.kind === 'finished') return event.dataset.id;
      }
    } catch (error) {
      if (!signal.aborted) this.#error = error;
    } finally {
      this.#chosen = undefined;
    }
    return undefined;
  }
}
