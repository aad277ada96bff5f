import type { Dataset } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { NamedList } from '../ui/named-list.svelte.ts';

/** The list of datasets, kept current while the page is open. */
export class DatasetsState {
  readonly list = new Loaded(async () => {
    const [datasets, adapters] = await Promise.all([client.datasets.list(), client.adapters.list()]);
    const adapterCounts = new Map<string, number>();
    for (const { datasetId } of adapters) {
      if (datasetId !== null) adapterCounts.set(datasetId, (adapterCounts.get(datasetId) ?? 0) + 1);
    }
    return { datasets, adapterCounts };
  });
  readonly named = new NamedList(
    () => this.datasets,
    ({ name }) => name,
  );

  get datasets(): readonly Dataset[] {
    return this.list.value?.datasets ?? [];
  }

  adaptersOf(dataset: Dataset): number {
    return this.list.value?.adapterCounts.get(dataset.id) ?? 0;
  }

  follow(signal: AbortSignal): void {
    followChanges(['dataset', 'adapter'], () => void this.list.load(), signal);
  }

  async delete(dataset: Dataset): Promise<void> {
    await client.datasets.delete({ id: dataset.id });
    await this.list.load();
  }

  async restore(dataset: Dataset): Promise<void> {
    await client.datasets.restore({ id: dataset.id });
    await this.list.load();
  }

  async rename(dataset: Dataset, name: string): Promise<void> {
    await client.datasets.rename({ id: dataset.id, name });
    await this.list.load();
  }
}
