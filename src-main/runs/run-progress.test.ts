import { afterEach, expect, test, vi } from 'vitest';
import type { TrainEvent } from '../engine/engine.ts';
import { RunProgress } from './run-progress.ts';
import type { RunStore } from './run-store.ts';

afterEach(() => vi.restoreAllMocks());

// The second of two that trained one after the other told 16 minutes behind its second step, for what took one.
test('the time until its turn counts in no measurement', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const at = (seconds: number) => clock.mockReturnValue(seconds * 1000);
  // Sound here: the store only takes down how far it is, and nothing was told before.
  const progress = new RunProgress('r', null, { updateProgress: () => {} } as unknown as RunStore);
  at(150);
  progress.begin({ step: 0, totalSteps: 10 }, { told: () => [], rewind: () => {} });
  at(151);
  progress.pass();
  at(152);
  const step = { kind: 'step', step: 1, seconds: 1, tokens: 8, loss: 2 } as Extract<TrainEvent, { kind: 'step' }>;
  // Nine steps and ten measurements of a second each.
  expect(progress.step(step)).toMatchObject({ secondsLeft: 9 + 10 });
});
