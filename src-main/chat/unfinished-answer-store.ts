import { messageSchema } from '../../src-contract/chat.ts';
import type { StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import type { KeptMessage, MessageStore } from './message-store.ts';

const keptSchema = messageSchema.omit({ siblings: true, onPath: true });

/**
 * What has been written so far of answers in progress, so that no more than their last moment is lost with the process.
 * Nobody reads it before that process has ended: a page shows an answer once, as it comes or as it was stored.
 */
export class UnfinishedAnswers {
  readonly #database: StudioDatabase;
  readonly #process: Pick<ProcessLock, 'token' | 'isAlive'>;

  constructor(database: StudioDatabase, process: Pick<ProcessLock, 'token' | 'isAlive'>) {
    this.#database = database;
    this.#process = process;
  }

  /** Replaces what was noted of the answer before. */
  note(answer: KeptMessage): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)')
      .run(`${prefix}${this.#process.token}.${answer.id}`, JSON.stringify(answer));
  }

  forget(id: string): void {
    this.#database.prepare('DELETE FROM setting WHERE name = ?').run(`${prefix}${this.#process.token}.${id}`);
  }

  /** Turns the answers of processes that have ended into messages, if their question is still there. */
  keepAll(messages: Pick<MessageStore, 'insert'>): void {
    const isKnown = this.#database.prepare('SELECT 1 FROM message WHERE id = ?').pluck();
    const keep = this.#database.transaction(() => {
      // The conversation continues from the last insert: of answers side by side the first, whose id is the lowest.
      const notes = this.#database
        .prepare('SELECT name, value FROM setting WHERE name GLOB ? ORDER BY name DESC')
        .all(`${prefix}*`) as { name: string; value: string }[];
      for (const { name, value } of notes) {
        const [process = ''] = name.slice(prefix.length).split('.');
        if (this.#process.isAlive(process)) continue;
        const answer = keptSchema.safeParse(JSON.parse(value)).data;
        if (answer && isKnown.get(answer.parentId) && !isKnown.get(answer.id)) messages.insert(answer);
        this.#database.prepare('DELETE FROM setting WHERE name = ?').run(name);
      }
    });
    keep.immediate();
  }
}

const prefix = 'unfinishedAnswer.';
