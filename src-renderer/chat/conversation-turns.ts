import type { Message } from '../../src-contract/chat.ts';
import { answererName } from './answerer-name.ts';

export type Turn =
  | { readonly kind: 'user'; readonly id: string; readonly message: Message }
  /** `question` is absent only in a damaged conversation. */
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly message: Message;
      readonly question: Message | undefined;
    }
  /** Answers to one prompt, side by side. */
  | {
      readonly kind: 'comparison';
      readonly id: string;
      readonly answers: readonly Message[];
      readonly question: Message | undefined;
    }
  /** Names of who answered before and after; null is the base. */
  | {
      readonly kind: 'switch';
      readonly id: string;
      readonly from: string | null;
      readonly to: string | null;
      readonly ms: number;
    };

/**
 * The messages in reading order, with a line where another adapter, or another mix, took over, placed before the
 * question that the new one answered. Compared answers form one turn.
 */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  let before: Message | undefined;
  let question: Message | undefined;
  let questionAt = 0;
  for (const message of messages) {
    const { id } = message;
    if (message.role === 'user') {
      question = message;
      questionAt = turns.length;
      turns.push({ kind: 'user', id, message });
      continue;
    }
    const { comparisonId } = message;
    if (comparisonId) {
      const last = turns.at(-1);
      if (last?.kind === 'comparison' && last.id === comparisonId) {
        turns[turns.length - 1] = { ...last, answers: [...last.answers, message] };
      } else turns.push({ kind: 'comparison', id: comparisonId, answers: [message], question });
      if (message.onPath) before = message;
      continue;
    }
    if (before !== undefined && answererKey(before) !== answererKey(message) && question !== undefined) {
      const [from, to] = [answererName(before), answererName(message)];
      turns.splice(questionAt, 0, { kind: 'switch', id: `switch ${id}`, from, to, ms: message.switchMs ?? 0 });
    }
    turns.push({ kind: 'answer', id, message, question });
    before = message;
  }
  return turns;
}

/** Whether a message is shown in this turn. */
export function holds(turn: Turn, messageId: string): boolean {
  return turn.kind === 'comparison' ? turn.answers.some(({ id }) => id === messageId) : turn.id === messageId;
}

function answererKey({ adapterId, mix }: Message): string {
  return [adapterId, ...mix.map((added) => added.adapterId)].join(' ');
}
