import { expect, test } from 'vitest';
import type { BaseModel, PrecisionChoice } from '../../src-contract/base-model.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { Engine } from '../engine/engine.ts';
import { remedyFor } from './memory-need.ts';

const base = { path: '', vocabulary: 1000 } as BaseModel;
const options = { batchSize: 8, maxLength: 512, precision: 'float32' } as TrainOptions;
const row = { ids: Array.from({ length: 512 }, () => 1), targetStart: 480 };
const about = { base, rows: [row], validationRows: [], samples: null, others: [] };

const gigabytes: Readonly<Record<PrecisionChoice, number>> = { float32: 4, auto: 2, int8: 2, int4: 0.75 };
/** A base whose floats take 4 GB; a row of 512 tokens takes 0.2 GB, or half with gradient checkpointing. */
const engine = {
  trainingMemory: async (job: Parameters<Engine['trainingMemory']>[0]) => {
    const { precision = 'auto', batchSize, rows, gradientCheckpointing } = job;
    const tokens = batchSize * (rows[0]?.ids.length ?? 0);
    return {
      passGroups: [1],
      ...{ weights: 1e9 * gigabytes[precision], adapter: 0, optimiser: 0, validation: 0, cache: 0, graphs: 0 },
      activations: ((gradientCheckpointing ? 1e8 : 2e8) * tokens) / 512,
    };
  },
} as unknown as Engine;

test.each([
  ['layers computed again', 'float32', 5.3, { precision: 'float32', batchSize: 8, maxLength: 512 }],
  ['fewer rows a step', 'float32', 4.7, { precision: 'float32', batchSize: 2, maxLength: 512 }],
  [
    'eight bits where one row of floats is too much',
    'float32',
    3.3,
    { precision: 'int8', batchSize: 8, maxLength: 512 },
  ],
  ['four bits where eight do not fit one row', 'float32', 2, { precision: 'int4', batchSize: 8, maxLength: 512 }],
  ['four bits for a base that the engine rounds', 'auto', 2, { precision: 'int4', batchSize: 8, maxLength: 512 }],
  ['shorter rows at last', 'int4', 1.2, { precision: 'int4', batchSize: 1, maxLength: 256 }],
  ['nothing where nothing would fit', 'float32', 0.5, null],
] as const)('a run that does not fit is offered %s', async (_name, precision, available, remedy) => {
  const found = await remedyFor({ ...options, precision }, about, { engine, available: 1e9 * available });
  expect(found).toEqual(remedy && { ...remedy, gradientCheckpointing: true });
});
