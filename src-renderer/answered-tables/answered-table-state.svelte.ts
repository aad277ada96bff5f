import { labelFields } from '../../src-contract/answer-fields.ts';
import type {
  AnswerCounts,
  AnsweredRow,
  AnsweredTable,
  AnsweredTableEvent,
  RowOrder,
  RowsOnly,
} from '../../src-contract/answered-table.ts';
import { client } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { piecesOf } from '../ui/exported-file.ts';
import { OngoingWork } from '../ui/ongoing-work.svelte.ts';
import { Paged } from '../ui/paged.svelte.ts';
import { saveFile } from '../ui/save-file.ts';

/** In times of what counting takes. */
const pausesBetweenCounts = 10;

type Progress = Extract<AnsweredTableEvent, { kind: 'progress' }>;

/** Of whole answers, or of what a field of theirs has. */
export type LabelCounts = AnswerCounts & { readonly field: string | undefined };

/** One answered table: its progress while rows are answered, its rows, and how often each answer was given. */
export class AnsweredTableState {
  readonly id: string;
  table = $state.raw<AnsweredTable | undefined>(undefined);
  /** Who answered and is still there. */
  adapterThere = $state(false);
  baseThere = $state(false);
  progress = $state.raw<Progress | undefined>(undefined);
  counts = $state.raw<LabelCounts | undefined>(undefined);
  saving = $state(false);
  /** The place of the row in full, among those shown. */
  selected = $state<number | undefined>(undefined);
  #only = $state.raw<RowsOnly | undefined>(undefined);
  #order = $state<RowOrder>('file');
  #field = $state<string | undefined>(undefined);
  #inView = { first: 0, end: 1 };
  /** Of a large table, all answers take a while to count. */
  #countedUntil = 0;
  #isStale = false;
  #isRereading = false;

  readonly rows = new Paged<AnsweredRow>(
    async (offset, limit) => {
      const which = { only: this.#only, order: this.#order };
      const { total, rows } = await client.answeredTables.rows({ id: this.id, offset, limit, ...which });
      return { total, items: rows };
    },
    { lettersOf: ({ cells, answer }) => cells.reduce((sum, cell) => sum + cell.length, answer?.length ?? 0) },
  );

  // It may be stopped or deleted elsewhere, and who answers renamed or deleted.
  readonly #work = new OngoingWork({
    nouns: ['answered-table', 'base-model', 'adapter'],
    notFound: 'ANSWERED_TABLE_NOT_FOUND',
    isKnown: () => this.table !== undefined,
    isGoing: () => this.isRunning,
    howFar: () => `${this.table?.state} ${this.table?.answered}`,
    read: () => this.#read(),
    watch: (signal) => this.#watch(signal),
    forget: () => {
      this.table = undefined;
    },
  });

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
    return this.table?.state === 'running';
  }

  /** Whether it ended before all rows were answered, and who answers is still there. */
  get canResume(): boolean {
    const { table } = this;
    if (table === undefined || table.state === 'running' || table.state === 'finished') return false;
    return this.baseThere && (table.adapterId === null || this.adapterThere);
  }

  get answered(): number {
    return this.progress?.done ?? this.table?.answered ?? 0;
  }

  /** The rows that are shown; undefined for all. */
  get only(): RowsOnly | undefined {
    return this.#only;
  }

  get order(): RowOrder {
    return this.#order;
  }

  /** Of answers that are objects, those of their fields that can be counted. */
  get labelFields(): readonly string[] {
    return labelFields(this.table?.form);
  }

  /** The one that is counted; undefined if whole answers are. */
  get field(): string | undefined {
    return this.#field ?? this.labelFields[0];
  }

  async countBy(field: string): Promise<void> {
    this.#field = field;
    this.#countedUntil = 0;
    this.show(undefined);
    await this.#reread();
  }

  show(only: RowsOnly | undefined): void {
    this.#only = only;
    this.#showAnew();
  }

  orderBy(order: RowOrder): void {
    this.#order = order;
    this.#showAnew();
  }

  #showAnew(): void {
    this.selected = undefined;
    void this.rows.reset();
  }

  /** Fetches the rows in view; while rows are answered, those fetched before may have an answer by now. */
  want(first: number, end: number): void {
    this.#inView = { first, end };
    this.rows.want(first, end);
    if (this.isRunning) void this.#reread();
  }

  async open(): Promise<void> {
    await this.#work.open();
  }

  async stop(): Promise<void> {
    await this.#work.stop(() => client.answeredTables.stop({ id: this.id }));
  }

  async resume(): Promise<void> {
    await this.#work.resume(async () => {
      await client.answeredTables.resume({ id: this.id });
      this.progress = undefined;
      await this.#work.open();
    });
  }

  /** Saves the table through the browser, as far as it is answered. */
  async save({ forSpreadsheet }: { forSpreadsheet: boolean }): Promise<void> {
    this.saving = true;
    try {
      const file = await client.answeredTables.exportFile({ id: this.id, forSpreadsheet, language: locale.current });
      saveFile(file.name, await piecesOf(file), { type: 'text/csv;charset=utf-8', asItIs: true });
    } finally {
      this.saving = false;
    }
  }

  /** Returns a function that undoes the deletion. */
  async delete(): Promise<() => Promise<unknown>> {
    await this.#work.delete(() => client.answeredTables.delete({ id: this.id }));
    return () => client.answeredTables.restore({ id: this.id });
  }

  leave(): void {
    this.#work.leave();
  }

  async #read(): Promise<void> {
    const table = await client.answeredTables.get({ id: this.id });
    this.table = table;
    if (!this.isRunning) this.progress = undefined;
    const [baseModels, adapters] = await Promise.all([client.baseModels.list(), client.adapters.list()]);
    this.baseThere = baseModels.some(({ id }) => id === table.baseModelId);
    this.adapterThere = adapters.some(({ id }) => id === table.adapterId);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    void this.#reread();
    if (!this.isRunning) return;
    for await (const event of await client.answeredTables.watch({ id: this.id }, { signal })) {
      if (event.kind !== 'progress') continue;
      this.progress = event;
      void this.#reread();
    }
    if (signal.aborted) return;
    await this.#read();
    this.counts = await this.#count();
    await this.rows.reread([this.#inView]);
  }

  async #count(): Promise<LabelCounts> {
    const { id, field } = this;
    const began = performance.now();
    const counts = await client.answeredTables.counts({ id, field });
    const now = performance.now();
    this.#countedUntil = now + pausesBetweenCounts * (now - began);
    return { ...counts, field };
  }

  /** Refreshes what is in view, and again if there was news meanwhile: events may come faster than rows. */
  async #reread(): Promise<void> {
    this.#isStale = true;
    if (this.#isRereading) return;
    this.#isRereading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const { first, end } = this.#inView;
        const counting = performance.now() < this.#countedUntil ? this.counts : this.#count();
        const [counts] = await Promise.all([counting, this.rows.again(first, end)]);
        this.counts = counts;
      }
    } catch (error) {
      // Deleted elsewhere, or the connection is lost: the change that follows tells.
      this.error ??= error;
    } finally {
      this.#isRereading = false;
    }
  }
}
