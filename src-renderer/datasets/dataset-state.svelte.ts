import type { Dataset, Example, FileFacts, Rejection, Split } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { Paged } from '../ui/paged.svelte.ts';

/** One dataset: its facts, its rows under a filter, and the rows that were left out. */
export class DatasetState {
  readonly id: string;
  readonly facts: Loaded<Dataset>;
  readonly file: Loaded<FileFacts | null>;
  readonly rows: Paged<Example>;
  readonly rejections: Paged<Rejection>;
  #split = $state<Split | undefined>();
  #search = $state('');
  /** Place, in the filtered list, of the row that is open. */
  selected = $state<number | undefined>();

  constructor(id: string) {
    this.id = id;
    this.facts = new Loaded(() => client.datasets.get({ id }));
    this.file = new Loaded(() => client.datasets.fileFacts({ id }));
    this.rows = new Paged(async (offset, limit) => {
      const search = this.#search.trim() || undefined;
      const slice = await client.datasets.examples({ id, offset, limit, split: this.#split, search });
      return { total: slice.total, items: slice.examples };
    });
    this.rejections = new Paged(async (offset, limit) => {
      const slice = await client.datasets.rejections({ id, offset, limit });
      return { total: slice.total, items: slice.rejections };
    });
  }

  get split(): Split | undefined {
    return this.#split;
  }

  get search(): string {
    return this.#search;
  }

  get filtered(): boolean {
    return this.#split !== undefined || this.#search.trim() !== '';
  }

  get open(): Example | undefined {
    return this.selected === undefined ? undefined : this.rows.at(this.selected);
  }

  follow(signal: AbortSignal): void {
    void this.facts.load();
    void followChanges(['dataset'], () => void this.facts.load(), signal);
  }

  filter(wanted: { split?: Split | undefined; search?: string }): void {
    if ('split' in wanted) this.#split = wanted.split;
    if (wanted.search !== undefined) this.#search = wanted.search;
    this.selected = undefined;
    void this.rows.reset();
  }

  async rename(name: string): Promise<void> {
    this.facts.set(await client.datasets.rename({ id: this.id, name }));
  }

  async delete(): Promise<void> {
    await client.datasets.delete({ id: this.id });
  }

  async restore(): Promise<void> {
    await client.datasets.restore({ id: this.id });
  }
}
