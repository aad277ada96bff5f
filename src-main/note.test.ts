import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { clearLab } from './lab/lab-procedures.ts';
import type { LabStore } from './lab/lab-store.ts';
import { readNote, writeNote } from './note.ts';

const schema = z.object({ rows: z.number() });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'note-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

test('a note is read as it was written, and nothing else lies beside it', async () => {
  const path = join(folder, 'note.json');
  expect(await readNote(path, schema)).toBeUndefined();
  await writeNote(path, { rows: 7 });
  expect(await readNote(path, schema)).toEqual({ rows: 7 });
  expect(readdirSync(folder)).toEqual(['note.json']);
});

test.each(['', '{"rows":', '{"rows":"many"}', '\0\0\0\0'])('%j is no note', async (text) => {
  writeFileSync(join(folder, 'note.json'), text);
  expect(await readNote(join(folder, 'note.json'), schema)).toBeUndefined();
});

// After a power cut the note of a trained cell may be empty: the studio did not open any more.
test('a trained cell whose note is damaged does not keep the studio from opening', async () => {
  const cell = join(folder, 'cells', '0'.repeat(32));
  mkdirSync(cell, { recursive: true });
  writeFileSync(join(cell, 'trained.json'), '');
  // Sound here: these are the parts that are asked.
  const store = {
    removeDeleted: () => {},
    listUnfinishedIds: () => ['going-on'],
    listAdapterHashes: () => [],
    isUnderWay: () => false,
  } as unknown as LabStore;
  await clearLab(store, folder, 0);
  expect(readdirSync(cell)).toEqual(['trained.json']);
});
