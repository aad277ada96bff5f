import { parseArgs } from 'node:util';

/**
 * Switching adapters: the same cases as `answers`, of which the switch is one, with fewer rounds of the others.
 *
 *     npm run bench -- switch --model FOLDER [--many 64] [--json]
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: '' },
    many: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
});
const words = ['--model', values.model, '--many', values.many, '--rounds', '1', ...(values.json ? ['--json'] : [])];
process.argv.splice(2, process.argv.length, ...words);
await import('./answers.ts');
