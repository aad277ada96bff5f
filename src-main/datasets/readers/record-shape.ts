import { conversationFormat } from '../../../src-contract/chat.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { cellOf, joined } from './cell-text.ts';
import {
  conversation,
  type DerivedRow,
  everyAnswer,
  instructionOf,
  isConversation,
  type Turn,
  turnsOf,
} from './conversation.ts';
import { isObject } from './json-parse.ts';

/** A record of named values, as in JSON and Parquet. */
export type NamedValues = Readonly<Record<string, unknown>>;

/** Columns derived from several values of a record, such as a context from an instruction and its input. */
export interface RecordShape {
  readonly name: 'alpaca' | 'dolly' | 'chat' | 'sharegpt' | 'squad' | 'aihub';
  /** The keys that identify it. */
  readonly keys: readonly string[];
  /** Keys that a record of this shape may also have, whose values go into the derived columns. */
  readonly optional?: readonly string[];
  /** Those of all these keys whose values are lists or objects; a text table has them written out in its cells. */
  readonly nested: readonly string[];
  /** Columns put in front of the record's own. */
  readonly columns: readonly string[];
  /** Set if each answer of a conversation is a row; what all conversations are told, and what is left out of them. */
  readonly turns?: { readonly told: string };
  /** The cells of those columns, for each row that the record gives; `number` is that of the record. */
  derive(record: NamedValues, number: number): readonly DerivedRow[];
}

/** The shape that all these records have; undefined if it is not a known one. */
export function shapeOf(records: readonly NamedValues[]): RecordShape | undefined {
  if (records.length === 0) return undefined;
  const found = shapes.find((shape) =>
    records.every((record) => shape.keys.every((key) => key in record) && shape.fits(record)),
  );
  return found?.turnsOf === undefined ? found : byAnswer(found, found.turnsOf, records);
}

/** Where conversations go on after the first answer, each answer is a row. */
function byAnswer(shape: KnownShape, turns: (record: NamedValues) => readonly Turn[], sample: readonly NamedValues[]) {
  const answers = (record: NamedValues) => turns(record).filter(({ role }) => role === 'assistant').length;
  if (sample.every((record) => answers(record) <= 1)) return shape;
  const toldOf = (record: NamedValues) => instructionOf(turns(record), systemOf(record));
  const all = new Set(sample.map(toldOf));
  // What every conversation is told says nothing of any, and in the chat nobody says it.
  const told = all.size === 1 && sample.length > 1 ? ([...all][0] ?? '') : '';
  return {
    ...shape,
    columns: [...shape.columns, 'conversation'],
    turns: { told },
    derive: (record: NamedValues, number: number) => {
      const own = toldOf(record);
      const rows = everyAnswer(turns(record), own === told ? '' : own);
      return rows.map(({ cells, ...others }) => ({ ...others, cells: [...cells, String(number)] }));
    },
  };
}

/** The shapes that records with these keys may have. */
export function shapesOfKeys(names: readonly string[]): RecordShape[] {
  return shapes.filter(({ keys }) => keys.every((key) => names.includes(key)));
}

/** The reasons that report a shape; `names` are all keys of the records. */
export function shapeReasons(
  { name, keys, optional = [], turns }: RecordShape,
  names: readonly string[],
): FileReason[] {
  const found = [...keys, ...optional.filter((key) => names.includes(key))];
  const reason = (code: string, data: FileReason['data']): FileReason => ({ about: 'shape', code, data });
  const told = turns?.told.trim() ?? '';
  return [
    reason('FORMAT_SHAPE', { shape: name, keys: found.join(', ') }),
    ...(turns ? [reason('TURNS_EACH', {})] : []),
    ...(told === '' ? [] : [reason('TURNS_TOLD', { text: shortened(told, 80) })]),
  ];
}

const isList = (value: unknown) => Array.isArray(value);

const isListOf = (value: unknown, isOne: (each: unknown) => boolean) => Array.isArray(value) && value.every(isOne);

/** The texts of a list, one per line. */
function lines(list: unknown, textOf: (each: NamedValues) => unknown, between = '\n'): string {
  const entries = Array.isArray(list) ? (list as NamedValues[]) : [];
  return entries.map((each) => cellOf(textOf(each))).join(between);
}

type KnownShape = RecordShape & {
  fits(record: NamedValues): boolean;
  /** For records that are conversations. */
  turnsOf?(record: NamedValues): readonly Turn[];
};

function listOfTurns(name: 'chat' | 'sharegpt', key: string, isTurns: (value: unknown) => boolean): KnownShape {
  return {
    ...{ name, keys: [key], optional: ['system', 'systemInstruction'], nested: [key], columns: ['context', 'target'] },
    fits: (record) => isTurns(record[key]),
    turnsOf: (record) => turnsOf(record[key]),
    derive: (record) => [conversation(turnsOf(record[key]), systemOf(record))],
  };
}

/** What a conversation is told, beside its turns; Gemini has a name of its own for it. */
function systemOf({ system, systemInstruction }: NamedValues): unknown {
  return system ?? systemInstruction;
}

/** Question and answer pairs, as LLaMA-Factory stores the history. */
function pairsOf(history: unknown): unknown[][] {
  return Array.isArray(history) ? history.filter((pair): pair is unknown[] => Array.isArray(pair)) : [];
}

