import type { CsvOptions, Speaker } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { foldColumnName } from '../importing/column-names.ts';
import { uniqueNames } from './header-names.ts';
import { type MessageColumns, messageColumns } from './message-columns.ts';
import { pauseHours, TimeEvidence, type TimeReading } from './message-time.ts';
import { Messages, roomOf, timeOf } from './messages.ts';
import { likelySpeaker } from './speakers.ts';
import type { OpenTable, TablePiece } from './table.ts';
import { Talks } from './talks.ts';
import { threadTable } from './thread-table.ts';

/** Messages that are looked at to tell who takes part and how often, and how times are written. */
const surveyed = 50_000;
const timed = 5000;
const mostSpeakers = 50;

/**
 * Recognises a table with one message a row: a column of a few senders who take turns, and one of messages. It is read
 * as conversations, with a row for each answer by one of them: what was said before it is its context. Whose answers
 * those are can be chosen by `speaker`; an empty one leaves the table as it is.
 *
 * `within`: the folder or archive that it is in. The choice is then for all that are there, of which this may have other
 * senders. Throws OPTION_INVALID.
 */
export async function messageTable(table: OpenTable, options: CsvOptions, opening: Opening): Promise<OpenTable> {
  const threads = options.speaker === '' ? undefined : await threadTable(table, opening.signal);
  const found = await talksOf(threads ?? table, options, opening);
  return found === threads ? table : found;
}

