import { foldColumnName } from '../importing/column-names.ts';
import { uniqueNames } from './header-names.ts';
import { bestReply } from './reply-tree.ts';
import type { OpenTable, TableRecord } from './table.ts';

/**
 * A table of messages that each name the one that they reply to, as OpenAssistant's: in the order in which they were
 * said, with a column that tells conversations apart. Undefined for any other table. The messages are held in memory,
 * since they may stand in any order.
 */
export function threadTable(table: OpenTable): OpenTable | undefined {
  const folded = table.columns.map(foldColumnName);
  const placeOf = (...names: string[]) => folded.findIndex((name) => names.includes(name));
  // In a chat, only a few messages say what they reply to; a parent stands for all that was said before.
  const [id, parent] = [placeOf('messageid'), placeOf('parentid', 'parentmessageid')];
  if (id < 0 || parent < 0) return undefined;
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
      let bytesRead = 0;
      for await (const piece of table.rows(signal)) {
        ({ bytesRead } = piece);
        const whole = piece.records.filter(({ problem }) => problem === undefined);
        for (const record of whole) {
          messages.set(record.cells[id] ?? '', record);
          const above = record.cells[parent] ?? '';
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
      for (const [name, first] of messages) {
        if (messages.has(first.cells[parent] ?? '')) continue;
        const branch = new Set<TableRecord>();
        for (let next = best([first]); next !== undefined && !branch.has(next); ) {
          branch.add(next);
          next = best(replies.get(next.cells[id] ?? '') ?? []);
        }
        yield { records: [...branch].map((record) => ({ ...record, cells: [name, ...record.cells] })), bytesRead };
      }
    },
  };
}
