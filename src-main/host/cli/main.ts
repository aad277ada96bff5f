#!/usr/bin/env node
// The command line: the studio's contract for scripts, tests and terminals. `--help` lists the commands.
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { waitForHeldFiles } from '../../files/held-files.ts';
import { addAdapterCommands } from './adapters.ts';
import { addAnswerCommand } from './answer.ts';
import { addAnsweredTableCommands } from './answered-tables.ts';
import { textIn } from './arguments.ts';
import { addBenchCommand } from './bench.ts';
import { addConversationCommands } from './conversations.ts';
import { addDataCommands } from './data.ts';
import { addDatasetCommands } from './datasets.ts';
import { addDeletedCommands } from './deleted.ts';
import { addDemoCommand } from './demo.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { addEvaluationCommands } from './evaluations.ts';
import { failureOf, usageFailure } from './failure.ts';
import { addInspectAndImport } from './inspect-and-import.ts';
import { installationAt } from './installation.ts';
import { addLabCommand } from './lab.ts';
import { addModelCommands } from './models.ts';
import { narrowHelp } from './narrow-help.ts';
import { addRunCommands } from './runs.ts';
import { addScoreAndGenerate } from './score-and-generate.ts';
import { addServeCommand } from './serve.ts';
import { printFailure, runnerFor } from './session.ts';
import { addTrainCommands } from './train.ts';
import { usageWords } from './usage-words.ts';

waitForHeldFiles();
// For what is answered before the words of the call are known.
const json = process.argv.includes('--json');
const program = new Command('adapter-studio')
  .description('Turn a table of examples into a new skill for a language model, on your own computer.')
  .option(
    '--home <folder>',
    'the data folder (or the environment variable ADAPTER_STUDIO_HOME)',
    textIn(z.string().min(1)),
  )
  .option('--json', 'answer with one JSON object on standard output')
  .version(
    json ? JSON.stringify({ version: packageJson.version }) : packageJson.version,
    '-V, --version',
    'print the version',
  )
  .exitOverride()
  // Usage errors are printed below, in one format for people and for scripts.
  .configureOutput({ outputError: () => {} })
  .configureHelp(narrowHelp)
  .showSuggestionAfterError(true);

const run = runnerFor(installationAt(import.meta.url));
for (const add of [
  addInspectAndImport,
  addDatasetCommands,
  addModelCommands,
  addTrainCommands,
  addRunCommands,
  addScoreAndGenerate,
  addEvaluateCommand,
  addEvaluationCommands,
  addAnswerCommand,
  addAnsweredTableCommands,
  addConversationCommands,
  addAdapterCommands,
  addDeletedCommands,
  addDataCommands,
  addDemoCommand,
  addLabCommand,
  addServeCommand,
  addBenchCommand,
]) {
  add(program, run);
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Requested help and version output end here too, with status 0.
  if (error.exitCode === 0) process.exit(0);
  // Help shown because a command is missing; it is already on the screen.
  const isHelp = error.code === 'commander.help';
  const words = isHelp ? 'A command is missing.' : usageWords(error.message);
  const failure = failureOf(usageFailure(words), new AbortController().signal);
  if (json || !isHelp) await printFailure(failure, { json });
  process.exit(2);
}
