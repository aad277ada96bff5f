import { conversationFormat } from '../../../src-contract/chat.ts';
import { custom } from '../../tasks/custom.ts';
import { mrc } from '../../tasks/mrc.ts';
import { summarisation } from '../../tasks/summarisation.ts';
import { foldColumnName } from '../importing/column-names.ts';
import { cellOf, joined } from './cell-text.ts';
import { isSentence } from './cell-type.ts';
import { isListOfTexts } from './choice-shapes.ts';
import { conversation, isConversation, isTurn, type Turn, turnsOf } from './conversation.ts';
import { isObject } from './json-parse.ts';
import type { KnownShape, NamedValues } from './known-shape.ts';
import { bestBranch, isReplyTree } from './reply-tree.ts';
import { isTranscript, transcriptTurns } from './transcript.ts';

/** Columns that may hold a whole conversation; a list of texts under the others may as well be one of words or phrases. */
const talkKeys = ['conversations', 'conversation', 'chat', 'dialog', 'dialogue'];
const otherKeys = ['messages', 'utterances', 'turns', 'data'];

export const conversationShapes: readonly KnownShape[] = [
  {
    // The studio's own: it also has the answers and questions that others have taken the place of.
    name: 'chat',
    keys: ['format', 'path', 'messages'],
    nested: ['path', 'messages'],
    columns: ['context', 'target'],
    fits: ({ format, path, messages }) =>
      format === conversationFormat && Array.isArray(path) && Array.isArray(messages),
    turnsOf: shownTurns,
    derive: (record) => [conversation(shownTurns(record))],
  },
  ...[...talkKeys, ...otherKeys].flatMap((key) => [listOfTexts(key), listOfPairs(key)]),
  {
    // LLaMA-Factory’s preferred answers.
    ...{ name: 'sharegpt', keys: ['conversations', 'chosen'], nested: ['conversations', 'chosen'] },
    ...{ takesObjects: true, columns: ['context', 'target'] },
    fits: ({ conversations, chosen }) => isConversation(conversations) && isTurn(chosen),
    derive: ({ conversations, chosen, system }) => {
      return [conversation([...turnsOf(conversations), ...turnsOf([chosen])], system)];
    },
  },
  {
    // OpenAI’s preferred answers.
    ...{ name: 'chat', keys: ['input', 'preferred_output'], nested: ['input', 'preferred_output'] },
    ...{ takesObjects: true, columns: ['context', 'target'] },
    fits: ({ input, preferred_output: chosen }) => {
      return isObject(input) && isConversation(input.messages) && isConversation(chosen);
    },
    derive: ({ input, preferred_output: chosen }) => {
      return [conversation([...turnsOf(isObject(input) ? input.messages : []), ...turnsOf(chosen)])];
    },
  },
  {
    // OpenAssistant’s trees.
    ...{ name: 'tree', code: 'SHAPE_TREE', keys: ['prompt'], nested: ['prompt'], takesObjects: true },
    columns: ['context', 'target'],
    fits: ({ prompt }) => isReplyTree(prompt),
    turnsOf: ({ prompt }) => turnsOf(bestBranch(prompt)),
    derive: ({ prompt }) => [conversation(turnsOf(bestBranch(prompt)))],
  },
  listOfTurns('chat', 'messages', mayBeTurns),
  listOfTurns('sharegpt', 'conversations', mayBeTurns),
  // Under other names, a list may be something else.
  ...['conversation', 'contents', 'chat'].map((key) => listOfTurns('chat', key, isConversation)),
  {
    // TRL’s answers that people liked or did not (KTO).
    ...{ name: 'kto', code: 'SHAPE_LIKED', keys: ['prompt', 'completion', 'label'], nested: ['prompt', 'completion'] },
    columns: ['context', 'target'],
    fits: ({ label }) => /^(?:true|false)$/i.test(cellOf(label)),
    derive: ({ prompt, completion, label }) => {
      const said = conversation([...turnsBy('user', prompt), ...turnsBy('assistant', completion)]);
      return [/^false$/i.test(cellOf(label)) ? { ...said, problem: 'DISLIKED' } : said];
    },
  },
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
      return [conversation([...turnsBy('user', prompt), ...turns], system)];
    },
  },
];

/** The turns of a list, or one with the text of any other value. */
function turnsBy(role: 'user' | 'assistant', said: unknown): Turn[] {
  return Array.isArray(said) ? turnsOf(said) : [{ role, text: cellOf(said) }];
}

/** Conversations that a column has as one text; under `prompt`, if there is nothing else to learn. */
export const transcriptShapes: readonly KnownShape[] = [
  ...['text', 'chosen', 'conversations', 'conversation', 'messages', 'chat', 'content', 'formatted_text'].map(
    transcript,
  ),
  ...['formatted_chat', 'training_text', 'sample', 'prompt'].map(transcript),
];

function listOfTurns(name: 'chat' | 'sharegpt', key: string, isTurns: (value: unknown) => boolean): KnownShape {
  return {
    ...{ name, keys: [key], optional: ['system', 'systemInstruction'], nested: [key], columns: ['context', 'target'] },
    fits: (record) => isTurns(record[key]),
    turnsOf: (record) => turnsOf(record[key]),
    derive: (record) => [conversation(turnsOf(record[key]), systemOf(record))],
  };
}

