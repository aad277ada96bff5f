import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readNote, writeNote } from './note.ts';

const schema = z.object({ rows: z.number() });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'note-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

test('a note is read as it was written, and leaves no other file', async () => {
  const path = join(folder, 'note.json');
  expect(await readNote(path, schema)).toBeUndefined();
  await writeNote(path, { rows: 7 });
  expect(await readNote(path, schema)).toEqual({ rows: 7 });
  expect(readdirSync(folder)).toEqual(['note.json']);
});

test.each(['', '{"rows":', '{"rows":"many"}', '\0\0\0\0'])('%j is not a valid note', async (text) => {
  writeFileSync(join(folder, 'note.json'), text);
  expect(await readNote(join(folder, 'note.json'), schema)).toBeUndefined();
});
