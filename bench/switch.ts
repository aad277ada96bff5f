import { parseArgs } from 'node:util';
import { Answering } from './parts/answering.ts';
import { asEngine } from './parts/as-engine.ts';
import { printBench } from './parts/bench-case.ts';
import { starterModel } from './parts/real-rows.ts';

/**
 * Switching adapters: how long a switch takes, and how fast answers are with many adapters in turn, compared with one.
 *
 *     npm run bench -- switch [--model FOLDER] [--times 1000] [--many 1024] [--json]
 *
 * Without `--model`, the starter model.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: starterModel },
    times: { type: 'string', default: '1000' },
    many: { type: 'string', default: '1024' },
    json: { type: 'boolean', default: false },
  },
});
asEngine(import.meta.filename);
const answering = await Answering.open(values.model, 64);
const cases = [await answering.switching(Number(values.times)), await answering.manyInTurn(Number(values.many))];
printBench('switch', cases, { json: values.json });
process.exit(0);
