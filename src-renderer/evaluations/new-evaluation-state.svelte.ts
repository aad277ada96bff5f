import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Split } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { leavesMeasureOpen, type TextMeasure, type UsualMeasure } from '../../src-contract/text-measure.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import type { EvaluationConditions } from './evaluation-conditions.ts';

/** More rows tell more and take longer; a hundred settle most questions. */
const usualLimit = 100;
const mostAdapters = 8;

/** What the link to this page has already chosen. */
interface Wish {
  readonly adapter?: string | undefined;
  readonly dataset?: string | undefined;
  /** The conditions of an earlier evaluation, all of them. */
  readonly again?: EvaluationConditions | undefined;
}

/** A person's choices before an evaluation: rows, and the adapters to compare with the base. */
export class NewEvaluationState {
  error = $state.raw<unknown>(undefined);
  starting = $state(false);

  /** A choice is kept if another window deletes it: the deletion may be undone. */
  datasetId = $state('');
  baseModelId = $state('');
  split = $state<Split>('test');
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  limit = $state<number | undefined>(usualLimit);
  /** Whether queries that cannot be run are replaced; asked where there is a database. */
  retriesQueries = $state(false);
  /** How answers are compared, if a person has chosen that. */
  chosenMeasure = $state<TextMeasure | undefined>(undefined);
  /** Whether all answers keep the form of the targets. */
  keepsForm = $state(true);

