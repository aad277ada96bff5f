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
 * What the model reads for a turn, in ids that leave `room` for an answer. An adapter reads its task's layout, one turn alone,
 * as in its training. The base reads the turns before it where it has a chat template, otherwise the turn alone. What does
 * not fit is left out: the oldest turns first, then the middle of the question. What the base does not read is counted.
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
  const history = said.task === undefined ? said.history() : [];
  if (text.template !== undefined && whole.length <= room) {
    const turns = history.map(turnOf);
    // What remains must begin with a question.
    const begins = turns.flatMap(({ role }, place) => (role === 'user' ? [place] : [])).reverse();
    const readFrom = (begin: number) => text.conversationIds([...turns.slice(begin), { role: 'user', content: alone }]);
    const kept = await lastFitting(begins, { read: readFrom, room });
    if (kept !== undefined) {
      const { place: leftOutTurns, ids: promptIds } = kept;
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

/**
 * The last of these places from which the ids that `read` returns fit; each has more of them than the one before. Never
 * reads much more than fits: of a conversation of hundreds of turns, reading all takes a moment each time.
 */
async function lastFitting(
  places: readonly number[],
  { read, room }: { readonly read: (place: number) => number[] | Promise<number[]>; readonly room: number },
): Promise<{ readonly place: number; readonly ids: number[] } | undefined> {
  let last: { place: number; ids: number[] } | undefined;
  let [fitting, tooMany] = [0, places.length + 1];
  while (tooMany - fitting > 1) {
    // Twice as many until it is too much, then halfway.
    const doubled = Math.min(places.length, Math.max(1, fitting * 2));
    const count = tooMany > places.length ? doubled : (fitting + tooMany) >> 1;
    const place = places[count - 1] as number;
    const ids = await read(place);
    if (ids.length > room) tooMany = count;
    else [fitting, last] = [count, { place, ids }];
  }
  return last;
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
