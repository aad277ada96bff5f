import type { Adapter } from '../../src-contract/adapter.ts';
import { answerFields, hasLabels } from '../../src-contract/answer-fields.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { type AnsweredColumns, answeredColumns } from '../../src-contract/answered-columns.ts';
import { type AnsweredTable, mostTableRows } from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { fieldsOf, mappedTo } from '../../src-contract/column-groups.ts';
import type { CsvOptions, FileSource, Inspection } from '../../src-contract/dataset.ts';
import { type ColumnMapping, lacksSchema, type TaskId, taskFields } from '../../src-contract/task.ts';
import { client } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { uploadFile } from '../ui/upload-file.ts';

/** How far the choice of a file has come. */
export type FileStage =
  | { readonly kind: 'choose' }
  | { readonly kind: 'uploading'; readonly name: string; readonly bytes: number; readonly bytesTotal: number }
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'read'; readonly source: FileSource; readonly inspection: Inspection };

/** What was chosen for a file, which is recognised by its name and size. */
export interface TableChoices {
  readonly file: string;
  readonly bytes: number;
  readonly csv: CsvOptions;
  readonly columns: ChosenColumns | undefined;
}

/** The columns chosen by hand, for the task they were chosen in. */
interface ChosenColumns {
  readonly task: TaskId;
  readonly mapping: ColumnMapping;
}

/** Of a few answers no time can be told: the first ones wait for the model. */
const fewestToTell = 16;

/** A person's choices before a table is answered: who answers, the file, and its columns. */
export class NewAnsweredTableState {
  error = $state.raw<unknown>(undefined);
  starting = $state(false);
  /** A choice is kept if another window deletes it: the deletion may be undone. */
  baseModelId = $state('');
  /** Empty for the base alone. */
  adapterId = $state('');
  /** What the base alone is asked. */
  baseTask = $state<TaskId>('custom');
  limit = $state<number | undefined>(undefined);
  maxTokens = $state<number | undefined>(undefined);
  keepsForm = $state(true);
  /** Whether queries that cannot be run are replaced; asked where there is a database. */
  retriesQueries = $state(false);

