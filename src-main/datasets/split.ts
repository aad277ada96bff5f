import { createHash } from 'node:crypto';
import type { Split } from '../../src-contract/dataset.ts';

/**
 * What must stay together in one split: the group, or the row's own context where there is none, so that a context
 * that stands twice is not in two splits.
 */
export function splitKey(row: { context: string; group: string | null }): string {
  return row.group === null ? `r${row.context}` : `g${row.group}`;
}

/** About 80 % train, 10 % validation, 10 % test. The same key and seed always give the same split, whatever else is in the table. */
export function splitOf(key: string, seed: number): Split {
  const chance = chanceOf(key, seed);
  return chance < testShare ? 'test' : chance < testShare + validationShare ? 'validation' : 'train';
}

/** From 0 to below 1, even. */
export function chanceOf(key: string, seed: number): number {
  return createHash('sha256').update(`${seed}\0${key}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** Rows that share a key, as they were first assigned. */
export interface SplitUnit {
  readonly split: Split;
  readonly rows: number;
  /** As `chanceOf` gives it. */
  readonly chance: number;
}

/**
 * For a small table chance may leave validation or test with hardly a row. Says which units go where instead: the train
 * units next in the order of chance move, until each has 5 % of the rows, or no unit that is small enough is left. An empty
 * split takes any unit but the last one of train.
 */
export function fillSmallSplits<U extends SplitUnit>(units: readonly U[]): { unit: U; split: Split }[] {
  const total = units.reduce((sum, unit) => sum + unit.rows, 0);
  const train = units.filter((unit) => unit.split === 'train').sort((a, b) => a.chance - b.chance);
  const moves: { unit: U; split: Split }[] = [];
  for (const split of ['validation', 'test'] as const) {
    let rows = units.filter((unit) => unit.split === split).reduce((sum, unit) => sum + unit.rows, 0);
    while (rows < total * 0.05 && train.length > 1) {
      const fitting = train.findIndex((unit) => rows + unit.rows <= total * 0.2);
      const smallest = train.reduce((least, unit, place) => (unit.rows < (train[least]?.rows ?? 0) ? place : least), 0);
      const place = fitting >= 0 ? fitting : rows === 0 ? smallest : -1;
      const unit = train[place];
      if (!unit) break;
      train.splice(place, 1);
      moves.push({ unit, split });
      rows += unit.rows;
    }
  }
  return moves;
}

const testShare = 0.1;
const validationShare = 0.1;
