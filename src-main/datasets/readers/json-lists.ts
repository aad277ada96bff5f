import type { FileReason } from '../../../src-contract/file-reason.ts';
import { splitNamed } from '../split.ts';
import type { JsonList } from './json-values.ts';

/** Which lists of a JSON object are the table. */
export interface ChosenLists {
  /** By their numbers. */
  readonly wanted: ReadonlySet<number>;
  /** The name of each wanted list, where they are the splits of one table: it is a column then. */
  readonly splits: ReadonlyMap<number, string> | undefined;
  readonly reasons: readonly FileReason[];
}

/**
 * The lists that are named for splits (`{"train": […], "test": […]}`), all of them; else the longest one, and of as many values
 * that which is named like a list of rows. One that describes the columns beside such a list, as pandas and Hugging Face write
 * it, is none. Those that are left are told.
 */
export function chooseLists(lists: readonly JsonList[]): ChosenLists {
  const filled = [...lists.entries()].filter(([, { values }]) => values > 0);
  const splits = filled.filter(([, { name }]) => splitNamed(name) !== undefined);
  const isRows = ({ name }: JsonList) => Number(/^(?:data|rows|records|items|examples|instances)$/i.test(name));
  const isAbout = ({ name }: JsonList) => /^(?:fields|features|columns)$/i.test(name);
  const mayBeRows = filled.filter(([, list]) => !isAbout(list) || !filled.some(([, other]) => isRows(other)));
  const longest = mayBeRows.toSorted(([, a], [, b]) => b.values - a.values || isRows(b) - isRows(a))[0];
  const chosen = splits.length > 1 ? splits : longest ? [longest] : [];
  const wanted = new Set(chosen.map(([number]) => number));
  const left = filled.filter(([number]) => !wanted.has(number)).map(([, { name, values }]) => `${name} (${values})`);
  const told = (code: string, names: readonly string[]): FileReason[] => [
    { about: 'shape', code, data: { names: names.slice(0, 5).join(', ') + (names.length > 5 ? ' …' : '') } },
  ];
  return {
    wanted,
    splits: splits.length > 1 ? new Map(splits.map(([number, { name }]) => [number, name])) : undefined,
    reasons: [
      ...(splits.length > 1
        ? told(
            'LISTS_SPLITS',
            splits.map(([, { name }]) => name),
          )
        : []),
      ...(left.length > 0 ? told('LISTS_LEFT', left) : []),
    ],
  };
}
