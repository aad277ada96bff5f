import { implement } from '@orpc/server';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { defaultSampling, type GenerateInput, type MeasureInput, type Sampling } from '../../src-contract/chat.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { TaskId } from '../../src-contract/task.ts';
import type { AdapterForms } from '../adapters/adapter-forms.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import { writeRunnable } from '../base-models/runnable-answer.ts';
import type { UnchangedFiles } from '../base-models/unchanged-base.ts';
import { queryCheck, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine } from '../engine/engine.ts';
import { fileNameOf } from '../files/file-name.ts';
import { type Answerer, answererOn, choiceOf, formOf } from './answerer.ts';
import { compareTurn, regenerateTurn, sendTurn, type TurnParts } from './chat-turn.ts';
import type { ConversationStore } from './conversation-store.ts';
import { conversationJson, conversationMarkdown } from './export-conversation.ts';
import type { MessageStore } from './message-store.ts';
import { runnableQueries } from './runnable-queries.ts';
import type { RunningAnswers } from './running-answers.ts';
import { scorePair, scoreRows } from './score.ts';
import { TrainedAnswers } from './trained-answers.ts';
import { renderTurn, turnPrompt } from './turn-prompt.ts';
import type { UnfinishedAnswers } from './unfinished-answer-store.ts';

