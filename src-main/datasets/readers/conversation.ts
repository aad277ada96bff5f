import { cellOf, joined } from './cell-text.ts';
import type { RecordProblem } from './table.ts';

export interface Turn {
  readonly role: string;
  readonly text: string;
}

/**
 * A conversation: the last answer is the target, everything before it the context. A single question is used as is; in
 * longer conversations each turn is labelled with its role. `system` is the prompt stored outside the turns, and comes
 * first.
 */
export function conversation(
  turns: readonly Turn[],
  system?: unknown,
): { readonly cells: readonly string[]; readonly problem?: RecordProblem } {
  const said = turns[0]?.role === 'system' ? '' : cellOf(system);
  const all = said.trim() === '' ? turns : [{ role: 'system', text: said }, ...turns];
  const last = all.at(-1);
  if (last?.role !== 'assistant') {
    return { cells: [joined(...all.map(({ text }) => text)), ''], problem: 'NO_ANSWER' };
  }
  const before = all.slice(0, -1);
  const isShort = before.filter(({ role }) => role !== 'system').length <= 1;
  const context = isShort
    ? joined(...before.map(({ text }) => text))
    : before.map(({ role, text }) => (role === 'system' ? text : `${roleNames[role] ?? role}: ${text}`)).join('\n\n');
  return { cells: [context, last.text] };
}

/** Whether a value is a non-empty list that consists only of turns. */
export function isConversation(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every((turn) => isObject(turn) && hasRole(turn));
}

/** The turns of a list; empty for any other value. */
export function turnsOf(list: unknown): Turn[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const turn = isObject(entry) ? entry : {};
    const role = cellOf(valueAt(turn, roleKeys)).toLowerCase();
    return { role: roles[role] ?? role, text: joined(textOf(valueAt(turn, textKeys)), ...callsOf(turn)) };
  });
}

/** The keys that OpenAI, ShareGPT and Gemini use for the speaker and the text. */
const roleKeys = ['role', 'from'];
const textKeys = ['content', 'value', 'parts', 'text'];

function hasRole(turn: Record<string, unknown>): boolean {
  return roleKeys.some((key) => typeof turn[key] === 'string');
}

function valueAt(turn: Record<string, unknown>, keys: readonly string[]): unknown {
  return keys.map((key) => turn[key]).find((value) => value !== undefined && value !== null);
}

const roleNames: Readonly<Record<string, string>> = { user: 'User', assistant: 'Assistant', tool: 'Tool' };
const roles: Readonly<Record<string, string>> = {
  ...{ human: 'user', gpt: 'assistant', model: 'assistant', bot: 'assistant', developer: 'system' },
  // LLaMA-Factory's names for tool calls and tool results.
  ...{ function_call: 'assistant', observation: 'tool', function: 'tool' },
};

/** The text of a turn, which some formats write as a list of parts. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return cellOf(content);
  return joined(...content.map((part: unknown) => (isObject(part) && 'text' in part ? part.text : part)));
}

/** The tool calls of a turn, which accompany or replace its text. */
function callsOf({ tool_calls: calls, function_call: call }: Record<string, unknown>): unknown[] {
  const asked = Array.isArray(calls) ? (calls as unknown[]) : [];
  return [...asked.map((each) => (isObject(each) && isObject(each.function) ? each.function : each)), call];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
