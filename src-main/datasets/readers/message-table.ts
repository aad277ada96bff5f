import type { CsvOptions, Speaker } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { inTurns, latestTurns, longestPast, type Said, writeTurns } from '../../tasks/turns.ts';
import { foldColumnName } from '../column-names.ts';
import { uniqueNames } from './header-names.ts';
import { isPause, pauseHours } from './message-time.ts';
import { likelySpeaker } from './speakers.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/** Messages that are looked at to tell who takes part, and how often. */
const surveyed = 50_000;
const mostSpeakers = 50;

/**
 * Recognises a table with one message a row: a column of a few senders who take turns, and one of messages. It is read
 * as conversations, with a row for each answer by one of them: what was said before it is its context. Whose answers
 * those are can be chosen by `speaker`; an empty one leaves the table as it is.
 *
 * `within`: the folder or archive that it is in. The choice is then for all that are there, of which this may have other
 * senders. Throws OPTION_INVALID.
 */
export async function messageTable(
  table: OpenTable,
  { speaker: chosen }: CsvOptions,
  { within, signal }: { within: string | undefined; signal: AbortSignal | undefined },
): Promise<OpenTable> {
  const places = placesIn(table.columns);
  if (places === undefined) return table;
  const survey = await surveyOf(table, places, signal);
  if (!survey.isChat) return table;
  const speakers = survey.speakers.slice(0, mostSpeakers);
  const found = survey.speakers.find(({ name }) => foldColumnName(name) === foldColumnName(chosen ?? ''));
  if (chosen === '') return { ...table, facts: { ...table.facts, speaker: '', speakers } };
  if (chosen !== undefined && found === undefined && within === undefined) {
    const why = because('SPEAKER_UNKNOWN', { name: chosen, found: speakers.map(({ name }) => name).join(', ') });
    throw new StudioError('OPTION_INVALID', { option: 'speaker', ...why });
  }
  const likely = likelySpeaker(survey.speakers, `${within ?? ''} ${table.facts.name}`);
  const speaker = found?.name ?? likely.name;
  const { replies = 0 } = survey.speakers.find(({ name }) => name === speaker) ?? {};
  const reason = (about: FileReason['about'], code: string, data: FileReason['data'] = {}): FileReason => {
    return { about, code, data };
  };
  const apart =
    places.conversation !== undefined
      ? reason('shape', 'CONVERSATIONS_COLUMN', { column: table.columns[places.conversation] ?? '' })
      : places.time === undefined
        ? reason('shape', 'CONVERSATIONS_ONE')
        : reason('shape', 'CONVERSATIONS_PAUSE', { hours: pauseHours });
  const { messages, conversations, notices } = survey;
  const { pieces: _, ...others } = table;
  const kept = table.columns.flatMap((_, place) => (Object.values(places).includes(place) ? [] : [place]));
  return {
    ...others,
    facts: {
      ...table.facts,
      ...{ speaker, speakers },
      reasons: [
        ...table.facts.reasons,
        reason('speaker', found ? 'CHOSEN' : likely.why, found ? {} : { speaker }),
        reason('shape', survey.isWhole ? 'MESSAGES' : 'MESSAGES_FIRST', { messages, conversations, replies, speaker }),
        apart,
        ...(notices > 0 ? [reason('shape', 'MESSAGES_LEFT', { count: notices })] : []),
      ],
    },
    columns: uniqueNames(['context', 'target', 'conversation', ...kept.map((place) => table.columns[place] ?? '')]),
    async *rows(signal) {
      const talks = new Talks(places, speaker);
      let bytesRead = 0;
      for await (const piece of table.rows(signal)) {
        ({ bytesRead } = piece);
        yield { ...piece, records: piece.records.flatMap((record) => talks.take(record, kept)) };
      }
      yield { records: talks.end(), bytesRead } satisfies TablePiece;
    },
  };
}

interface Places {
  readonly sender: number;
  readonly message: number;
  readonly conversation?: number;
  readonly time?: number;
}

