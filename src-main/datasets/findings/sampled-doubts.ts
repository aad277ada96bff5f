import type { ToldDoubts } from '../../../src-contract/finding.ts';
import type { TaskId } from '../../../src-contract/task.ts';
import type { RowStore } from '../rows/row-store.ts';
import { TimeSlices } from '../time-slices.ts';
import { TableDoubts } from './table-doubts.ts';

/**
 * What makes a table bad to learn from as a whole, from all of a few rows; from more, from pieces with rows in their
 * order, spread over all of it. Takes some hundredths of a second, in slices.
 */
export async function sampledDoubts(
  store: RowStore,
  { version, task, rows }: { version: number; task: TaskId; rows: number },
  signal?: AbortSignal,
): Promise<ToldDoubts> {
  const whole = new TableDoubts(task);
  const slices = new TimeSlices(signal);
  const pieces = Math.min(mostPieces, Math.ceil(rows / rowsPerPiece));
  let [checked, letters] = [0, 0];
  for (let piece = 0; piece < pieces; piece++) {
    const [start, next] = [piece, piece + 1].map((n) => Math.floor((n * rows) / pieces)) as [number, number];
    for (let position = start; position < Math.min(start + rowsPerPiece, next); position++) {
      // Long rows are few, but from all over the table.
      if (letters > (mostLetters * (piece + 1)) / pieces) break;
      for (const row of store.examplesAt(version, [position])) {
        whole.take(row);
        checked++;
        letters += row.context.length + row.target.length;
      }
      if (slices.isOver) await slices.rest();
    }
  }
  return { doubts: whole.doubts(), checked, rows };
}

const [mostPieces, rowsPerPiece, mostLetters] = [20, 100, 4 * 1024 * 1024];
