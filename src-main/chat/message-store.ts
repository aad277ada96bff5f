import { createHash } from 'node:crypto';
import type { FoundMessage, Message, Turns } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TaskInput } from '../../src-contract/task.ts';
import { newId } from '../database/new-id.ts';
import type { StudioDatabase } from '../database/open.ts';

/** A turn as it is stored; its place among the others follows from theirs. */
export type KeptMessage = Omit<Message, 'siblings' | 'onPath'>;

/** A turn's place, and all of it that can change once it is stored. */
interface Outline extends Pick<KeptMessage, 'id' | 'parentId' | 'comparisonId' | 'adapterName'> {
  readonly number: number;
  readonly isBest: 0 | 1;
  readonly mix: string;
  readonly siblings: string[];
  readonly onPath: boolean;
}

const mostFound = 50;
/** With an answer at the end of a conversation, at most this many turns are sent that were known. */
const turnsPerMark = 32;

/** The turns of conversations: a tree, of which one path is shown. */
export class MessageStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** The turns from first to last; answers compared with one on the path are included. */
  path(conversationId: string): Message[] {
    return this.turns(conversationId).messages;
  }

  /** The same without the first ones that a reader already has, told by the marks that it was given with them. */
  turns(conversationId: string, known: readonly string[] = []): Turns {
    const path = this.#outline(conversationId);
    const marks = marksOf(path);
    const kept = (marks.findLastIndex((mark, block) => mark === known[block]) + 1) * turnsPerMark;
    const rest = path.slice(kept);
    const rows = this.#database
      .prepare(`${select} WHERE number IN (SELECT value FROM json_each(?))`)
      .all(JSON.stringify(rest.map(({ number }) => number))) as MessageRow[];
    const byId = new Map(rows.map((row) => [row.id, row]));
    const messages = rest.flatMap(({ id, siblings, onPath }) => {
      const row = byId.get(id);
      return row === undefined ? [] : [{ ...toMessage(row), siblings, onPath }];
    });
    return { kept, messages, marks };
  }

  /** The path without what a turn said, which is nearly all of a conversation and never changes. */
  #outline(conversationId: string): Outline[] {
    const all = this.#database
      .prepare<[string], Omit<Outline, 'siblings' | 'onPath'>>(
        `SELECT number, id, parent_id AS parentId, comparison_id AS comparisonId, is_best AS isBest,
           ${adapterName} AS adapterName, ${mixWithNames} AS mix
         FROM message WHERE conversation_id = ? ORDER BY number`,
      )
      .all(conversationId);
    const byId = new Map(all.map((message) => [message.id, message]));
    const children = Map.groupBy(all, ({ parentId }) => parentId);
    const path: Outline[] = [];
    const seen = new Set<string>();
    for (let at = byId.get(this.leaf(conversationId) ?? ''); at !== undefined; at = byId.get(at.parentId ?? '')) {
      // A damaged file must not make this loop forever.
      if (seen.has(at.id)) break;
      seen.add(at.id);
      const { id, comparisonId } = at;
      const beside = children.get(at.parentId) ?? [];
      const siblings = beside.map((message) => message.id);
      const compared = beside.filter((message) => message.comparisonId === comparisonId);
      // Ids rise with the columns, while turns are ordered by when the answers ended; the path is read from its end.
      const shown = comparisonId === null ? [at] : compared.toSorted((a, b) => (a.id > b.id ? -1 : 1));
      path.push(...shown.map((message) => ({ ...message, siblings, onPath: message.id === id })));
    }
    return path.reverse();
  }

  /** Every turn, in the order in which they were stored. */
  all(conversationId: string): KeptMessage[] {
    const rows = this.#database.prepare(`${select} WHERE conversation_id = ? ORDER BY number`).all(conversationId);
    return (rows as MessageRow[]).map(toMessage);
  }

  /** Throws MESSAGE_NOT_FOUND. */
  get(id: string): KeptMessage {
    const row = this.#database.prepare(`${select} WHERE id = ?`).get(id) as MessageRow | undefined;
    if (row === undefined) throw new StudioError('MESSAGE_NOT_FOUND', { message: id });
    return toMessage(row);
  }

  /** The turns that lead to one, itself included, from the first. */
  pathTo(id: string): KeptMessage[] {
    const rows = this.#database
      .prepare(
        `WITH RECURSIVE up (number, parent_id) AS (
           SELECT number, parent_id FROM message WHERE id = ?
           UNION SELECT m.number, m.parent_id FROM message m JOIN up ON m.id = up.parent_id
         ) ${select} WHERE number IN (SELECT number FROM up) ORDER BY number`,
      )
      .all(id) as MessageRow[];
    return rows.map(toMessage);
  }

  /** Every turn with the same parent, oldest first. */
  siblings({ conversationId, parentId }: Pick<KeptMessage, 'conversationId' | 'parentId'>): string[] {
    // Turns without a parent are found by conversation; the others by the index on the parent.
    const rows =
      parentId === null
        ? this.#database
            .prepare('SELECT id FROM message WHERE conversation_id = ? AND parent_id IS NULL ORDER BY number')
            .all(conversationId)
        : this.#database.prepare('SELECT id FROM message WHERE parent_id = ? ORDER BY number').all(parentId);
    return (rows as { id: string }[]).map(({ id }) => id);
  }

  newId(now: number): string {
    return newId(now);
  }

  /** Adds a turn, which the conversation continues from. */
  insert(message: KeptMessage): void {
    this.#atOnce(() => {
      this.#database.prepare(insertion).run({
        ...message,
        input: message.input === null ? null : JSON.stringify(message.input),
        mix: message.mix.length === 0 ? null : JSON.stringify(message.mix),
        isBest: message.isBest ? 1 : 0,
      });
      this.#database
        .prepare('UPDATE conversation SET leaf_id = ?, updated_at = max(updated_at, ?) WHERE id = ?')
        .run(message.id, message.createdAt, message.conversationId);
    });
  }

  /** Copies the turns that lead to one, itself included, into another conversation. */
  copyPath(last: KeptMessage, conversationId: string): void {
    const path = this.pathTo(last.id);
    this.#atOnce(() => {
      let parentId: string | null = null;
      for (const message of path) {
        const id = newId(message.createdAt);
        this.insert({ ...message, id, conversationId, parentId, comparisonId: null, isBest: false });
        parentId = id;
      }
    });
  }

  /** Continues the conversation from a turn, or from whatever last followed it. */
  choose(message: KeptMessage): void {
    const children = Map.groupBy(this.all(message.conversationId), ({ parentId }) => parentId);
    let leaf = message.id;
    for (let next = children.get(leaf)?.at(-1); next !== undefined; next = children.get(leaf)?.at(-1)) leaf = next.id;
    this.#database.prepare('UPDATE conversation SET leaf_id = ? WHERE id = ?').run(leaf, message.conversationId);
  }

  /** At most one answer of a comparison is the best; the conversation continues from it. */
  vote(message: KeptMessage, isBest: boolean): void {
    const { id, conversationId, comparisonId } = message;
    this.#atOnce(() => {
      this.#database
        .prepare(`UPDATE message SET is_best = (id = :id AND :isBest)
           WHERE conversation_id = :conversationId AND comparison_id = :comparisonId`)
        .run({ id, isBest: isBest ? 1 : 0, conversationId, comparisonId });
      if (isBest) this.choose(message);
    });
  }

  /**
   * All or nothing. What is read before the first write, such as the settings of the word index, must be what is
   * written to: SQLite refuses to write where another process has meanwhile, without waiting.
   */
  #atOnce(work: () => void): void {
    this.#database.transaction(work).immediate();
  }

  /** Turns and titles that contain every word, or words beginning with it; latest first. */
  search(text: string): FoundMessage[] {
    const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
    if (words.length === 0) return [];
    const query = words.map((word) => `"${word}" *`).join(' ');
    // In the order of the index, which stops at the limit: any other would cut an excerpt of every turn that is found.
    const rows = this.#database
      .prepare(
        `SELECT m.conversation_id AS conversationId, c.title, m.id AS messageId, m.role, m.created_at AS at,
           snippet(message_text, 0, char(0xE000), char(0xE001), ' … ', 16) AS excerpt
         FROM message_text
           JOIN message m ON m.number = message_text.rowid
           JOIN conversation c ON c.id = m.conversation_id AND c.deleted_at IS NULL
         WHERE message_text MATCH ? ORDER BY message_text.rowid DESC LIMIT ?`,
      )
      .all(query, mostFound) as FoundMessage[];
    const inMessages = new Set(rows.map(({ conversationId }) => conversationId));
    const titles = this.#database
      .prepare(
        `SELECT id AS conversationId, title, NULL AS messageId, NULL AS role, updated_at AS at, '' AS excerpt
         FROM conversation WHERE deleted_at IS NULL AND instr(lower(title), lower(?)) > 0
         ORDER BY updated_at DESC LIMIT ?`,
      )
      .all(text.trim(), mostFound) as FoundMessage[];
    return [...titles.filter(({ conversationId }) => !inMessages.has(conversationId)), ...rows].slice(0, mostFound);
  }

  /** The turn that the conversation continues from; null if nothing was said. */
  leaf(conversationId: string): string | null {
    const row = this.#database.prepare('SELECT leaf_id FROM conversation WHERE id = ?').get(conversationId);
    return (row as { leaf_id: string | null } | undefined)?.leaf_id ?? null;
  }
}

