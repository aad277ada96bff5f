import {
  furtherFields,
  type Joined,
  joinedBy,
  joinedKinds,
  joinsColumns,
  mappedTo,
  namesOf,
} from '../../src-contract/column-groups.ts';
import type {
  Column,
  CsvOptions,
  FileSource,
  ImportEvent,
  ImportResult,
  Inspection,
  RowJudgement,
} from '../../src-contract/dataset.ts';
import type { DownloadProgress } from '../../src-contract/download-progress.ts';
import type { HubTable } from '../../src-contract/hub-dataset.ts';
import { freeName } from '../../src-contract/name.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { client } from '../client.ts';
import { uploadFile } from '../ui/upload-file.ts';
import { emptyField, neededFields } from './pair-parts.ts';

type Progress = Extract<ImportEvent, { kind: 'progress' }>;

/** The stage of an import. */
export type ImportStage =
  | { readonly kind: 'choose' }
  | { readonly kind: 'uploading'; readonly name: string; readonly bytes: number; readonly bytesTotal: number }
  | { readonly kind: 'downloading'; readonly name: string; readonly progress: DownloadProgress | undefined }
  | { readonly kind: 'reading'; readonly name: string }
  | { readonly kind: 'decide' }
  | { readonly kind: 'importing'; readonly progress: Progress | undefined }
  | { readonly kind: 'finished'; readonly result: ImportResult };

/** What was decided about a file, which is recognised by its name and size. */
export interface ImportChoices {
  readonly file: string;
  readonly bytes: number;
  readonly csv: CsvOptions;
  readonly task: TaskId;
  readonly mapping: ColumnMapping;
  readonly name: string;
}

/** A stage in which work is in progress. */
export type BusyStage = Exclude<ImportStage, { kind: 'choose' | 'decide' | 'finished' }>;

export function isBusy(stage: ImportStage): stage is BusyStage {
  return stage.kind !== 'choose' && stage.kind !== 'decide' && stage.kind !== 'finished';
}

/** One import from choosing a file to the finished dataset. `close` ends and undoes it. */
export class ImportState {
  #stage = $state.raw<ImportStage>({ kind: 'choose' });
  #error = $state.raw<unknown>();
  #source = $state.raw<FileSource | undefined>();
  #inspection = $state.raw<Inspection | undefined>();
  /** The options of the reading that is shown. */
  #csv = $state.raw<CsvOptions>({});
  /** The options of the rereading in progress. */
  #csvAsked = $state.raw<CsvOptions | undefined>();
  #task = $state<TaskId>('custom');
  #mapping = $state.raw<ColumnMapping>({});
  /** What was decided about these columns under a task, for whoever comes back from another task or reading. */
  readonly #decided = new Map<string, ColumnMapping>();
  #isFromHub = $state(false);
  #database = $state.raw<{ name: string; source: FileSource } | undefined>();
  #attaching = $state<number | undefined>();
  #judgement = $state.raw<RowJudgement | undefined>();
  #judgeError = $state.raw<unknown>();
  name = $state('');

  readonly #leaving = new AbortController();
  #work = new AbortController();
  #judging = new AbortController();

  get stage(): ImportStage {
    return this.#stage;
  }

  get error(): unknown {
    return this.#error;
  }

  get isSample(): boolean {
    return this.#source?.kind === 'sample';
  }

  /** What was chosen last is a table of the Hugging Face hub, even if it could not be downloaded. */
  get isFromHub(): boolean {
    return this.#isFromHub;
  }

  get inspection(): Inspection | undefined {
    return this.#inspection;
  }

  /** How the rows fare under the mapping; undefined while that is being determined, or while columns are missing. */
  get judgement(): RowJudgement | undefined {
    return this.#judgement;
  }

  get judgeError(): unknown {
    return this.#judgeError;
  }

  /** The file is being reread with other options. */
  get isReading(): boolean {
    return this.#csvAsked !== undefined;
  }

  /** The options chosen by hand, even while the file is still being reread with them. */
  get csv(): CsvOptions {
    return this.#csvAsked ?? this.#csv;
  }

  get task(): TaskId {
    return this.#task;
  }

  get mapping(): ColumnMapping {
    return this.#mapping;
  }

  get database(): string | undefined {
    return this.#database?.name;
  }

  /** Bytes of the database sent so far, while it is being sent. */
  get attaching(): number | undefined {
    return this.#attaching;
  }

  get columns(): readonly string[] {
    return this.#inspection?.columns.map((column: Column) => column.name) ?? [];
  }

  /** The table contains the context as the model is to read it. */
  get ready(): boolean {
    return this.#mapping.context !== undefined;
  }

