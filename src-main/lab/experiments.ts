import type { LabKind } from '../../src-contract/lab.ts';
import { benefits } from './benefits.ts';
import { fig3, fig4 } from './figures.ts';
import type { Experiment } from './lab-work.ts';
import { oneBatch } from './one-batch.ts';
import { rankToFull } from './rank-to-full.ts';
import { table1 } from './table1.ts';
import { table5 } from './table5.ts';
import { table6 } from './table6.ts';
import { table7 } from './table7.ts';

export const experiments: Readonly<Record<LabKind, Experiment>> = {
  table1,
  table5,
  table6,
  table7,
  fig3,
  fig4,
  benefits,
  ranktofull: rankToFull,
  onebatch: oneBatch,
};

/** Kinds whose verdict is about losses, which say something only of unseen rows and differ from seed to seed. */
export const comparesLosses: ReadonlySet<LabKind> = new Set(['table5', 'table6', 'ranktofull'] as const);
