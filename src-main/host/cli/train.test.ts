import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Estimate } from '../../../src-contract/run.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';
import { addTrainCommands } from './train.ts';

// It was always rounded up: 597 MB here, and 596 on the page.
test('an estimate is rounded as it is on the page', async () => {
  const parts = { baseModel: 560_700_000, adapter: 4_320_000, activations: 31_280_000 };
  const memory = { bytes: 596_300_000, availableBytes: 8e9, parts };
  const time = { seconds: 12, steps: 40, basis: 'run' };
  const group = { runs: 2, together: 2, alone: { memoryBytes: 580_400_000, seconds: 7 } };
  expect(await estimated({ memory, time, group })).toContain(
    'About 596 MB of memory (baseModel 561, adapter 4.3, activations 31) and 12 s for 40 steps.\n' +
      'That is for 2 adapters together; one alone takes 580 MB and 7 s.',
  );
});

// Nobody could tell what of it was done again.
test.each([
  ['from step 4 of 9', [2, 4]],
  ['from its start: it had kept no step', []],
])('a run that is resumed says that it goes on %s', async (from, kept) => {
  const run = { id: 'r1', name: 'rivers', state: 'interrupted', step: 6, totalSteps: 9, group: null, adapterId: null };
  const states = ['interrupted', 'finished'];
  const runs = {
    get: async () => ({ ...run, state: states.shift() }),
    resume: async () => ({ ...run, state: 'queued' }),
    watch: async function* () {
      for (const step of kept) yield { kind: 'checkpoint', step };
    },
  };
  const said: string[] = [];
  const progress = { say: (sentence: string) => said.push(sentence) };
  // Sound here: these are the parts that are used.
  const session = {
    open: async () => ({ runs }),
    progress,
    signal: new AbortController().signal,
  } as unknown as Session;
  const program = new Command();
  addTrainCommands(program, async (_command, work) => void (await work(session)));
  await program.parseAsync(['train', '--resume', 'rivers'], { from: 'user' });
  expect(said).toEqual([`“rivers” goes on ${from}.`]);
});

async function estimated(told: object): Promise<string | undefined> {
  // Sound here: these are the fields that are told.
  const estimate = {
    ...{
      fits: true,
      remedy: null,
      disk: { bytes: 1, availableBytes: 2 },
      data: { rows: 1, of: 1, passes: 1 },
      tokens: { total: 1, target: 1, cut: 0 },
      trainableParameters: 1,
      totalParameters: 2,
    },
    ...told,
  } as unknown as Estimate;
  const client = { runs: { estimate: async () => estimate } };
  const progress = { during: (_words: string, work: Promise<unknown>) => work };
  const session = { open: async () => client as unknown as StudioClient, progress } as unknown as Session;
  const program = new Command();
  let said: string | undefined;
  addTrainCommands(program, async (_command, work) => {
    said = (await work(session))?.text;
  });
  await program.parseAsync(['estimate', '--dataset', 'd', '--base', 'b'], { from: 'user' });
  return said;
}
