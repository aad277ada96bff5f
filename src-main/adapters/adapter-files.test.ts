import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { originName, readOrigin } from './adapter-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-adapter-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an adapter made by another program has no origin', async () => {
  expect(await readOrigin(folder)).toBeUndefined();
});

// Regression: any failure counted as “not there”: on a failing drive, the studio's adapters lost task and base.
test('an unreadable or damaged origin file is not treated as missing', async () => {
  mkdirSync(join(folder, originName));
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  rmSync(join(folder, originName), { recursive: true });
  writeFileSync(join(folder, originName), '{');
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});
