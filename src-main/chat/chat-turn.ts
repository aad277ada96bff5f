import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import {
  type ChatEvent,
  type CompareEvent,
  type Conversation,
  defaultSampling,
  type Message,
  type Sampling,
} from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import type { AdapterForms } from '../adapters/adapter-forms.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { type CanRun, type RunnableEvent, writeRunnable } from '../base-models/runnable-answer.ts';
import type { UnchangedFiles } from '../base-models/unchanged-base.ts';
import type { Answer } from '../base-models/write-answer.ts';
import type { Engine } from '../engine/engine.ts';
import { type Answerer, choiceOf, creditOf, formOf } from './answerer.ts';
import type { KeptMessage, MessageStore } from './message-store.ts';
import { sideBySide } from './side-by-side.ts';
import type { TrainedAnswers } from './trained-answers.ts';
import { turnPrompt } from './turn-prompt.ts';
import type { UnfinishedAnswers } from './unfinished-answer-store.ts';
import { writingSpeed } from './writing-speed.ts';

export interface TurnParts {
  readonly store: MessageStore;
  readonly unfinished: UnfinishedAnswers;
  readonly engine: Engine;
  readonly unchangedFiles: Pick<UnchangedFiles, 'require'>;
  /** The base's text, as it is read for a task. */
  readonly textFor: (task: TaskId | undefined) => Promise<BaseText>;
  readonly trained: Pick<TrainedAnswers, 'of'>;
  /** Tells whether an adapter's answer to a question can be run; undefined where there is no database to ask. */
  readonly runnable: (adapter: Adapter | null, question: Message) => CanRun | undefined;
  readonly forms: Pick<AdapterForms, 'of'>;
  readonly now: () => number;
}

/** In tokens, unless the person asks for another number: an answer may run on, since it can be stopped. */
const longestAnswer = 512;

/** This much of an answer may be lost with the process. */
const notedEveryMs = 1000;

export interface TurnJob {
  readonly conversation: Conversation;
  readonly base: BaseModel;
  readonly sampling: Partial<Sampling> | undefined;
}

interface Question {
  readonly text: string;
  readonly input: TaskInput | undefined;
  /** The turn that it follows; undefined means the last one. */
  readonly parentId: string | null | undefined;
}

/** A new turn by the person, and its answer. Both are stored; leaving keeps what was written until then. */
export async function* sendTurn(
  turn: TurnJob & Question & { readonly answerer: Answerer },
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const user = ask(turn, turn.answerer, parts);
  yield* answerTurn(turn, user, parts, signal);
}

/** Answers a question again; the earlier answers remain as siblings. Throws OPTION_INVALID, MESSAGE_NOT_FOUND. */
export async function* regenerateTurn(
  turn: TurnJob & { readonly answerer: Answerer; readonly messageId: string | undefined },
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const path = parts.store.path(turn.conversation.id);
  const named = turn.messageId === undefined ? undefined : parts.store.get(turn.messageId);
  const wanted = named?.role === 'assistant' ? named.parentId : named?.id;
  const user = path.findLast((message) => message.role === 'user' && (wanted === undefined || message.id === wanted));
  if (user === undefined) {
    throw new StudioError('OPTION_INVALID', { option: 'conversation', ...because('NOTHING_ASKED') });
  }
  yield* answerTurn(turn, user, parts, signal);
}

