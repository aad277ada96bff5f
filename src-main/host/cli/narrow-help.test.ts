import { Command } from 'commander';
import { expect, test } from 'vitest';
import { narrowHelp } from './narrow-help.ts';

// Regression: commander does not wrap if the second column would be narrow, and lines broke in the middle of words.
test('in a narrow terminal, each description is wrapped below its term', () => {
  const program = new Command('studio')
    .configureHelp({ ...narrowHelp, helpWidth: 40 })
    .helpOption(false)
    .option('--home <folder>', 'the data folder (or the environment variable ADAPTER_STUDIO_HOME)');
  const lines = program.helpInformation().split('\n');
  expect(lines.slice(lines.indexOf('Options:') + 1).filter(Boolean)).toEqual([
    '  --home <folder>',
    '    the data folder (or the environment',
    '    variable ADAPTER_STUDIO_HOME)',
  ]);
});
