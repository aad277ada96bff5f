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

  /**
   * Turns the answers of processes that have ended into messages, if their question is still there, and returns how many
   * answers those processes left. The conversation continues from whatever was said since.
   */
  keepAll(messages: Pick<MessageStore, 'all' | 'leaf' | 'insert' | 'choose'>): number {
    // Mostly there are none: nothing is locked to find that out.
    if (this.#left().length === 0) return 0;
    const isKnown = this.#database.prepare('SELECT 1 FROM message WHERE id = ?').pluck();
    const keep = this.#database.transaction(() => {
      const left = this.#left();
      for (const { name, value } of left) {
        const answer = keptSchema.safeParse(JSON.parse(value)).data;
        if (answer && isKnown.get(answer.parentId) && !isKnown.get(answer.id)) {
          const leaf = messages.leaf(answer.conversationId);
          const last = messages.all(answer.conversationId).find(({ id }) => id === leaf);
          messages.insert(answer);
          if (last && goesBefore(last, answer)) messages.choose(last);
        }
        this.#database.prepare('DELETE FROM setting WHERE name = ?').run(name);
      }
      return left.length;
    });
    return keep.immediate();
  }

  /** What processes that have ended noted. */
  #left(): { name: string; value: string }[] {
    const notes = this.#database.prepare('SELECT name, value FROM setting WHERE name GLOB ?').all(`${prefix}*`) as {
      name: string;
      value: string;
    }[];
    return notes.filter(({ name }) => {
      const [process = ''] = name.slice(prefix.length).split('.');
      return !this.#process.isAlive(process);
    });
  }
}

/**
 * Whether a conversation continues from `turn` rather than from `other`: of answers side by side from the first, which
 * has the lowest id, else from the newest.
 */
function goesBefore(turn: KeptMessage, other: KeptMessage): boolean {
  const isBeside = turn.comparisonId !== null && turn.comparisonId === other.comparisonId;
  return isBeside ? turn.id < other.id : turn.createdAt > other.createdAt;
}

const prefix = 'unfinishedAnswer.';
