import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { inspectTable } from '../../src-main/datasets/importing/inspect.ts';
import { openTable, type TableFile } from '../../src-main/datasets/readers/open-table.ts';
import { tableFile } from '../fixtures/table-file.ts';
import { sharedData } from '../shared-data.ts';

interface Entry {
  readonly file: string;
  readonly expect: 'cells' | 'cells_if_told' | 'lenient' | 'malformed' | 'no_crash';
  readonly expected?: string | null;
  readonly delimiter: string | null;
  readonly delimiter_certain?: boolean;
  readonly header: boolean | null;
  readonly rows?: number;
  readonly max_columns?: number;
}

const folder = sharedData('csv_nasty');
const { files } = folder
  ? (JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as { files: Entry[] })
  : { files: [] };

/** Files whose stated cells cannot be had from the bytes alone, and why. */
const exceptions = new Map([
  [
    'files/g_header_bomname.csv',
    'the mark before the first name is byte for byte that of the files whose mark is no part of it',
  ],
]);
/** Truncated between two characters, which leaves no trace. */
const traceless = new Set(['files/g_truncated_utf8.csv']);
/** Its rows resemble its header as much as each other. */
const headerUnknown = new Set(['files/g_no_header.csv']);

test.skipIf(!folder)(
  `each of the ${files.length} nasty tables gives its cells, or says what is wrong`,
  { timeout: 120_000 },
  async () => {
    const wrong: string[] = [];
    for (const entry of files) {
      const file = tableFile(join(folder ?? '', entry.file), entry.file.replace('files/', ''));
      const csv = entry.expect === 'cells_if_told' && entry.delimiter !== null ? { delimiter: entry.delimiter } : {};
      try {
        const { file: facts, cells = [] } = await inspectTable(file, { csv, cells: true });
        const stated = entry.expect !== 'no_crash' && entry.expect !== 'malformed';
        if (stated && entry.expected && !exceptions.has(entry.file)) {
          const expected = readFileSync(join(folder ?? '', entry.expected), 'utf8');
          if (JSON.stringify(cells) !== JSON.stringify(JSON.parse(expected))) wrong.push(`${entry.file}: other cells`);
        }
        if (stated && !entry.expected && cells.length !== entry.rows)
          wrong.push(`${entry.file}: ${cells.length} records`);
        if (entry.delimiter_certain && facts.delimiter !== entry.delimiter)
          wrong.push(`${entry.file}: split at ${facts.delimiter}`);
        if (stated && entry.header !== null && facts.header !== entry.header && !headerUnknown.has(entry.file)) {
          wrong.push(`${entry.file}: header ${facts.header}`);
        }
        if (entry.expect === 'malformed' && !traceless.has(entry.file) && !(await tellsProblem(file)))
          wrong.push(`${entry.file}: nothing is told`);
      } catch (error) {
        if (!(error instanceof StudioError)) throw new Error(entry.file, { cause: error });
        if (entry.expect !== 'no_crash') wrong.push(`${entry.file}: ${error.message}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);

const telling = ['ENCODING_PATTERN', 'ENCODING_UNSURE', 'ENCODING_BOM_WRONG', 'QUOTE_SOME_OPEN'];

/** Whether reading the file, or some record, reports a problem. */
async function tellsProblem(file: TableFile): Promise<boolean> {
  const table = await openTable(file);
  if (table.facts.reasons.some(({ code }) => telling.includes(code))) return true;
  for await (const { records } of table.raw()) {
    if (records.some(({ cells, problem }) => problem !== undefined || cells.length > table.columns.length)) return true;
  }
  return false;
}
