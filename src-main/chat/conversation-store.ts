import type { Conversation } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';

/** Conversations. Their turns are in `message-store.ts`. */
export class ConversationStore {
  readonly #database: StudioDatabase;
  readonly #lock: ProcessLock;

  constructor(database: StudioDatabase, lock: ProcessLock) {
    this.#database = database;
    this.#lock = lock;
  }

  /** The last used first. */
  list(): Conversation[] {
    const rows = this.#database
      .prepare(`${select} WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC`)
      .all() as ConversationRow[];
    return rows.map((row) => this.#conversation(row));
  }

  /** Throws CONVERSATION_NOT_FOUND. */
  get(idOrTitle: string): Conversation {
    const row = this.#database
      .prepare(
        `${select} WHERE (id = :key OR title = :key) AND deleted_at IS NULL ORDER BY id = :key DESC, id DESC LIMIT 1`,
      )
      .get({ key: idOrTitle }) as ConversationRow | undefined;
    if (row === undefined) throw new StudioError('CONVERSATION_NOT_FOUND', { conversation: idOrTitle });
    return this.#conversation(row);
  }

  /** A title that is taken gets a number. What `alongside` writes is stored with it or not at all. */
  insert(
    conversation: { baseModelId: string; title: string; now: number },
    alongside?: (id: string) => void,
  ): Conversation {
    const id = newId(conversation.now);
    const title = this.#freeTitle(conversation.title);
    const write = this.#database.transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO conversation (id, title, base_model_id, created_at, updated_at)
           VALUES (:id, :title, :baseModelId, :now, :now)`,
        )
        .run({ ...conversation, title, id });
      alongside?.(id);
    });
    // What is read of the word index must be what is written to.
    write.immediate();
    return this.get(id);
  }

  rename(id: string, title: string): Conversation {
    this.#database.prepare('UPDATE conversation SET title = ? WHERE id = ?').run(title, id);
    return this.get(id);
  }

  markDeleted(id: string, now: number): void {
    this.#database.prepare('UPDATE conversation SET deleted_at = ? WHERE id = ?').run(now, id);
  }

  /** Undoes a deletion. Throws CONVERSATION_NOT_FOUND when it is not there any more. */
  restore(id: string): Conversation {
    this.#database.prepare('UPDATE conversation SET deleted_at = NULL WHERE id = ?').run(id);
    return this.get(id);
  }

  /** Records that this process is writing an answer in it. False if another living process is. */
  beginAnswer(id: string): boolean {
    const begin = this.#database.transaction(() => {
      const writer = this.#database.prepare('SELECT answering_process FROM conversation WHERE id = ?').pluck().get(id);
      if (typeof writer === 'string' && writer !== this.#lock.token && this.#lock.isAlive(writer)) return false;
      this.#database.prepare('UPDATE conversation SET answering_process = ? WHERE id = ?').run(this.#lock.token, id);
      return true;
    });
    return begin.immediate();
  }

  endAnswer(id: string): void {
    this.#database
      .prepare('UPDATE conversation SET answering_process = NULL WHERE id = ? AND answering_process = ?')
      .run(id, this.#lock.token);
  }

  #conversation({ base_model_id, answering_process, created_at, updated_at, ...same }: ConversationRow): Conversation {
    return {
      ...same,
      baseModelId: base_model_id,
      // That of a process that was killed has ended, too.
      answering: answering_process !== null && this.#lock.isAlive(answering_process),
      createdAt: created_at,
      updatedAt: updated_at,
    };
  }

  /** The title, or if it is taken the title with the next number: a branch of “Rivers (2)” is “Rivers (3)”. */
  #freeTitle(title: string): string {
    const isTaken = this.#database.prepare('SELECT 1 FROM conversation WHERE title = ? AND deleted_at IS NULL').pluck();
    const bare = title.replace(/ \(\d+\)$/, '');
    let free = title;
    for (let number = 2; isTaken.get(free) !== undefined; number++) free = `${bare} (${number})`;
    return free;
  }

  /** Removes what was deleted up to then, turns included. False if an answer is still being written in some of it. */
  removeDeleted(before: number): boolean {
    const deleted = this.#database
      .prepare<[number], { id: string; writer: string | null }>(
        'SELECT id, answering_process AS writer FROM conversation WHERE deleted_at <= ?',
      )
      .all(before);
    const left = deleted.filter(({ writer }) => writer === null || !this.#lock.isAlive(writer));
    // Another process may have restored one.
    const remove = this.#database.prepare('DELETE FROM conversation WHERE id = ? AND deleted_at <= ?');
    for (const { id } of left) remove.run(id, before);
    return left.length === deleted.length;
  }
}

const select = `SELECT id, title, base_model_id, answering_process, created_at, updated_at,
    (SELECT count(*) FROM message WHERE conversation_id = conversation.id) AS messages
  FROM conversation`;

interface ConversationRow {
  id: string;
  title: string;
  base_model_id: string;
  answering_process: string | null;
  created_at: number;
  updated_at: number;
  messages: number;
}
