import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { LabCard, LabEvent, LabExperiment, LabKind, LabOptions, MatrixShapes } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { followChanges } from '../ui/changes.ts';

type Progress = Extract<LabEvent, { kind: 'progress' }>;

/** What the lab is about: the cards show the results on this base and dataset. */
export interface LabChoice {
  readonly modelId: string;
  readonly datasetId: string;
  /** The person's deviations from the proposed options, by experiment. */
  readonly changes: Readonly<Partial<Record<LabKind, Partial<LabOptions>>>>;
}

/** What the lab shows: a base model, a dataset, and a card for each experiment. */
export class LabState {
  models = $state.raw<readonly BaseModel[] | undefined>(undefined);
  datasets = $state.raw<readonly Dataset[]>([]);
  adapters = $state.raw<readonly Adapter[]>([]);
  cards = $state.raw<readonly LabCard[]>([]);
  /** Of the base model's matrices; undefined until known. */
  shapes = $state.raw<MatrixShapes | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  modelId = $state('');
  datasetId = $state('');
  changes = $state.raw<LabChoice['changes']>({});
  /** True while all new ones are being queued. */
  starting = $state(false);
  /** Progress of the experiment in progress; its cards are refetched only when a part has ended. */
  progress = $state.raw<{ readonly id: string; readonly told: Progress } | undefined>(undefined);
  #asked = 0;
  #watched: string | undefined;
  #leaving: AbortSignal | undefined;
  #isChosen = $state(false);
  readonly #left: LabChoice | undefined;

  /** `left` is the choice of an earlier visit. */
  constructor(left?: LabChoice) {
    this.#left = left;
  }

  /** Undefined as long as nothing was chosen or started, so that what is newest is proposed the next time. */
  get choice(): LabChoice | undefined {
    const { modelId, datasetId, changes } = this;
    return this.#isChosen ? { modelId, datasetId, changes } : undefined;
  }

  follow(signal: AbortSignal): void {
    this.#leaving = signal;
    followChanges(['base-model', 'dataset', 'adapter'], () => void this.load(), signal);
    // Beside other work, the expected times are longer.
    followChanges(['lab', 'run', 'evaluation'], () => void this.loadCards(), signal);
  }

  /** Undefined if the chosen one has been deleted: no other takes its place unasked. */
  get model(): BaseModel | undefined {
    return this.models?.find(({ id }) => id === this.modelId);
  }

  /** As for `model`. */
  get dataset(): Dataset | undefined {
    return this.datasets.find(({ id }) => id === this.datasetId);
  }

  /** Experiments that can be run now and have not been. */
  get fresh(): readonly LabCard[] {
    return this.cards.filter((card) => card.latest === null && !this.lacksDataset(card));
  }

  get secondsOfFresh(): number | null {
    const times = this.fresh.map(({ seconds }) => seconds);
    return times.includes(null) ? null : times.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
  }

  /** True if an experiment trains and there is nothing to train on. */
  lacksDataset(card: LabCard): boolean {
    const looksAtAdapter = (this.changes[card.kind]?.adapterId ?? null) !== null;
    return card.needsDataset && !looksAtAdapter && this.dataset === undefined;
  }

  async load(): Promise<void> {
    try {
      const [models, datasets, adapters] = await Promise.all([
        client.baseModels.list(),
        client.datasets.list(),
        client.adapters.list(),
      ]);
      this.models = models;
      // Newest first: it is what a person has just imported.
      this.datasets = datasets.toSorted((a, b) => b.createdAt - a.createdAt);
      this.adapters = adapters;
      if (this.modelId === '') this.#takeUp();
      // What was proposed stays, whatever another window adds.
      this.modelId ||= models[0]?.id ?? '';
      if (datasets.length === 0) this.datasetId = '';
      this.datasetId ||= this.datasets[0]?.id ?? '';
      await Promise.all([this.#loadShapes(), this.loadCards()]);
    } catch (error) {
      this.error = error;
    }
  }

  /** Unless its base or dataset is gone. */
  #takeUp(): void {
    const { models, datasets } = this;
    const left = this.#left;
    if (left === undefined || !models?.some(({ id }) => id === left.modelId)) return;
    if (left.datasetId !== '' && !datasets.some(({ id }) => id === left.datasetId)) return;
    Object.assign(this, left);
    this.#isChosen = true;
  }

  async loadCards(): Promise<void> {
    const { model } = this;
    const asked = ++this.#asked;
    if (model === undefined) {
      this.cards = [];
      return;
    }
    try {
      const cards = await client.lab.cards({
        baseModelId: model.id,
        datasetId: this.dataset?.id ?? null,
        language: locale.current,
        changes: this.changes,
      });
      if (asked === this.#asked) {
        this.cards = cards;
        this.error = undefined;
        void this.#watch();
      }
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }

  /** Follows the experiment in progress; a lost connection only stops the bar. */
  async #watch(): Promise<void> {
    const id = this.cards.find(({ latest }) => latest?.state === 'running')?.latest?.id;
    if (id === undefined || id === this.#watched || this.#leaving?.aborted) return;
    this.#watched = id;
    try {
      for await (const told of await client.lab.watch({ id }, { signal: this.#leaving })) {
        if (told.kind === 'progress' && this.#watched === id) this.progress = { id, told };
      }
    } catch {
      // The cards show its state.
    }
    if (this.#watched === id) this.#watched = undefined;
  }

  async choose(chosen: { model?: string; dataset?: string }): Promise<void> {
    this.#isChosen = true;
    if (chosen.model !== undefined) this.modelId = chosen.model;
    if (chosen.dataset !== undefined) this.datasetId = chosen.dataset;
    this.changes = {};
    this.cards = [];
    if (chosen.model !== undefined) {
      // Those of another base would give wrong counts.
      this.shapes = undefined;
      void this.#loadShapes();
    }
    await this.loadCards();
  }

  /** Another base may be chosen during the request: a result is kept only for the base it was requested for. */
  async #loadShapes(): Promise<void> {
    const { model } = this;
    if (model === undefined) return;
    try {
      const shapes = await client.lab.shapes({ baseModelId: model.id });
      if (model.id === this.model?.id) this.shapes = shapes;
    } catch (error) {
      this.error = error;
    }
  }

  change(kind: LabKind, options: Partial<LabOptions>): void {
    this.#isChosen = true;
    this.changes = { ...this.changes, [kind]: options };
    // Its expected time has changed.
    void this.loadCards();
  }

  /** Starts each experiment that can be run and has not been, only once however often it is called. */
  async startFresh(): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    try {
      // Another base or dataset may be chosen while they are queued.
      const about = this.#chosen;
      for (const card of this.fresh) await this.start(card, about);
    } finally {
      this.starting = false;
    }
  }

  get #chosen() {
    const { model, dataset, changes } = this;
    return { model, dataset, changes };
  }

  async start(card: LabCard, { model, dataset, changes } = this.#chosen): Promise<LabExperiment> {
    this.#isChosen = true;
    const started = await client.lab.start({
      kind: card.kind,
      baseModelId: model?.id ?? '',
      ...(dataset === undefined ? {} : { datasetId: dataset.id }),
      options: changes[card.kind] ?? {},
    });
    await this.loadCards();
    return started;
  }
}
