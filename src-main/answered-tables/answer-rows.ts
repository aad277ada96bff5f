import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { ColumnMapping } from '../../src-contract/task.ts';
import { atOnce } from '../async/at-once.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { type CanRun, type RunnableEvent, writeRunnable } from '../base-models/runnable-answer.ts';
import { contextOfCells } from '../datasets/importing/table-cells.ts';
import type { AdapterChoice, Engine } from '../engine/engine.ts';
import type { AnsweredTableStore, RowAnswer } from './answered-table-store.ts';

/** As many answers as the engine writes together (decision 0022). */
const answersAtOnce = 8;
const rowsRead = 200;

export interface AnsweringJob {
  /** Who answers, by the name that a person knows. */
  readonly name: string;
  readonly table: Pick<AnsweredTable, 'id' | 'task' | 'columns' | 'mapping' | 'retryQueries' | 'maxTokens'>;
  readonly form: AnswerForm | undefined;
  /** What the columns of a context are called in it, if that is known: those of the table may have other names. */
  readonly names: ColumnMapping;
  readonly base: { readonly path: string; readonly contextLength: number };
  readonly adapter: AdapterChoice | null;
  /** Tells whether a query can be run on the database that a context is about; undefined if there is none to ask. */
  readonly runnable: (context: string) => CanRun | undefined;
}

/** The answers to the rows that have none yet, as they are ready. Throws MODEL_WITHOUT_NUMBERS, FORM_NOT_WRITABLE. */
export function answerRows(
  job: AnsweringJob,
  parts: { engine: Engine; text: BaseText; store: AnsweredTableStore },
  signal: AbortSignal,
): AsyncGenerator<RowAnswer | undefined, void> {
  const { base, table, form } = job;
  const maxTokens = Math.min(table.maxTokens, Math.floor(base.contextLength / 2));
  const room = base.contextLength - maxTokens;
  const schemas = parts.store.schemas(table.id);
  const answerTo = async (
    { position, cells }: { position: number; cells: readonly string[] },
    until: AbortSignal,
  ): Promise<RowAnswer | undefined> => {
    const asked = contextOfCells(cells, { ...table, names: job.names, schemas });
    if ('lacks' in asked)
      return { position, answer: '', note: asked.lacks === 'text' ? 'empty' : 'unnamed', certainty: null };
    const { context } = asked;
    const whole = await parts.text.promptIds(context);
    const isShortened = whole.length > room;
    const promptIds = isShortened ? await parts.text.promptIdsWithin(context, room) : whole;
    const ask = {
      ...{ name: job.name, modelFolder: base.path, contextLength: base.contextLength, adapter: job.adapter },
      ...{ promptIds, maxTokens, form, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
    };
    const canRun = job.runnable(context);
    const retried = table.retryQueries ? canRun : undefined;
    for await (const event of writeRunnable(ask, { ...parts, canRun: retried }, until)) {
      if (event.kind !== 'finished') continue;
      const { text, finish, certainty = null } = event.answer;
      const note =
        finish === 'length' ? 'cut' : ((await noteOfQuery(event, canRun, until)) ?? (isShortened ? 'shortened' : null));
      return finish === 'stopped' || until.aborted ? undefined : { position, answer: text.trim(), note, certainty };
    }
    return undefined;
  };
  return atOnce(answersAtOnce, unanswered(table.id, parts.store), answerTo, signal);
}

async function noteOfQuery(
  { answer, firstText }: Extract<RunnableEvent, { kind: 'finished' }>,
  canRun: CanRun | undefined,
  signal: AbortSignal,
): Promise<'replaced' | 'unrunnable' | undefined> {
  if (firstText !== null) return 'replaced';
  return canRun === undefined || (await canRun(answer.text, signal)) ? undefined : 'unrunnable';
}

/** Rows without an answer, from the first on; those asked for stay behind. */
function* unanswered(id: string, store: AnsweredTableStore) {
  for (let from = 0; ; ) {
    const page = store.unanswered(id, from, rowsRead);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = last.position + 1;
  }
}
