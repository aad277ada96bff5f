import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Also, Estimate, Preset, Run, TrainingSettings, TrainOptions } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { WrongInputs } from './wrong-inputs.svelte.ts';

export const presets: readonly Preset[] = ['quick', 'balanced', 'thorough'];

/** What the way here has chosen already; `run` is one whose settings are to be used again. */
export interface NewRunWish {
  readonly dataset?: string | undefined;
  readonly baseModel?: string | undefined;
  readonly run?: string | undefined;
  /** To go on from, on its own base. */
  readonly adapter?: string | undefined;
}

/** What a person chooses before a run, and what the studio says it will take. */
export class NewRunState {
  error = $state.raw<unknown>(undefined);
  starting = $state(false);

  /** What is chosen stays so where another window deletes it: it may be had back. */
  datasetId = $state('');
  baseModelId = $state('');
  preset = $state<Preset>('balanced');
  /** What the person changed under Advanced; everything else comes from the preset. */
  changed = $state.raw<Partial<TrainOptions>>({});
  /** What is trained in the same go besides. */
  also = $state.raw<Required<Also>>(nothingElse);
  estimates = $state.raw<Readonly<Partial<Record<Preset, Estimate>>>>({});
  /** What each preset sets; it stays where something that was changed by hand leaves no estimate. */
  #settings = $state.raw<Readonly<Partial<Record<Preset, TrainOptions>>>>({});
  estimating = $state(false);
  estimateError = $state.raw<unknown>(undefined);
  /** True while this machine's speed is being measured. */
  probing = $state(false);
  evaluateAfter = $state(true);
  readonly wrongs = new WrongInputs();

  #typedName = $state<string | undefined>(undefined);
  readonly #offer = new Loaded(readOffer);
  readonly #nameFor: (dataset: Dataset) => string;
  readonly #leaving = new AbortController();
  #question = new AbortController();
  #hasChosen = false;