/** The turns that the conversation shows, each question after what it is about, such as a passage. */
function shownTurns({ path, messages }: NamedValues): Turn[] {
  const all = (Array.isArray(messages) ? messages : []).filter(isObject);
  const shown = (Array.isArray(path) ? path : [])
    .map((id) => all.find((message) => message.id === id))
    .filter(isObject);
  return turnsOf(
    shown.map(({ role, text, input }) => ({
      role,
      text: joined(...(isObject(input) ? Object.values(input) : []), text),
    })),
  );
}

const shapes: readonly KnownShape[] = [
  {
    // The studio's own: it also has the answers and questions that others have taken the place of.
    name: 'chat',
    keys: ['format', 'path', 'messages'],
    nested: ['path', 'messages'],
    columns: ['context', 'target'],
    fits: ({ format, path, messages }) => format === conversationFormat && isList(path) && isList(messages),
    turnsOf: shownTurns,
    derive: (record) => [conversation(shownTurns(record))],
  },
  listOfTurns('chat', 'messages', isList),
  listOfTurns('sharegpt', 'conversations', isList),
  // Under other names, a list may be something else.
  ...['conversation', 'contents', 'chat'].map((key) => listOfTurns('chat', key, isConversation)),
  {
    name: 'chat',
    keys: ['prompt', 'completion'],
    nested: ['prompt', 'completion'],
    columns: ['context', 'target'],
    fits: ({ prompt, completion }) => isConversation(prompt) && isConversation(completion),
    derive: ({ prompt, completion }) => [conversation([...turnsOf(prompt), ...turnsOf(completion)])],
  },
  {
    // The preferred answer stands alone, after its prompt, or after a copy of it.
    name: 'chat',
    keys: ['chosen'],
    nested: ['chosen', 'prompt'],
    columns: ['context', 'target'],
    fits: ({ chosen }) => isConversation(chosen),
    derive({ prompt, chosen, system }) {
      const turns = turnsOf(chosen);
      if (turns.some(({ role }) => role === 'user')) return [conversation(turns, system)];
      const asked = Array.isArray(prompt) ? turnsOf(prompt) : [{ role: 'user', text: cellOf(prompt) }];
      return [conversation([...asked, ...turns], system)];
    },
  },
  {
    name: 'alpaca',
    keys: ['instruction', 'output'],
    optional: ['system', 'history'],
    nested: ['history'],
    columns: ['context', 'target'],
    fits: () => true,
    derive: ({ instruction, input, output, system, history }) => [
      conversation(
        [
          ...pairsOf(history).flatMap(([question, answer]) => [
            { role: 'user', text: cellOf(question) },
            { role: 'assistant', text: cellOf(answer) },
          ]),
          { role: 'user', text: joined(instruction, input) },
          { role: 'assistant', text: cellOf(output) },
        ],
        system,
      ),
    ],
  },
  {
    name: 'squad',
    keys: ['context', 'question', 'answers'],
    nested: ['answers'],
    columns: ['answer'],
    fits: ({ answers }) => firstAnswer(answers) !== undefined,
    derive: ({ answers }) => [{ cells: [firstAnswer(answers) ?? ''] }],
  },
  {
    // Document summaries from AI-Hub: paragraphs of sentences.
    name: 'aihub',
    keys: ['text', 'abstractive'],
    nested: ['text', 'abstractive'],
    columns: ['document', 'summary'],
    fits: ({ text, abstractive }) =>
      isListOf(text, (part) => isListOf(part, (each) => 'sentence' in Object(each))) && isList(abstractive),
    derive: ({ text, abstractive }) => [
      {
        cells: [
          lines(text, (part) => lines(part, ({ sentence }) => sentence, ' ')),
          lines(abstractive, (each) => each),
        ],
      },
    ],
  },
  {
    // Dialogue summaries from AI-Hub.
    name: 'aihub',
    keys: ['dialogue', 'summary'],
    nested: ['dialogue'],
    columns: ['document'],
    fits: ({ dialogue }) => isListOf(dialogue, (turn) => 'utterance' in Object(turn)),
    derive: ({ dialogue }) => [
      {
        cells: [
          lines(dialogue, ({ participantID: who, utterance }) =>
            [who, utterance]
              .map(cellOf)
              .filter((each) => each !== '')
              .join(': '),
          ),
        ],
      },
    ],
  },
  {
    name: 'dolly',
    keys: ['instruction', 'response'],
    nested: [],
    columns: ['context', 'target'],
    fits: () => true,
    derive: ({ instruction, context, input, response }) => [
      { cells: [joined(instruction, context, input), cellOf(response)] },
    ],
  },
];

/**
 * The first of `{text: [...]}`, of a list of `{text}`, or of a list of texts; empty if there is no answer, undefined
 * for any other value.
 */
export function firstAnswer(answers: unknown): string | undefined {
  if (typeof answers !== 'object' || answers === null) return undefined;
  const list = isList(answers) ? (answers as unknown[]) : 'text' in answers ? answers.text : undefined;
  if (!Array.isArray(list)) return typeof list === 'string' ? list : undefined;
  const [first] = list as unknown[];
  if (first === undefined || typeof first === 'string') return first ?? '';
  return typeof first === 'object' && first !== null && 'text' in first ? cellOf(first.text) : undefined;
}
