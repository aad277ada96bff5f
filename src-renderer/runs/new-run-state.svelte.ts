import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Estimate, Preset, Run, TrainOptions } from '../../src-contract/run.ts';
import { client } from '../client.ts';

export const presets: readonly Preset[] = ['quick', 'balanced', 'thorough'];

/** What a person chooses before a run, and what the studio says it will take. */
export class NewRunState {
  datasets = $state.raw<readonly Dataset[]>([]);
  baseModels = $state.raw<readonly BaseModel[]>([]);
  /** Of adapters, and of runs that will make one. */
  takenNames = $state.raw<readonly string[]>([]);
  totalMemoryBytes = $state<number | undefined>(undefined);
  loading = $state(true);
  error = $state.raw<unknown>(undefined);
  starting = $state(false);

  datasetId = $state('');
  baseModelId = $state('');
  preset = $state<Preset>('balanced');
  /** What the person changed under Advanced; everything else comes from the preset. */
  changed = $state.raw<Partial<TrainOptions>>({});
  estimates = $state.raw<Readonly<Partial<Record<Preset, Estimate>>>>({});
  estimating = $state(false);
  estimateError = $state.raw<unknown>(undefined);

  #typedName = $state<string | undefined>(undefined);
  readonly #nameFor: (dataset: Dataset) => string;
  readonly #leaving = new AbortController();
  #question = new AbortController();

  /** `nameFor` proposes an adapter's name for a dataset, in the person's language. */
  constructor(nameFor: (dataset: Dataset) => string, datasetId: string | undefined) {
    this.#nameFor = nameFor;
    void this.load(datasetId);
  }

  get dataset(): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === this.datasetId);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  get name(): string {
    return this.#typedName ?? this.#proposedName();
  }

  set name(name: string) {
    this.#typedName = name;
  }

  get nameTaken(): boolean {
    return this.takenNames.includes(this.name.trim());
  }

  get estimate(): Estimate | undefined {
    return this.estimates[this.preset];
  }

  async load(datasetId: string | undefined): Promise<void> {
    try {
      const [datasets, baseModels, adapters, runs, status] = await Promise.all([
        client.datasets.list(),
        client.baseModels.list(),
        client.adapters.list(),
        client.runs.list(),
        client.studio.status(),
      ]);
      this.totalMemoryBytes = status.totalMemoryBytes;
      this.datasets = datasets;
      this.baseModels = baseModels;
      const active = runs.filter((run) => run.state === 'running' || run.state === 'queued');
      this.takenNames = [...adapters, ...active].map((named) => named.name);
      this.datasetId = datasets.find((dataset) => dataset.id === datasetId)?.id ?? newest(datasets)?.id ?? '';
      this.baseModelId = baseModels.find((model) => model.builtIn)?.id ?? baseModels[0]?.id ?? '';
      void this.estimateAll();
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  chooseDataset(id: string): void {
    this.datasetId = id;
    void this.estimateAll();
  }

  chooseBaseModel(id: string): void {
    this.baseModelId = id;
    void this.estimateAll();
  }

  change<K extends keyof TrainOptions>(option: K, value: TrainOptions[K]): void {
    this.changed = { ...this.changed, [option]: value };
    void this.estimateAll();
  }

  forgetChanges(): void {
    this.changed = {};
    void this.estimateAll();
  }

  /** Asks for all three presets at once, as the cards compare them. A newer question makes an older one moot. */
  async estimateAll(): Promise<void> {
    this.#question.abort();
    const question = new AbortController();
    this.#question = question;
    if (this.dataset === undefined || this.baseModel === undefined) return;
    this.estimating = true;
    const { datasetId, baseModelId, changed: options } = this;
    try {
      const answers = await Promise.all(
        presets.map((preset) =>
          client.runs.estimate({ datasetId, baseModelId, preset, options }, { signal: question.signal }),
        ),
      );
      if (question.signal.aborted) return;
      this.estimates = Object.fromEntries(presets.map((preset, index) => [preset, answers[index]]));
      this.estimateError = undefined;
    } catch (error) {
      if (question.signal.aborted) return;
      this.estimates = {};
      this.estimateError = error;
    } finally {
      if (!question.signal.aborted) this.estimating = false;
    }
  }

  /** Gives the started run, or undefined when it could not be started; `error` then says why. */
  async start(): Promise<Run | undefined> {
    this.starting = true;
    this.error = undefined;
    try {
      return await client.runs.start({
        datasetId: this.datasetId,
        baseModelId: this.baseModelId,
        name: this.name.trim(),
        preset: this.preset,
        options: this.changed,
      });
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.error = error;
      return undefined;
    } finally {
      this.starting = false;
    }
  }

  leave(): void {
    this.#leaving.abort();
    this.#question.abort();
  }

  #proposedName(): string {
    if (this.dataset === undefined) return '';
    const name = this.#nameFor(this.dataset);
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name} ${number}`;
      if (!this.takenNames.includes(candidate)) return candidate;
    }
  }
}

function newest(datasets: readonly Dataset[]): Dataset | undefined {
  return datasets.toSorted((a, b) => b.createdAt - a.createdAt)[0];
}
