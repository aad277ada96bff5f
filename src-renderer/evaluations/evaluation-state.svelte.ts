import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation, EvaluationEvent, EvaluationResult, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { EvaluationBreakdown } from '../../src-contract/evaluation-breakdown.ts';
import type { LabelResults } from '../../src-contract/label-results.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { countsRows, verdictOf } from '../../src-contract/verdict.ts';
import { client } from '../client.ts';
import { OngoingWork } from '../ui/ongoing-work.svelte.ts';
import { saveText } from '../ui/save-text.ts';
import type { LabelCell } from './label-cell.ts';

type Progress = Extract<EvaluationEvent, { kind: 'progress' }>;
export type RowFilter = 'all' | 'differ' | 'won' | 'lost' | 'allWrong' | 'cell';
export type RowOrder = 'file' | 'gain' | 'loss' | 'hardest' | 'unsure';

const page = 500;

/** One evaluation: its progress while it runs, then its results and rows. */
export class EvaluationState {
  readonly id: string;
  evaluation = $state.raw<Evaluation | undefined>(undefined);
  dataset = $state.raw<Dataset | undefined>(undefined);
  isDatasetGone = $state(false);
  baseModel = $state.raw<BaseModel | undefined>(undefined);
  adapters = $state.raw<readonly Adapter[]>([]);
  rows = $state.raw<readonly EvaluationRow[]>([]);
  /** What its rows tell beside its measures, once they have been read through. */
  breakdown = $state.raw<EvaluationBreakdown | undefined>(undefined);
  /** The target and the answer whose rows the filter `cell` shows, and the place of the result that answered. */
  cell = $state.raw<(LabelCell & { readonly place: number }) | undefined>(undefined);
  #labelPlace = $state<number | undefined>(undefined);
  #labelField = $state<string | null>(null);
  progress = $state.raw<Progress | undefined>(undefined);
  filter = $state<RowFilter>('all');
  order = $state<RowOrder>('file');
  search = $state('');