interface Opening {
  readonly within: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function talksOf(
  table: OpenTable,
  { speaker: chosen }: CsvOptions,
  { within, signal }: Opening,
): Promise<OpenTable> {
  const places = messageColumns(table.columns);
  if (places === undefined) return table;
  const first = await surveyOf(table, places, surveyed, signal);
  if (!first.isChat) return table;
  const isChosen = ({ name }: Speaker) => foldColumnName(name) === foldColumnName(chosen ?? '');
  // Somebody may first speak after years of a chat.
  const isLate = Boolean(chosen) && !first.isWhole && !first.speakers.some(isChosen);
  const survey = isLate ? await surveyOf(table, places, Infinity, signal) : first;
  const found = survey.speakers.find(isChosen);
  const most = survey.speakers.slice(0, mostSpeakers);
  const listed = found === undefined || most.includes(found) ? most : [...most, found];
  const speakers = listed.map(({ name, replies }): Speaker => ({ name, replies }));
  if (chosen === '') return { ...table, facts: { ...table.facts, speaker: '', speakers } };
  if (chosen !== undefined && found === undefined && within === undefined) {
    const why = because('SPEAKER_UNKNOWN', { name: chosen, found: speakers.map(({ name }) => name).join(', ') });
    throw new StudioError('OPTION_INVALID', { option: 'speaker', ...why });
  }
  const likely = likelySpeaker(survey.speakers, {
    file: `${within ?? ''} ${table.facts.name}`,
    heading: table.heading,
  });
  const speaker = found?.name ?? likely.name;
  const { pieces: _, ...others } = table;
  const { sender, message, conversation, room, time } = places;
  const made = [sender, message, conversation, room, time];
  const kept = table.columns.flatMap((_, place) => (made.includes(place) ? [] : [place]));
  return {
    ...others,
    facts: {
      ...table.facts,
      ...{ speaker, speakers },
      reasons: [
        ...table.facts.reasons,
        { about: 'speaker', code: found ? 'CHOSEN' : likely.why, data: found ? {} : { speaker } },
        ...reasonsOf(survey, speaker),
        apart(table.columns, places),
      ],
    },
    columns: uniqueNames(['context', 'target', 'conversation', ...kept.map((place) => table.columns[place] ?? '')]),
    async *rows(signal) {
      const messages = new Messages(places, survey.times.dates);
      const { isNewestFirst } = survey.times;
      const talks = new Talks(speaker, { isNewestFirst, areTogether: table.facts.format === 'chat' });
      let bytesRead = 0;
      for await (const piece of table.rows(signal)) {
        ({ bytesRead } = piece);
        const records = piece.records.flatMap((record) => {
          const message = messages.read(record);
          // What is damaged is reported as it is.
          if (message === undefined) return record.problem === undefined ? [] : [record];
          return talks.take({ ...message, line: record.line, others: kept.map((place) => record.cells[place] ?? '') });
        });
        yield { ...piece, records };
      }
      for (const records of talks.end()) yield { records, bytesRead } satisfies TablePiece;
    },
  };
}

type Survey = Awaited<ReturnType<typeof surveyOf>>;

/** Who takes part, and whether they talk with each other. */
async function surveyOf(table: OpenTable, places: MessageColumns, most: number, signal: AbortSignal | undefined) {
  const times = await timesOf(table, places, signal);
  const reading = new Messages(places, times.dates);
  /** The last sender of each conversation, and all of them. */
  const talks = new Map<string, { last: string; readonly senders: Set<string> }>();
  const people = new Map<string, { replies: number; readonly rooms: Set<string> }>();
  let [messages, notices, follow] = [0, 0, 0];
  let isWhole = true;
  for await (const { records } of table.rows(signal)) {
    for (const record of records) {
      const message = reading.read(record);
      if (message === undefined) {
        if (record.problem === undefined) notices++;
        continue;
      }
      const { sender, talk: name, room } = message;
      const talk = talks.get(name);
      messages++;
      const person = people.get(sender) ?? { replies: 0, rooms: new Set() };
      people.set(sender, person);
      person.rooms.add(room);
      if (talk === undefined) {
        talks.set(name, { last: sender, senders: new Set([sender]) });
        continue;
      }
      follow++;
      const replier = times.isNewestFirst ? people.get(talk.last) : person;
      if (talk.last !== sender && replier) replier.replies++;
      talk.last = sender;
      talk.senders.add(sender);
    }
    isWhole = messages < most;
    if (!isWhole) break;
  }
  const speakers = [...people].map(([name, { replies, rooms }]) => ({ name, replies, chats: rooms.size }));
  const turns = speakers.reduce((sum, { replies: count }) => sum + count, 0);
  // Posts and reviews have many authors, songs and articles one for many rows, and neither a place or time of a talk.
  const isTold = places.conversation !== undefined || places.time !== undefined;
  const takeTurns = (isTold || speakers.length <= 3) && speakers.length * 3 <= messages && turns * 5 >= follow;
  const isExported = table.facts.format === 'chat' || places.room !== undefined;
  const isChat = speakers.length >= 2 && turns > 0 && (isExported || takeTurns);
  return {
    ...{ isChat, isWhole, messages, notices, times, conversations: talks.size },
    areNamed: [...talks.values()].some(({ senders }) => senders.size > 2),
    speakers: speakers.toSorted((a, b) => b.replies - a.replies),
  };
}

async function timesOf(
  table: OpenTable,
  places: MessageColumns,
  signal: AbortSignal | undefined,
): Promise<TimeReading> {
  const evidence = new TimeEvidence();
  let count = 0;
  for await (const { records } of places.time === undefined ? [] : table.rows(signal)) {
    for (const { cells } of records) evidence.see(timeOf(cells, places), roomOf(cells, places));
    count += records.length;
    if (count >= timed) break;
  }
  return evidence.reading;
}

/** What becomes of the messages. */
function reasonsOf(survey: Survey, speaker: string): FileReason[] {
  const { isWhole, messages, notices, conversations, speakers, areNamed, times } = survey;
  const { replies = 0 } = speakers.find(({ name }) => name === speaker) ?? {};
  const reason = (code: string, data: FileReason['data'] = {}): FileReason => ({ about: 'shape', code, data });
  return [
    reason(isWhole ? 'MESSAGES' : 'MESSAGES_FIRST', { messages, conversations, replies, speaker }),
    ...(areNamed ? [reason('MESSAGES_NAMED')] : []),
    ...(times.isNewestFirst ? [reason('MESSAGES_NEWEST', times.steps)] : []),
    ...(notices > 0 ? [reason('MESSAGES_LEFT', { count: notices })] : []),
  ];
}

/** How conversations are told apart. */
function apart(columns: readonly string[], { conversation, room, time }: MessageColumns): FileReason {
  const column = columns[conversation ?? room ?? -1];
  if (conversation !== undefined)
    return { about: 'shape', code: 'CONVERSATIONS_COLUMN', data: { column: column ?? '' } };
  if (time === undefined && room === undefined) return { about: 'shape', code: 'CONVERSATIONS_ONE', data: {} };
  if (room === undefined) return { about: 'shape', code: 'CONVERSATIONS_PAUSE', data: { hours: pauseHours } };
  return { about: 'shape', code: 'CONVERSATIONS_CHATS', data: { hours: pauseHours } };
}