  /** `nameFor` proposes an adapter's name for a dataset, in the person's language. */
  constructor(nameFor: (dataset: Dataset) => string, wish: NewRunWish) {
    this.#nameFor = nameFor;
    void this.load(wish);
    const changed = (): void => void this.load(wish);
    void followChanges(['dataset', 'base-model', 'adapter', 'run'], changed, this.#leaving.signal);
  }

  get loading(): boolean {
    return this.#offer.loading;
  }

  get datasets(): readonly Dataset[] {
    return this.#offer.value?.datasets ?? [];
  }

  get baseModels(): readonly BaseModel[] {
    return this.#offer.value?.baseModels ?? [];
  }

  get adapters(): readonly Adapter[] {
    return this.#offer.value?.adapters ?? [];
  }

  get saved(): readonly TrainingSettings[] {
    return this.#offer.value?.saved ?? [];
  }

  get totalMemoryBytes(): number | undefined {
    return this.#offer.value?.status.totalMemoryBytes;
  }

  /** Of adapters, and of runs that will make one. */
  get takenNames(): readonly string[] {
    const active = (this.#offer.value?.runs ?? []).filter(({ state }) => state === 'running' || state === 'queued');
    return [...this.adapters, ...active].map(({ name }) => name);
  }

  get dataset(): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === this.datasetId);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  /** What was chosen and has been deleted: nothing can be told or started without it. */
  get lacks(): 'dataset' | 'baseModel' | 'adapter' | undefined {
    if (this.dataset === undefined) return 'dataset';
    if (this.baseModel === undefined) return 'baseModel';
    const { initAdapterId = null } = this.changed;
    return initAdapterId === null || this.adapters.some(({ id }) => id === initAdapterId) ? undefined : 'adapter';
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

  get options(): TrainOptions | undefined {
    return this.#settings[this.preset];
  }

  /** Adapters that a run on this base can go on from. */
  get startingPoints(): readonly Adapter[] {
    return this.adapters.filter((adapter) => adapter.baseModelId === this.baseModelId);
  }

  /** Reads what there is, again whenever that has changed; what was chosen the first time stays chosen. */
  async load(wish: NewRunWish): Promise<void> {
    // The run that is being started here takes its name: that is no news.
    if (this.starting) return;
    const subject = () => `${this.lacks} ${this.dataset?.version}`;
    const before = subject();
    await this.#offer.load();
    if (!this.#hasChosen) {
      this.error = this.#offer.error;
      this.#hasChosen = this.datasets.length > 0;
      if (this.#hasChosen) this.#choose(wish);
    }
    if (subject() !== before) void this.estimateAll();
  }

  #choose(wish: NewRunWish): void {
    const { datasets } = this;
    const original = this.#offer.value?.runs.find((run) => run.id === wish.run);
    const start = this.adapters.find((adapter) => adapter.id === wish.adapter);
    // Where the one that was asked for is gone, none takes its place unasked.
    this.datasetId = wish.dataset ?? original?.datasetId ?? start?.datasetId ?? newest(datasets)?.id ?? '';
    const wantedBase = wish.baseModel ?? original?.baseModelId ?? start?.baseModelId;
    this.baseModelId = wantedBase ?? this.#usualBase()?.id ?? '';
    if (original !== undefined) this.changed = original.options;
    if (wish.adapter !== undefined) this.changed = { ...this.changed, initAdapterId: wish.adapter };
  }

  /** The one that was trained with last, where it is still there; one that was added since then goes before it. */
  #usualBase(): BaseModel | undefined {
    const last = newest(this.#offer.value?.runs ?? []);
    const added = newest(this.baseModels.filter(({ builtIn }) => !builtIn));
    if (added !== undefined && (last === undefined || added.createdAt > last.createdAt)) return added;
    return this.baseModels.find(({ id }) => id === last?.baseModelId) ?? this.baseModels[0];
  }

  chooseDataset(id: string): void {
    this.datasetId = id;
    this.#estimateAnew();
  }

  chooseBaseModel(id: string): void {
    this.baseModelId = id;
    this.#estimateAnew();
  }

  change<K extends keyof TrainOptions>(option: K, value: TrainOptions[K]): void {
    this.changed = { ...this.changed, [option]: value };
    void this.estimateAll();
  }

  /** The adapter whose weights the run begins with. */
  get startsFrom(): Adapter | undefined {
    return this.startingPoints.find(({ id }) => id === this.changed.initAdapterId);
  }

  /** Begins with the weights of an adapter, and so with its shape, or with fresh ones. */
  startFrom(initAdapterId: string | null): void {
    const { initAdapterId: _before, ...others } = this.changed;
    this.changed = initAdapterId === null ? others : { ...withoutShape(others), initAdapterId };
    if (initAdapterId !== null) this.also = { ...this.also, ranks: [] };
    void this.estimateAll();
  }

  /** Trains further adapters in the same go, one for each way of putting the values together. */
  trainAlso(also: Partial<Also>): void {
    this.also = { ...this.also, ...also };
    void this.estimateAll();
  }

  /** How many adapters come of it. */
  get count(): number {
    const ways = [
      this.valuesOf('rank', 'ranks'),
      this.valuesOf('seed', 'seeds'),
      this.valuesOf('learningRate', 'learningRates'),
    ];
    return ways.reduce((product, values) => product * values.length, 1);
  }

  /** Of an option: what the first adapter has, and the further ones, none of them twice. */
  valuesOf(option: 'rank' | 'seed' | 'learningRate', also: keyof Also): readonly (number | undefined)[] {
    return [...new Set([this.changed[option] ?? this.options?.[option], ...this.also[also]])];
  }

  /**
   * Takes over settings from a file, a recipe or saved ones, in place of what was changed by hand. They say how to train and
   * not where to begin: what goes on from an adapter still does, with its shape.
   */
  use(options: Partial<TrainOptions>, preset?: Preset | null): void {
    if (preset) this.preset = preset;
    const { initAdapterId = null } = this.changed;
    this.changed = initAdapterId === null ? options : { ...withoutShape(options), initAdapterId };
    this.wrongs.forget();
    void this.estimateAll();
  }

  async save(name: string): Promise<void> {
    try {
      const { initAdapterId: _adapter, ...options } = this.changed;
      await client.runs.settings.save({ name, preset: this.preset, options });
      await this.#offer.load();
    } catch (error) {
      this.error = error;
    }
  }

  async forget(settings: TrainingSettings): Promise<void> {
    try {
      await client.runs.settings.delete({ id: settings.id });
      await this.#offer.load();
    } catch (error) {
      this.error = error;
    }
  }

  forgetChanges(): void {
    this.use({});
  }

  /** How many settings differ from the preset by hand; where it begins is none. */
  get changes(): number {
    return Object.keys(this.changed).filter((name) => name !== 'initAdapterId').length;
  }

  /** Asks for all three presets at once, as the cards compare them. A newer question makes an older one moot. */
  async estimateAll(): Promise<void> {
    this.#question.abort();
    const question = new AbortController();
    this.#question = question;
    // What was wrong with the settings before says nothing of these.
    this.estimateError = undefined;
    this.estimating = this.lacks === undefined;
    if (!this.estimating) {
      this.estimates = {};
      return;
    }
    const { datasetId, baseModelId, changed: options, also } = this;
    try {
      const answers = await Promise.all(
        presets.map((preset) =>
          client.runs.estimate({ datasetId, baseModelId, preset, options, also }, { signal: question.signal }),
        ),
      );
      if (question.signal.aborted) return;
      this.estimates = Object.fromEntries(presets.map((preset, index) => [preset, answers[index]]));
      this.#settings = Object.fromEntries(presets.map((preset, index) => [preset, answers[index]?.options]));
      void this.#probe(question.signal);
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
        also: this.also,
        evaluateAfter: this.evaluateAfter && (this.dataset?.splits.test ?? 0) > 0,
      });
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.error = error;
      // What has started stays so until the page has changed: a second press would start another.
      this.starting = false;
      return undefined;
    }
  }

