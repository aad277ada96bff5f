import type { Message, PromptFit } from '../../src-contract/chat.ts';
import type { TaskId, TaskInput } from '../../src-contract/task.ts';
import type { Turn } from '../base-models/chat-template.ts';
import type { ModelText } from '../base-models/model-text.ts';
import { tasks } from '../tasks/tasks.ts';

type Said = Pick<Message, 'role' | 'text' | 'input'>;

export interface TurnPrompt extends PromptFit {
  readonly promptIds: readonly number[];
}

/**
 * What the model reads for a turn, in ids that leave `room` for an answer. An adapter reads its task's layout, one turn alone,
 * as in its training. The base reads the turns before it where it has a chat template, otherwise the turn alone. What does
 * not fit is left out: the oldest turns first, then the middle of the question. What the base does not read is counted.
 */
export function turnPrompt(
  said: {
    readonly question: Said;
    /** The turns before it; only called when they may be read. */
    readonly history: () => readonly Said[];
    readonly task: TaskId | undefined;
  },
  model: { readonly text: ModelText; readonly contextLength: number; readonly maxTokens: number },
): TurnPrompt {
  const { text, contextLength } = model;
  const room = Math.max(Math.ceil(contextLength / 2), contextLength - model.maxTokens);
  const alone = renderTurn(said.question, said.task);
  if (said.task === undefined && text.template !== undefined) {
    const turns = said.history().map(turnOf);
    // Every other turn is an answer: what remains must begin with a question.
    for (let leftOutTurns = 0; leftOutTurns < turns.length; leftOutTurns++) {
      if (turns[leftOutTurns]?.role !== 'user') continue;
      const promptIds = text.conversationIds([...turns.slice(leftOutTurns), { role: 'user', content: alone }]);
      if (promptIds.length <= room) {
        return { promptIds, promptTokens: promptIds.length, contextLength, leftOutTurns, leftOutTokens: 0 };
      }
    }
  }
  const whole = text.promptIds(alone);
  const promptIds = whole.length > room ? text.promptIdsWithin(alone, room) : whole;
  return {
    ...{ promptIds, promptTokens: promptIds.length, contextLength },
    leftOutTurns: said.task === undefined ? said.history().length : 0,
    leftOutTokens: whole.length - promptIds.length,
  };
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