export function chatProcedures(studio: {
  store: ConversationStore;
  messages: MessageStore;
  unfinished: UnfinishedAnswers;
  baseModels: BaseModelStore;
  adapters: AdapterStore;
  datasets: DatasetStore;
  datasetsFolder: string;
  sql: SqlRunner;
  forms: Pick<AdapterForms, 'of'>;
  modelTexts: ModelTexts;
  unchangedFiles: UnchangedFiles;
  engine: Engine;
  answers: RunningAnswers;
  changed: () => void;
}) {
  const { store, messages, unfinished, baseModels, datasets, modelTexts, unchangedFiles, engine, answers } = studio;
  const { forms, changed } = studio;
  const trained = new TrainedAnswers(datasets);
  const os = implement(contract.chat).$context<CallerContext>();

  /** What a turn of a conversation needs besides its text. */
  const turnOf = async (input: { conversationId: string; sampling?: Partial<Sampling> }) => {
    const conversation = store.get(input.conversationId);
    const base = baseModels.get(conversation.baseModelId);
    const textFor = (task: TaskId | undefined) => modelTexts.of(base, task);
    const runnable: TurnParts['runnable'] = (adapter, question) => runnableQueries(adapter, question, studio);
    const written = { trained, forms, runnable };
    const parts = { store: messages, unfinished, unchangedFiles, engine, ...written, textFor, now: Date.now };
    return { turn: { conversation, base, sampling: input.sampling }, parts };
  };

  /** Other windows learn that an answer is being written, and when it has ended. */
  async function* told<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event> {
    let hasBegun = false;
    try {
      for await (const event of events) {
        if (!hasBegun) changed();
        hasBegun = true;
        yield event;
      }
    } finally {
      changed();
    }
  }

  const promptIdsOf = (
    prompt: GenerateInput['prompt'],
    { base, text, task, maxTokens }: { base: BaseModel; text: BaseText; task: TaskId | undefined; maxTokens: number },
  ): number[] | Promise<number[]> => {
    switch (prompt.kind) {
      case 'text':
        return text.promptIds(prompt.text);
      case 'turns':
        if (
          text.template === undefined &&
          task !== 'conversation' &&
          (prompt.turns.length > 1 || prompt.turns[0]?.role !== 'user')
        ) {
          const why = because('TURNS_WITHOUT_TEMPLATE', { base: base.name });
          throw new StudioError('OPTION_INVALID', { option: 'messages', ...why });
        }
        return text.conversationIds(prompt.turns);
      case 'raw':
        return text.rawIds(prompt.text);
      case 'example': {
        const { context } = datasets.example(datasets.get(prompt.datasetId).id, prompt.exampleId);
        return text.promptIdsWithin(context, roomFor(base, maxTokens));
      }
      default:
        return prompt satisfies never;
    }
  };

  /** Where a query that cannot be run is to be replaced, tells whether it can. Throws OPTION_INVALID without a database. */
  const checkOf = (prompt: GenerateInput['prompt']) => {
    if (prompt.kind !== 'example' || prompt.retryQueries !== true) return undefined;
    const dataset = datasets.get(prompt.datasetId);
    if (!dataset.hasDatabase)
      throw new StudioError('OPTION_INVALID', { option: 'retryQueries', ...because('DATABASE_MISSING') });
    return queryCheck(dataset, datasets.example(dataset.id, prompt.exampleId).database, studio);
  };

  /** What the model would read for a message that has not been sent yet. */
  const unsentPrompt = async (input: MeasureInput, { base, answerer }: { base: BaseModel; answerer: Answerer }) => {
    const last = input.conversationId === undefined ? null : messages.leaf(store.get(input.conversationId).id);
    const parentId = input.parentId === undefined ? last : input.parentId;
    return turnPrompt(
      {
        question: { role: 'user', text: input.text, input: input.input ?? null },
        history: () => (parentId === null ? [] : messages.pathTo(parentId)),
        task: answerer.adapter?.task,
      },
      {
        text: await modelTexts.of(base, answerer.adapter?.task),
        contextLength: base.contextLength,
        maxTokens: defaultSampling.maxTokens,
      },
    );
  };

  return os.router({
    generate: os.generate.handler(async function* ({ input, signal = never() }) {
      const base = baseModels.get(input.baseModelId);
      const answerer = answererOn(base, input, studio);
      await unchangedFiles.require(base, signal);
      const { adapter } = answerer;
      const task = input.prompt.kind === 'example' ? datasets.get(input.prompt.datasetId).task : adapter?.task;
      const text = await modelTexts.of(base, task);
      const sampling = { ...defaultSampling, ...input.sampling };
      const promptIds = await promptIdsOf(input.prompt, { base, text, task, maxTokens: sampling.maxTokens });
      const job = {
        name: adapter?.name ?? base.name,
        ...{ modelFolder: base.path, contextLength: base.contextLength, promptIds },
        adapter: choiceOf(answerer),
        precision: input.precision,
        trained: await trained.of(adapter, text),
        continues: input.prompt.kind === 'raw',
        form: input.form?.kind === 'targets' ? await formOf(answerer, forms) : input.form,
        ...sampling,
      };
      for await (const event of writeRunnable(job, { engine, text, canRun: checkOf(input.prompt) }, signal)) {
        if (event.kind === 'retrying') continue;
        if (event.kind !== 'finished') {
          yield event;
          continue;
        }
        const { ids, seconds, firstTokenMs, switchMs, finish, certainty } = event.answer;
        yield {
          kind: 'finished' as const,
          generation: {
            ...{ text: event.answer.text, firstText: event.firstText, ids: [...ids], tokens: ids.length },
            promptTokens: promptIds.length,
            ...{ seconds, firstTokenMs, switchMs, finish, certainty, base: { sha256: base.sha256 } },
            adapter: adapter === null ? null : { name: adapter.name, sha256: adapter.sha256 },
          },
        };
      }
    }),
    score: os.score.handler(async ({ input, signal = never() }) => {
      const base = baseModels.get(input.baseModelId);
      const answerer = answererOn(base, input, studio);
      await unchangedFiles.require(base, signal);
      const { what } = input;
      const partsFor = async (task: TaskId | undefined) => {
        return { engine, text: await modelTexts.of(base, task), base, answerer, precision: input.precision };
      };
      if (what.kind === 'pair') return scorePair(what, await partsFor(answerer.adapter?.task), signal);
      const { id, task } = datasets.get(what.datasetId);
      const rows = datasets.examples(id, what.split);
      const parts = await partsFor(task);
      return scoreRows(rows.take(what.limit ?? Infinity), parts, signal);
    }),
    conversations: os.conversations.handler(() => store.list()),
    createConversation: os.createConversation.handler(({ input }) => {
      const { id: baseModelId } = baseModels.get(input.baseModelId);
      const conversation = store.insert({ baseModelId, title: input.title ?? 'New conversation', now: Date.now() });
      changed();
      return conversation;
    }),
    renameConversation: os.renameConversation.handler(({ input }) => {
      const conversation = store.rename(store.get(input.id).id, input.title);
      changed();
      return conversation;
    }),
    deleteConversation: os.deleteConversation.handler(({ input }) => {
      store.markDeleted(store.get(input.id).id, Date.now());
      changed();
    }),
    restoreConversation: os.restoreConversation.handler(({ input }) => {
      const conversation = store.restore(input.id);
      changed();
      return conversation;
    }),
    messages: os.messages.handler(({ input }) => messages.turns(store.get(input.conversationId).id, input.known)),
    search: os.search.handler(({ input }) => messages.search(input.text)),
    send: os.send.handler(async function* ({ input, signal }) {
      const { turn, parts } = await turnOf(input);
      const { text, input: beside, parentId } = input;
      const answerer = answererOn(turn.base, input, studio);
      const asked = { ...turn, text, input: beside, parentId, answerer };
      yield* told(answers.follow(turn.conversation, (until) => sendTurn(asked, parts, until), signal));
    }),
    regenerate: os.regenerate.handler(async function* ({ input, signal }) {
      const { turn, parts } = await turnOf(input);
      const answerer = answererOn(turn.base, input, studio);
      const asked = { ...turn, answerer, messageId: input.messageId };
      yield* told(answers.follow(turn.conversation, (until) => regenerateTurn(asked, parts, until), signal));
    }),
    compare: os.compare.handler(async function* ({ input, signal }) {
      const { turn, parts } = await turnOf(input);
      const { text, input: beside, parentId } = input;
      const answerers = input.columns.map((column) => answererOn(turn.base, column, studio));
      const asked = { ...turn, text, input: beside, parentId, answerers };
      yield* told(answers.follow(turn.conversation, (until) => compareTurn(asked, parts, until), signal));
    }),
    measure: os.measure.handler(async ({ input }) => {
      const base = baseModels.get(input.baseModelId);
      const answerer = answererOn(base, { adapterId: input.adapterId, strength: 1 }, studio);
      const { promptIds: _, ...fit } = await unsentPrompt(input, { base, answerer });
      return fit;
    }),
    readAhead: os.readAhead.handler(async ({ input, signal = never() }) => {
      const base = baseModels.get(input.baseModelId);
      const answerer = answererOn(base, input, studio);
      await unchangedFiles.require(base, signal);
      const { promptIds } = await unsentPrompt(input, { base, answerer });
      const place = { modelFolder: base.path, adapter: choiceOf(answerer), promptIds };
      const job = { ...defaultSampling, ...place, maxTokens: 1, stopIds: [] };
      for await (const _ of engine.generate(job, signal));
    }),
    chooseTurn: os.chooseTurn.handler(({ input }) => {
      const message = messages.get(input.messageId);
      messages.choose(message);
      changed();
    }),
    vote: os.vote.handler(({ input }) => {
      messages.vote(messages.get(input.messageId), input.isBest);
      changed();
    }),
    asRow: os.asRow.handler(({ input }) => {
      const answer = messages.get(input.messageId);
      const question = answer.parentId === null ? answer : messages.get(answer.parentId);
      return { context: renderTurn(question, answer.task ?? undefined), target: answer.text.trim() };
    }),
    branch: os.branch.handler(({ input }) => {
      const last = messages.get(input.messageId);
      const { baseModelId, title } = store.get(last.conversationId);
      const branch = store.insert({ baseModelId, title, now: Date.now() }, (id) => messages.copyPath(last, id));
      changed();
      return branch;
    }),
    export: os.export.handler(({ input }) => {
      const conversation = store.get(input.id);
      const path = messages.path(conversation.id);
      const isText = input.format === 'markdown';
      return {
        name: fileNameOf({
          ...{ title: conversation.title, otherwise: 'conversation' },
          extension: isText ? 'md' : 'json',
        }),
        text: isText
          ? conversationMarkdown(conversation, path, input.language)
          : conversationJson(conversation, messages.all(conversation.id), path),
      };
    }),
  });
}

/** Prompt tokens that leave room for an answer; at least half of what the model can read. */
function roomFor(base: BaseModel, maxTokens: number): number {
  return Math.max(Math.ceil(base.contextLength / 2), base.contextLength - maxTokens);
}

function never(): AbortSignal {
  return new AbortController().signal;
}
