import {
  exportedName,
  type Joined,
  joinedKinds,
  joinsColumns,
  namesOf,
  partedJson,
  partedLines,
} from '../../src-contract/column-groups.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { taskFields } from '../../src-contract/task.ts';
import type { TimeSlices } from './time-slices.ts';

/** A column of an exported dataset. */
export interface ExportedColumn {
  readonly name: string;
  readonly mayLack: boolean;
  textOf(row: Example): string | null;
}

/** The columns in which a dataset is exported, so that importing the file proposes what it was made of. */
export async function exportedColumns(
  { task, mapping, hasDatabase }: Dataset,
  examples: () => Iterable<Example>,
  slices: TimeSlices,
): Promise<ExportedColumn[]> {
  // A passage with its question, a conversation and a query are recognised by their content.
  const fields = task === 'summarisation' ? taskFields.summarisation : taskFields.custom;
  const whole = { context: fields.context[0] ?? 'context', target: fields.target };
  const pair: ExportedColumn[] = [];
  for (const joined of joinedKinds) {
    const names = joinsColumns(task) ? namesOf(joined, mapping) : [];
    if (names.length > 1 && (await areParted(joined, names, examples, slices))) {
      for (const [place, name] of names.entries())
        pair.push({
          ...{ name: exportedName(joined, name), mayLack: false },
          textOf: (row) => partedBy[joined](row[joined], names)?.[place]?.text ?? '',
        });
    } else pair.push({ name: whole[joined], mayLack: false, textOf: (row) => row[joined] });
  }
  return [
    ...pair,
    { name: 'group', mayLack: true, textOf: ({ group }) => group },
    { name: 'split', mayLack: false, textOf: ({ split }) => split },
    ...(hasDatabase ? [{ name: 'database', mayLack: true, textOf: ({ database }: Example) => database }] : []),
  ];
}

const partedBy = { context: partedLines, target: partedJson } as const;

/** Whether every row still has the layout in which columns are joined: one may have been rewritten. */
async function areParted(
  joined: Joined,
  names: readonly string[],
  examples: () => Iterable<Example>,
  slices: TimeSlices,
): Promise<boolean> {
  for (const row of examples()) {
    if (partedBy[joined](row[joined], names) === undefined) return false;
    if (slices.isOver) await slices.rest();
  }
  return true;
}
