import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { withinMessage } from '../async/within-message.ts';
import type { Downloads } from '../datasets/transfers/downloads.ts';
import type { FileSources } from '../datasets/transfers/file-sources.ts';
import { watchJob } from '../jobs/job-procedures.ts';
import { type AnsweringParts, answerTable, proposeColumns, resumeTable } from './answer-table.ts';
import { writeAnsweredTable } from './answered-table-csv.ts';

export function answeredTableProcedures(
  parts: AnsweringParts & { sources: FileSources; downloads: Downloads; changed: () => void },
) {
  const { store, supervisor, sources, downloads, changed } = parts;
  const os = implement(contract.answeredTables).$context<CallerContext>();
  return os.router({
    propose: os.propose.handler(({ input }) => proposeColumns(input, parts)),
    start: os.start.handler(async ({ input: { source, ...input }, context, signal = new AbortController().signal }) => {
      if (source.kind === 'path' && context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      await using lent = await sources.lend(source);
      const { path, name, unpackFolder } = lent;
      const table = await answerTable({ ...input, file: { path, name, unpackFolder } }, parts, signal);
      changed();
      return table;
    }),
    resume: os.resume.handler(({ input }) => resumeTable(store.get(input.id).id, parts)),
    stop: os.stop.handler(({ input }) => supervisor.stop(store.get(input.id).id)),
    watch: os.watch.handler(({ input, signal, lastEventId }) => {
      const { id } = store.get(input.id);
      const ended = () => ({ kind: 'finished' as const, table: store.get(id) });
      return watchJob(supervisor, id, { signal, lastEventId, ended });
    }),
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    rows: os.rows.handler(({ input }) => {
      const { id, rows: all } = store.get(input.id);
      const isWhole = input.only === undefined && input.order === 'file';
      const total = isWhole ? all : store.countRows({ ...input, id });
      const rows = withinMessage(store.rows({ ...input, id }), ({ cells, answer }) => [...cells, answer ?? '']);
      return { total, rows };
    }),
    counts: os.counts.handler(({ input }) => store.counts(store.get(input.id).id, input.field)),
    export: os.export.handler(({ input: { id, ...job }, context, signal }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      return writeAnsweredTable(store, { ...job, table: store.get(id) }, signal);
    }),
    exportFile: os.exportFile.handler(async ({ input, context, signal }) => {
      const table = store.get(input.id);
      const { forSpreadsheet, language } = input;
      const write = (out: string) => writeAnsweredTable(store, { table, out, forSpreadsheet, language }, signal);
      const { fileId, bytes } = await downloads.offer(write, context.left);
      const answered = { en: 'answered', ko: '답' }[language];
      return { fileId, bytes, name: `${table.name.replace(/\.[^.]*$/, '')} ${answered}.csv` };
    }),
    delete: os.delete.handler(({ input }) => {
      const { id, name, state } = store.get(input.id);
      if (state === 'running') throw new StudioError('ANSWERED_TABLE_ACTIVE', { table: name });
      store.markDeleted(id, Date.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const table = store.restore(input.id);
      changed();
      return table;
    }),
  });
}
