/**
 * Cuts the three open samples from the data sets that `resources/samples/README.md` names.
 * Run: `node scripts/starter-model/select-open-samples.ts FOLDER`, where FOLDER holds the sets, one folder each.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { renderCsv } from './csv.ts';

type Row = Readonly<Record<string, string>>;

const ROWS = 300;
const SPIDER_SCHEMA_LIMIT = 420;
const SPIDER_DATABASE_LIMIT_BYTES = 16_000;

/** At most a dozen questions per article, so that many topics fit. */
function selectPassages(rows: readonly Row[]): Row[] {
  const short = rows.filter((row) => length(row, 'passage') <= 800);
  return takeGroups(short, (group) => group.slice(0, 12));
}

/** Whole databases with a short schema, a small file and not so many questions that only few databases would fit. */
async function selectQueries(rows: readonly Row[], databases: string): Promise<Row[]> {
  const small = new Set<string>();
  for (const db of new Set(rows.map((row) => row.db ?? ''))) {
    const { length: sizeBytes } = await readFile(join(databases, `${db}.sqlite`));
    if (sizeBytes <= SPIDER_DATABASE_LIMIT_BYTES) small.add(db);
  }
  const fitting = rows.filter((row) => small.has(row.db ?? '') && length(row, 'schema') <= SPIDER_SCHEMA_LIMIT);
  return takeGroups(fitting, (group) => (group.length <= 40 ? group : []));
}

/** Short talks with a short note: they fit a small model's window. */
function selectTalks(rows: readonly Row[]): Row[] {
  return rows
    .filter((row) => length(row, 'document') <= 700 && length(row, 'summary') >= 20 && length(row, 'summary') <= 260)
    .slice(0, ROWS);
}

/** One group after another, each cut by `cut`, until there are enough rows. */
function takeGroups(rows: readonly Row[], cut: (group: readonly Row[]) => readonly Row[]): Row[] {
  const taken: Row[] = [];
  for (const group of Map.groupBy(rows, (row) => row.group).values()) {
    if (taken.length >= ROWS) break;
    taken.push(...cut(group));
  }
  return taken;
}

function length(row: Row, column: string): number {
  return row[column]?.length ?? 0;
}

async function readRows(path: string): Promise<Row[]> {
  return parse(await readFile(path), { columns: true, bom: true });
}

if (import.meta.main) {
  const source = process.argv[2];
  if (source === undefined) throw new Error('usage: select-open-samples.ts FOLDER');
  const samples = join(import.meta.dirname, '../../resources/samples');

  const passages = selectPassages(await readRows(join(source, 'mrc/xquad_en/train.csv')));
  await writeFile(join(samples, 'xquad-en.csv'), renderCsv(passages));

  const talks = selectTalks(await readRows(join(source, 'summarisation/mts_dialog/train.csv')));
  await writeFile(join(samples, 'mts-dialog.csv'), renderCsv(talks));

  const databases = join(source, 'nl2sql/spider_en/databases');
  const queries = await selectQueries(await readRows(join(source, 'nl2sql/spider_en/train.csv')), databases);
  await writeFile(join(samples, 'spider-en.csv'), renderCsv(queries));
  const folder = join(samples, 'databases/spider');
  await mkdir(folder, { recursive: true });
  for (const db of new Set(queries.map((row) => row.db))) {
    await copyFile(join(databases, `${db}.sqlite`), join(folder, `${db}.sqlite`));
  }
  console.log({ passages: passages.length, talks: talks.length, queries: queries.length });
}
