import { afterEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src-contract/run.ts';
import type { TrainEvent } from '../engine/engine.ts';
import { RunProgress } from './run-progress.ts';
import type { RunStore } from './run-store.ts';

afterEach(() => vi.restoreAllMocks());

// Regression: the second of two runs trained one after the other showed 16 minutes left after its second step, for what
// took one.
test('the wait for a run’s turn does not count as measuring time', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const at = (seconds: number) => clock.mockReturnValue(seconds * 1000);
  // Sound here: the store only records the progress, and there are no earlier events.
  const progress = new RunProgress('r', { validationEvery: null, batchSize: 8 }, {
    updateProgress: () => {},
  } as unknown as RunStore);
  at(150);
  progress.begin({ step: 0, totalSteps: 10, validationRows: 4 }, { *told() {}, rewind: () => {} });
  at(151);
  progress.pass();
  at(152);
  const step = { kind: 'step', step: 1, seconds: 1, tokens: 8, loss: 2 } as Extract<TrainEvent, { kind: 'step' }>;
  // Nine steps and ten measurements of a second each.
  expect(progress.step(step)).toMatchObject({ secondsLeft: 9 + 10 });
});

// Regression: a run paused before its first step told of no start when it was resumed, and its page said "Reading the
// rows and the model" until the first step.
test('a run resumed at step 0 tells everything again, one resumed later what came after', () => {
  // Sound here: only what `begin` uses of them.
  const store = { updateProgress: () => {}, totals: () => null } as unknown as RunStore;
  const before = [{ kind: 'started' }, { kind: 'validation', step: 0 }, { kind: 'step', step: 1 }] as RunEvent[];
  const kept = (step: number): { isNew: boolean; events: readonly RunEvent[] } => {
    let events = before;
    const isNew = new RunProgress('r', { validationEvery: null, batchSize: 8 }, store).begin(
      { step, totalSteps: 10, validationRows: 4 },
      {
        *told() {
          yield* events;
        },
        rewind: (_id, unwanted) => {
          const first = events.findIndex(unwanted);
          if (first >= 0) events = events.slice(0, first);
        },
      },
    );
    return { isNew, events };
  };
  expect(kept(0)).toEqual({ isNew: true, events: [] });
  expect(kept(1)).toEqual({ isNew: false, events: before });
});
