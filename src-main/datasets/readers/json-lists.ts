import type { FileReason } from '../../../src-contract/file-reason.ts';
import { splitNamed } from '../splits/split.ts';
import type { JsonList } from './json-values.ts';

/** Which lists of a JSON object make up the table. */
export interface ChosenLists {
  /** By index. */
  readonly wanted: ReadonlySet<number>;
  /** The split name of each wanted list, which becomes a column; undefined unless they are the splits of one table. */
  readonly splits: ReadonlyMap<number, string> | undefined;
  readonly reasons: readonly FileReason[];
}

/**
 * Chooses all lists named after splits (`{"train": […], "test": […]}`); else the longest one, or among equally long
 * ones the one named like a list of rows. A list that describes the columns, as pandas and Hugging Face write next to
 * such a list, is not chosen. Lists left out are reported.
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