/** An adapter has the name that it has now; one that is gone for good, the name that it had then. */
const adapterName = 'coalesce((SELECT name FROM adapter WHERE adapter.id = adapter_id), adapter_name)';
const mixWithNames = `(SELECT json_group_array(json_set(value, '$.name',
    coalesce((SELECT name FROM adapter WHERE adapter.id = value ->> '$.adapterId'), value ->> '$.name')) ORDER BY key)
  FROM json_each(mix))`;

const select = `SELECT id, conversation_id, parent_id, role, text, first_text, input, adapter_id, ${adapterName} AS adapter_name,
    adapter_sha256, ${mixWithNames} AS mix, base_sha256,
    task, strength, tokens, tokens_per_second, first_token_ms, switch_ms, finish, certainty, prompt_tokens,
    left_out_turns, left_out_tokens, comparison_id, is_best, created_at
  FROM message`;

const insertion = `INSERT INTO message (id, conversation_id, parent_id, role, text, first_text, input, adapter_id, adapter_name,
    adapter_sha256, mix, base_sha256, task, strength, tokens, tokens_per_second, first_token_ms, switch_ms, finish,
    certainty, prompt_tokens, left_out_turns, left_out_tokens, comparison_id, is_best, created_at)
  VALUES (:id, :conversationId, :parentId, :role, :text, :firstText, :input, :adapterId, :adapterName, :adapterSha256, :mix, :baseSha256,
    :task, :strength, :tokens, :tokensPerSecond, :firstTokenMs, :switchMs, :finish, :certainty, :promptTokens, :leftOutTurns,
    :leftOutTokens, :comparisonId, :isBest, :createdAt)`;