  #stage = $state.raw<FileStage>({ kind: 'choose' });
  /** The options of the reading that is shown, chosen by hand. */
  #csv = $state.raw<CsvOptions>({});
  /** The options of the rereading in progress. */
  #csvAsked = $state.raw<CsvOptions | undefined>();
  #chosen = $state.raw<ChosenColumns | undefined>();
  #file = $state.raw<Pick<TableChoices, 'file' | 'bytes'> | undefined>();
  #left = $state.raw<TableChoices | undefined>();
  #hasChosen = false;
  #reading = new AbortController();
  readonly #leaving = new AbortController();
  readonly #offer = new Loaded(readOffer);
  readonly #form = new Loaded(async () => {
    const id = this.adapter?.id;
    return { id, form: id === undefined ? null : await client.adapters.form({ id }) };
  });

  readonly #proposed = new Loaded(async (signal) => {
    const { inspection, adapterId, task } = this;
    if (inspection === undefined) return undefined;
    const { mapping, schemas, names } = await client.answeredTables.propose(
      { adapterId: adapterId || null, task, columns: [...this.columns], sample: inspection.sample.slice(0, 100) },
      { signal },
    );
    return { inspection, adapterId, task, mapping: mapping ?? {}, schemas, names };
  });

  /** `left`: the choices of an earlier visit, whose file went with the page. */
  constructor(wish: { readonly adapter?: string | undefined }, left?: TableChoices) {
    this.#left = left;
    followChanges(['base-model', 'adapter', 'dataset'], () => void this.load(wish), this.#leaving.signal);
  }

  get loading(): boolean {
    return this.#offer.loading;
  }

  get baseModels(): readonly BaseModel[] {
    return this.#offer.value?.baseModels ?? [];
  }

  /** Those of the base, newest first. */
  get adapters(): readonly Adapter[] {
    return this.#newestFirst.filter(({ baseModelId }) => baseModelId === this.baseModelId);
  }

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find(({ id }) => id === this.baseModelId);
  }

  get adapter(): Adapter | undefined {
    return this.adapters.find(({ id }) => id === this.adapterId);
  }

  /** Which choice has been deleted: nothing can be started without it. */
  get lacks(): 'baseModel' | 'adapter' | undefined {
    if (this.baseModel === undefined) return 'baseModel';
    return this.adapterId !== '' && this.adapter === undefined ? 'adapter' : undefined;
  }

  get task(): TaskId {
    return this.adapter?.task ?? this.baseTask;
  }

  /** The dataset that the adapter was trained on, if it is still there. */
  get datasetId(): string | undefined {
    return this.#dataset?.id;
  }

  /** What the targets of the adapter are; undefined if they are any text, or while that is not known. */
  get form(): AnswerForm | undefined {
    const known = this.#form.value;
    return known?.id === this.adapter?.id ? (known?.form ?? undefined) : undefined;
  }

  /** The columns that will follow those of the table, as far as it is known beforehand; a column of notes may be last. */
  get answerColumns(): AnsweredColumns {
    const form = this.keepsForm ? this.form : undefined;
    const { current: language } = locale;
    return answeredColumns(this, { fields: answerFields(form), sure: hasLabels(form), note: true, language });
  }

  get stage(): FileStage {
    return this.#stage;
  }

  get inspection(): Inspection | undefined {
    return this.#stage.kind === 'read' ? this.#stage.inspection : undefined;
  }

  /** Undefined without a file. */
  get choices(): TableChoices | undefined {
    return this.#file && { ...this.#file, csv: this.csv, columns: this.#chosen };
  }

  /** The file of an earlier visit, until one is chosen. */
  get lost(): string | undefined {
    return this.#left?.file;
  }

  get columns(): readonly string[] {
    return this.inspection?.columns.map(({ name }) => name) ?? [];
  }

  get csv(): CsvOptions {
    return this.#csvAsked ?? this.#csv;
  }

  /** The file is being reread with other options. */
  get isReading(): boolean {
    return this.#csvAsked !== undefined;
  }

  /** Which columns the studio would read, and how many schemas it knows; undefined until it has said so for these choices. */
  get #proposal():
    | { readonly mapping: ColumnMapping; readonly schemas: number; readonly names: readonly string[] }
    | undefined {
    const { inspection, adapterId, task } = this;
    const known = this.#proposed.value;
    const isOfThese = known?.inspection === inspection && known?.adapterId === adapterId && known.task === task;
    return isOfThese ? known : undefined;
  }

  /** It is being asked which columns would be read. */
  get isProposing(): boolean {
    return this.inspection !== undefined && this.#proposal === undefined && this.#proposed.pending;
  }

  /** Which column holds which field: as chosen, or as proposed. */
  get mapping(): ColumnMapping {
    return { ...this.#proposal?.mapping, ...(this.#chosen?.task === this.task && this.#chosen.mapping) };
  }

  /** The fields that may have a column: the task's own, or a context that is ready to be read. */
  get fields(): readonly string[] {
    if (this.names.length > 0) return fieldsOf('context', mappedTo('context', this.names));
    if (this.mapping.context !== undefined) return ['context'];
    const { context } = taskFields[this.task];
    return this.knownSchemas > 1 ? [...context, 'database'] : context;
  }

  /** What the columns that the adapter reads are called in its examples, if there are several. */
  get names(): readonly string[] {
    return this.#proposal?.names ?? [];
  }

  /** How many schemas the adapter's examples have that rows without one can be about. */
  get knownSchemas(): number {
    return lacksSchema(this.task, this.mapping) ? (this.#proposal?.schemas ?? 0) : 0;
  }

  /** Fields that must have a column, and have none. */
  get missing(): readonly string[] {
    // Of several columns of a context, those that are not there are blank.
    if (this.names.length > 0 && fieldsOf('context', this.mapping).length > 0) return [];
    const needed = this.knownSchemas > 0 ? this.fields.filter((field) => field !== 'schema') : this.fields;
    return needed.filter((field) => !this.columns.includes(this.mapping[field] ?? ''));
  }

  /** Rows to be answered; of a large file an estimate. */
  get rows(): number {
    const there = this.inspection?.file.rows ?? 0;
    return this.limit === undefined ? there : Math.min(there, this.limit);
  }

  get tooMany(): boolean {
    return this.rows > mostTableRows;
  }

  /** The expected time, at the pace of the last table of who answers; undefined if there was none. */
  get seconds(): number | undefined {
    const { baseModelId, adapter } = this;
    const last = this.#offer.value?.tables.find(
      (table) =>
        table.baseModelId === baseModelId &&
        table.adapterId === (adapter?.id ?? null) &&
        table.seconds > 0 &&
        table.answered >= fewestToTell,
    );
    return last && (last.seconds / last.answered) * this.rows;
  }

  /** Whether there is a database that queries can be run on. */
  get canRetry(): boolean {
    return this.#dataset?.task === 'nl2sql' && this.#dataset.hasDatabase;
  }

  get #newestFirst(): readonly Adapter[] {
    return (this.#offer.value?.adapters ?? []).toSorted((a, b) => b.createdAt - a.createdAt);
  }

  get #dataset() {
    const id = this.adapter?.datasetId;
    return this.#offer.value?.datasets.find((dataset) => dataset.id === id);
  }

  /** Loads the lists, and again whenever they have changed; the first time's choices are kept. */
  async load(wish: { readonly adapter?: string | undefined }): Promise<void> {
    await this.#offer.load();
    this.error ??= this.#offer.error;
    if (!this.#hasChosen && this.baseModels.length > 0) {
      this.#hasChosen = true;
      const [newest] = this.#newestFirst;
      const adapter = this.#newestFirst.find(({ id }) => id === wish.adapter) ?? newest;
      const builtIn = this.baseModels.find((model) => model.builtIn) ?? this.baseModels[0];
      this.baseModelId = adapter?.baseModelId ?? builtIn?.id ?? '';
      this.adapterId = adapter?.id ?? '';
    }
    await this.#askAnew();
  }

  /** Another base has other adapters: its newest is proposed. */
  chooseBaseModel(id: string): void {
    this.baseModelId = id;
    this.chooseAdapter(this.adapters[0]?.id ?? '');
  }

  chooseAdapter(id: string): void {
    this.adapterId = id;
    void this.#askAnew();
  }

  /** What the base alone is asked. */
  chooseTask(task: TaskId): void {
    this.baseTask = task;
    void this.#askAnew();
  }

  map(field: string, column: string): void {
    const { task } = this;
    const before = this.#chosen?.task === task ? this.#chosen.mapping : {};
    const mapping = { ...before, [field]: column };
    // The schema that is known is no column; a column of a context that is left out is one that was proposed.
    if (column === '' && this.names.length === 0) delete mapping[field];
    this.#chosen = { task, mapping };
  }

  async chooseFile(file: File): Promise<void> {
    const signal = this.#renewed();
    this.#drop();
    this.error = undefined;
    this.#file = { file: file.name, bytes: file.size };
    const left = this.#left?.file === file.name && this.#left.bytes === file.size ? this.#left : undefined;
    const csv = left?.csv ?? {};
    this.#left = undefined;
    let source: FileSource | undefined;
    try {
      const sent = (bytes: number) => {
        if (!signal.aborted) this.#stage = { kind: 'uploading', name: file.name, bytes, bytesTotal: file.size };
      };
      sent(0);
      source = { kind: 'upload', fileId: await uploadFile(file, signal, sent) };
      signal.throwIfAborted();
      this.#stage = { kind: 'reading', name: file.name };
      const inspection = await client.datasets.inspect({ source, csv, estimate: true }, { signal });
      signal.throwIfAborted();
      this.#csv = csv;
      this.#stage = { kind: 'read', source, inspection };
      this.#keepColumns(left?.columns);
      await this.#propose();
    } catch (error) {
      if (source !== undefined) discard(source);
      if (signal.aborted) return;
      this.error = error;
      this.#drop();
    }
  }

  /** Forgets the file, or ends its sending. */
  forgetFile(): void {
    this.#reading.abort();
    this.#drop();
  }

  /** Rereads the file with other options; the columns chosen by hand are kept where they are still there. */
  async readAs(options: CsvOptions): Promise<void> {
    await this.#readWith({ ...this.csv, ...options });
  }

  /** Discards what was chosen by hand. */
  async readByEvidence(): Promise<void> {
    await this.#readWith({});
  }

  /** Returns the table, or undefined if it could not be started; `error` then says why. */
  async start(): Promise<AnsweredTable | undefined> {
    if (this.#stage.kind !== 'read') return undefined;
    const { source } = this.#stage;
    this.starting = true;
    this.error = undefined;
    try {
      const table = await client.answeredTables.start({
        ...{ source, csv: this.#csv, baseModelId: this.baseModelId, mapping: this.mapping },
        ...{ adapterId: this.adapter?.id ?? null, task: this.task, keepsForm: this.keepsForm },
        ...(this.retriesQueries && this.canRetry && { retryQueries: true }),
        ...(this.limit !== undefined && { limit: this.limit }),
        ...(this.maxTokens !== undefined && { maxTokens: this.maxTokens }),
      });
      discard(source);
      return table;
    } catch (error) {
      this.error = error;
      // After a success it stays true until the page has changed: a second press would start another one.
      this.starting = false;
      if (this.#leaving.signal.aborted) discard(source);
      return undefined;
    }
  }

  /** What is being started is read to its end. */
  leave(): void {
    this.#leaving.abort();
    this.#reading.abort();
    if (!this.starting) this.#drop();
  }

  async #readWith(csv: CsvOptions): Promise<void> {
    if (this.#stage.kind !== 'read') return;
    const { source } = this.#stage;
    const signal = this.#renewed();
    this.error = undefined;
    this.#csvAsked = csv;
    try {
      const inspection = await client.datasets.inspect({ source, csv, estimate: true }, { signal });
      if (signal.aborted) return;
      this.#csv = csv;
      this.#stage = { kind: 'read', source, inspection };
      this.#keepColumns(this.#chosen);
      await this.#propose();
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    this.#csvAsked = undefined;
  }

  /** Those that the file has. */
  #keepColumns(chosen: ChosenColumns | undefined): void {
    const there = Object.entries(chosen?.mapping ?? {}).filter(([, column]) => this.columns.includes(column));
    this.#chosen = chosen && { ...chosen, mapping: Object.fromEntries(there) };
  }

  async #askAnew(): Promise<void> {
    await Promise.all([this.#form.load(), this.#propose()]);
  }

  async #propose(): Promise<void> {
    if (this.inspection === undefined) return;
    await this.#proposed.load();
    this.error ??= this.#proposed.error;
  }

  #renewed(): AbortSignal {
    this.#reading.abort();
    this.#reading = new AbortController();
    return this.#reading.signal;
  }

  #drop(): void {
    if (this.#stage.kind === 'read') discard(this.#stage.source);
    this.#stage = { kind: 'choose' };
    this.#file = undefined;
    this.#csv = {};
    this.#csvAsked = undefined;
    this.#chosen = undefined;
  }
}

/** The studio discards leftovers at its next start; asking now only frees the space sooner. */
function discard(source: FileSource): void {
  if (source.kind === 'upload') void client.files.discard({ fileId: source.fileId }).catch(() => {});
}

async function readOffer() {
  const [baseModels, adapters, datasets, tables] = await Promise.all([
    client.baseModels.list(),
    client.adapters.list(),
    client.datasets.list(),
    client.answeredTables.list(),
  ]);
  return { baseModels, adapters, datasets, tables };
}
