import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { RowStore } from '../rows/row-store.ts';
import { importRows, type RowsEvent, type RowsJob } from './import-rows.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plain-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cells = [
  'plain',
  '강은 흐른다',
  '“quoted”',
  ' led by a blank',
  'behind ',
  '\u3000',
  '\u00a0',
  ' ',
  '',
  '=SUM(A1)',
];
const odd = ['-3', '@home', 'a ""word"" here', 'two\nlines', '😀 smile', 'context', 'target', '\u2003x'];

const tables: readonly (Pick<RowsJob, 'task' | 'mapping'> & { readonly columns: readonly string[] })[] = [
  { task: 'custom', columns: ['id', 'context', 'target', 'group', 'split'], mapping: { split: 'split' } },
  {
    task: 'custom',
    columns: ['id', 'context', 'target', 'Kind', 'split'],
    mapping: { context: 'context', context2: 'Kind', split: 'split' },
  },
  {
    task: 'custom',
    columns: ['id', 'context', 'target', 'Kind', 'split'],
    mapping: { context: 'context', target: 'target', target2: 'Kind', split: 'split' },
  },
  { task: 'mrc', columns: ['id', 'passage', 'answer', 'title', 'question'], mapping: {} },
];

test.each(tables)(
  'rows of a $task table are stored and judged alike, whether read from bytes or from text',
  async ({ task, columns, mapping }) => {
    const all = [...cells, ...odd];
    const splits = ['train', 'test', 'Valid', 'nowhere', ''];
    const lines = all.flatMap((one, row) =>
      all.map((two, column) =>
        [`r${row}`, one, two, `g${row % 4}`, task === 'mrc' ? 'why?' : (splits[(row + column) % 7] ?? 'train')]
          .map((cell) => `"${cell}"`)
          .join(','),
      ),
    );
    lines.push('short,row', 'too,many,cells,in,this,row', columns.join(','));
    const turned = [...columns].reverse();
    lines.push(
      turned.join(','),
      '"train","g","b","a","r1"',
      ` ${turned.join(' ,')}`,
      'x,g,d,c,r2',
      columns.join(','),
      lines[0] ?? '',
    );
    const plain = await rowsOf(`${columns.join(',')}\n${lines.join('\n')}`, ',', { task, mapping });
    // With a two-character delimiter, the same cells come as text.
    const text = await rowsOf(
      `${columns.join('||')}\n${lines.map((line) => line.replaceAll(',', '||')).join('\n')}`,
      '||',
      { task, mapping },
    );
    expect(plain.rows).toEqual(text.rows);
    expect(plain.rejected).toEqual(text.rejected);
    expect(plain.sha256).toBe(text.sha256);
    expect(plain.rows.length).toBeGreaterThan(100);
  },
);

async function rowsOf(text: string, delimiter: string, { task, mapping }: Pick<RowsJob, 'task' | 'mapping'>) {
  const path = join(folder, 'table.csv');
  writeFileSync(path, text);
  const job: RowsJob = {
    ...{ file: tableFile(path), task, seed: 0, now: 1, datasetFolder: folder, database: undefined },
    ...{ mapping, csv: { delimiter } },
    ...{ rowsFile: join(folder, 'rows.sqlite'), rejectFile: join(folder, 'rejected.csv') },
  };
  let stored: Extract<RowsEvent, { kind: 'stored' }> | undefined;
  for await (const event of importRows(job, new AbortController().signal)) if (event.kind === 'stored') stored = event;
  const store = new RowStore(job.rowsFile, { readonly: true });
  const rows = [...store.examples(1)];
  const rejected = store.rejections({ offset: 0, limit: 1000 }).map(({ line, code }) => [line, code]);
  store.close();
  for (const name of ['rows.sqlite', 'rejected.csv']) rmSync(join(folder, name), { force: true });
  return { rows, rejected, sha256: stored?.facts.sha256 };
}