interface MessageRow {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  role: Message['role'];
  text: string;
  first_text: string | null;
  input: string | null;
  adapter_id: string | null;
  adapter_name: string | null;
  adapter_sha256: string | null;
  mix: string;
  base_sha256: string | null;
  task: Message['task'];
  strength: number | null;
  tokens: number | null;
  tokens_per_second: number | null;
  first_token_ms: number | null;
  switch_ms: number | null;
  finish: Message['finish'];
  certainty: number | null;
  prompt_tokens: number | null;
  left_out_turns: number;
  left_out_tokens: number;
  comparison_id: string | null;
  is_best: 0 | 1;
  created_at: number;
}

/** After every `turnsPerMark` turns, a hash of all up to there: equal only if none has changed. */
function marksOf(path: readonly Outline[]): string[] {
  const hash = createHash('sha256');
  const marks: string[] = [];
  for (const [place, turn] of path.entries()) {
    hash.update(JSON.stringify(turn));
    if ((place + 1) % turnsPerMark === 0) marks.push(hash.copy().digest('base64url').slice(0, 16));
  }
  return marks;
}

function toMessage(row: MessageRow): KeptMessage {
  const { id, role, text, task, strength, tokens, finish, certainty } = row;
  return {
    ...{ id, role, text, firstText: row.first_text, task, strength, tokens, finish, certainty },
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    input: row.input === null ? null : (JSON.parse(row.input) as TaskInput),
    adapterId: row.adapter_id,
    adapterName: row.adapter_name,
    adapterSha256: row.adapter_sha256,
    mix: JSON.parse(row.mix) as Message['mix'],
    baseSha256: row.base_sha256,
    tokensPerSecond: row.tokens_per_second,
    firstTokenMs: row.first_token_ms,
    switchMs: row.switch_ms,
    promptTokens: row.prompt_tokens,
    leftOutTurns: row.left_out_turns,
    leftOutTokens: row.left_out_tokens,
    comparisonId: row.comparison_id,
    isBest: row.is_best === 1,
    createdAt: row.created_at,
  };
}