/** A conversation may be empty, or have something else between its turns. */
function mayBeTurns(value: unknown): boolean {
  return Array.isArray(value) && (value.length === 0 || value.some(isObject));
}

/** Texts of two sides in turn, the first of which asks, as in DailyDialog. What nobody answers is left out. */
function listOfTexts(key: string): KnownShape {
  const turns = ({ [key]: texts }: NamedValues) => {
    const all = isListOfTexts(texts) ? texts : [];
    const said = all.length < 2 ? all : all.slice(0, all.length - (all.length % 2));
    return turnsOf(said.map((content, place) => ({ role: place % 2 ? 'assistant' : 'user', content })));
  };
  return {
    ...{ name: 'texts', code: 'SHAPE_TEXTS', keys: [key], nested: [key], columns: ['context', 'target'] },
    ofMost: true,
    fits: (record) => {
      const texts = isListOfTexts(record[key]) ? record[key] : [];
      return texts.length > 1 && (talkKeys.includes(key) || texts.some(isSentence)) && !hasTarget(record, key);
    },
    unless: (records) => !records.every(({ [key]: texts }) => isListOfTexts(texts)) || hasLabels(records, key),
    turnsOf: turns,
    derive: (record) => [conversation(turns(record))],
  };
}

/** Objects with a question and its answer each. */
function listOfPairs(key: string): KnownShape {
  const turns = ({ [key]: pairs }: NamedValues) =>
    turnsOf(
      (Array.isArray(pairs) ? pairs : []).flatMap((pair: unknown) => {
        const keys = pairKeys.find((each) => isPair(pair, each));
        if (!isObject(pair) || keys === undefined) return [];
        return [
          { role: 'user', content: pair[keys.asked] },
          { role: 'assistant', content: pair[keys.answer] },
        ];
      }),
    );
  return {
    ...{ name: 'pairs', keys: [key], nested: [key], columns: ['context', 'target'] },
    fits: ({ [key]: pairs }) =>
      Array.isArray(pairs) &&
      pairs.length > 0 &&
      pairs.every((pair) => !isTurn(pair) && pairKeys.some((keys) => isPair(pair, keys))),
    turnsOf: turns,
    derive: (record) => [conversation(turns(record))],
  };
}

const pairKeys: readonly { readonly asked: string; readonly answer: string }[] = [
  { asked: 'human', answer: 'assistant' },
  { asked: 'user', answer: 'assistant' },
  { asked: 'user', answer: 'bot' },
  { asked: 'prompt', answer: 'response' },
  { asked: 'question', answer: 'answer' },
  { asked: 'input', answer: 'output' },
  { asked: 'instruction', answer: 'output' },
];

function isPair(value: unknown, { asked, answer }: (typeof pairKeys)[number]): boolean {
  return isObject(value) && typeof value[asked] === 'string' && typeof value[answer] === 'string';
}

/** Conversations written as one text. */
function transcript(key: string): KnownShape {
  return {
    ...{ name: 'transcript', code: 'SHAPE_TRANSCRIPT', keys: [key], nested: [], columns: ['context', 'target'] },
    ofMost: true,
    fits: (record) => isTranscript(record[key]) && !hasTarget(record, key),
    unless: (records) => hasLabels(records, key),
    turnsOf: (record) => transcriptTurns(record[key]),
    derive: (record) => [conversation(transcriptTurns(record[key]))],
  };
}

/** Whether something else is to be learnt of a conversation, by its name: its summary, or a label. */
function hasTarget(record: NamedValues, key: string): boolean {
  return Object.entries(record).some(
    ([name, value]) => name !== key && targetNames.has(foldColumnName(name)) && !/^\s*(?:\[|$)/.test(cellOf(value)),
  );
}

const targetNames = new Set(
  [custom.columnNames.target, summarisation.columnNames.summary, mrc.columnNames.answer].flatMap((names = []) =>
    names.map(foldColumnName),
  ),
);

/** Whether a column has a few values that come again, as a category or a score of each conversation. */
function hasLabels(records: readonly NamedValues[], key: string): boolean {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names].some((name) => {
    if (name === key || provenance.has(foldColumnName(name))) return false;
    const values = records.map((record) => cellOf(record[name]).trim()).filter((value) => value !== '');
    const found = new Set(values);
    // The lists are about single turns.
    const areShort = values.every((value) => value.length <= 80 && !/^[[{]/.test(value));
    return areShort && found.size > 1 && found.size <= mostLabels && found.size * 3 <= values.length;
  });
}

const mostLabels = 30;
/** What is written down of conversations that are learnt from: where they come from, and how long they are. */
const provenance = new Set(
  [
    ...['source', 'dataset', 'dataset name', 'origin', 'lang', 'language', 'locale', 'model', 'model name', 'split'],
    ...['subset', 'version', 'license', 'date', 'user', 'turn', 'turns', 'num turns', 'n turns', 'turn count'],
    ...[
      'tokens',
      'num tokens',
      'length',
      '출처',
      '언어',
      '모델',
      '날짜',
      '턴수',
      'quelle',
      'sprache',
      'modell',
      'datum',
    ],
  ].map(foldColumnName),
);

/** What a conversation is told, beside its turns; Gemini has a name of its own for it. */
export function systemOf({ system, systemInstruction }: NamedValues): unknown {
  return system ?? systemInstruction;
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
