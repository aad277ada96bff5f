import { parseArgs } from 'node:util';
import { Answering } from './parts/answering.ts';
import { asEngine } from './parts/as-engine.ts';
import { printBench } from './parts/bench-case.ts';
import { starterModel } from './parts/real-rows.ts';

/**
 * The cost of adapters during generation: the overhead of one (rank 8 on q and v) over the base, the speed of eight
 * answers with eight adapters generated together compared with one after another, many adapters in turn compared with
 * one, and how long a switch takes.
 *
 *     npm run bench -- answers [--model FOLDER] [--rounds 5] [--tokens 64] [--many 1024] [--json]
 *
 * Without `--model`, the starter model.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: starterModel },
    rounds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '64' },
    many: { type: 'string', default: '1024' },
    json: { type: 'boolean', default: false },
  },
});
asEngine(import.meta.filename);
const rounds = Number(values.rounds);
const answering = await Answering.open(values.model, Number(values.tokens));
const cases = [
  await answering.tax(rounds),
  await answering.together(rounds),
  await answering.manyInTurn(Number(values.many)),
  await answering.switching(300),
];
printBench('answers', cases, { json: values.json });
process.exit(0);
