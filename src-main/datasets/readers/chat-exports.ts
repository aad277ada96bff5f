import type { FileReason } from '../../../src-contract/file-reason.ts';
import { cellOf, joined } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { JsonRows } from './json-rows.ts';
import { roomColumn } from './message-columns.ts';

/** A message as a program exports it; without a sender, it is a notice. */
interface ExportedMessage {
  readonly time: unknown;
  readonly sender: unknown;
  readonly text: string;
}

type Exported = Readonly<Record<string, unknown>>;

/** A program whose exports of chats are JSON. */
interface ChatExport {
  readonly program: 'Telegram' | 'Discord' | 'ChatGPT' | 'Claude';
  /** The keys that tell its records. */
  readonly keys: readonly string[];
  fits(record: Exported): boolean;
  /** A record is a message, or a conversation with several. */
  messagesOf(record: Exported): readonly ExportedMessage[];
  /** Which conversation a record is. */
  conversationOf?(record: Exported): unknown;
}

/**
 * The messages of records that a program for chats has exported, as a table with one message a row; undefined for any
 * other records. Records of several chats are told apart by the list that they are in.
 */
export function chatRows(sample: readonly unknown[], { areChats = false } = {}): ChatRows | undefined {
  const records = sample.filter(isObject);
  const found = exports.find(({ fits }) => records.length > 0 && records.every(fits));
  if (found === undefined || !records.some((record) => found.messagesOf(record).some(({ sender }) => sender))) {
    return undefined;
  }
  const { program, keys, messagesOf, conversationOf } = found;
  const apart = conversationOf ? ['conversation'] : areChats ? [roomColumn] : [];
  return {
    format: { about: 'format', code: 'FORMAT_EXPORT', data: { program, keys: keys.join(', ') } },
    reasons: [],
    columns: ['time', 'sender', 'message', ...apart],
    rowsOf: (record, number, list = 0) => {
      if (!isObject(record)) return undefined;
      const talk = conversationOf ? [cellOf(conversationOf(record))] : areChats ? [String(list + 1)] : [];
      return messagesOf(record).map(({ time, sender, text }) => {
        return { cells: [cellOf(time), cellOf(sender), text, ...talk], line: number };
      });
    },
  };
}

export interface ChatRows extends JsonRows {
  readonly format: FileReason;
}

/** Whether a value is a whole conversation, whatever lists are in it. */
export function isExportedConversation(value: Exported): boolean {
  return exports.some(({ conversationOf, fits }) => conversationOf !== undefined && fits(value));
}