  readonly #offer = new Loaded(readOffer);
  readonly #usual = new Loaded(async () => {
    const { datasetId } = this;
    const [usual, form] = await Promise.all([
      client.evaluations.measure({ datasetId }),
      client.datasets.targetForm({ id: datasetId }),
    ]);
    return { datasetId, form, ...usual };
  });
  /** All that were ever offered here, so that a deleted one can be named. */
  readonly #known = new Map<string, Adapter>();
  readonly #leaving = new AbortController();
  #hasChosen = false;

  constructor(wish: Wish) {
    followChanges(['dataset', 'base-model', 'adapter'], () => void this.load(wish), this.#leaving.signal);
  }

  get loading(): boolean {
    return this.#offer.loading;
  }

  get datasets(): readonly Dataset[] {
    return this.#offer.value?.datasets ?? [];
  }

  get allAdapters(): readonly Adapter[] {
    return this.#offer.value?.adapters ?? [];
  }

  get baseModels(): readonly BaseModel[] {
    return this.#offer.value?.baseModels ?? [];
  }

  /** Whether there is anything to measure, and rows to measure it on. */
  get isPossible(): boolean {
    return this.datasets.length > 0 && this.allAdapters.length > 0;
  }

  get dataset(): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === this.datasetId);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  /** Which choice has been deleted: nothing can be started without it. */
  get lacks(): 'dataset' | 'baseModel' | undefined {
    if (this.dataset === undefined) return 'dataset';
    return this.baseModel === undefined ? 'baseModel' : undefined;
  }

  /** Adapters of this base; those for the dataset's task first. */
  get adapters(): readonly Adapter[] {
    const task = this.dataset?.task;
    return this.allAdapters
      .filter((adapter) => adapter.baseModelId === this.baseModelId)
      .toSorted((a, b) => Number(b.task === task) - Number(a.task === task) || b.createdAt - a.createdAt);
  }

  /** Rows to be asked of each model. */
  get rows(): number {
    const there = this.dataset?.splits[this.split] ?? 0;
    return this.limit === undefined ? there : Math.min(there, this.limit);
  }

  /** What the targets are, and what follows from that, where the task leaves it open; undefined until it is known. */
  get usual(): (UsualMeasure & { readonly form: AnswerForm | null }) | undefined {
    return this.#usual.value?.datasetId === this.datasetId ? this.#usual.value : undefined;
  }

  /** Whether there is a database that queries can be run on. */
  get canRetry(): boolean {
    return this.dataset?.task === 'nl2sql' && this.dataset.hasDatabase;
  }

  /** How answers are compared, where the task leaves it open. */
  get measure(): TextMeasure | undefined {
    return this.usual && (this.chosenMeasure ?? this.usual.measure);
  }

  /** The expected time, at the pace of the last evaluation on this dataset and base; undefined if there was none. */
  get seconds(): number | undefined {
    const last = this.#offer.value?.evaluations.find(
      ({ state, datasetId, baseModelId }) =>
        state === 'finished' && datasetId === this.datasetId && baseModelId === this.baseModelId,
    );
    const results = last?.results ?? [];
    const asked = results.reduce((sum, { n }) => sum + n, 0);
    const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
    return asked === 0 ? undefined : (seconds / asked) * this.rows * (this.compared.length + 1);
  }

  /** The chosen adapters that will be measured. */
  get compared(): readonly Adapter[] {
    return this.adapters.filter(({ id }) => this.chosen.has(id));
  }

  /** The chosen adapters that have been deleted. */
  get gone(): readonly Adapter[] {
    const there = new Set(this.allAdapters.map(({ id }) => id));
    return [...this.#known.values()].filter(({ id }) => this.chosen.has(id) && !there.has(id));
  }

  /** How many of an earlier evaluation had been deleted before this page was opened, so that nothing names them. */
  get forgotten(): number {
    const there = new Set(this.allAdapters.map(({ id }) => id));
    return [...this.chosen].filter((id) => !there.has(id) && !this.#known.has(id)).length;
  }

  get tooMany(): boolean {
    return this.compared.length > mostAdapters;
  }

  /** Loads the lists, and again whenever they have changed; the first time's choices are kept. */
  async load(wish: Wish): Promise<void> {
    await this.#offer.load();
    for (const adapter of this.allAdapters) this.#known.set(adapter.id, adapter);
    if (this.#hasChosen) return;
    this.error = this.#offer.error;
    this.#hasChosen = this.isPossible;
    if (!this.isPossible) return;
    this.#choose(wish);
    if (wish.again) this.#chooseAgain(wish.again);
  }

  /** Whatever is gone stays chosen: nothing else is measured in its place without a person having said so. */
  #chooseAgain(again: EvaluationConditions): void {
    this.baseModelId = again.baseModelId;
    this.chooseDataset(again.datasetId);
    this.chosen = new Set(again.adapterIds);
    this.split = again.split;
    if (again.rows !== undefined) this.limit = again.rows === 'all' ? undefined : again.rows;
    if (leavesMeasureOpen(this.dataset?.task)) this.chosenMeasure = again.measure;
    this.keepsForm = again.keepsForm;
    this.retriesQueries = again.retriesQueries;
  }

  #choose(wish: Wish): void {
    const { datasets, allAdapters: adapters, baseModels } = this;
    const newest = adapters.toSorted((a, b) => b.createdAt - a.createdAt)[0];
    const wished = adapters.find((known) => known.id === wish.adapter);
    const adapter = wished ?? newest;
    this.baseModelId = adapter?.baseModelId ?? (baseModels.find((model) => model.builtIn) ?? baseModels[0])?.id ?? '';
    const ofTask = datasets.find(({ task }) => task === adapter?.task)?.id;
    const likely = [wish.dataset, adapter?.datasetId, ofTask].find((id) => datasets.some((each) => each.id === id));
    this.chooseDataset(likely ?? datasets[0]?.id ?? '');
    if (wished !== undefined) this.chosen = new Set([wished.id]);
  }

  chooseDataset(id: string): void {
    this.datasetId = id;
    this.chosenMeasure = undefined;
    const { dataset } = this;
    if (leavesMeasureOpen(dataset?.task)) void this.#usual.load();
    const splits = dataset?.splits;
    this.split = splits !== undefined && splits.test === 0 && splits.validation > 0 ? 'validation' : 'test';
    const fitting = this.adapters.filter((adapter) => adapter.task === dataset?.task);
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

  /** Returns the started evaluation, or undefined if it could not be started; `error` then says why. */
  async start(): Promise<Evaluation | undefined> {
    this.starting = true;
    this.error = undefined;
    try {
      return await client.evaluations.start({
        datasetId: this.datasetId,
        baseModelId: this.baseModelId,
        adapterIds: this.compared.map(({ id }) => id),
        split: this.split,
        ...(this.limit !== undefined && { limit: this.limit }),
        ...(this.retriesQueries && this.canRetry && { retryQueries: true }),
        ...(this.chosenMeasure !== undefined && { measure: this.chosenMeasure }),
        ...(!this.keepsForm && { keepsForm: false }),
      });
    } catch (error) {
      this.error = error;
      // Only on failure: after a success it stays true until the page has changed, as a second press would start
      // another one.
      this.starting = false;
      return undefined;
    }
  }

  leave(): void {
    this.#leaving.abort();
  }
}

async function readOffer() {
  const [datasets, adapters, baseModels, evaluations] = await Promise.all([
    client.datasets.list(),
    client.adapters.list(),
    client.baseModels.list(),
    client.evaluations.list(),
  ]);
  return { datasets, adapters, baseModels, evaluations };
}
