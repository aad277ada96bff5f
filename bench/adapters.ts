import { parseArgs } from 'node:util';
import { asEngine } from './parts/as-engine.ts';
import { printBench } from './parts/bench-case.ts';
import { manyTraining } from './parts/many-training.ts';
import { starterModel } from './parts/real-rows.ts';

/**
 * The cost of several adapters on one base, compared with one.
 *
 *     npm run bench -- adapters [--model FOLDER] [--precision int8|float32] [--adapters 8] [--rounds 3] [--json]
 *
 * Without `--model`, the starter model. many-training: one forward and backward pass with LoRA of rank 8 on q and v for
 * each of several adapters. `ours` is the pass of all, `peer` that of one adapter, or of all one after the other;
 * milliseconds, medians of interleaved rounds.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: starterModel },
    precision: { type: 'string', default: 'float32' },
    adapters: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
asEngine(import.meta.filename);
const precision = values.precision === 'int8' ? 'int8' : 'float32';
const options = { precision, adapters: Number(values.adapters), rounds: Number(values.rounds) } as const;
const cases = [];
for await (const measured of manyTraining({ model: values.model, ...options })) {
  cases.push(measured);
  if (!values.json) console.error(`${measured.case}: ${measured.ratio}`);
}
printBench('adapters', cases, { json: values.json, precision });
