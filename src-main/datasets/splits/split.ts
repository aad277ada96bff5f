import { hash } from 'node:crypto';
import type { Split } from '../../../src-contract/dataset.ts';

/**
 * What must stay together in one split: the group, or without one the row's own context, so that a context that occurs
 * twice is not in two splits.
 */
export function splitKey(row: { context: string; group: string | null }): string {
  return row.group === null ? `r${row.context}` : `g${row.group}`;
}

/** Shares of all rows to hold out, from 0 to 0.5 each. */
export interface SplitShares {
  readonly validation: number;
  readonly test: number;
}

export const usualShares: SplitShares = { validation: 0.1, test: 0.1 };

/**
 * By default about 80 % train, 10 % validation and 10 % test. The same key and seed always give the same split,
 * whatever else is in the table. Small tables use `dealUnits` instead.
 */
export function splitOf(key: string, seed: number, shares = usualShares): Split {
  return splitOfChance(chanceOf(key, seed), shares);
}

export function splitOfChance(chance: number, shares = usualShares): Split {
  return chance < shares.validation ? 'validation' : chance < shares.validation + shares.test ? 'test' : 'train';
}

/** Uniform in [0, 1). */
export function chanceOf(key: string, seed: number): number {
  return chanceOfDigest(hash('sha256', `${seed}\0${key}`));
}

/** The first 48 bits of a hexadecimal SHA-256 as a fraction. */
export function chanceOfDigest(digest: string): number {
  return Number.parseInt(digest.slice(0, 12), 16) / 2 ** 48;
}

/** Rows that share a key. */
export interface SplitUnit {
  readonly rows: number;
  /** From `chanceOfDigest`. */
  readonly chance: number;
}

/** With this many units or more, random assignment comes close enough to the shares. */
export const manyUnits = 1000;

/**
 * Assigns the units of a small table, where chance could leave a split empty or give it a huge group. In the order of
 * their chance, validation and then test take what fits into their share of the rows, by default a tenth each, or if
 * hardly anything fits, the unit that comes closest. Train keeps at least one. The order is close to that of `splitOf`,
 * so a growing table keeps most of its splits.
 */
export function dealUnits<U extends SplitUnit>(units: readonly U[], shares = usualShares): Map<U, Split> {
  const all = units.reduce((sum, unit) => sum + unit.rows, 0);
  const splits = new Map<U, Split>(units.map((unit) => [unit, 'train']));
  let left = [...units].sort((a, b) => a.chance - b.chance);
  for (const split of ['validation', 'test'] as const) {
    const quota = shares[split] * all;
    if (quota === 0) continue;
    let rows = 0;
    for (const unit of left) {
      if (rows >= quota * 0.9) break;
      if (rows + unit.rows > quota * 1.2) continue;
      splits.set(unit, split);
      rows += unit.rows;
    }
    left = left.filter((unit) => splits.get(unit) === 'train');
    // Only large groups are left: take the one closest to the quota, if that is closer than without it.
    const distance = (unit: U) => Math.abs(rows + unit.rows - quota);
    const nearest =
      left.length > 1 ? left.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best)) : undefined;
    if (nearest && (rows === 0 || (rows < quota / 2 && distance(nearest) < quota - rows))) splits.set(nearest, split);
    left = left.filter((unit) => splits.get(unit) === 'train');
  }
  return splits;
}

/** Names of split columns, folded by `foldColumnName`. */
export const splitColumnNames: readonly string[] = [
  ...['split', 'splits', 'datasetsplit', 'datasplit', 'subset', 'partition', 'set', 'fold', 'usage', 'phase'],
  ...['분할', '데이터분할', '구분', '용도', '데이터구분'],
  ...['aufteilung', 'teilmenge', 'datensatzteil'],
];

/** The split that a cell names, in the words of people and tools; undefined for anything else. */
export function splitNamed(text: string): Split | undefined {
  return names.get(text) ?? names.get(text.trim().toLowerCase().normalize());
}

const names = new Map<string, Split>([
  ...spelt('train', ['train', 'training', 'trn', 'tr', 'fit', '학습', '훈련', '학습용', '훈련용']),
  ...spelt('validation', [
    'validation',
    'validate',
    'valid',
    'val',
    'dev',
    'development',
    'devel',
    'eval',
    'evaluation',
  ]),
  ...spelt('validation', ['검증', '검증용', '개발', 'validierung', 'entwicklung']),
  ...spelt('test', [
    'test',
    'testing',
    'tst',
    'holdout',
    'held-out',
    'heldout',
    '시험',
    '테스트',
    '평가',
    '시험용',
    '평가용',
  ]),
]);

function spelt(split: Split, words: readonly string[]): [string, Split][] {
  return words.map((word) => [word, split]);
}
