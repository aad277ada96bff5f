import type { Message } from '../../src-contract/chat.ts';

export type Turn =
  | { readonly kind: 'user'; readonly message: Message }
  /** `question` is what was asked; absent only in a damaged conversation. */
  | { readonly kind: 'answer'; readonly message: Message; readonly question: Message | undefined }
  /** Names of who answered before and after; null is the base. */
  | {
      readonly kind: 'switch';
      readonly id: string;
      readonly from: string | null;
      readonly to: string | null;
      readonly ms: number;
    };

/**
 * The messages in the order in which they are read, with a line where another adapter took over: it stands before the
 * question that the new one answered.
 */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  let before: Message | undefined;
  let question: Message | undefined;
  let questionAt = 0;
  for (const message of messages) {
    if (message.role === 'user') {
      question = message;
      questionAt = turns.length;
      turns.push({ kind: 'user', message });
      continue;
    }
    if (before !== undefined && before.adapterId !== message.adapterId && question !== undefined) {
      const [from, to] = [before.adapterName, message.adapterName];
      turns.splice(questionAt, 0, { kind: 'switch', id: `switch ${message.id}`, from, to, ms: message.switchMs ?? 0 });
    }
    turns.push({ kind: 'answer', message, question });
    before = message;
  }
  return turns;
}
