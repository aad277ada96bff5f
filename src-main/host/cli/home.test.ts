import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { madeHome, requireHome } from './home.ts';

// Regression: a mistyped --home was made, and said to have no datasets.
test('a folder that is not there, or holds other things, is not taken for a data folder', () => {
  const missing = join(temporaryFolder(), 'exsist');
  expect(() => requireHome(missing)).toThrow(`There is no data folder ${missing}.`);
  expect(madeHome(missing)).toBe(`There was no data folder ${missing}: it was made.`);

  const other = temporaryFolder();
  writeFileSync(join(other, 'letter.txt'), 'Dear');
  expect(() => requireHome(other)).toThrow('there is no studio.sqlite in it');
  expect(madeHome(other)).toBe(`There was no data folder ${other}: it was made.`);
});

test('a data folder, one whose restore was cut off, an empty folder and a file are left to the studio', () => {
  const [studio, cutOff, empty] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  writeFileSync(join(studio, 'studio.sqlite'), '');
  mkdirSync(join(cutOff, 'datasets'));
  writeFileSync(join(cutOff, 'adapter-studio-restoring.json'), '{}');
  for (const folder of [studio, cutOff, empty, join(studio, 'studio.sqlite')]) {
    expect(() => requireHome(folder)).not.toThrow();
    expect(madeHome(folder)).toBeUndefined();
  }
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'studio-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
