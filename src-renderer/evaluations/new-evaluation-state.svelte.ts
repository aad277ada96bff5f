import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Split } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';

/** More rows tell more and take longer; most questions are settled by a hundred. */
const usualLimit = 100;
const mostAdapters = 8;

/** What a person chooses before an evaluation: rows, and the adapters to put beside the base. */
export class NewEvaluationState {
  datasets = $state.raw<readonly Dataset[]>([]);
  allAdapters = $state.raw<readonly Adapter[]>([]);
  baseModels = $state.raw<readonly BaseModel[]>([]);
  loading = $state(true);
  error = $state.raw<unknown>(undefined);
  starting = $state(false);

  datasetId = $state('');
  baseModelId = $state('');
  split = $state<Split>('test');
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  limit = $state<number | undefined>(usualLimit);

  constructor(wish: { adapter?: string | undefined; dataset?: string | undefined }) {
    void this.load(wish);
  }

  get dataset(): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === this.datasetId);
  }

  /** Adapters of this base; those of the dataset's task first. */
  get adapters(): readonly Adapter[] {
    const task = this.dataset?.task;
    return this.allAdapters
      .filter((adapter) => adapter.baseModelId === this.baseModelId)
      .toSorted((a, b) => Number(b.task === task) - Number(a.task === task) || b.createdAt - a.createdAt);
  }

  /** Rows that will be asked of each model. */
  get rows(): number {
    const there = this.dataset?.splits[this.split] ?? 0;
    return this.limit === undefined ? there : Math.min(there, this.limit);
  }

  get tooMany(): boolean {
    return this.chosen.size > mostAdapters;
  }

  async load(wish: { adapter?: string | undefined; dataset?: string | undefined }): Promise<void> {
    try {
      const [datasets, adapters, baseModels] = await Promise.all([
        client.datasets.list(),
        client.adapters.list(),
        client.baseModels.list(),
      ]);
      this.datasets = datasets;
      this.allAdapters = adapters;
      this.baseModels = baseModels;
      const newest = adapters.toSorted((a, b) => b.createdAt - a.createdAt)[0];
      const wished = adapters.find((known) => known.id === wish.adapter);
      const adapter = wished ?? newest;
      this.baseModelId =
        (adapter?.baseModelId ?? baseModels.find((model) => model.builtIn)?.id ?? baseModels[0]?.id) || '';
      const ofTask = datasets.find(({ task }) => task === adapter?.task)?.id;
      const likely = [wish.dataset, adapter?.datasetId, ofTask].find((id) => datasets.some((each) => each.id === id));
      this.chooseDataset(likely ?? '');
      if (wished !== undefined) this.chosen = new Set([wished.id]);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  chooseDataset(id: string): void {
    this.datasetId = this.datasets.find((dataset) => dataset.id === id)?.id ?? this.datasets[0]?.id ?? '';
    const splits = this.dataset?.splits;
    this.split = splits !== undefined && splits.test === 0 && splits.validation > 0 ? 'validation' : 'test';
    const fitting = this.adapters.filter((adapter) => adapter.task === this.dataset?.task);
    this.chosen = new Set(fitting.slice(0, mostAdapters).map((adapter) => adapter.id));
  }

  chooseBaseModel(id: string): void {
    this.baseModelId = id;
    this.chooseDataset(this.datasetId);
  }

  toggle(adapterId: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(adapterId)) chosen.add(adapterId);
    this.chosen = chosen;
  }

  /** Gives the started evaluation, or undefined when it could not be started; `error` then says why. */
  async start(): Promise<Evaluation | undefined> {
    this.starting = true;
    this.error = undefined;
    try {
      return await client.evaluations.start({
        datasetId: this.datasetId,
        baseModelId: this.baseModelId,
        adapterIds: [...this.chosen],
        split: this.split,
        ...(this.limit !== undefined && { limit: this.limit }),
      });
    } catch (error) {
      this.error = error;
      // What has started stays so until the page has changed: a second press would start another.
      this.starting = false;
      return undefined;
    }
  }
}
