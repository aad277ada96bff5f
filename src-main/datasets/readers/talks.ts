import { latestTurns, longestPast, type Said, writeTurns } from '../../tasks/turns.ts';
import type { Message } from './messages.ts';
import type { TableRecord } from './table.ts';

/** A message, where it is in the file, and the cells of its row that are none of its own. */
interface PlacedMessage extends Message {
  readonly line: number;
  readonly others: readonly string[];
}

/** Turns messages into rows: one for each answer by `speaker`, as soon as somebody else goes on. */
export class Talks {
  readonly #speaker: string;
  readonly #isNewestFirst: boolean;
  readonly #areTogether: boolean;
  /** The open conversation of each chat. */
  readonly #open = new Map<string, { readonly name: string; readonly talk: Talk; readonly held: PlacedMessage[] }>();

  /** `areTogether`: the messages of a chat are not mixed with those of others. */
  constructor(speaker: string, { isNewestFirst, areTogether }: { isNewestFirst: boolean; areTogether: boolean }) {
    this.#speaker = speaker;
    this.#isNewestFirst = isNewestFirst;
    this.#areTogether = areTogether;
  }

  take(message: PlacedMessage): TableRecord[] {
    const rows: TableRecord[] = [];
    const known = this.#open.get(message.room);
    if (known !== undefined && known.name !== message.talk) rows.push(...this.#end(message.room));
    if (known === undefined && this.#areTogether) for (const others of this.end()) rows.push(...others);
    const open = this.#open.get(message.room) ?? {
      ...{ name: message.talk, talk: new Talk(message.talk, this.#speaker), held: [] },
    };
    this.#open.set(message.room, open);
    if (this.#isNewestFirst) open.held.push(message);
    else rows.push(...open.talk.add(message));
    return rows;
  }

  /** The rows that are left, of one chat after another: together they may be far more than the file. */
  *end(): Generator<TableRecord[], void> {
    for (const room of [...this.#open.keys()]) yield this.#end(room);
  }

  #end(room: string): TableRecord[] {
    const open = this.#open.get(room);
    this.#open.delete(room);
    if (open === undefined) return [];
    return [...open.held.reverse().flatMap((message) => open.talk.add(message)), ...open.talk.close()];
  }
}

/** What one side says without a break; `content` is without the names. */
interface Turn extends Said {
  readonly said: readonly PlacedMessage[];
}

/** One conversation. */
class Talk {
  readonly #name: string;
  readonly #speaker: string;
  #turns: readonly Turn[] = [];
  /** What one side is still saying. */
  #said: PlacedMessage[] = [];

  constructor(name: string, speaker: string) {
    this.#name = name;
    this.#speaker = speaker;
  }

  add(message: PlacedMessage): TableRecord[] {
    const isAnswer = ({ sender }: Message) => sender === this.#speaker;
    const last = this.#said.at(-1);
    const rows = last !== undefined && isAnswer(last) !== isAnswer(message) ? this.close() : [];
    this.#said.push(message);
    return rows;
  }

  /** Ends a turn; an answer to something is a row. */
  close(): TableRecord[] {
    const said = this.#said;
    const [first] = said;
    if (first === undefined) return [];
    this.#said = [];
    const past = this.#turns;
    const role = first.sender === this.#speaker ? 'assistant' : 'user';
    if (role === 'assistant' && past.length === 0) return [];
    const content = said.map(({ text }) => text).join('\n');
    this.#turns = latestTurns([...past, { role, content, said }], longestPast);
    if (role === 'user') return [];
    const before = latestTurns(past, longestPast);
    return [{ cells: [writeTurns(withNames(before)), content, this.#name, ...first.others], line: first.line }];
  }
}

/**
 * Where several others speak, each is named where he or she begins, as nothing else tells them apart. One alone is not:
 * nobody who talks to the model writes a name either.
 */
function withNames(turns: readonly Turn[]): readonly Said[] {
  const others = new Set(turns.flatMap(({ role, said }) => (role === 'user' ? said.map(({ sender }) => sender) : [])));
  if (others.size < 2) return turns;
  return turns.map(({ role, content, said }) => {
    if (role === 'assistant') return { role, content };
    const lines = said.map(({ sender, text }, place) =>
      said[place - 1]?.sender === sender ? text : `${sender}: ${text}`,
    );
    return { role, content: lines.join('\n') };
  });
}
