import type { Split } from '../../src-contract/dataset.ts';

/** The split that a group is to go to, and its number of rows. */
export interface GroupHome {
  readonly split: Split;
  readonly rows: number;
}

/** The homes with one more group chosen; whatever is for training is left out. */
export function withHome(
  homes: ReadonlyMap<string, GroupHome>,
  name: string,
  home: GroupHome,
): ReadonlyMap<string, GroupHome> {
  const others = [...homes].filter(([other]) => other !== name);
  return new Map(home.split === 'train' ? others : [...others, [name, home]]);
}

/** The names of the groups that go to a split. */
export function namesIn(homes: ReadonlyMap<string, GroupHome>, split: Split): string[] {
  return [...homes].flatMap(([name, home]) => (home.split === split ? [name] : []));
}

/** The rows of each split after the division: all that have no other home are for training. */
export function splitsOf(rows: number, homes: ReadonlyMap<string, GroupHome>): Record<Split, number> {
  const splits = { train: rows, validation: 0, test: 0 };
  for (const home of homes.values()) {
    splits.train -= home.rows;
    splits[home.split] += home.rows;
  }
  return splits;
}