const names = {
  sender: [
    ...['sender', 'sendername', 'from', 'fromname', 'author', 'authorname', 'speaker', 'role', 'user', 'username'],
    ...['sentby', 'participant', 'who', 'agentorcustomer', 'name', 'nickname'],
    ...['보낸사람', '보낸이', '발신자', '발신인', '작성자', '화자', '발화자', '사용자', '닉네임', '이름', '역할'],
    ...['absender', 'sprecher', 'verfasser', 'rolle', 'von'],
  ],
  message: [
    ...['message', 'messagetext', 'text', 'content', 'body', 'utterance', 'msg', 'line', 'messagebody'],
    ...['메시지', '내용', '메시지내용', '대화내용', '발화', '발화문', '본문', '텍스트'],
    ...['nachricht', 'inhalt', 'äußerung'],
  ],
  conversation: [
    ...['conversation', 'conversationid', 'convid', 'chat', 'chatid', 'thread', 'threadid', 'session', 'sessionid'],
    ...['dialog', 'dialogue', 'dialogid', 'dialogueid', 'ticket', 'ticketid', 'ticketnumber', 'case', 'caseid', 'room'],
    ...['roomid', 'channel', 'channelid', 'groupid', 'callid', 'interactionid'],
    ...[
      '대화',
      '대화id',
      '대화번호',
      '상담',
      '상담id',
      '상담번호',
      '세션',
      '세션id',
      '채팅방',
      '방',
      '문의번호',
      '티켓',
    ],
    ...['gespräch', 'gesprächsid', 'unterhaltung', 'vorgang', 'ticketnummer'],
  ],
  time: [
    ...['time', 'timestamp', 'date', 'datetime', 'createdat', 'sentat', 'sent', 'senttime', 'sentdate', 'ts'],
    ...['시간', '날짜', '일시', '시각', '보낸시간', '작성시간', '작성일시', '전송시간', '발송시간', '등록일시'],
    ...['datum', 'zeit', 'uhrzeit', 'zeitpunkt', 'gesendetam'],
  ],
} as const;

function placesIn(columns: readonly string[]): Places | undefined {
  const folded = columns.map(foldColumnName);
  const placeOf = (wanted: readonly string[]) => wanted.map((name) => folded.indexOf(name)).find((place) => place >= 0);
  const [sender, message] = [placeOf(names.sender), placeOf(names.message)];
  if (sender === undefined || message === undefined) return undefined;
  const [conversation, time] = [placeOf(names.conversation), placeOf(names.time)];
  return { sender, message, ...(conversation !== undefined && { conversation }), ...(time !== undefined && { time }) };
}

/** What a program says between the messages, or tells the one who answers. */
const notices = /^(?:system|시스템|system-?nachricht)$/i;

interface Message {
  readonly sender: string;
  readonly text: string;
  /** Which conversation it belongs to. */
  readonly talk: string;
}

/** Reads messages one after another, and tells their conversations apart. */
class Messages {
  readonly #places: Places;
  #number = 1;
  #time = '';

  constructor(places: Places) {
    this.#places = places;
  }

