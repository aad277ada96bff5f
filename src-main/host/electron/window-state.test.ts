import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWindowState } from './window-state.ts';

const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-window-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['on the screen', { x: 100, y: 50, width: 1280, height: 840, maximised: true }, true],
  ['on a screen that was unplugged', { x: 2500, y: 50, width: 1280, height: 840, maximised: false }, false],
  ['above the screen, out of reach', { x: 100, y: -400, width: 1280, height: 840, maximised: false }, false],
  ['too small to use', { x: 100, y: 50, width: 10, height: 10, maximised: false }, false],
])('whether the place of a window %s is restored: %#', async (name, state, isPutBack) => {
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(state));
  expect(readWindowState(file, screens)).toEqual(isPutBack ? state : undefined);
});

test('a missing or damaged file gives no saved state', async () => {
  const damaged = path.join(folder, 'damaged.json');
  await writeFile(damaged, '{"x": 10,');
  expect(readWindowState(damaged, screens)).toBeUndefined();
  expect(readWindowState(path.join(folder, 'missing.json'), screens)).toBeUndefined();
});
