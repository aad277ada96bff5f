import type { FileReason } from '../../../src-contract/file-reason.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { cellOf, joined } from './cell-text.ts';
import { choiceShapes, firstAnswer } from './choice-shapes.ts';
import { conversation, everyAnswer, instructionOf, type Turn } from './conversation.ts';
import { conversationShapes, systemOf, transcriptShapes } from './conversation-shapes.ts';
import type { KnownShape, NamedValues, RecordShape } from './known-shape.ts';
import { labelShapes } from './label-shapes.ts';
import { labelStudioOf } from './label-studio.ts';
import { translationKey, translationOf } from './translation.ts';

/** The shape that all these records have; undefined if it is not a known one. */
export function shapeOf(records: readonly NamedValues[]): RecordShape | undefined {
  if (records.length === 0) return undefined;
  const found = shapes.find((shape) => haveShape(records, shape));
  if (found === undefined) return translationOf(records) ?? labelStudioOf(records);
  return found.turnsOf === undefined ? found : byAnswer(found, found.turnsOf, records);
}

function haveShape(records: readonly NamedValues[], { keys, fits, ofMost, unless }: KnownShape): boolean {
  if (!records.every((record) => keys.every((key) => key in record))) return false;
  if (unless?.(records)) return false;
  if (!ofMost) return records.every(fits);
  // Before all of them are looked at: most texts are no conversations.
  return records.slice(0, 10).some(fits) && records.filter(fits).length >= records.length * leastShare;
}

/** Among texts that people have written or collected, a few may be blank or cut off. */
const leastShare = 0.95;

/** Where conversations go on after the first answer, each answer is a row. */
function byAnswer(shape: KnownShape, turns: (record: NamedValues) => readonly Turn[], sample: readonly NamedValues[]) {
  const seen = sample.map((record) => ({ record, said: turns(record) }));
  if (seen.every(({ said }) => said.filter(({ role }) => role === 'assistant').length <= 1)) return shape;
  const all = new Set(seen.map(({ record, said }) => instructionOf(said, systemOf(record))));
  // What every conversation is told says nothing of any, and in the chat nobody says it.
  const told = all.size === 1 && sample.length > 1 ? ([...all][0] ?? '') : '';
  return {
    ...shape,
    columns: [...shape.columns, 'conversation'],
    turns: { told },
    derive: (record: NamedValues, number: number) => {
      const said = turns(record);
      const own = instructionOf(said, systemOf(record));
      const rows = everyAnswer(said, own === told ? '' : own);
      return rows.map(({ cells, ...others }) => ({ ...others, cells: [...cells, String(number)] }));
    },
  };
}

/** What a shape has derived, beside what a record has of its own. */
export function withDerived<Value>(
  { isBehind }: RecordShape,
  derived: readonly Value[],
  own: readonly Value[],
): Value[] {
  return isBehind ? [...own, ...derived] : [...derived, ...own];
}

/** The keys under which a shape may have lists or objects; undefined if records with these keys have none. */
export function nestedKeysIn(names: readonly string[]): string[] | undefined {
  const possible = shapes.filter(({ keys }) => keys.every((key) => names.includes(key)));
  const nested = possible.flatMap(({ nested }) => nested);
  if (names.includes(translationKey)) return [...nested, translationKey];
  return possible.length === 0 ? undefined : nested;
}

/** The reasons that report a shape; `names` are all keys of the records. */
export function shapeReasons(
  { name, code = 'FORMAT_SHAPE', keys, optional = [], turns }: RecordShape,
  names: readonly string[],
): FileReason[] {
  const found = [...keys, ...optional.filter((key) => names.includes(key))];
  const reason = (code: string, data: FileReason['data']): FileReason => ({ about: 'shape', code, data });
  const told = turns?.told.trim() ?? '';
  return [
    reason(code, { shape: name, keys: found.join(', ') }),
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

const shapes: readonly KnownShape[] = [
  ...conversationShapes,
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
  ...choiceShapes,
  ...labelShapes,
  // Alpaca's records also have all of it as one text.
  ...transcriptShapes,
];

/** Question and answer pairs, as LLaMA-Factory stores the history. */
function pairsOf(history: unknown): unknown[][] {
  return Array.isArray(history) ? history.filter((pair): pair is unknown[] => Array.isArray(pair)) : [];
}