  leave(): void {
    this.#leaving.abort();
    this.#question.abort();
  }

  /** What was told of other rows or of another base says nothing of these. */
  #estimateAnew(): void {
    this.estimates = {};
    void this.estimateAll();
  }

  /** Where the speed of this machine is only guessed, it is measured for a moment, and the cards told anew. */
  async #probe(signal: AbortSignal): Promise<void> {
    if (this.estimate?.time.basis !== 'guess' || !this.estimate.fits || this.probing) return;
    this.probing = true;
    try {
      const { datasetId, baseModelId, preset, changed: options } = this;
      const { measured } = await client.runs.probe(
        { datasetId, baseModelId, preset, options },
        { signal: this.#leaving.signal },
      );
      if (measured && !signal.aborted) void this.estimateAll();
    } catch {
      // The guess stands; whatever is wrong with the run itself is said when it is started.
    } finally {
      this.probing = false;
    }
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

async function readOffer() {
  const [datasets, baseModels, adapters, runs, saved, status] = await Promise.all([
    client.datasets.list(),
    client.baseModels.list(),
    client.adapters.list(),
    client.runs.list(),
    client.runs.settings.list(),
    client.studio.status(),
  ]);
  return { datasets, baseModels, adapters, runs, saved, status };
}

const nothingElse = { ranks: [], seeds: [], learningRates: [] } as const satisfies Record<keyof Also, never[]>;

function withoutShape(options: Partial<TrainOptions>): Partial<TrainOptions> {
  const { rank: _rank, alpha: _alpha, targets: _targets, ...others } = options;
  return others;
}

function newest<T extends { readonly createdAt: number }>(all: readonly T[]): T | undefined {
  return all.toSorted((a, b) => b.createdAt - a.createdAt)[0];
}
