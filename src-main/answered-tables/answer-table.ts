import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import {
  type AnsweredTable,
  type AnsweredTableEvent,
  type AnswerTableInput,
  mostTableRows,
} from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { mappedTo } from '../../src-contract/column-groups.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { type ColumnMapping, lacksSchema, type TaskId } from '../../src-contract/task.ts';
import { readColumns } from '../adapters/adapter-files.ts';
import type { AdapterForms } from '../adapters/adapter-forms.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import { requireBase } from '../adapters/wrong-base.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import type { CanRun } from '../base-models/runnable-answer.ts';
import type { RequireUnchanged } from '../base-models/unchanged-base.ts';
import { usualAnswerTokens } from '../base-models/usual-answer-tokens.ts';
import { queryCheck, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { RowSchemas } from '../datasets/databases/row-schemas.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { inThread, needsThread } from '../datasets/importing/import-worker.ts';
import { contextMapping, tableCells } from '../datasets/importing/table-cells.ts';
import type { KnownSchemas } from '../datasets/known-schemas.ts';
import type { TableFile } from '../datasets/readers/open-table.ts';
import type { Engine } from '../engine/engine.ts';
import type { Supervisor, Work } from '../jobs/supervisor.ts';
import { answerRows } from './answer-rows.ts';
import { type AnsweredTableStore, jobKind, type NewAnsweredTable } from './answered-table-store.ts';

export interface AnsweringParts {
  readonly store: AnsweredTableStore;
  readonly supervisor: Supervisor<AnsweredTableEvent>;
  readonly datasets: DatasetStore;
  readonly adapterForms: Pick<AdapterForms, 'of'>;
  readonly knownSchemas: KnownSchemas;
  readonly sql: SqlRunner;
  readonly datasetsFolder: string;
  readonly baseModels: BaseModelStore;
  readonly adapters: AdapterStore;
  readonly modelTexts: ModelTexts;
  readonly engine: Engine;
  readonly requireUnchanged: RequireUnchanged;
}

/** Longest answer in tokens where nothing is known of the targets. */
const usualTokens = 256;
const toldEveryMs = 500;
/** The first answers wait for the model; of a few of them no time can be told. */
const fewestToTell = 16;

/**
 * Reads the rows of a table and enqueues it to be answered. Ends with nothing kept on an abort. Throws
 * BASE_MODEL_NOT_FOUND, ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, and whatever `tableCells` throws.
 */
export async function answerTable(
  input: Omit<AnswerTableInput, 'source'> & { readonly file: TableFile },
  parts: AnsweringParts,
  signal: AbortSignal,
): Promise<AnsweredTable> {
  const { store } = parts;
  const base = parts.baseModels.get(input.baseModelId);
  const adapter = input.adapterId === null ? null : parts.adapters.get(input.adapterId);
  if (adapter !== null) requireBase(adapter, base, parts.baseModels);
  const task = taskOf(adapter, input);
  const learnt = await learntBy(adapter, { ...parts, base, signal });
  if (input.retryQueries && !(task === 'nl2sql' && learntFrom(adapter, parts)?.hasDatabase))
    throw new StudioError('OPTION_INVALID', { option: 'retryQueries', ...because('DATABASE_MISSING') });
  const { file, csv, mapping: chosen = {}, limit } = input;
  const { schemas, mapping: known } = learnt;
  const job = { file, csv, task, chosen, known, schemas: schemas?.count ?? 0, limit, mostRows: mostTableRows };
  let id = '';
  let count = 0;
  try {
    for await (const event of (await needsThread(file)) ? inThread('cells', job, signal) : tableCells(job, signal)) {
      if (event.kind === 'opened') {
        id = store.insert({
          ...{ now: Date.now(), name: file.name, base, adapter, task, columns: event.columns, mapping: event.mapping },
          form: input.keepsForm ? learnt.form : undefined,
          ...{ schemas: schemasFor(event.mapping, task, schemas), retryQueries: input.retryQueries },
          maxTokens: input.maxTokens ?? learnt.tokens,
        });
        continue;
      }
      store.addRows(id, count, event.rows);
      count += event.rows.length;
      await nextTurn();
      signal.throwIfAborted();
    }
    store.enqueue(id, Date.now());
  } finally {
    // Once it is enqueued, this removes nothing.
    if (id !== '') store.removeUnread(id);
  }
  parts.supervisor.start(id, workOf(id, parts));
  return store.get(id);
}

/** Which columns would be read. Throws ADAPTER_NOT_FOUND. */
export async function proposeColumns(
  input: Pick<AnswerTableInput, 'adapterId' | 'task' | 'mapping'> & { columns: string[]; sample: string[][] },
  parts: Pick<AnsweringParts, 'adapters' | 'datasets' | 'knownSchemas'>,
): Promise<{ task: TaskId; mapping: ColumnMapping | null; schemas: number; names: string[] }> {
  const adapter = input.adapterId === null ? null : parts.adapters.get(input.adapterId);
  const task = taskOf(adapter, input);
  const dataset = learntFrom(adapter, parts);
  const schemas = dataset === undefined ? 0 : (await parts.knownSchemas.of(dataset.id)).count;
  const names = await columnsOf(adapter);
  const known = knownMapping(names, dataset);
  try {
    const about = { task, chosen: input.mapping ?? {}, known, schemas, file: { name: '' } };
    return { task, mapping: contextMapping(about, input.columns, input.sample), schemas, names };
  } catch (error) {
    if (error instanceof StudioError && error.code === 'CSV_COLUMN_MISSING')
      return { task, mapping: null, schemas, names };
    throw error;
  }
}

/** An adapter does what it was trained for. */
function taskOf(adapter: Adapter | null, { task = 'custom' }: Pick<AnswerTableInput, 'task'>): TaskId {
  return adapter?.task ?? task;
}

/** What the rows of a table without a column for the schema are about; null for other tables. */
function schemasFor(mapping: ColumnMapping, task: TaskId, known: RowSchemas | undefined): NewAnsweredTable['schemas'] {
  if (known === undefined || !lacksSchema(task, mapping)) return null;
  return mapping.database === undefined ? { '': known.only ?? '' } : known.byDatabase;
}

/** Tells whether a query can be run on the database of the examples with the same schema. */
async function runnableOn(
  adapter: Adapter | null,
  parts: AnsweringParts,
): Promise<(context: string) => CanRun | undefined> {
  const dataset = learntFrom(adapter, parts);
  if (dataset?.task !== 'nl2sql' || !dataset.hasDatabase) return () => undefined;
  const schemas = await parts.knownSchemas.of(dataset.id);
  return (context) => {
    const database = schemas.databaseOf(context);
    return database === undefined ? undefined : queryCheck(dataset, database, parts);
  };
}

/** The dataset that an adapter was trained on, if it is there. */
function learntFrom(adapter: Adapter | null, { datasets }: Pick<AnsweringParts, 'datasets'>): Dataset | undefined {
  return datasets.list().find(({ id }) => id === adapter?.datasetId);
}

/** The names of the columns that an adapter's contexts are made of, if there are several. */
async function columnsOf(adapter: Adapter | null): Promise<string[]> {
  return adapter === null ? [] : await readColumns(adapter.path);
}

/** The columns that an adapter was trained on, as far as they are known. */
function knownMapping(columns: readonly string[], dataset: Dataset | undefined): ColumnMapping {
  return { ...dataset?.mapping, ...mappedTo('context', columns) };
}

/** What follows from the rows that an adapter was trained on, as far as they are there. */
async function learntBy(
  adapter: Adapter | null,
  parts: Pick<AnsweringParts, 'datasets' | 'adapterForms' | 'knownSchemas' | 'modelTexts'> & {
    base: BaseModel;
    signal: AbortSignal;
  },
): Promise<{ mapping: ColumnMapping; form: AnswerForm | undefined; schemas?: RowSchemas; tokens: number }> {
  if (adapter === null) return { mapping: {}, form: undefined, tokens: usualTokens };
  const form = await parts.adapterForms.of(adapter);
  const text = await parts.modelTexts.of(parts.base, adapter.task);
  const tokensOf = (rows: Iterable<Example>) => usualAnswerTokens(rows, text, { form, signal: parts.signal });
  const known = learntFrom(adapter, parts);
  const mapping = knownMapping(await columnsOf(adapter), known);
  // Labels say by themselves how long an answer may be.
  if (known === undefined)
    return { mapping, form, tokens: form !== undefined && 'texts' in form ? await tokensOf([]) : usualTokens };
  const schemas = await parts.knownSchemas.of(known.id);
  return {
    mapping,
    form,
    schemas,
    tokens: await tokensOf(parts.datasets.examples(known.id).take(200)),
  };
}

/**
 * Goes on with a stopped or interrupted table at the first row without an answer. Throws ANSWERED_TABLE_NOT_FOUND,
 * ANSWERED_TABLE_NOT_RESUMABLE, ADAPTER_NOT_FOUND.
 */
export function resumeTable(id: string, parts: AnsweringParts): AnsweredTable {
  const { store, supervisor } = parts;
  const { state, name, baseModelId, baseSha256, adapterId, adapterSha256 } = store.get(id);
  const refuse = (why: Because) => new StudioError('ANSWERED_TABLE_NOT_RESUMABLE', { table: name, ...why });
  if (state === 'running' && !supervisor.isLeft(id)) throw refuse(because('GOES_ON'));
  if (state === 'finished') throw refuse(because('HAS_FINISHED'));
  if (parts.baseModels.get(baseModelId).sha256 !== baseSha256) throw refuse(because('BASE_GONE'));
  if (adapterId !== null && parts.adapters.get(adapterId).sha256 !== adapterSha256)
    throw refuse(because('ADAPTER_CHANGED'));
  supervisor.resume(id, workOf(id, parts), () => store.enqueue(id, Date.now()));
  return store.get(id);
}

/** Takes over the tables that an earlier process left queued. */
export function takeUpTables(parts: AnsweringParts): void {
  for (const id of parts.supervisor.listLeft(jobKind)) parts.supervisor.takeUp(id, workOf(id, parts));
}

function workOf(id: string, parts: AnsweringParts): Work<AnsweredTableEvent> {
  return {
    run: (signal) => work(id, parts, signal),
    finished: () => ({ kind: 'finished', table: parts.store.get(id) }),
  };
}

async function* work(id: string, parts: AnsweringParts, signal: AbortSignal): AsyncGenerator<AnsweredTableEvent> {
  const { store } = parts;
  const table = store.get(id);
  const base = parts.baseModels.get(table.baseModelId);
  const adapter = table.adapterId === null ? null : parts.adapters.get(table.adapterId);
  await parts.requireUnchanged(base, signal);
  const job = {
    ...{ name: adapter?.name ?? base.name, table, form: table.form ?? undefined, base },
    adapter: adapter === null ? null : { folder: adapter.path, strength: 1 },
    names: mappedTo('context', await columnsOf(adapter)),
    runnable: await runnableOn(adapter, parts),
  };
  const text = await parts.modelTexts.of(base, table.task);
  const began = performance.now();
  const { rows: total, answered: before } = table;
  let [done, toldAt, countedAt] = [before, Number.NEGATIVE_INFINITY, began];
  for await (const answer of answerRows(job, { engine: parts.engine, text, store }, signal)) {
    if (answer === undefined) continue;
    store.setAnswer(id, answer);
    done++;
    const now = performance.now();
    if (now - toldAt < toldEveryMs && done < total) continue;
    store.addSeconds(id, (now - countedAt) / 1000);
    [toldAt, countedAt] = [now, now];
    const here = done - before;
    const secondsLeft = here < fewestToTell ? null : ((now - began) / 1000 / here) * (total - done);
    yield { kind: 'progress', done, total, secondsLeft };
  }
}
