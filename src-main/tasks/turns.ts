import type { TurnsLayout } from './prompt-layout.ts';

/** What was said in a conversation by one side. */
export interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/**
 * A conversation as one text, the context of the answer that follows: a single question as it is; of several turns,
 * each behind the name of its side, separated by blank lines. What one side said in a row is one turn, and the first
 * turn is the user's: most chat templates accept nothing else.
 */
export function writeTurns(turns: readonly Said[]): string {
  const all = inTurns(turns);
  if (all.length <= 1) return all[0]?.content ?? '';
  return all.map(labelled).join('\n\n');
}

/** What `writeTurns` puts between turns, for a prompt that begins with `before`. */
export function turnsLayout(before: string): TurnsLayout {
  return {
    told: { before, after: '\n\n' },
    ...{ first: labels.user, answered: `\n\n${labels.assistant}`, asked: `\n\n${labels.user}` },
  };
}

/** The turns that `writeTurns` has written; any other text is one turn of the user's. */
export function readTurns(context: string): readonly Said[] {
  const whole: Said[] = [{ role: 'user', content: context }];
  // Long texts without turns are the usual case for every other task.
  if (!context.includes('Assistant: ')) return whole;
  const [before = '', ...pieces] = `\n\n${context}`.split(atLabel);
  const all = inTurns(pieces.map(unlabelled));
  if (all[0]?.role !== 'user' || all.length < 2 || all.at(-1)?.role !== 'user') return whole;
  // An instruction above the turns goes with the first of them.
  const [first, ...others] = all;
  return before === '' ? all : [{ role: 'user', content: `${before.slice(2)}\n\n${first.content}` }, ...others];
}

/** The latest turns, `mostPast` of so many letters at most, beginning with one of the user's; at least the last. */
export function latestTurns<Turn extends Said>(turns: readonly Turn[], mostLetters: number): readonly Turn[] {
  let letters = 0;
  let from = turns.length - 1;
  for (let place = turns.length - 1; place >= Math.max(0, turns.length - mostPast); place--) {
    letters += turns[place]?.content.length ?? 0;
    if (letters > mostLetters) break;
    if (turns[place]?.role === 'user') from = place;
  }
  return turns.slice(Math.max(0, from));
}

/**
 * In letters: more of the past than training reads by default, and not so much that the rows of a conversation of
 * thousands of turns repeat it a thousand times.
 */
export const longestPast = 8000;

/** Each takes a name and a blank line, which are more than its letters if those are few. */
export const mostPast = 1000;

const labels = { user: 'User: ', assistant: 'Assistant: ' } as const;
/** What a tool has found is told to the assistant like what the user says. */
const ofTool = 'Tool: ';
const atLabel = /\n\n(?=(?:User|Assistant|Tool): )/;

function labelled({ role, content }: Said): string {
  // A blank line and a name within a turn would read as the next one.
  const text = content.replaceAll(/(?<!\n)\n\n+(?=(?:User|Assistant|Tool): )/g, '\n');
  return role === 'user' && text.startsWith(ofTool) ? text : labels[role] + text;
}

function unlabelled(piece: string): Said {
  if (piece.startsWith(labels.assistant)) return { role: 'assistant', content: piece.slice(labels.assistant.length) };
  return { role: 'user', content: piece.startsWith(labels.user) ? piece.slice(labels.user.length) : piece };
}

/** The sides take turns, and the user begins. */
function inTurns(turns: readonly Said[]): Said[] {
  const all: Said[] = [];
  for (const each of turns) addTurn(all, each);
  return all;
}

/** Adds what was said next to what `inTurns` has made of what was said before. */
export function addTurn(all: Said[], { role, content }: Said): void {
  const last = all.at(-1);
  if (content.trim() === '' || (last === undefined && role === 'assistant')) return;
  if (last?.role === role) all[all.length - 1] = { role, content: `${last.content}\n${content}` };
  else all.push({ role, content });
}
