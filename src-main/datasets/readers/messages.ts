import type { MessageColumns } from './message-columns.ts';
import { type DateOrder, isPause } from './message-time.ts';
import type { TableRecord } from './table.ts';

export interface Message {
  readonly sender: string;
  readonly text: string;
  /** The chat that it is in, which may have several conversations; empty if there is only one. */
  readonly room: string;
  /** The conversation that it belongs to. */
  readonly talk: string;
}

/** Reads messages one after another, and tells their conversations apart. */
export class Messages {
  readonly #columns: MessageColumns;
  readonly #dates: DateOrder;
  readonly #rooms = new Map<string, { time: string; number: number }>();

  constructor(columns: MessageColumns, dates: DateOrder) {
    this.#columns = columns;
    this.#dates = dates;
  }

  /** Undefined for a notice, and for what is damaged. */
  read({ cells, problem }: TableRecord): Message | undefined {
    const sender = this.#senderOf(cells);
    const text = (cells[this.#columns.message] ?? '').trim();
    if (problem !== undefined || sender === '' || text === '' || notices.test(sender)) return undefined;
    const room = roomOf(cells, this.#columns);
    return { sender, text, room, talk: this.#columns.conversation === undefined ? this.#talkIn(room, cells) : room };
  }

  #senderOf(cells: readonly string[]): string {
    const { sender, senderId, direction } = this.#columns;
    const name = (cells[sender] ?? '').trim();
    if (name !== '') return name;
    if (direction !== undefined && outgoing.test(cells[direction] ?? '')) return self;
    return senderId === undefined ? '' : (cells[senderId] ?? '').trim();
  }

  /** Without a column for them, conversations end with a pause. */
  #talkIn(room: string, cells: readonly string[]): string {
    const time = timeOf(cells, this.#columns);
    const last = this.#rooms.get(room);
    const isNext = last !== undefined && last.time !== '' && time !== '' && isPause(last.time, time, this.#dates);
    const number = (last?.number ?? 1) + Number(isNext);
    this.#rooms.set(room, { time, number });
    return room === '' ? String(number) : `${room}.${number}`;
  }
}

/** The chat or the conversation that a row says it belongs to; empty if there is no such column. */
export function roomOf(cells: readonly string[], { conversation, room }: MessageColumns): string {
  const place = conversation ?? room;
  return place === undefined ? '' : (cells[place] ?? '').trim();
}

export function timeOf(cells: readonly string[], { time }: MessageColumns): string {
  return time === undefined ? '' : (cells[time] ?? '').trim();
}

/** What a program says between the messages, or tells the one who answers. */
const notices = /^(?:system|시스템|system-?nachricht)$/i;
const outgoing = /^(?:outgoing|sent)$/i;
const self = 'Me';
