import type { LabCell, LabExperiment, LabView } from '../../src-contract/lab.ts';
import { csvLine } from '../datasets/csv-text.ts';
import { fileNameOf } from '../files/file-name.ts';

type Line = readonly (string | number | boolean | null)[];

/**
 * Every number of an experiment, one per line: the part, its name, and its value. The contents of its tables, such as
 * means over seeds, come last, with the reading, as they are shown: the table, the column, and the row (i) and column
 * (j). Named as its page is.
 */
export function labCsv(
  { kind, cells, options, facts }: LabExperiment,
  {
    maps,
    view,
  }: { maps: readonly LabCell[]; view: Pick<LabView, 'question' | 'uses' | 'reading' | 'because' | 'tables'> },
): { name: string; text: string } {
  const lines: Line[] = [['part', 'name', 'i', 'j', 'value']];
  for (const [name, value] of Object.entries(options)) {
    if (view.uses.includes(name)) lines.push(['settings', name, '', '', shown(value)]);
  }
  for (const [name, value] of Object.entries({ ...facts, ...facts.machine })) {
    if (name !== 'machine') lines.push(['facts', name, '', '', shown(value)]);
  }
  for (const { key, values, timings } of cells) {
    for (const [name, value] of Object.entries({ ...values, ...timings })) lines.push([key, name, '', '', value]);
  }
  for (const { key, map } of maps) {
    map?.forEach((row, i) => {
      row.forEach((value, j) => {
        lines.push([key, 'phi', i + 1, j + 1, value]);
      });
    });
  }
  lines.push(['result', 'reading', '', '', view.reading], ['result', 'because', '', '', view.because]);
  lines.push(...tableLines(view.tables));
  return {
    name: fileNameOf({ title: view.question, otherwise: kind, extension: 'csv' }),
    text: lines.map((line) => csvLine(line.map((cell) => String(cell ?? '')))).join(''),
  };
}

function tableLines(tables: LabView['tables']): Line[] {
  const ours = tables.filter(({ whose }) => whose === 'ours');
  return ours.flatMap(({ title, columns, rows }) =>
    rows.flatMap((row, i) =>
      row.flatMap(({ text, spread }, j) => {
        const line = (value: string): Line => [title, columns[j] ?? '', i + 1, j + 1, value];
        return spread === undefined ? [line(text)] : [line(text), line(spread)];
      }),
    ),
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
