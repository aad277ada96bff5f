import { implement } from '@orpc/server';
import type { CallerContext } from '../../../src-contract/caller.ts';
import { contract } from '../../../src-contract/contract.ts';
import { withinMessage } from '../../async/within-message.ts';
import type { SqlRunner } from '../databases/attached-database.ts';
import { type DatasetStore, rowsPlace } from '../dataset-store.ts';
import type { RowsThread } from '../rows/rows-threads.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import { checkDataset } from './check-dataset.ts';
import { FindingStore } from './finding-store.ts';
import { mendFinding } from './mend-finding.ts';
import { sampledDoubts } from './sampled-doubts.ts';

export function findingProcedures(studio: {
  store: DatasetStore;
  changes: DatasetChanges;
  datasetsFolder: string;
  sql: SqlRunner;
  /** For long-running work. */
  thread: RowsThread;
  changed: () => void;
}) {
  const { store, changes, datasetsFolder, changed } = studio;
  const os = implement(contract.findings).$context<CallerContext>();
  const withFindings = async <T>(
    idOrName: string,
    work: (findings: FindingStore, id: string) => T,
  ): Promise<Awaited<T>> => {
    const { id } = store.get(idOrName);
    const findings = new FindingStore(rowsPlace(datasetsFolder, id).derivedFile);
    try {
      return await work(findings, id);
    } finally {
      findings.close();
    }
  };
  return os.router({
    check: os.check.handler(async function* ({ input, signal = new AbortController().signal }) {
      for await (const event of checkDataset(store.get(input.id), studio, signal)) {
        if (event.kind === 'finished') changed();
        yield event;
      }
    }),
    report: os.report.handler(({ input }) => withFindings(input.id, (findings) => findings.report())),
    doubts: os.doubts.handler(async ({ input, signal }) => {
      const { id, version, task, rows } = store.get(input.id);
      const report = await withFindings(id, (findings) => findings.report());
      if (report?.version === version) return { doubts: report.doubts, checked: rows, rows };
      return sampledDoubts(store.rows(id), { version, task, rows }, signal);
    }),
    rows: os.rows.handler(({ input: { id: idOrName, code, offset, limit } }) =>
      withFindings(idOrName, (findings, id) => {
        const rows = store.rows(id);
        const { version } = rows.head();
        return {
          total: findings.report()?.findings.find((finding) => finding.code === code)?.rows ?? 0,
          rows: withinMessage(
            findings
              .rows(code, offset, limit)
              .values()
              .map(({ number, position, detail, other }) => ({
                ...{ position, detail, other, example: rows.byNumbers(version, [number])[0] ?? null },
                otherExample: (other === null ? undefined : rows.examplesAt(version, [other])[0]) ?? null,
              })),
            ({ example, otherExample }) =>
              [example, otherExample].flatMap((row) => (row === null ? [] : [row.context, row.target])),
          ),
        };
      }),
    ),
    mend: os.mend.handler(async ({ input, signal }) => {
      const dataset = await withFindings(input.id, (findings, id) =>
        mendFinding({ store, changes, findings }, { ...input, id }, signal),
      );
      changed();
      return dataset;
    }),
  });
}
