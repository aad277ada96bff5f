import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import {
  type ChatEvent,
  type Conversation,
  defaultSampling,
  type Message,
  type Sampling,
} from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import type { Turn } from '../base-models/chat-template.ts';
import type { ModelText } from '../base-models/model-text.ts';
import { type Answer, writeAnswer } from '../base-models/write-answer.ts';
import type { Engine } from '../engine/engine.ts';
import { tasks } from '../tasks/tasks.ts';
import type { ConversationStore } from './conversation-store.ts';

export interface TurnParts {
  readonly store: ConversationStore;
  readonly engine: Engine;
  readonly text: ModelText;
  readonly now: () => number;
}

/** Tokens, where the person asks for no other number: an answer may run on, since it can be stopped. */
const longestAnswer = 512;

export interface TurnJob {
  readonly conversation: Conversation;
  readonly base: BaseModel;
  /** Null is the base alone. */
  readonly adapter: Adapter | null;
  readonly strength: number;
  readonly sampling: Partial<Sampling> | undefined;
}

/** A new turn of the person's, and its answer. Both are kept; leaving keeps what was written until then. */
export async function* sendTurn(
  turn: TurnJob & { text: string; input: TaskInput | undefined },
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const { store, now } = parts;
  const createdAt = now();
  const user: Message = {
    ...nothingSaid,
    ...{ id: store.newMessageId(createdAt), conversationId: turn.conversation.id, role: 'user', createdAt },
    ...{ text: turn.text, input: turn.input ?? null, task: turn.adapter?.task ?? null },
  };
  const history = store.messages(turn.conversation.id);
  store.insertMessage(user);
  yield* answer(turn, { user, history, replaced: [] }, parts, signal);
}

/** Answers the last turn of the person's again; the old answer goes when the new one is there. Throws OPTION_INVALID. */
export async function* regenerateTurn(turn: TurnJob, parts: TurnParts, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const messages = parts.store.messages(turn.conversation.id);
  const place = messages.findLastIndex((message) => message.role === 'user');
  const user = messages[place];
  if (user === undefined) {
    throw new StudioError('OPTION_INVALID', { option: 'conversation', reason: 'nothing was asked in it yet' });
  }
  const replaced = messages.slice(place + 1).map(({ id }) => id);
  yield* answer(turn, { user, history: messages.slice(0, place), replaced }, parts, signal);
}

/**
 * What the model reads for a turn. An adapter reads its task's layout, one turn alone, as in its training. The base reads the
 * whole conversation where it has a chat template, otherwise the turn alone.
 */
function renderTurn(message: Pick<Message, 'text' | 'input'>, task: TaskId | undefined): string {
  const input = message.input ?? {};
  const { fields, renderContext } = tasks[task ?? taskOf(input)];
  return renderContext({ ...input, [fields.context.at(-1) ?? 'context']: message.text });
}

async function* answer(
  turn: TurnJob,
  said: { user: Message; history: readonly Message[]; replaced: readonly string[] },
  parts: TurnParts,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const { base, adapter, strength } = turn;
  const { store, now } = parts;
  const createdAt = now();
  const answerId = store.newMessageId(createdAt);
  let text = '';
  let kept: Message | undefined;
  const keep = (end: Answer | undefined) => {
    kept = {
      ...nothingSaid,
      ...{ id: answerId, conversationId: turn.conversation.id, role: 'assistant', text, createdAt: now(), strength },
      ...{ adapterId: adapter?.id ?? null, adapterName: adapter?.name ?? null, adapterSha256: adapter?.sha256 ?? null },
      task: adapter?.task ?? null,
      tokens: end?.ids.length ?? null,
      tokensPerSecond: end === undefined ? null : end.ids.length / Math.max(end.seconds, 1e-6),
      firstTokenMs: end?.firstTokenMs ?? null,
      switchMs: end?.switchMs ?? null,
      finish: end?.finish ?? 'stopped',
    };
    store.insertMessage(kept, said.replaced);
    return kept;
  };
  yield { kind: 'started', user: said.user, answerId };
  try {
    const promptIds =
      adapter === null
        ? parts.text.conversationIds([...turnsOf(said.history), userTurn(said.user)])
        : parts.text.promptIds(renderTurn(said.user, adapter.task));
    const job = {
      ...{ modelFolder: base.path, contextLength: base.contextLength, promptIds },
      adapter: adapter === null ? null : { folder: adapter.path, strength },
      ...{ ...defaultSampling, maxTokens: longestAnswer },
      ...turn.sampling,
    };
    for await (const event of writeAnswer(job, parts, signal)) {
      if (event.kind === 'text') {
        text += event.delta;
        yield event;
      } else {
        yield { kind: 'finished', answer: keep(event.answer) };
      }
    }
  } finally {
    // Left in the middle, or the engine gave up: what was written until then is kept.
    if (kept === undefined && text !== '') keep(undefined);
  }
}

function turnsOf(history: readonly Message[]): Turn[] {
  return history.map((message) =>
    message.role === 'user' ? userTurn(message) : { role: 'assistant', content: message.text },
  );
}

function userTurn(message: Message): Turn {
  return { role: 'user', content: renderTurn(message, undefined) };
}

/** Without an adapter, what stands beside the text says how to lay it out. */
function taskOf(input: TaskInput): TaskId {
  if (input.passage) return 'mrc';
  if (input.schema) return 'nl2sql';
  return 'custom';
}

const nothingSaid = {
  ...{ input: null, adapterId: null, adapterName: null, adapterSha256: null, task: null, strength: null, tokens: null },
  ...{ tokensPerSecond: null, firstTokenMs: null, switchMs: null, finish: null },
};
