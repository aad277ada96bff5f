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

test('an adapter that another program made says nothing of where it came from', async () => {
  expect(await readOrigin(folder)).toBeUndefined();
});

// Regression: any failure counted as “not there”: on a failing drive, the studio's adapters lost task and base.
test('a file that cannot be read or is damaged is not taken for one that is not there', async () => {
  mkdirSync(join(folder, originName));
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  rmSync(join(folder, originName), { recursive: true });
  writeFileSync(join(folder, originName), '{');
  await expect(readOrigin(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});
