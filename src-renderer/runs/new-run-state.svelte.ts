import { isActive } from '../../src-contract/active-job.ts';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { freeName } from '../../src-contract/name.ts';
import type { Also, Estimate, Preset, Run, TrainingSettings, TrainOptions } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { DatasetCheck } from './dataset-check.svelte.ts';
import { WrongInputs } from './wrong-inputs.svelte.ts';

export const presets: readonly Preset[] = ['quick', 'balanced', 'thorough'];

/** What the link to this page has already chosen; `run` is one whose settings are reused. */
export interface NewRunWish {
  readonly dataset?: string | undefined;
  readonly baseModel?: string | undefined;
  readonly run?: string | undefined;
  /** The adapter to continue from, on its own base. */
  readonly adapter?: string | undefined;
  readonly epochs?: string | undefined;
}

/** Choices that differ from the proposed ones; `name` if one was typed. */
export interface NewRunDraft {
  readonly datasetId: string;
  readonly baseModelId: string;
  readonly preset: Preset;
  readonly changed: Partial<TrainOptions>;
  readonly also: Required<Also>;
  readonly evaluateAfter: boolean;
  readonly name: string | undefined;
}

/** A person's choices before a run, and the studio's estimates for it. */
export class NewRunState {
  error = $state.raw<unknown>(undefined);
  starting = $state(false);

  /** A choice is kept if another window deletes it: the deletion may be undone. */
  datasetId = $state('');
  baseModelId = $state('');
  preset = $state<Preset>('balanced');
  /** What the person changed under Advanced; everything else comes from the preset. */
  changed = $state.raw<Partial<TrainOptions>>({});
  /** The further adapters trained in the same run. */
  also = $state.raw<Required<Also>>(nothingElse);
  estimates = $state.raw<Readonly<Partial<Record<Preset, Estimate>>>>({});
  /** Each preset's settings; kept while a changed option makes an estimate impossible. */
  #settings = $state.raw<Readonly<Partial<Record<Preset, TrainOptions>>>>({});
  /** The base whose settings have arrived, or could not be told. */
  #answeredFor = $state('');
  estimating = $state(false);
  estimateError = $state.raw<unknown>(undefined);
  /** True while this machine's speed is being measured. */
  probing = $state(false);
  evaluateAfter = $state(true);
  readonly wrongs = new WrongInputs();
  readonly check = new DatasetCheck();

  #typedName = $state<string | undefined>(undefined);
  #heldName = $state<string | undefined>(undefined);
  readonly #offer = new Loaded(readOffer);
  readonly #nameFor: (dataset: Dataset) => string;
  readonly #leaving = new AbortController();
  #question = new AbortController();
  #hasChosen = $state(false);
  /** The choices as proposed. */
  #proposed = '';
  /** The settings that came with the link, such as those of an earlier run, as JSON. */
  #reused = '{}';
  #original = $state.raw<Run | undefined>();
  readonly #left: NewRunDraft | undefined;

