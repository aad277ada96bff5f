import type { Message, PromptFit } from '../../src-contract/chat.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { Turn } from '../base-models/chat-template.ts';
import { tasks } from '../tasks/tasks.ts';

type Said = Pick<Message, 'role' | 'text' | 'input'>;

export interface TurnPrompt extends PromptFit {
  readonly promptIds: readonly number[];
}

/**
 * What the model reads for a turn, in ids that leave `room` for an answer. An adapter reads its task's layout, one turn
 * alone, as in its training; one for conversations, and the base where it has a chat template, reads the turns before it,
 * too. What does not fit is left out: the oldest turns first, then the middle of the question. What was left out of what
 * is read otherwise is counted. `text` is that of the base for the task.
 */
export async function turnPrompt(
  said: {
    readonly question: Said;
    /** The turns before it; only called when they may be read. */
    readonly history: () => readonly Said[];
    readonly task: TaskId | undefined;
  },
  model: { readonly text: BaseText; readonly contextLength: number; readonly maxTokens: number },
): Promise<TurnPrompt> {
  const { text, contextLength } = model;
  const room = Math.max(Math.ceil(contextLength / 2), contextLength - model.maxTokens);
  const alone = renderTurn(said.question, said.task);
  const whole = await text.promptIds(alone);
  const history = readsTurns(said.task) ? said.history() : [];
  const isRead = said.task !== undefined || text.template !== undefined;
  if (isRead && history.length > 0 && whole.length <= room) {
    const kept = await text.conversationWithin([...history.map(turnOf), { role: 'user', content: alone }], room);
    if (kept !== undefined) {
      const { ids: promptIds, leftOut: leftOutTurns } = kept;
      return { promptIds, promptTokens: promptIds.length, contextLength, leftOutTurns, leftOutTokens: 0 };
    }
  }
  const promptIds = whole.length > room ? await text.promptIdsWithin(alone, room) : whole;
  return {
    ...{ promptIds, promptTokens: promptIds.length, contextLength },
    leftOutTurns: history.length,
    leftOutTokens: whole.length - promptIds.length,
  };
}

/** Whether the turns before a question are for whoever answers it: the base, or an adapter for conversations. */
function readsTurns(task: TaskId | undefined): boolean {
  return task === undefined || task === 'conversation';
}

/** The text that a model reads for a question, without its chat template. */
export function renderTurn(message: Said, task: TaskId | undefined): string {
  const input = message.input ?? {};
  const { fields, renderContext } = tasks[task ?? taskOf(input)];
  return renderContext({ ...input, [fields.context.at(-1) ?? 'context']: message.text });
}

function turnOf(message: Said): Turn {
  return message.role === 'user'
    ? { role: 'user', content: renderTurn(message, undefined) }
    : { role: 'assistant', content: message.text };
}

/** Without an adapter, the input given with the text determines its layout. */
function taskOf(input: TaskInput): TaskId {
  if (input.passage) return 'mrc';
  if (input.schema) return 'nl2sql';
  return 'custom';
}
