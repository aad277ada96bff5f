import type { Conversation, Message } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TaskInput } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';

/** Conversations and their turns. */
export class ConversationStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** The last used first. */
  list(): Conversation[] {
    const rows = this.#database
      .prepare(`${select} WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC`)
      .all() as ConversationRow[];
    return rows.map(toConversation);
  }

  /** Throws CONVERSATION_NOT_FOUND. */
  get(idOrTitle: string): Conversation {
    const row = this.#database
      .prepare(
        `${select} WHERE (id = :key OR title = :key) AND deleted_at IS NULL ORDER BY id = :key DESC, id DESC LIMIT 1`,
      )
      .get({ key: idOrTitle }) as ConversationRow | undefined;
    if (row === undefined) throw new StudioError('CONVERSATION_NOT_FOUND', { conversation: idOrTitle });
    return toConversation(row);
  }

  insert(conversation: { baseModelId: string; title: string; now: number }): Conversation {
    const id = newId(conversation.now);
    this.#database
      .prepare(
        `INSERT INTO conversation (id, title, base_model_id, created_at, updated_at)
         VALUES (:id, :title, :baseModelId, :now, :now)`,
      )
      .run({ ...conversation, id });
    return this.get(id);
  }

  rename(id: string, title: string): Conversation {
    this.#database.prepare('UPDATE conversation SET title = ? WHERE id = ?').run(title, id);
    return this.get(id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE conversation SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Throws CONVERSATION_NOT_FOUND when it is not there any more. */
  restore(id: string): Conversation {
    this.#database.prepare('UPDATE conversation SET deleted_at = NULL WHERE id = ?').run(id);
    return this.get(id);
  }

  /** Removes what was deleted, turns included. */
  removeDeleted(): void {
    this.#database.prepare('DELETE FROM conversation WHERE deleted_at IS NOT NULL').run();
  }

  messages(conversationId: string): Message[] {
    const rows = this.#database
      .prepare(
        `SELECT id, conversation_id, role, text, input, adapter_id, adapter_name, adapter_sha256, task, strength, tokens,
           tokens_per_second, first_token_ms, switch_ms, finish, created_at
         FROM message WHERE conversation_id = ? ORDER BY number`,
      )
      .all(conversationId) as MessageRow[];
    return rows.map(toMessage);
  }

  newMessageId(now: number): string {
    return newId(now);
  }

  /** Adds a turn. With `instead`, the turns of these ids go in the same moment. */
  insertMessage(message: Message, instead: readonly string[] = []): void {
    this.#database.transaction(() => {
      for (const id of instead) this.#database.prepare('DELETE FROM message WHERE id = ?').run(id);
      this.#database
        .prepare(
          `INSERT INTO message (id, conversation_id, role, text, input, adapter_id, adapter_name, adapter_sha256, task,
             strength, tokens, tokens_per_second, first_token_ms, switch_ms, finish, created_at)
           VALUES (:id, :conversationId, :role, :text, :input, :adapterId, :adapterName, :adapterSha256, :task,
             :strength, :tokens, :tokensPerSecond, :firstTokenMs, :switchMs, :finish, :createdAt)`,
        )
        .run({ ...message, input: message.input === null ? null : JSON.stringify(message.input) });
      this.#database
        .prepare('UPDATE conversation SET updated_at = max(updated_at, ?) WHERE id = ?')
        .run(message.createdAt, message.conversationId);
    })();
  }
}

const select = `SELECT id, title, base_model_id, created_at, updated_at,
    (SELECT count(*) FROM message WHERE conversation_id = conversation.id) AS messages
  FROM conversation`;

interface ConversationRow {
  id: string;
  title: string;
  base_model_id: string;
  created_at: number;
  updated_at: number;
  messages: number;
}

function toConversation({ base_model_id, created_at, updated_at, ...same }: ConversationRow): Conversation {
  return { ...same, baseModelId: base_model_id, createdAt: created_at, updatedAt: updated_at };
}

interface MessageRow {
  id: string;
  conversation_id: string;
  role: Message['role'];
  text: string;
  input: string | null;
  adapter_id: string | null;
  adapter_name: string | null;
  adapter_sha256: string | null;
  task: Message['task'];
  strength: number | null;
  tokens: number | null;
  tokens_per_second: number | null;
  first_token_ms: number | null;
  switch_ms: number | null;
  finish: Message['finish'];
  created_at: number;
}

function toMessage(row: MessageRow): Message {
  const { id, role, text, task, strength, tokens, finish } = row;
  return {
    ...{ id, role, text, task, strength, tokens, finish },
    conversationId: row.conversation_id,
    input: row.input === null ? null : (JSON.parse(row.input) as TaskInput),
    adapterId: row.adapter_id,
    adapterName: row.adapter_name,
    adapterSha256: row.adapter_sha256,
    tokensPerSecond: row.tokens_per_second,
    firstTokenMs: row.first_token_ms,
    switchMs: row.switch_ms,
    createdAt: row.created_at,
  };
}