  get fields(): readonly string[] {
    return neededFields(this.#task, this.#mapping);
  }

  /** Required fields without a column. A schema can be written from the attached database instead. */
  get missing(): readonly string[] {
    return this.#columnless.filter((field) => field !== 'schema' || this.#database === undefined);
  }

  /** No column holds the schema, so it will be written from the attached database. */
  get writesSchema(): boolean {
    return this.#database !== undefined && this.#columnless.includes('schema');
  }

  /** Undefined until a file has been read. */
  get choices(): ImportChoices | undefined {
    const { file } = this.#inspection ?? {};
    // A reload undoes an import in progress, and the file has to be chosen again.
    if (file === undefined || !['decide', 'importing'].includes(this.#stage.kind)) return undefined;
    return {
      file: file.name,
      bytes: file.bytes,
      csv: this.csv,
      task: this.#task,
      mapping: this.#mapping,
      name: this.name,
    };
  }

  /** Decides as before, if it was about this file; columns that are not there any more are not taken up. */
  async takeUp({ file, bytes, csv, task, mapping, name }: ImportChoices): Promise<void> {
    const read = this.#inspection?.file;
    if (read?.name !== file || read.bytes !== bytes) return;
    this.name = name;
    if (Object.keys(csv).length > 0 && !(await this.#readWith(csv))) return;
    // A file that is read otherwise may get another proposal.
    this.chooseTask(task);
    const isThere = (column: string) => column === '' || this.columns.includes(column);
    if (!Object.values(mapping).every(isThere)) return;
    this.#mapping = mapping;
    this.#judge();
  }

  get #decidedOrProposed(): ColumnMapping {
    return this.#decided.get(this.#decidedKey) ?? this.#inspection?.mappings[this.#task] ?? {};
  }

  get #decidedKey(): string {
    return JSON.stringify([this.#task, this.columns]);
  }

  get #columnless(): readonly string[] {
    return this.fields.filter((field) => !this.columns.includes(this.#mapping[field] ?? ''));
  }

  /** How many rows of these documents lack only their target, which is to be written after the import. */
  get unwritten(): number {
    if (this.#inspection?.file.documents !== 'unwritten') return 0;
    return this.#judgement?.rejected.reasons.ROW_TARGET_EMPTY ?? 0;
  }

  /** The first rows, each with the field it lacks, if any. */
  get verdicts(): readonly (string | undefined)[] {
    if (this.missing.length > 0) return [];
    return (this.#inspection?.sample ?? []).map((cells) => emptyField(this.#task, this.#mapping, this.columns, cells));
  }

  async chooseFile(file: File): Promise<void> {
    await this.#choose(async (signal) => {
      const sent = (bytes: number) => {
        this.#stage = { kind: 'uploading', name: file.name, bytes, bytesTotal: file.size };
      };
      sent(0);
      const source = { kind: 'upload', fileId: await uploadFile(file, signal, sent) } as const;
      try {
        await this.#inspect(source, file.name, signal);
      } catch (error) {
        discard(source);
        throw error;
      }
    });
  }

  /** A file that the studio was opened with; it is on this machine and is not sent. */
  async chooseOpened({ fileId, name }: { fileId: string; name: string }): Promise<void> {
    await this.#choose((signal) => this.#inspect({ kind: 'upload', fileId }, name, signal));
  }

  /** `title` is the sample's display name, which its dataset takes. */
  async chooseSample(name: string, title?: string): Promise<void> {
    await this.#choose((signal) => this.#inspect({ kind: 'sample', name }, title ?? name, signal, title));
  }

  /** `name` is what the table is called until its files are here. What has arrived is kept for the next time. */
  async chooseFromHub(table: HubTable, name: string): Promise<void> {
    this.#isFromHub = true;
    await this.#choose(async (signal) => {
      this.#stage = { kind: 'downloading', name, progress: undefined };
      for await (const event of await client.datasets.downloadFromHub(table, { signal })) {
        if (event.kind === 'progress') this.#stage = { kind: 'downloading', name, progress: event };
        else await this.#inspect({ kind: 'hub', id: event.id }, event.name, signal);
      }
    });
  }

  /** Rereads the file with other options. The person's mapping is kept where it still fits. */
  async readAs(options: CsvOptions): Promise<void> {
    await this.#readWith({ ...this.csv, ...options });
  }

  /** Discards what was chosen by hand. */
  async readByEvidence(): Promise<void> {
    await this.#readWith({});
  }

  /** False if another reading took its place, or something was decided by hand meanwhile. */
  async #readWith(csv: CsvOptions): Promise<boolean> {
    if (this.#source === undefined) return false;
    const signal = this.#renewed();
    this.#error = undefined;
    this.#csvAsked = csv;
    const before = this.#mapping;
    let isUndecided: boolean;
    try {
      const inspection = await client.datasets.inspect({ source: this.#source, csv, estimate: true }, { signal });
      if (signal.aborted) return false;
      isUndecided = this.#mapping === before;
      this.#csv = csv;
      const kept = this.#mapping;
      this.#inspection = inspection;
      const names = inspection.columns.map((column) => column.name);
      const stillThere = Object.entries(kept).filter(([, column]) => names.includes(column));
      // Another table, for which another task may be meant: messages that are read as conversations, or no longer.
      if (stillThere.length === 0) this.#task = inspection.proposedTask;
      this.#mapping =
        stillThere.length === 0
          ? this.#decidedOrProposed
          : { ...inspection.mappings[this.#task], ...withoutGaps(Object.fromEntries(stillThere)) };
      this.#judge();
    } catch (error) {
      if (signal.aborted) return false;
      isUndecided = this.#mapping === before;
      this.#error = error;
    }
    this.#csvAsked = undefined;
    return isUndecided;
  }

  chooseTask(task: TaskId): void {
    this.#task = task;
    this.#mapping = this.#decidedOrProposed;
    this.#judge();
  }

  /** Switches between the task's own fields and a ready-made pair of context and target. */
  chooseReady(ready: boolean): void {
    const { group, database, split } = this.#mapping;
    const named = new Map(this.columns.map((column) => [column.toLowerCase(), column]));
    const pair: ColumnMapping = ready ? { context: '', target: '' } : {};
    const mapping: ColumnMapping = {};
    for (const field of neededFields(this.#task, pair)) {
      mapping[field] = this.#inspection?.mappings[this.#task]?.[field] ?? named.get(field) ?? '';
    }
    if (group !== undefined) mapping.group = group;
    if (database !== undefined) mapping.database = database;
    if (split !== undefined) mapping.split = split;
    this.#mapping = mapping;
    this.#judge();
  }

  /**
   * An empty column leaves an optional field out. What becomes the first column of a context or a target is not a further
   * one of either, too: a target would be given.
   */
  map(field: string, column: string): void {
    const isText = field === 'context' || field === 'target';
    const others = Object.entries(this.#mapping).filter(
      ([name, other]) => !isText || joinedBy(name) === undefined || other !== column,
    );
    this.#mapping = withoutGaps({ ...Object.fromEntries(others), [field]: column });
    this.#judge();
  }

  /** Whether contexts and targets may have further columns. */
  get joins(): boolean {
    return joinsColumns(this.#task);
  }

  /** The columns of a context or a target besides the first. */
  further(joined: Joined): readonly string[] {
    return furtherFields[joined].flatMap((field) => this.#mapping[field] || []);
  }

  mapFurther(joined: Joined, columns: readonly string[]): void {
    const others = Object.entries(this.#mapping).filter(([field]) => joinedBy(field) !== joined);
    const first = this.#mapping[joined] ?? '';
    this.#mapping = { ...Object.fromEntries(others), ...mappedTo(joined, [first, ...columns]) };
    this.#judge();
  }

  /** Whether each of the two fields has a column of its own: a ready-made context has both in one. */
  canSwap({ one, other }: { readonly one: string; readonly other: string }): boolean {
    return [one, other].every((field) => Boolean(this.#mapping[field]));
  }

  /** Exchanges the columns of two fields. */
  swap({ one, other }: { readonly one: string; readonly other: string }): void {
    const { [one]: first = '', [other]: second = '' } = this.#mapping;
    this.#mapping = { ...this.#mapping, [one]: second, [other]: first };
    this.#judge();
  }

  async attachDatabase(file: File): Promise<void> {
    const { signal } = this.#leaving;
    const table = this.#source;
    this.#error = undefined;
    this.#attaching = 0;
    try {
      const fileId = await uploadFile(file, signal, (bytes) => {
        this.#attaching = bytes;
      });
      const source = { kind: 'upload', fileId } as const;
      // Another table may have been chosen, or none, while this was sent.
      if (signal.aborted || this.#source !== table) discard(source);
      else {
        this.#dropDatabase();
        this.#database = { name: file.name, source };
        this.#judge();
      }
    } catch (error) {
      if (!signal.aborted) this.#error = error;
    }
    this.#attaching = undefined;
  }

  detachDatabase(): void {
    this.#dropDatabase();
    this.#judge();
  }

  async import(): Promise<void> {
    const source = this.#source;
    // Another reading may have other columns.
    if (source === undefined || this.isReading || this.missing.length > 0) return;
    const signal = this.#renewed();
    this.#error = undefined;
    this.#stage = { kind: 'importing', progress: undefined };
    try {
      const events = await client.datasets.import(
        {
          source,
          task: this.#task,
          name: this.name.trim() || undefined,
          mapping: this.#mapping,
          csv: this.#csv,
          database: this.#task === 'nl2sql' ? this.#database?.source : undefined,
        },
        { signal },
      );
      for await (const event of events) {
        if (event.kind === 'progress') this.#stage = { kind: 'importing', progress: event };
        if (event.kind === 'finished') this.#stage = { kind: 'finished', result: event };
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted) {
        if (!signal.aborted) this.#error = error;
        this.#stage = { kind: 'decide' };
      }
    }
  }

  /**
   * Cancels the work in progress: sending returns to the choice of a file, importing to the decisions. Nothing is left
   * behind but what was downloaded.
   */
  cancel(): void {
    this.#endWork();
    if (isBusy(this.#stage) && this.#stage.kind !== 'importing') this.#stage = { kind: 'choose' };
  }

  startOver(): void {
    this.#endWork();
    this.#dropFiles();
    this.#inspection = undefined;
    this.#isFromHub = false;
    this.#error = undefined;
    this.#stage = { kind: 'choose' };
  }

  close(): void {
    this.#leaving.abort();
    this.#endWork();
    this.#judging.abort();
    this.#dropFiles();
  }

  #dropFiles(): void {
    this.#dropDatabase();
    if (this.#source !== undefined) discard(this.#source);
    this.#source = undefined;
  }

  /** It may be in the same archive as the table, which is still needed. */
  #dropDatabase(): void {
    const source = this.#database?.source;
    if (source !== undefined && source !== this.#source) discard(source);
    this.#database = undefined;
  }

  async #inspect(source: FileSource, name: string, signal: AbortSignal, title?: string): Promise<void> {
    this.#stage = { kind: 'reading', name };
    const [inspection, datasets] = await Promise.all([
      client.datasets.inspect({ source, estimate: true }, { signal }),
      client.datasets.list(undefined, { signal }),
    ]);
    this.#source = source;
    this.#csv = {};
    this.#inspection = inspection;
    this.#decided.clear();
    // A folder or an archive with databases beside its tables provides them for these.
    if (holdsDatabases(inspection)) this.#database = { name: inspection.file.name, source };
    const proposed = title ?? inspection.file.name.replace(/\.[^.]+$/, '');
    this.name = freeName(proposed, (name) => datasets.some((dataset) => dataset.name === name));
    this.chooseTask(inspection.proposedTask);
    this.#stage = { kind: 'decide' };
  }

  /** Requests the verdicts of the rows; a superseded answer is not waited for. */
  #judge(): void {
    this.#judging.abort();
    this.#judgement = undefined;
    this.#judgeError = undefined;
    this.#decided.set(this.#decidedKey, this.#mapping);
    if (this.#source === undefined || this.missing.length > 0) return;
    this.#judging = new AbortController();
    const signal = AbortSignal.any([this.#judging.signal, this.#leaving.signal]);
    const asked = {
      ...{ source: this.#source, task: this.#task, mapping: this.#mapping, csv: this.#csv },
      database: this.#database?.source,
    };
    void client.datasets.judge(asked, { signal }).then(
      (judgement) => {
        if (!signal.aborted) this.#judgement = judgement;
      },
      (error: unknown) => {
        if (!signal.aborted) this.#judgeError = error;
      },
    );
  }

  async #choose(read: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#error = undefined;
    this.#dropFiles();
    const signal = this.#renewed();
    try {
      await read(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
      this.#stage = { kind: 'choose' };
    }
  }

  #renewed(): AbortSignal {
    this.#endWork();
    this.#work = new AbortController();
    return AbortSignal.any([this.#work.signal, this.#leaving.signal]);
  }

  /** A cancelled rereading leaves the previous one, which is still shown. */
  #endWork(): void {
    this.#work.abort();
    this.#csvAsked = undefined;
  }
}

/** Where the first of several columns is not there any more, the second is the first. */
function withoutGaps(mapping: ColumnMapping): ColumnMapping {
  const others = Object.entries(mapping).filter(([field]) => joinedBy(field) === undefined);
  const groups = joinedKinds.map((joined) => mappedTo(joined, namesOf(joined, mapping)));
  return Object.assign(Object.fromEntries(others), ...groups);
}

/** The studio discards it at its next start; asking now only frees the space sooner. */
function discard(source: FileSource): void {
  if (source.kind === 'upload') void client.files.discard({ fileId: source.fileId }).catch(() => {});
}

function holdsDatabases({ file }: Inspection): boolean {
  return file.reasons.some(({ code, data }) => code === 'PARTS_SKIPPED' && Number(data.databases) > 0);
}
