import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LabCell, LabEvent } from '../../src-contract/lab.ts';
import { agreement, conduct } from './conduct.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const keys = ['base', 'q r1', 'q r8', 'v r1'];

function at(part: string, share: number, together = 1): LabTelling {
  return { kind: 'at', part, now: part, step: Math.round(share * 10), steps: 10, share, together };
}

function cell(key: string): LabTelling {
  return { kind: 'cell', cell: { key, values: {}, timings: {} } };
}

/**
 * The events of `conduct` for an experiment that reports these, each long enough after the last not to be throttled.
 */
async function toldOf(tellings: readonly LabTelling[], done: readonly string[] = []): Promise<LabEvent[]> {
  const experiment = {
    async *run() {
      for (const telling of tellings) {
        vi.advanceTimersByTime(1000);
        yield telling;
      }
    },
  } as unknown as Experiment;
  const options = { steps: 10, batchSize: 1, validationRows: 0, metricRows: 1 };
  const known = new Map(done.map((key) => [key, { key, values: {}, timings: {} } satisfies LabCell]));
  const work = { options, done: known } as unknown as LabWork;
  const events: LabEvent[] = [];
  for await (const event of conduct(experiment, { work, keys, keep: () => {} }, new AbortController().signal))
    events.push(event);
  return events;
}

function fractions(events: readonly LabEvent[]): number[] {
  return events.flatMap((event) => (event.kind === 'progress' ? [event.fraction ?? Number.NaN] : []));
}

test('progress never decreases and ends at 1, whichever parts run together and finish first', async () => {
  const told = fractions(
    await toldOf([
      ...[
        at('base', 1),
        cell('base'),
        at('q r1', 0.5, 2),
        at('q r8', 0.5, 2),
        at('q r1', 0.75, 2),
        at('q r8', 0.75, 2),
      ],
      ...[at('q r1', 0.9), cell('q r1'), at('q r8', 1), cell('q r8'), cell('v r1')],
    ]),
  );
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBeCloseTo(1);
  // Three parts of 40, and a quarter of one for the base: two of them are half done.
  expect(told[3]).toBeCloseTo((10 + 2 * 20) / 130);
});

test('parts finished in an earlier session count from the start', async () => {
  const told = fractions(await toldOf([at('v r1', 0)], ['base', 'q r1', 'q r8']));
  expect(told[0]).toBeCloseTo(90 / 130);
});

test('a repeat is compared by the numbers that the earlier version recorded', () => {
  const cellOf = (values: LabCell['values']): LabCell => ({ key: 'q r1', values, timings: {} });
  const [earlier, repeated] = [cellOf({ loss: 1.5 }), cellOf({ loss: 1.5, validationRows: 4 })];
  expect(agreement([repeated], [earlier])).toEqual({ equal: 1, compared: 1 });
});
