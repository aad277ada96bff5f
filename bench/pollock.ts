import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { openTable } from '../src-main/datasets/readers/open-table.ts';
import { tableFile } from '../test/fixtures/table-file.ts';
import { benchCase, printBench } from './parts/bench-case.ts';

/**
 * The score on Pollock, a benchmark for loading polluted CSV files (Vitagliano and others, 2023), with everything about
 * each file detected and nothing given: one point for a file that can be read, and precision, recall and F1 of its
 * header, records and cells against the clean file; ten at most; the mean over all files (simple), and weighted by how
 * frequent each pollution is.
 *
 *     npm run bench -- pollock --folder FOLDER [--worst 20] [--json]
 *
 * FOLDER is a checkout of github.com/HPI-Information-Systems/Pollock. Cells are compared without surrounding blanks;
 * the benchmark's own script also accepts numbers and dates written differently.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    worst: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
if (values.folder === undefined) {
  console.error('--folder FOLDER is missing: a checkout of github.com/HPI-Information-Systems/Pollock.');
  process.exit(2);
}

const folder = join(values.folder, 'polluted_files');
const weights = JSON.parse(readFileSync(join(values.folder, 'pollock_weights.json'), 'utf8')) as Record<string, number>;
const scores: { name: string; score: number; weight: number; why: string }[] = [];
for (const name of readdirSync(join(folder, 'csv')).sort()) {
  const { score, why } = await scoreOf(name);
  scores.push({ name, score, weight: weights[name] ?? 0, why });
}
const allWeights = scores.reduce((sum, { weight }) => sum + weight, 0);
const simple = scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
const weighted = scores.reduce((sum, { score, weight }) => sum + score * weight, 0) / allWeights;
const worst = scores.toSorted((a, b) => a.score - b.score).slice(0, Number(values.worst));
if (!values.json) for (const { name, score, why } of worst) console.log(`${score.toFixed(2)}  ${name}  ${why}`);
const cases = [
  benchCase('simple score', 'of 10', { ours: [simple] }),
  benchCase('weighted score', 'of 10', { ours: [weighted] }),
];
printBench('pollock', cases, { json: values.json, files: scores.length, worst });

async function scoreOf(name: string): Promise<{ score: number; why: string }> {
  const clean = parse(readFileSync(join(folder, 'clean', name)), { bom: true, relax_column_count: true }) as string[][];
  let loaded: readonly (readonly string[])[];
  let why = '';
  try {
    const table = await openTable(tableFile(join(folder, 'csv', name)));
    const { delimiter, quote, header, skippedLines } = table.facts;
    const rows: (readonly string[])[] = header ? [table.columns] : [];
    for await (const { records } of table.rows()) rows.push(...records.map(({ cells }) => cells));
    loaded = rows;
    why = `split at ${JSON.stringify(delimiter)}, quotes ${quote}, header ${header}, ${skippedLines} lines above`;
  } catch (error) {
    return { score: clean.length === 0 ? 10 : 0, why: (error as Error).message };
  }
  if (clean.length === 0) return { score: 10, why };
  const header = measures(clean[0] ?? [], loaded[0] ?? []);
  const text = (rows: readonly (readonly string[])[]) => rows.slice(1).map((row) => row.map(trimmed).join(''));
  const records = measures(text(clean), text(loaded));
  const cells = measures(clean.flat(), loaded.flat());
  const told = [header, records, cells].map((of) => of.f1.toFixed(2)).join(' ');
  const sum = [header, records, cells].reduce((all, { precision, recall, f1 }) => all + precision + recall + f1, 1);
  return { score: sum, why: `F1 ${told}; ${why}` };
}

/** The overlap of two bags of texts. */
function measures(
  clean: readonly string[],
  loaded: readonly string[],
): { precision: number; recall: number; f1: number } {
  if (clean.length === 0) return { precision: 1, recall: 1, f1: 1 };
  const left = new Map<string, number>();
  for (const text of clean.map(trimmed)) left.set(text, (left.get(text) ?? 0) + 1);
  let same = 0;
  for (const text of loaded.map(trimmed)) {
    const count = left.get(text) ?? 0;
    if (count === 0) continue;
    left.set(text, count - 1);
    same++;
  }
  if (same === 0) return { precision: 0, recall: 0, f1: 0 };
  const [precision, recall] = [same / clean.length, same / loaded.length];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

function trimmed(text: string): string {
  return text.trim();
}
