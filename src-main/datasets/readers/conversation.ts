import { cellOf, joined } from './cell-text.ts';
import type { RecordProblem } from './table.ts';

interface Turn {
  readonly role: string;
  readonly text: string;
}

/**
 * A conversation: the last answer is the target, all before it the context. A single question stands there as it is; in a
 * longer conversation each turn is told by its role.
 */
export function conversation(turns: readonly Turn[]): { cells: string[]; problem?: RecordProblem } {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') {
    return { cells: [joined(...turns.map(({ text }) => text)), ''], problem: 'NO_ANSWER' };
  }
  const before = turns.slice(0, -1);
  const isShort = before.filter(({ role }) => role !== 'system').length <= 1;
  const context = isShort
    ? joined(...before.map(({ text }) => text))
    : before.map(({ role, text }) => (role === 'system' ? text : `${roleNames[role] ?? role}: ${text}`)).join('\n\n');
  return { cells: [context, last.text] };
}

const roleNames: Readonly<Record<string, string>> = { user: 'User', assistant: 'Assistant', tool: 'Tool' };
const roles: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
};

export function turnsOf(list: unknown, roleKey: string, textKey: string): Turn[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const turn = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const role = cellOf(turn[roleKey]).toLowerCase();
    return { role: roles[role] ?? role, text: textOf(turn[textKey]) };
  });
}

/** The text of a turn, which some write as a list of parts. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return cellOf(content);
  return joined(
    ...content.map((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part ? part.text : part)),
  );
}
