import { foldColumnName } from '../importing/column-names.ts';
import { uniqueNames } from './header-names.ts';
import { bestReply } from './reply-tree.ts';
import type { OpenTable, TableRecord } from './table.ts';

/**
 * A table of messages that each name the one that they reply to, as OpenAssistant's: in the order in which they were
 * said, with a column that tells conversations apart. Undefined for any other table, also for a chat, of whose messages
 * only a few say what they reply to; in a tree, a parent stands for all that was said before. The messages are held in
 * memory, since they may stand in any order.
 */
export async function threadTable(table: OpenTable, signal?: AbortSignal): Promise<OpenTable | undefined> {
  const folded = table.columns.map(foldColumnName);
  const placeOf = (...names: string[]) => folded.findIndex((name) => names.includes(name));
  const [id, parent] = [placeOf('messageid'), placeOf('parentid', 'parentmessageid')];
  if (id < 0 || parent < 0 || !(await areMostlyReplies(table, { id, parent }, signal))) return undefined;
  const [rank, deleted, review] = [placeOf('rank'), placeOf('deleted'), placeOf('reviewresult')];
  const { pieces: _, ...others } = table;
  return {
    ...others,
    facts: {
      ...table.facts,
      reasons: [
        ...table.facts.reasons,
        { about: 'shape', code: 'MESSAGES_TREE', data: { column: table.columns[parent] ?? '' } },
      ],
    },
    columns: uniqueNames(['conversation', ...table.columns]),
    async *rows(signal) {
      const messages = new Map<string, TableRecord>();
      const replies = new Map<string, TableRecord[]>();
      const lost: TableRecord[] = [];
      let bytesRead = 0;
      for await (const piece of table.rows(signal)) {
        ({ bytesRead } = piece);
        const whole = piece.records.filter(({ problem }) => problem === undefined);
        for (const record of whole) {
          const own = idOf(record, id);
          const above = aboveOf(record, { id, parent });
          // Without an id, nobody can reply to it; of two with the same one, replies may be to either.
          if (own === '' ? above === '' : messages.has(own)) {
            lost.push(record);
            continue;
          }
          if (own !== '') messages.set(own, record);
          const known = replies.get(above);
          if (known) known.push(record);
          else replies.set(above, [record]);
        }
        const damaged = piece.records.filter(({ problem }) => problem !== undefined);
        yield { records: damaged.map((record) => ({ ...record, cells: ['', ...record.cells] })), bytesRead };
      }
      const best = (among: readonly TableRecord[]) =>
        bestReply(
          among.map((record) => {
            const { cells } = record;
            return { record, rank: cells[rank], deleted: cells[deleted], review_result: cells[review] };
          }),
        )?.record;
      const repliesTo = (record: TableRecord) => {
        const own = idOf(record, id);
        return own === '' ? [] : (replies.get(own) ?? []);
      };
      const withReplies = (first: TableRecord) => {
        const all = [first];
        for (const record of all) for (const reply of repliesTo(record)) all.push(reply);
        return all;
      };
      const placed = new Set<TableRecord>();
      for (const [name, first] of messages) {
        if (messages.has(aboveOf(first, { id, parent }))) continue;
        for (const record of withReplies(first)) placed.add(record);
        const branch = new Set<TableRecord>();
        for (let next = best([first]); next !== undefined && !branch.has(next); ) {
          branch.add(next);
          next = best(repliesTo(next));
        }
        yield { records: [...branch].map((record) => ({ ...record, cells: [name, ...record.cells] })), bytesRead };
      }
      // They reply to each other in a circle.
      const inCircles = [...replies.values()].flat().filter((record) => !placed.has(record));
      const problem = 'REPLY_UNCLEAR' as const;
      yield {
        records: [...lost, ...inCircles].map((record) => ({ ...record, cells: ['', ...record.cells], problem })),
        bytesRead,
      };
    },
  };
}

interface ThreadColumns {
  readonly id: number;
  readonly parent: number;
}

function idOf({ cells }: TableRecord, id: number): string {
  return (cells[id] ?? '').trim();
}

/** The id of the message that it replies to; empty if it does not, which some programs write as its own. */
function aboveOf(record: TableRecord, { id, parent }: ThreadColumns): string {
  const above = idOf(record, parent);
  return above === idOf(record, id) ? '' : above;
}

/** Judged by the first messages. Of the shortest trees, half are: a question and its answer. */
async function areMostlyReplies(table: OpenTable, columns: ThreadColumns, signal?: AbortSignal): Promise<boolean> {
  const ids = new Set<string>();
  const named: string[] = [];
  let messages = 0;
  for await (const { records } of table.rows(signal)) {
    for (const record of records.filter(({ cells, problem }) => cells.length > 0 && problem === undefined)) {
      messages++;
      ids.add(idOf(record, columns.id));
      const above = aboveOf(record, columns);
      if (above !== '') named.push(above);
    }
    if (messages >= surveyed) break;
  }
  const replies = named.filter((above) => ids.has(above)).length;
  return replies > 0 && replies * 2 >= messages;
}

const surveyed = 50_000;
