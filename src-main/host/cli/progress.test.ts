import { expect, onTestFinished, test, vi } from 'vitest';
import { clock, Progress } from './progress.ts';

const standing = (done: number) => ({ what: 'Training', done, total: 100, words: `step ${done}`, secondsLeft: 75 });

function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  return { written, stream };
}

test('outside a terminal, a line is printed every few seconds', () => {
  const { written, stream } = recorder(false);
  let ms = 0;
  const progress = new Progress(stream, () => ms);
  for (; ms < 6500; ms += 500) progress.show(standing(ms / 500));
  expect(written).toEqual([
    'Training 0 % · step 0 · 1:15 left\n',
    'Training 6 % · step 6 · 1:15 left\n',
    'Training 12 % · step 12 · 1:15 left\n',
  ]);
});

test('on a terminal, one bar is redrawn in place and cleared before other output', () => {
  const { written, stream } = recorder(true);
  let ms = 0;
  const progress = new Progress(stream, () => ms);
  progress.show(standing(50));
  ms = 1000;
  progress.say('Done.');
  expect(written).toEqual([
    '\r\x1b[KTraining [████████████············] 50 % · step 50 · 1:15 left',
    '\r\x1b[K',
    'Done.\n',
  ]);
});

// Regression: the line was cut off at its end; at 40 columns, only the bar was left.
test.each([
  { columns: 76, line: 'Training [██······] 25 % · step 3/12 · loss 3.211 · 512 token/s · 1:15 left' },
  { columns: 66, line: 'Training 25 % · step 3/12 · loss 3.211 · 512 token/s · 1:15 left' },
  { columns: 56, line: '25 % · step 3/12 · loss 3.211 · 512 token/s · 1:15 left' },
  { columns: 40, line: 'step 3/12 · loss 3.211 · 1:15 left' },
  { columns: 24, line: 'step 3/12 · 1:15 left' },
])('a line in $columns columns shows as much as fits: $line', ({ columns, line }) => {
  const { written, stream } = recorder(true);
  const words = 'step 3/12 · loss 3.211 · 512 token/s';
  new Progress({ ...stream, columns }, () => 0).show({ what: 'Training', done: 3, total: 12, words, secondsLeft: 75 });
  expect(written).toEqual([`\r\x1b[K${line}`]);
});

test('if no time left is given, it is estimated from the progress since the first report', () => {
  const { written, stream } = recorder(false);
  let ms = 0;
  const progress = new Progress(stream, () => ms);
  const step = (what: string, done: number) => progress.show({ what, done, total: 50 });
  step('Merging', 10);
  ms = 10_000;
  step('Merging', 30);
  ms = 20_000;
  step('Checking', 1);
  expect(written).toEqual(['Merging 20 %\n', 'Merging 60 % · 0:10 left\n', 'Checking 2 %\n']);
});

// Regression: a model whose first pieces took two seconds was said to be loading for minutes.
test('no time left is estimated before a tenth of the work is done', () => {
  const { written, stream } = recorder(false);
  let ms = 0;
  const progress = new Progress(stream, () => ms);
  for (const [at, done] of [
    [0, 0],
    [4000, 0.01],
    [8000, 0.2],
  ] as const) {
    ms = at;
    progress.show({ what: 'Loading', done, total: 1 });
  }
  expect(written).toEqual(['Loading 0 %\n', 'Loading 1 %\n', 'Loading 20 % · 0:32 left\n']);
});

test('work without progress shows its elapsed time, and its result is passed on', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { written, stream } = recorder(false);
  const work = Promise.withResolvers<string>();
  const outcome = new Progress(stream).during('Taking it in', work.promise);
  await vi.advanceTimersByTimeAsync(6500);
  work.resolve('done');
  expect(await outcome).toBe('done');
  await vi.advanceTimersByTimeAsync(6500);
  expect(written).toEqual(['Taking it in 0:03\n', 'Taking it in 0:06\n']);
});

test('seconds are shown as minutes and seconds', () => {
  expect(clock(0)).toBe('0:00');
  expect(clock(59.6)).toBe('1:00');
  expect(clock(605)).toBe('10:05');
});

test('a name with control characters moves nothing on a terminal', () => {
  const { stream, written } = recorder(true);
  const progress = new Progress(stream, () => 0);
  progress.show({ what: 'Reading a\x1b[2J', done: 0, total: 0 });
  progress.say('b\x1b[2J');
  expect(written.join('').replaceAll('\r\x1b[K', '')).not.toContain('\x1b');
});
