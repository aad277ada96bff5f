import { addTurn, latestTurns, longestPast, mostPast, type Said, writeTurns } from '../../tasks/turns.ts';
import { cellOf, joined } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { RecordProblem } from './table.ts';

export interface Turn {
  readonly role: string;
  readonly text: string;
  /** It is not to be learnt (OpenAI's weight of 0). */
  readonly isGiven?: boolean;
}

/** A context and its target; `problem` if there is none. */
export interface DerivedRow {
  readonly cells: readonly string[];
  readonly problem?: RecordProblem;
}

/**
 * A conversation: the last answer is the target, everything before it the context. `system` is the prompt stored outside
 * the turns, and comes first.
 */
export function conversation(turns: readonly Turn[], system?: unknown): DerivedRow {
  const told = instructionOf(turns, system);
  const all = spoken(turns);
  if (turns.at(-1)?.role !== 'assistant') {
    return { cells: [joined(told, ...all.map(({ content }) => content)), ''], problem: 'NO_ANSWER' };
  }
  return { cells: [joined(told, writeTurns(all.slice(0, -1))), turns.at(-1)?.text ?? ''] };
}

/** Each answer of a conversation as the target of what was said before it; `told` are the instructions above. */
export function everyAnswer(turns: readonly Turn[], told: string): DerivedRow[] {
  const said = spoken(turns);
  const above = turns.length - said.length;
  const all: Said[] = [];
  const rows = turns.flatMap(({ role, isGiven = false }, place): DerivedRow[] => {
    const next = said[place - above];
    if (next !== undefined) addTurn(all, next);
    if (role !== 'assistant' || turns[place + 1]?.role === 'assistant' || isGiven) return [];
    const answer = all.at(-1);
    if (answer?.role !== 'assistant') return [];
    // No more are looked at: conversations may have many thousand turns.
    const before = latestTurns(all.slice(-1 - mostPast, -1), longestPast);
    return [{ cells: [joined(told, writeTurns(before)), answer.content] }];
  });
  return rows.length > 0
    ? rows
    : [
        conversation(
          turns.filter(({ role }) => role !== 'assistant'),
          told,
        ),
      ];
}

/** What a conversation is told before it begins; empty if nothing. */
export function instructionOf(turns: readonly Turn[], system: unknown): string {
  return turns[0]?.role === 'system' ? turns[0].text : textOf(system);
}

/** The turns without the instruction above them. Whatever does not come from the assistant is told to it. */
function spoken(turns: readonly Turn[]): Said[] {
  const said = turns[0]?.role === 'system' ? turns.slice(1) : turns;
  return said.map(({ role, text }) => {
    if (role === 'assistant') return { role, content: text };
    return { role: 'user', content: role === 'tool' ? `Tool: ${text}` : text };
  });
}

/** Whether a value is a non-empty list that consists only of turns. */
export function isConversation(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** Whether a value says who speaks. */
export function isTurn(value: unknown): value is Record<string, unknown> {
  return isObject(value) && roleKeys.some((key) => typeof value[key] === 'string');
}

/** The turns of a list; empty for any other value. */
export function turnsOf(list: unknown): Turn[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const turn = isObject(entry) ? entry : {};
    const role = cellOf(valueAt(turn, roleKeys)).toLowerCase();
    const text = joined(textOf(valueAt(turn, textKeys)), ...callsOf(turn));
    return { role: roles[role] ?? role, text, ...(turn.weight === 0 && { isGiven: true }) };
  });
}

/** The keys that OpenAI, ShareGPT and Gemini use for the speaker and the text. */
const roleKeys = ['role', 'from'];
const textKeys = ['content', 'value', 'parts', 'text'];

function valueAt(turn: Record<string, unknown>, keys: readonly string[]): unknown {
  return keys.map((key) => turn[key]).find((value) => value !== undefined && value !== null);
}

const roles: Readonly<Record<string, string>> = {
  ...{ human: 'user', prompter: 'user', gpt: 'assistant', model: 'assistant', bot: 'assistant', developer: 'system' },
  ...{ chatbot: 'assistant', ai: 'assistant', chatgpt: 'assistant' },
  // LLaMA-Factory's names for tool calls and tool results.
  ...{ function_call: 'assistant', observation: 'tool', function: 'tool' },
};

/** The text of a turn or an instruction, which some formats write as a list of parts, without what a model has thought. */
function textOf(content: unknown): string {
  if (isObject(content) && Array.isArray(content.parts)) return textOf(content.parts);
  if (!Array.isArray(content)) return cellOf(content);
  const said = content.filter((part: unknown) => !isThought(part));
  return joined(...said.map((part: unknown) => (isObject(part) && 'text' in part ? part.text : part)));
}

/** As Anthropic, OpenAI and Gemini mark it. */
function isThought(part: unknown): boolean {
  if (!isObject(part)) return false;
  return ['thinking', 'redacted_thinking', 'reasoning'].includes(cellOf(part.type)) || part.thought === true;
}

/** The tool calls of a turn, which accompany or replace its text. */
function callsOf({ tool_calls: calls, function_call: call }: Record<string, unknown>): unknown[] {
  const asked = Array.isArray(calls) ? (calls as unknown[]) : [];
  return [...asked.map((each) => (isObject(each) && isObject(each.function) ? each.function : each)), call];
}
