import { isObject } from './json-parse.ts';

/** A message with several replies of which the best is read; the order in which they are asked about says the rest. */
export type Reply = Readonly<Record<string, unknown>>;

/** Whether a value is a message with its replies, each with replies of its own. */
export function isReplyTree(value: unknown): value is Record<string, unknown> & { readonly replies: unknown[] } {
  return isObject(value) && Array.isArray(value.replies) && typeof value.role === 'string' && 'text' in value;
}

/** From the first message of a tree on, the best reply to each. */
export function bestBranch(tree: unknown): Record<string, unknown>[] {
  const branch: Record<string, unknown>[] = [];
  for (let message: unknown = tree; isReplyTree(message); message = bestReply(message.replies.filter(isReplyTree))) {
    branch.push(message);
  }
  return branch;
}

/** The one with the lowest rank, or the first where none has one; those that were taken back or refused are none. */
export function bestReply<Message extends Reply>(replies: readonly Message[]): Message | undefined {
  const rankOf = ({ rank }: Reply) => {
    const number = rank === '' || rank === null || rank === undefined ? Number.NaN : Number(rank);
    return Number.isNaN(number) ? Infinity : number;
  };
  return replies.filter(isKept).toSorted((a, b) => (rankOf(a) === rankOf(b) ? 0 : rankOf(a) - rankOf(b)))[0];
}

function isKept({ deleted, review_result: isAccepted }: Reply): boolean {
  return !isTrue(deleted) && !/^false$/i.test(String(isAccepted));
}

function isTrue(value: unknown): boolean {
  return /^true$/i.test(String(value));
}
