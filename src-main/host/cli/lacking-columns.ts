import { mappedTo } from '../../../src-contract/column-groups.ts';
import type { ColumnMapping } from '../../../src-contract/task.ts';

/** Which of the columns that an adapter has learned from a table lacks, in a sentence; none if it has all. */
export function lackingColumns(names: readonly string[], mapping: ColumnMapping): string[] {
  const lacking = Object.entries(mappedTo('context', names)).filter(([field]) => !mapping[field]);
  if (lacking.length === 0) return [];
  const [word, it] = lacking.length === 1 ? ['column', 'it was'] : ['columns', 'they were'];
  const told = lacking.map(([, name]) => `“${name}”`).join(', ');
  return [
    `The table has no ${word} ${told}, which the adapter has learned from: ${it} left out. Name others with --map.`,
  ];
}
