import { expect, test } from 'vitest';
import { clock, Progress } from './progress.ts';

const standing = (done: number) => ({ what: 'Training', done, total: 100, words: `step ${done}`, secondsLeft: 75 });

function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  return { written, stream };
}

test('elsewhere than on a terminal a line appears every few seconds', () => {
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

test('on a terminal one bar is redrawn, and taken away before something else is said', () => {
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

test('seconds are shown as minutes and seconds', () => {
  expect(clock(0)).toBe('0:00');
  expect(clock(59.6)).toBe('1:00');
  expect(clock(605)).toBe('10:05');
});