/** Puts one question to several answerers at once; the first one's answer is continued until another is voted best. */
export async function* compareTurn(
  turn: TurnJob & Question & { readonly answerers: readonly Answerer[] },
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<CompareEvent> {
  const user = ask(
    turn,
    turn.answerers.find(({ adapter }) => adapter !== null),
    parts,
  );
  const comparisonId = parts.store.newId(parts.now());
  yield { kind: 'started', user, comparisonId };
  await parts.unchangedFiles.require(turn.base, signal);
  // Created in the order of the columns: ids rise, so that order holds whichever answer ends first.
  const asked = turn.answerers.map((answerer, column) => ({
    answerer,
    comparisonId,
    answerId: parts.store.newId(parts.now() + column),
  }));
  const answerIds = asked.map(({ answerId }) => answerId);
  try {
    const columns = asked.map((each) => answer({ ...turn, ...each }, user, parts, signal));
    for await (const { source: column, value: event } of sideBySide(columns)) {
      if (event.kind === 'text' || event.kind === 'retrying') yield { ...event, column };
      else if (event.kind !== 'kept') yield event;
      else yield { kind: 'finished', column, answer: { ...event.answer, siblings: answerIds, onPath: column === 0 } };
    }
  } finally {
    const kept = new Map(parts.store.all(turn.conversation.id).map((message) => [message.id, message]));
    const first = answerIds.map((id) => kept.get(id)).find((message) => message !== undefined);
    if (first !== undefined) parts.store.choose(first);
  }
}

/** Stores the question. */
function ask(turn: TurnJob & Question, answerer: Answerer | undefined, { store, now }: TurnParts): Message {
  const createdAt = now();
  const user: KeptMessage = {
    ...nothingSaid,
    ...{ id: store.newId(createdAt), conversationId: turn.conversation.id, role: 'user', createdAt },
    parentId: turn.parentId === undefined ? store.leaf(turn.conversation.id) : turn.parentId,
    ...{ text: turn.text, input: turn.input ?? null, task: answerer?.adapter?.task ?? null },
  };
  if (user.parentId !== null && store.get(user.parentId).conversationId !== user.conversationId) {
    throw new StudioError('MESSAGE_NOT_FOUND', { message: user.parentId });
  }
  store.insert(user);
  return placed(user, store);
}

async function* answerTurn(
  turn: TurnJob & { readonly answerer: Answerer },
  user: Message,
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const answerId = parts.store.newId(parts.now());
  yield { kind: 'started', user, answerId };
  await parts.unchangedFiles.require(turn.base, signal);
  for await (const event of answer({ ...turn, answerId }, user, parts, signal)) {
    if (event.kind !== 'kept') yield event;
    else yield { kind: 'finished', answer: placed(event.answer, parts.store) };
  }
}

type AnswerEvent =
  | Exclude<RunnableEvent, { kind: 'finished' }>
  | { readonly kind: 'kept'; readonly answer: KeptMessage };

/**
 * One answer to a question already stored. If abandoned midway, what was written until then is kept, unless that is
 * nothing; if the process dies, most of it.
 */
async function* answer(
  turn: TurnJob & { readonly answerer: Answerer; readonly answerId: string; readonly comparisonId?: string },
  user: Message,
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const { base, answerer, answerId: id } = turn;
  const { store, unfinished, now } = parts;
  const sampling = { ...defaultSampling, maxTokens: longestAnswer, ...turn.sampling };
  const baseText = await parts.textFor(answerer.adapter?.task);
  const prompt = await turnPrompt(
    {
      question: user,
      // Side by side the base reads the question alone, as most adapters do: one that read their answers copied them.
      history: () =>
        user.parentId === null || (turn.comparisonId && !answerer.adapter) ? [] : store.pathTo(user.parentId),
      task: answerer.adapter?.task,
    },
    {
      text: baseText,
      contextLength: base.contextLength,
      maxTokens: turn.sampling?.maxTokens ?? defaultSampling.maxTokens,
    },
  );
  let text = '';
  let firstText: string | null = null;
  let notedAt = now();
  let isKept = false;
  const written = (end: Answer | undefined): KeptMessage => ({
    ...nothingSaid,
    ...creditOf(answerer),
    ...{
      id,
      conversationId: turn.conversation.id,
      parentId: user.id,
      role: 'assistant',
      text,
      firstText,
      createdAt: now(),
    },
    ...{ baseSha256: base.sha256, comparisonId: turn.comparisonId ?? null },
    tokens: end?.ids.length ?? null,
    tokensPerSecond: end === undefined ? null : writingSpeed(end),
    firstTokenMs: end?.firstTokenMs ?? null,
    switchMs: end?.switchMs ?? null,
    ...{ finish: end?.finish ?? 'stopped', certainty: end?.certainty ?? null },
    ...{ promptTokens: prompt.promptTokens, leftOutTurns: prompt.leftOutTurns, leftOutTokens: prompt.leftOutTokens },
  });
  const keep = (end: Answer | undefined): KeptMessage => {
    const kept = written(end);
    store.insert(kept);
    // On a full disk the note may stay: it is ignored where the answer is there.
    isKept = true;
    unfinished.forget(id);
    return kept;
  };
  const job = {
    name: answerer.adapter?.name ?? base.name,
    ...{ modelFolder: base.path, contextLength: base.contextLength, promptIds: prompt.promptIds },
    adapter: choiceOf(answerer),
    trained: await parts.trained.of(answerer.adapter, baseText),
    form: answerer.keepsForm ? await formOf(answerer, parts.forms) : undefined,
    ...sampling,
  };
  try {
    const canRun = parts.runnable(answerer.adapter, user);
    for await (const event of writeRunnable(job, { engine: parts.engine, text: baseText, canRun }, signal)) {
      // Stopping may have taken as long as loading the base, and another question may have been asked meanwhile.
      if (signal.aborted && text === '') return;
      if (event.kind === 'text') {
        text += event.delta;
        if (now() - notedAt >= notedEveryMs) {
          unfinished.note(written(undefined));
          notedAt = now();
        }
      }
      if (event.kind !== 'finished') {
        yield event;
        continue;
      }
      if (event.firstText !== null) ({ firstText, text } = { firstText: event.firstText, text: event.answer.text });
      yield { kind: 'kept', answer: keep(event.answer) };
    }
  } finally {
    if (!isKept && text !== '') keep(undefined);
  }
}

function placed(message: KeptMessage, store: MessageStore): Message {
  return { ...message, siblings: store.siblings(message), onPath: true };
}

const nothingSaid = {
  ...{
    firstText: null,
    input: null,
    adapterId: null,
    adapterName: null,
    adapterSha256: null,
    mix: [],
    baseSha256: null,
    task: null,
  },
  ...{ strength: null, tokens: null, tokensPerSecond: null, firstTokenMs: null, switchMs: null, finish: null },
  certainty: null,
  ...{ promptTokens: null, leftOutTurns: 0, leftOutTokens: 0, comparisonId: null, isBest: false },
};