const exports: readonly ChatExport[] = [
  {
    // Telegram Desktop, `export_output_json.cpp`.
    program: 'Telegram',
    keys: ['type', 'date', 'text'],
    fits: ({ type, date, text }) =>
      type === 'message' ? date !== undefined && text !== undefined : type === 'service' || type === 'unsupported',
    messagesOf: ({ type, date, from, from_id: id, text, action, forwarded_from: forwarded }) => [
      // What is passed on has been written by somebody else.
      {
        time: date,
        sender: type === 'message' && forwarded === undefined ? (from ?? id) : '',
        text: textOf(text ?? action),
      },
    ],
  },
  {
    // DiscordChatExporter, `JsonMessageWriter.cs`; other types are notices, numbers those that it does not know.
    program: 'Discord',
    keys: ['type', 'timestamp', 'content', 'author'],
    fits: ({ type, timestamp, content, author }) =>
      [type, timestamp, content].every((each) => typeof each === 'string') && isObject(author) && 'name' in author,
    messagesOf: ({ type, timestamp, content, author }) => {
      const name = isObject(author) ? (author.nickname ?? author.name) : '';
      const isSaid = /^(?:Default|Reply|\d+)$/.test(cellOf(type));
      return [{ time: timestamp, sender: isSaid ? name : '', text: cellOf(content) }];
    },
  },
  {
    // A tree of messages, as answers can be asked for again: the branch that was shown last is read.
    program: 'ChatGPT',
    keys: ['mapping', 'current_node'],
    fits: ({ mapping }) =>
      isObject(mapping) &&
      Object.values(mapping).every((node) => isObject(node) && ('parent' in node || 'children' in node)),
    conversationOf: ({ conversation_id: conversation, id, title }) => conversation ?? id ?? title,
    messagesOf: ({ mapping, current_node: current }) => {
      const nodes = new Map(Object.entries(isObject(mapping) ? mapping : {}).filter(isNode));
      const leaf = nodes.has(cellOf(current)) ? cellOf(current) : [...nodes.keys()].at(-1);
      return branchOf(nodes, leaf, ({ parent }) => parent).flatMap(({ message }) => saidToUser(message));
    },
  },
  {
    program: 'Claude',
    keys: ['chat_messages'],
    fits: ({ chat_messages: messages }) =>
      Array.isArray(messages) && messages.every((message) => isObject(message) && typeof message.sender === 'string'),
    conversationOf: ({ uuid, name }) => uuid ?? name,
    messagesOf: ({ chat_messages: messages, current_leaf_message_uuid: current }) => {
      const all = (Array.isArray(messages) ? messages : []).filter(isObject);
      const nodes = new Map(all.map((message) => [cellOf(message.uuid), message]));
      const areLinked = all.every(({ parent_message_uuid: parent }) => typeof parent === 'string');
      const leaf = cellOf(current ?? all.at(-1)?.uuid);
      const shown = areLinked ? branchOf(nodes, leaf, (message) => message.parent_message_uuid) : all;
      return shown.map(({ created_at: time, sender, text, content, attachments }) => ({
        ...{ time, sender },
        text: joined(blocksOf(content) || text, ...attachedTexts(attachments)),
      }));
    },
  },
];

function isNode(entry: [string, unknown]): entry is [string, Exported] {
  return isObject(entry[1]);
}

/** From the first message to the last of one branch. */
function branchOf(
  nodes: ReadonlyMap<string, Exported>,
  leaf: string | undefined,
  parentOf: (node: Exported) => unknown,
): Exported[] {
  const branch = new Set<Exported>();
  for (let node = nodes.get(leaf ?? ''); node !== undefined && !branch.has(node); ) {
    branch.add(node);
    node = nodes.get(cellOf(parentOf(node)));
  }
  return [...branch].reverse();
}

/** What ChatGPT and its user have said to each other: no instructions, thoughts, nor what is said to and by tools. */
function saidToUser(message: unknown): ExportedMessage[] {
  if (!isObject(message) || !isObject(message.content) || !isObject(message.author)) return [];
  const { content, author, recipient = 'all', metadata, create_time: time } = message;
  const isShown = !(isObject(metadata) && metadata.is_visually_hidden_from_conversation === true);
  const isText = content.content_type === 'text' || content.content_type === 'multimodal_text';
  const isSide = author.role === 'user' || author.role === 'assistant';
  if (!isShown || !isText || !isSide || (recipient !== 'all' && recipient !== null)) return [];
  const parts = Array.isArray(content.parts) ? content.parts : [];
  const text = parts.map((part: unknown) => (isObject(part) ? cellOf(part.text) : cellOf(part))).join('\n');
  return [{ time, sender: author.role, text: text.replaceAll(citation, '').trim() }];
}

/** Where ChatGPT’s page puts the number of a source: no part of what is said. */
const citation = / ?(?:\ue200[^\ue200\ue201]*\ue201|【\d+(?::\d+)?†[^】]*】)/g;

/** A text of Telegram: a text, or a list of texts and of objects that have one. */
function textOf(text: unknown): string {
  if (!Array.isArray(text)) return cellOf(text);
  return text.map((part: unknown) => cellOf(isObject(part) ? part.text : part)).join('');
}

/** Claude’s answers have blocks of thoughts and tools too. */
function blocksOf(content: unknown): string {
  const blocks = (Array.isArray(content) ? content : []).filter(isObject);
  return joined(...blocks.map(({ type, text }) => (type === 'text' ? text : '')));
}

/** A long text that is pasted becomes an attachment. */
function attachedTexts(attachments: unknown): unknown[] {
  return (Array.isArray(attachments) ? attachments : []).filter(isObject).map(({ extracted_content: text }) => text);
}
