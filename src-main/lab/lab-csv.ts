import type { LabCell, LabExperiment } from '../../src-contract/lab.ts';
import { csvLine } from '../datasets/csv-text.ts';

/** Every number of an experiment, one line each: the part, what it is, and its value. */
export function labCsv(
  { kind, id, cells, options, facts }: LabExperiment,
  maps: readonly LabCell[],
): { name: string; text: string } {
  const lines: (string | number | boolean | null)[][] = [['part', 'name', 'i', 'j', 'value']];
  for (const [name, value] of Object.entries(options)) lines.push(['settings', name, '', '', shown(value)]);
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
  return {
    name: `${kind}-${id}.csv`,
    text: lines.map((line) => csvLine(line.map((cell) => String(cell ?? '')))).join(''),
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
