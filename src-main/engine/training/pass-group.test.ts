import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPassGroup, writePassGroup } from './pass-group.ts';

test('trainings started together share one pass-group name, and an unstarted one has none', async () => {
  const [one, two] = [temporary(), temporary()];
  expect(await readPassGroup(one)).toBeUndefined();
  await writePassGroup([one, two]);
  expect(await readPassGroup(one)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await readPassGroup(two)).toBe(await readPassGroup(one));
});

// A training interrupted in one group was resumed in another, and so got different last digits.
test('an unreadable pass-group name is an error, not a missing one', async () => {
  const folder = temporary();
  mkdirSync(join(folder, 'company'));
  await expect(readPassGroup(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pass-group-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