  /**
   * `nameFor` proposes an adapter's name for a dataset, in the person's language; `left` is the draft of an earlier
   * visit.
   */
  constructor(nameFor: (dataset: Dataset) => string, wish: NewRunWish, left?: NewRunDraft) {
    this.#nameFor = nameFor;
    this.#left = left;
    const { signal } = this.#leaving;
    followChanges(['dataset', 'base-model', 'adapter', 'run'], () => void this.load(wish), signal);
    // Beside other work no speed is measured.
    followChanges(['run', 'evaluation', 'lab'], () => void this.#probe(), signal);
  }

  /** Also until something is chosen from what has arrived: nothing is missing by then. */
  get loading(): boolean {
    return this.#offer.loading || (this.datasets.length > 0 && !this.#hasChosen);
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

  /** Names of adapters, and of runs that will make one. */
  get takenNames(): readonly string[] {
    const active = (this.#offer.value?.runs ?? []).filter(isActive);
    return [...this.adapters, ...active].map(({ name }) => name);
  }

  /** Undefined as long as nothing was chosen by hand, so that what is newest is proposed the next time. */
  get draft(): NewRunDraft | undefined {
    return this.#hasChosen && JSON.stringify(this.#choices) !== this.#proposed ? this.#choices : undefined;
  }

  get #choices(): NewRunDraft {
    const { datasetId, baseModelId, preset, changed, also, evaluateAfter } = this;
    return { datasetId, baseModelId, preset, changed, also, evaluateAfter, name: this.#typedName };
  }

  get dataset(): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === this.datasetId);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  /**
   * Which choice has been deleted, or that the adapter to continue from was made for another base: nothing can be
   * estimated or started until that has changed.
   */
  get lacks(): 'dataset' | 'baseModel' | 'adapter' | 'adapterHere' | undefined {
    if (this.dataset === undefined) return 'dataset';
    if (this.baseModel === undefined) return 'baseModel';
    const { initAdapterId = null } = this.changed;
    if (initAdapterId === null || this.startsFrom !== undefined) return undefined;
    return this.adapters.some(({ id }) => id === initAdapterId) ? 'adapterHere' : 'adapter';
  }

  /** As for `lacks`, if it is about the adapter to continue from. */
  get lacksStart(): 'adapter' | 'adapterHere' | undefined {
    const { lacks } = this;
    return lacks === 'adapter' || lacks === 'adapterHere' ? lacks : undefined;
  }

  get name(): string {
    return this.#typedName ?? this.#heldName ?? this.#proposedName();
  }

  set name(name: string) {
    this.#typedName = name;
  }

  /** While somebody is in its field, no other name is proposed: it would mix with what is being typed. */
  holdName(isHeld: boolean): void {
    this.#heldName = isHeld ? this.name : undefined;
  }

  get nameTaken(): boolean {
    return this.takenNames.includes(this.name.trim());
  }

  get estimate(): Estimate | undefined {
    return this.estimates[this.preset];
  }

  /** No row has room for its target: there would be nothing to learn from. */
  get nothingFits(): boolean {
    const { of, leftOut } = this.estimate?.data ?? { of: 0, leftOut: 0 };
    return of === 0 && leftOut > 0;
  }

  get options(): TrainOptions | undefined {
    return this.#settings[this.preset];
  }

  /** The presets' settings have arrived once, or could not be told. */
  get isAnswered(): boolean {
    return this.#answeredFor !== '';
  }

  /** Whether the options are still those for the base chosen before. */
  get showsOtherBase(): boolean {
    return this.estimating && this.#answeredFor !== this.baseModelId;
  }

  /** Adapters that a run on this base can continue from. */
  get startingPoints(): readonly Adapter[] {
    return this.adapters.filter((adapter) => adapter.baseModelId === this.baseModelId);
  }

  /** Loads the lists, and again whenever they have changed; the first time's choices are kept. */
  async load(wish: NewRunWish): Promise<void> {
    // A run being started here takes its own name: that is not a conflict.
    if (this.starting) return;
    const subject = () => `${this.lacks} ${this.dataset?.version}`;
    const before = subject();
    const reused = this.#hasChosen || wish.run === undefined ? undefined : client.runs.get({ id: wish.run });
    const [original] = await Promise.all([reused?.catch(() => undefined), this.#offer.load()]);
    if (!this.#hasChosen) {
      this.error = this.#offer.error;
      this.#hasChosen = this.datasets.length > 0;
      if (this.#hasChosen) this.#choose(wish, original);
    }
    if (subject() !== before) void this.estimateAll();
  }

  /** `original` is the run whose settings are reused, unless it is gone. */
  #choose(wish: NewRunWish, original: Run | undefined): void {
    const { datasets } = this;
    const start = this.adapters.find((adapter) => adapter.id === wish.adapter);
    // If the requested one is gone, no other replaces it unasked.
    this.datasetId = wish.dataset ?? original?.datasetId ?? start?.datasetId ?? newest(datasets)?.id ?? '';
    const wantedBase = wish.baseModel ?? original?.baseModelId ?? start?.baseModelId;
    this.baseModelId = wantedBase ?? this.#usualBase()?.id ?? '';
    this.#original = original;
    if (original !== undefined) this.changed = original.options;
    if (Number(wish.epochs) > 0) this.changed = { ...this.changed, epochs: Number(wish.epochs) };
    if (wish.adapter !== undefined) this.changed = { ...this.changed, initAdapterId: wish.adapter };
    this.#proposed = JSON.stringify(this.#choices);
    this.#reused = JSON.stringify(this.changed);
    if (this.#left !== undefined) this.#takeUp(this.#left);
  }

  /** Unless its dataset or base is gone. */
  #takeUp({ name, ...choices }: NewRunDraft): void {
    const isThere = (all: readonly { id: string }[], wanted: string) => all.some(({ id }) => id === wanted);
    if (!isThere(this.datasets, choices.datasetId) || !isThere(this.baseModels, choices.baseModelId)) return;
    Object.assign(this, choices);
    this.#typedName = name;
  }

  /** The base last trained with, if it still exists; one added since then takes precedence. */
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

  /** Settings that came with the link give way to those of a preset that is chosen by hand; manual changes are kept. */
  choosePreset(preset: Preset): void {
    this.preset = preset;
    if (this.#isReused) this.forgetChanges();
  }

  get #isReused(): boolean {
    const isSet = this.reusedFrom !== undefined || this.changes > 0;
    return isSet && JSON.stringify(this.changed) === this.#reused;
  }

  change<K extends keyof TrainOptions>(option: K, value: TrainOptions[K]): void {
    this.changed = { ...this.changed, [option]: value };
    void this.estimateAll();
  }

  /** The adapter whose weights the run starts from. */
  get startsFrom(): Adapter | undefined {
    return this.startingPoints.find(({ id }) => id === this.changed.initAdapterId);
  }

  /** Starts from an adapter's weights, and so with its shape, or from fresh ones. */
  startFrom(initAdapterId: string | null): void {
    const { initAdapterId: _before, ...others } = this.changed;
    this.changed = initAdapterId === null ? others : { ...withoutShape(others), initAdapterId };
    if (initAdapterId !== null) {
      this.also = { ...this.also, ranks: [] };
      // The fields of its shape go: an invalid one could no longer be corrected.
      this.wrongs.forget();
    }
    void this.estimateAll();
  }

  /** Trains further adapters in the same run, one per combination of the values. */
  trainAlso(also: Partial<Also>): void {
    this.also = { ...this.also, ...also };
    void this.estimateAll();
  }

  /** The number of adapters it makes. */
  get count(): number {
    const ways = [
      this.valuesOf('rank', 'ranks'),
      this.valuesOf('seed', 'seeds'),
      this.valuesOf('learningRate', 'learningRates'),
    ];
    return ways.reduce((product, values) => product * values.length, 1);
  }

  /** An option's values: the first adapter's, then the further ones, without duplicates. */
  valuesOf(option: 'rank' | 'seed' | 'learningRate', also: keyof Also): readonly (number | undefined)[] {
    return [...new Set([this.changed[option] ?? this.options?.[option], ...this.also[also]])];
  }

  /**
   * Applies settings from a file, a recipe or a saved set, in place of manual changes. They say how to train, not where
   * to start: a run that continues from an adapter still does, with its shape.
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

  /** The run whose settings are used; undefined once they were given up for those of a preset or of a file. */
  get reusedFrom(): string | undefined {
    if (this.#original === undefined) return undefined;
    const { initAdapterId: _adapter, ...options } = withoutShape(this.#original.options);
    return Object.keys(options).every((option) => option in this.changed) ? this.#original.name : undefined;
  }

  /** How many settings were changed by hand, from the preset or the earlier run, not counting the starting point. */
  get changes(): number {
    const before: Partial<TrainOptions> = this.reusedFrom === undefined ? {} : (this.#original?.options ?? {});
    const names = Object.keys(this.changed) as (keyof TrainOptions)[];
    const isChanged = (name: keyof TrainOptions) =>
      !(name in before) || JSON.stringify(this.changed[name]) !== JSON.stringify(before[name]);
    return names.filter((name) => name !== 'initAdapterId' && isChanged(name)).length;
  }

  /** Requests all three presets at once, since the cards compare them. A newer request supersedes an older one. */
  async estimateAll(): Promise<void> {
    this.#question.abort();
    const question = new AbortController();
    this.#question = question;
    // The errors of earlier settings do not apply to these.
    this.estimateError = undefined;
    this.estimating = this.lacks === undefined;
    void this.check.look(this.dataset);
    if (!this.estimating) {
      this.estimates = {};
      return;
    }
    const { datasetId, baseModelId, changed, also } = this;
    const { initAdapterId } = changed;
    /** Of the cards that are not chosen: what they would cost if they were. */
    const others = !this.#isReused ? changed : initAdapterId === undefined ? {} : { initAdapterId };
    try {
      const answers = await Promise.all(
        presets.map((preset) => {
          const options = preset === this.preset ? changed : others;
          return client.runs.estimate({ datasetId, baseModelId, preset, options, also }, { signal: question.signal });
        }),
      );
      if (question.signal.aborted) return;
      this.estimates = Object.fromEntries(presets.map((preset, index) => [preset, answers[index]]));
      this.#settings = Object.fromEntries(presets.map((preset, index) => [preset, answers[index]?.options]));
      void this.#probe();
    } catch (error) {
      if (question.signal.aborted) return;
      this.estimates = {};
      this.estimateError = error;
    } finally {
      if (!question.signal.aborted) {
        this.estimating = false;
        this.#answeredFor = baseModelId;
      }
    }
  }

  /** Returns the started run, or undefined if it could not be started; `error` then says why. */
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
      // Only on failure: after a success it stays true until the page has changed, as a second press would start
      // another run.
      this.starting = false;
      return undefined;
    }
  }

  leave(): void {
    this.#leaving.abort();
    this.check.stop();
    this.#question.abort();
  }

  /** Estimates for other rows or another base do not apply to these. */
  #estimateAnew(): void {
    this.estimates = {};
    void this.estimateAll();
  }

  /** If this machine's speed is only a guess, measures it briefly and updates the cards. */
  async #probe(): Promise<void> {
    if (this.estimate?.time.basis !== 'guess' || !this.estimate.fits || this.probing) return;
    this.probing = true;
    const { signal } = this.#leaving;
    try {
      const { datasetId, baseModelId, preset, changed: options } = this;
      const { measured } = await client.runs.probe({ datasetId, baseModelId, preset, options }, { signal });
      // Also what was changed meanwhile is estimated by it.
      if (measured && !signal.aborted) void this.estimateAll();
    } catch {
      // The guess remains; whatever is wrong with the run itself is reported when it is started.
    } finally {
      this.probing = false;
    }
  }

  #proposedName(): string {
    const { takenNames, dataset } = this;
    return dataset === undefined ? '' : freeName(this.#nameFor(dataset), (name) => takenNames.includes(name));
  }
}

async function readOffer() {
  const [datasets, baseModels, adapters, runs, saved, status] = await Promise.all([
    client.datasets.list(),
    client.baseModels.list(),
    client.adapters.list(),
    client.runs.listed(),
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
