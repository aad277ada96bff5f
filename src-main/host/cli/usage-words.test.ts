import { Command, InvalidArgumentError, Option } from 'commander';
import { expect, test } from 'vitest';
import { usageWords } from './usage-words.ts';

// Regression: commander's messages stood as they were beside our sentences: “unknown option '--tusk'”.
test.each([
  [['inspect'], 'The argument <table> is missing.'],
  [['inspect', ''], 'The argument <table> cannot be “”. It is empty.'],
  [['inspect', 'a', 'b'], 'Too many arguments for inspect. Expected 1 argument but got 2.'],
  [['inspect', '--rows'], 'The option --rows <rows> needs a value.'],
  [['inspect', 'a', '--row', '2'], 'There is no option “--row”. Did you mean --rows?'],
  [['inspect', 'a', '--x'], 'There is no option “--x”.'],
  [['import'], 'The option --task <task> is missing.'],
  [['import', '--task', "it's"], "The option --task <task> cannot be “it's”. Choose one of: mrc, custom."],
  [['imprt'], 'There is no command “imprt”. Did you mean import?'],
])('%j: %s', async (args, words) => {
  const table = (text: string) => {
    if (text === '') throw new InvalidArgumentError('It is empty.');
    return text;
  };
  const program = new Command().exitOverride().configureOutput({ outputError: () => {} });
  program.command('inspect').argument('<table>', '', table).option('--rows <rows>');
  program.command('import').addOption(new Option('--task <task>').choices(['mrc', 'custom']).makeOptionMandatory());
  for (const command of program.commands) command.action(() => {});
  const error: Error = await program.parseAsync(args, { from: 'user' }).then(
    () => new Error('It was right.'),
    (thrown) => thrown,
  );
  expect(usageWords(error.message)).toBe(words);
});