  /** Undefined for a notice, and for what is damaged. */
  read({ cells, problem }: TableRecord): Message | undefined {
    const { sender, message, conversation, time } = this.#places;
    const [name, text] = [(cells[sender] ?? '').trim(), (cells[message] ?? '').trim()];
    if (problem !== undefined || name === '' || text === '' || notices.test(name)) return undefined;
    if (conversation !== undefined) return { sender: name, text, talk: (cells[conversation] ?? '').trim() };
    const now = (time === undefined ? '' : (cells[time] ?? '')).trim();
    if (this.#time !== '' && now !== '' && isPause(this.#time, now)) this.#number++;
    this.#time = now;
    return { sender: name, text, talk: String(this.#number) };
  }
}

/** Who takes part, and whether they talk with each other. */
async function surveyOf(table: OpenTable, places: Places, signal: AbortSignal | undefined) {
  const reading = new Messages(places);
  /** The last sender of each conversation. */
  const last = new Map<string, string>();
  const replies = new Map<string, number>();
  let [messages, notices, follow] = [0, 0, 0];
  let isWhole = true;
  for await (const { records } of table.rows(signal)) {
    for (const record of records) {
      const message = reading.read(record);
      if (message === undefined) {
        notices++;
        continue;
      }
      const { sender, talk } = message;
      const before = last.get(talk);
      messages++;
      if (before !== undefined) follow++;
      const isReply = before !== undefined && before !== sender;
      replies.set(sender, (replies.get(sender) ?? 0) + Number(isReply));
      last.set(talk, sender);
    }
    isWhole = messages < surveyed;
    if (!isWhole) break;
  }
  const speakers: Speaker[] = [...replies].map(([name, count]) => ({ name, replies: count }));
  const turns = speakers.reduce((sum, { replies: count }) => sum + count, 0);
  // Posts and reviews have many authors, songs and articles one for many rows, and neither a place or time of a talk.
  const isTold = places.conversation !== undefined || places.time !== undefined || speakers.length <= 3;
  const takeTurns = isTold && speakers.length * 3 <= messages && turns * 5 >= follow;
  const isChat = speakers.length >= 2 && turns > 0 && (table.facts.format === 'chat' || takeTurns);
  return {
    ...{ isChat, isWhole, messages, notices, conversations: last.size },
    speakers: speakers.toSorted((a, b) => b.replies - a.replies),
  };
}

/** What was said in a conversation until now. */
interface Talk {
  turns: readonly Said[];
  /** What one person says in a row, still open. */
  open:
    | { readonly isAnswer: boolean; readonly texts: string[]; readonly line: number; readonly others: string[] }
    | undefined;
}

/** Turns messages into rows: one for each answer, as soon as somebody else goes on. */
class Talks {
  readonly #messages: Messages;
  readonly #speaker: string;
  readonly #talks = new Map<string, Talk>();
  /** Without a column for them, a conversation is over when the next one begins. */
  readonly #isInOrder: boolean;

  constructor(places: Places, speaker: string) {
    this.#messages = new Messages(places);
    this.#speaker = speaker;
    this.#isInOrder = places.conversation === undefined;
  }

  take(record: TableRecord, kept: readonly number[]): TableRecord[] {
    const message = this.#messages.read(record);
    // What is damaged is reported as it is.
    if (message === undefined) return record.problem === undefined ? [] : [record];
    const rows: TableRecord[] = [];
    const known = this.#talks.get(message.talk);
    if (known === undefined && this.#isInOrder) rows.push(...this.end());
    const talk = known ?? { turns: [], open: undefined };
    this.#talks.set(message.talk, talk);
    const isAnswer = message.sender === this.#speaker;
    if (talk.open?.isAnswer !== isAnswer) {
      rows.push(...close(talk, message.talk));
      const others = kept.map((place) => record.cells[place] ?? '');
      talk.open = { isAnswer, texts: [], line: record.line, others };
    }
    talk.open.texts.push(message.text);
    return rows;
  }

  end(): TableRecord[] {
    const rows = [...this.#talks].flatMap(([name, talk]) => close(talk, name));
    this.#talks.clear();
    return rows;
  }
}

/** Ends a turn; an answer to something is a row. */
function close(talk: Talk, name: string): TableRecord[] {
  const { open, turns } = talk;
  if (open === undefined) return [];
  const content = open.texts.join('\n');
  talk.open = undefined;
  const all = inTurns([...turns, { role: open.isAnswer ? 'assistant' : 'user', content }]);
  talk.turns = latestTurns(all, longestPast);
  if (!open.isAnswer || all.length < 2) return [];
  const past = latestTurns(all.slice(0, -1), longestPast);
  return [{ cells: [writeTurns(past), content, name, ...open.others], line: open.line }];
}
