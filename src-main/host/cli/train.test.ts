import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Adapter } from '../../../src-contract/adapter.ts';
import type { Estimate, Run } from '../../../src-contract/run.ts';
import type { Standing } from './progress.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';
import { addTrainCommands, runEnded, trainingText } from './train.ts';

// Regression: it was always rounded up: 597 MB here, and 596 on the page.
test('an estimate is rounded as on the page', async () => {
  const parts = { baseModel: 560_700_000, adapter: 4_320_000, activations: 31_280_000 };
  const memory = { bytes: 596_300_000, availableBytes: 8e9, parts };
  const time = { seconds: 12, steps: 40, basis: 'run' };
  const group = { runs: 2, together: 2, alone: { memoryBytes: 580_400_000, seconds: 7 } };
  expect(await estimated({ memory, time, group })).toContain(
    'About 596 MB of memory (base model 561, adapter 4.3, activations 31) and 12 s for 40 steps.\n' +
      'That is for 2 adapters together; one alone takes 580 MB and 7 s.',
  );
});

// Regression: the call ended with a stack, and without an answer for scripts.
test.each(['nowhere.json', '.'])('settings that cannot be read from %s are wrong usage', async (file) => {
  const program = new Command().exitOverride().configureOutput({ outputError: () => {} });
  addTrainCommands(program, async () => {});
  await expect(program.parseAsync(['train', '--settings', file], { from: 'user' })).rejects.toThrow(
    `option '--settings <file>' argument '${file}' is invalid. There is no such file, or it cannot be read.`,
  );
});

// Regression: of a minute and 42 seconds that somebody had waited for, it told the fifteen of the steps.
test('a training took as long as somebody waited for it', () => {
  const result = {
    steps: 12,
    seconds: 15.13,
    tokensPerSecond: 890.8,
    firstLoss: 4.748,
    lastLoss: 2.51,
    baseSha256After: '',
    ...{ early: false, bestStep: null },
  };
  const run = { state: 'finished', result, activeSince: 1_000, finishedAt: 103_600, secondsBefore: 0 };
  // Sound here: these are the fields that are read.
  expect(trainingText(run as unknown as Run, { name: 'fast', sha256: '133c4ef9' } as Adapter)).toContain(
    '12 steps in 102.6 s with all measurements, 891 token/s in 15.1 s of training; training loss 4.748 → 2.510.',
  );
});

// Regression: of 60 steps it had done 42, and it did not say why, nor that the weights of an earlier step were kept.
test.each([
  [{ early: true, bestStep: 8 }, 'Ended early: 3 validations brought no improvement. The weights of step 8 were kept.'],
  [{ early: false, bestStep: 8 }, 'The weights of step 8 were the best, so they were kept.'],
  [{ early: false, bestStep: 12 }, undefined],
  [{ early: false, bestStep: null }, undefined],
])('a training tells whose weights were kept: %j', (end, told) => {
  const result = { ...end, steps: 12, seconds: 1, tokensPerSecond: 1, firstLoss: 4, lastLoss: 2, baseSha256After: '' };
  const run = { state: 'finished', result, options: { patience: 3 }, activeSince: 0, finishedAt: 1, secondsBefore: 0 };
  // Sound here: these are the fields that are read.
  const text = trainingText(run as unknown as Run, { name: 'fast', sha256: '133c4ef9' } as Adapter);
  if (told === undefined) expect(text).not.toContain('kept');
  else expect(text).toContain(told);
});

const broken = {
  id: 'r1',
  name: 'rivers',
  state: 'interrupted',
  step: 6,
  totalSteps: 9,
  group: null,
  adapterId: null,
  error: null,
};

/** What is printed when the first of these runs is resumed, given the steps saved under each id. */
async function saidOfResuming(all: readonly (typeof broken)[], kept: Readonly<Record<string, number[]>>) {
  const [first] = all as [typeof broken];
  let isResumed = false;
  const runs = {
    get: async () => ({ ...first, state: isResumed ? 'finished' : 'interrupted' }),
    list: async () => all.map((run) => ({ ...run, state: isResumed ? 'finished' : run.state })),
    resume: async () => {
      isResumed = true;
      return { ...first, state: 'queued' };
    },
    watch: async function* ({ id }: { id: string }) {
      for (const step of kept[id] ?? []) yield { kind: 'checkpoint', step };
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
  return said;
}

// Regression: the output did not show how much would be redone.
test.each([
  ['from step 4 of 9', [2, 4]],
  ['from the start, as no step had been saved', []],
])('resuming a run says that it continues %s', async (from, kept) => {
  expect(await saidOfResuming([broken], { r1: kept })).toEqual([`“rivers” continues ${from}.`]);
});

// Regression: one that diverged before its first checkpoint made the others restart from the beginning.
test('runs trained together resume from the last step that all resumable ones have saved', async () => {
  const all = ['r1', 'r2', 'r3'].map((id) => ({ ...broken, id, group: { id: 'r1', size: 3 } as never }));
  Object.assign(all[2] as object, { state: 'failed', error: { code: 'RUN_DIVERGED' } });
  expect(await saidOfResuming(all, { r1: [3, 6], r2: [3] })).toEqual(['“rivers” continues from step 3 of 9.']);
});

test('a training shows how far its base has loaded', async () => {
  const run = { ...broken, state: 'finished' } as unknown as Run;
  const runs = {
    get: async () => run,
    watch: async function* () {
      yield { kind: 'loading', share: 0.25 };
    },
  };
  const shown: Standing[] = [];
  // Sound here: these are the parts that are used.
  const parts = { client: { runs } as unknown as StudioClient, progress: { show: (s: Standing) => shown.push(s) } };
  await runEnded(run, { ...parts, signal: new AbortController().signal } as unknown as Parameters<typeof runEnded>[1]);
  expect(shown).toEqual([{ what: 'Loading the model', done: 0.25, total: 1 }]);
});

async function estimated(told: object): Promise<string | undefined> {
  // Sound here: these are the fields that are printed.
  const estimate = {
    ...{
      fits: true,
      remedy: null,
      disk: { bytes: 1, availableBytes: 2 },
      data: { rows: 1, of: 1, passes: 1, cut: 0, leftOut: 0, longest: 1, unreadScript: null },
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