  // It may be stopped or deleted elsewhere, and what it measured renamed or deleted.
  readonly #work = new OngoingWork({
    nouns: ['evaluation', 'dataset', 'base-model', 'adapter'],
    notFound: 'EVALUATION_NOT_FOUND',
    isKnown: () => this.evaluation !== undefined,
    isGoing: () => this.isRunning,
    howFar: () => `${this.evaluation?.state} ${this.evaluation?.results.length}`,
    read: () => this.#read(),
    watch: (signal) => this.#watch(signal),
    forget: () => {
      this.evaluation = undefined;
      this.rows = [];
      this.breakdown = undefined;
    },
  });

  verdict = $derived(this.evaluation === undefined ? undefined : verdictOf(this.evaluation));

  constructor(id: string) {
    this.id = id;
    this.#work.follow();
  }

  get error(): unknown {
    return this.#work.error;
  }

  set error(error: unknown) {
    this.#work.error = error;
  }

  get isGone(): boolean {
    return this.#work.isGone;
  }

  get stopping(): boolean {
    return this.#work.stopping;
  }

  get isRunning(): boolean {
    return this.evaluation?.state === 'running';
  }

  /** Rows that pass the filter and the search, in the chosen order. */
  get shownRows(): readonly EvaluationRow[] {
    const wanted = this.search.trim().toLowerCase();
    const rows = this.#passing(this.filter).filter(
      (row) => wanted === '' || `${row.context}\n${row.target}`.toLowerCase().includes(wanted),
    );
    if (this.order === 'file') return rows;
    const rankOf = (row: EvaluationRow) => rank(row, this.order, this.labelPlace);
    return rows.toSorted((a, b) => rankOf(b) - rankOf(a));
  }

  count(filter: RowFilter): number {
    return this.#passing(filter).length;
  }

  /** The place of the result that is shown label by label: the best one, unless another is chosen. */
  get labelPlace(): number {
    const best = this.verdict && this.evaluation?.results.indexOf(this.verdict.best);
    return this.#labelPlace ?? best ?? 0;
  }

  set labelPlace(place: number) {
    this.#labelPlace = place;
  }

  /** Whether it is known of any answer how sure it is. */
  get hasCertainty(): boolean {
    return this.rows.some(({ answers }) => answers.some(({ certainty }) => certainty !== undefined));
  }

  /** Label by label, if its targets are a few labels, or some of their fields. */
  get allLabels(): readonly LabelResults[] {
    return this.breakdown?.labels ?? [];
  }

  /** What is shown label by label: the targets, or one of their fields. */
  get labels(): LabelResults | undefined {
    return this.allLabels.find(({ field }) => field === this.#labelField) ?? this.allLabels[0];
  }

  showField(field: string): void {
    this.#labelField = field;
    this.cell = undefined;
    if (this.filter === 'cell') this.filter = 'all';
  }

  /** Shows the rows of a label that the result shown label by label answered in one way. */
  pick(cell: LabelCell): void {
    this.cell = { ...cell, place: this.labelPlace };
    this.filter = 'cell';
    this.search = '';
  }

  #passing(filter: RowFilter): readonly EvaluationRow[] {
    if (filter !== 'cell') return this.rows.filter((row) => passes(row, filter));
    const { targets = [], answers = [] } = this.labels?.rows ?? {};
    const { place = 0, target, answer } = this.cell ?? {};
    return this.rows.filter((_, row) => targets[row] === target && answers[place]?.[row] === answer);
  }

  get countsRows(): boolean {
    return countsRows(this.evaluation?.mainMetric ?? '');
  }

  taskOf(result: EvaluationResult): TaskId | undefined {
    return this.adapters.find((adapter) => adapter.id === result.adapterId)?.task;
  }

  async open(): Promise<void> {
    await this.#work.open();
  }

  async stop(): Promise<void> {
    await this.#work.stop(() => client.evaluations.stop({ id: this.id }));
  }

  /** Whether it ended before all models were measured, and can be resumed. */
  get canResume(): boolean {
    return this.evaluation?.state === 'stopped' || this.evaluation?.state === 'interrupted';
  }

  async resume(): Promise<void> {
    await this.#work.resume(async () => {
      await client.evaluations.resume({ id: this.id });
      this.progress = undefined;
      await this.#work.open();
    });
  }

  async csv(): Promise<void> {
    await this.#save(() => client.evaluations.csv({ id: this.id, forSpreadsheet: true }), 'text/csv');
  }

  async report(language: 'en' | 'ko'): Promise<void> {
    await this.#save(() => client.evaluations.report({ id: this.id, language }), 'text/html');
  }

  /** Returns a function that undoes the deletion. */
  async delete(): Promise<() => Promise<unknown>> {
    await this.#work.delete(() => client.evaluations.delete({ id: this.id }));
    return () => client.evaluations.restore({ id: this.id });
  }

  leave(): void {
    this.#work.leave();
  }

  async #save(make: () => Promise<{ name: string; text: string }>, type: string): Promise<void> {
    try {
      const { name, text } = await make();
      saveText(name, text, type);
    } catch (error) {
      this.error = error;
    }
  }

  async #read(): Promise<void> {
    const evaluation = await client.evaluations.get({ id: this.id });
    this.evaluation = evaluation;
    const [dataset, baseModel, adapters] = await Promise.allSettled([
      client.datasets.get({ id: evaluation.datasetId }),
      client.baseModels.get({ id: evaluation.baseModelId }),
      client.adapters.list(),
    ]);
    // What was evaluated may have been deleted since.
    this.dataset = dataset.status === 'fulfilled' ? dataset.value : undefined;
    this.isDatasetGone = dataset.status === 'rejected';
    this.baseModel = baseModel.status === 'fulfilled' ? baseModel.value : undefined;
    this.adapters = adapters.status === 'fulfilled' ? adapters.value : [];
  }

  /** Its rows, and what they tell, are available once it has ended. */
  async #watch(signal: AbortSignal): Promise<void> {
    if (this.isRunning) {
      for await (const event of await client.evaluations.watch({ id: this.id }, { signal })) {
        if (event.kind === 'progress') this.progress = event;
        else if (event.kind === 'finished') this.evaluation = event.evaluation;
        else if (this.evaluation !== undefined) this.evaluation = withResult(this.evaluation, event.result);
      }
      if (signal.aborted) return;
      await this.#read();
    }
    await Promise.all([this.#loadRows(), this.#loadBreakdown()]);
  }

  async #loadBreakdown(): Promise<void> {
    this.breakdown = await client.evaluations.breakdown({ id: this.id });
  }

  async #loadRows(): Promise<void> {
    const rows: EvaluationRow[] = [];
    for (let total = 1; rows.length < total; ) {
      const answer = await client.evaluations.rows({ id: this.id, offset: rows.length, limit: page });
      if (answer.rows.length === 0) break;
      total = answer.total;
      rows.push(...answer.rows);
    }
    this.rows = rows;
    if (this.count('differ') > 0) this.filter = 'differ';
  }
}

function withResult(evaluation: Evaluation, result: EvaluationResult): Evaluation {
  const others = evaluation.results.filter((known) => known.adapterId !== result.adapterId);
  return { ...evaluation, results: [...others, result] };
}

function passes(row: EvaluationRow, filter: Exclude<RowFilter, 'cell'>): boolean {
  const [base = 0, ...adapters] = row.answers.map((answer) => answer.score);
  switch (filter) {
    case 'all':
      return true;
    case 'differ':
      return adapters.some((score) => score !== base);
    case 'won':
      return adapters.some((score) => score > base);
    case 'lost':
      return adapters.some((score) => score < base);
    case 'allWrong':
      return [base, ...adapters].every((score) => score === 0);
    default:
      return filter satisfies never;
  }
}

/** Higher ranks come first; `place`: of the result whose doubts count. */
function rank(row: EvaluationRow, order: RowOrder, place: number): number {
  const [base = 0, ...adapters] = row.answers.map((answer) => answer.score);
  const best = adapters.length === 0 ? base : Math.max(...adapters);
  switch (order) {
    case 'file':
      return 0;
    case 'gain':
      return best - base;
    case 'loss':
      return base - Math.min(base, ...adapters);
    case 'hardest':
      return -(base + adapters.reduce((sum, score) => sum + score, 0));
    case 'unsure':
      // Where nothing is known, it comes last.
      return -(row.answers[place]?.certainty ?? 2);
    default:
      return order satisfies never;
  }
}
