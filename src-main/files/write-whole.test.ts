import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeAside, writeOwnWhole, writeWhole } from './write-whole.ts';

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-whole-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a file is replaced, and one behind a link is written', async () => {
  const folder = folderOf();
  const [file, link] = [join(folder, 'a.csv'), join(folder, 'link.csv')];
  await writeWhole(file, 'old');
  symlinkSync(file, link);
  await writeWhole(link, 'newer');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('newer');
  await writeWhole(file, 'newest');
  expect(readFileSync(link, 'utf8')).toBe('newest');
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'link.csv']);
});

// Regression: a disk that was full left half of the report in the place of the earlier one.
test('what was there stays if the new text cannot be written', async () => {
  const folder = folderOf();
  const file = join(folder, 'a.csv');
  writeFileSync(file, 'old');
  const broken = { toString: () => 'x' } as unknown as string;
  await expect(writeWhole(file, broken)).rejects.toThrow();
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a.csv']);
  await expect(writeWhole(join(folder, 'none', 'a.csv'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a file of the studio’s own replaces what a crash has left of it, and writes through no link', async () => {
  const folder = folderOf();
  const [file, letter] = [join(folder, 'note.json'), join(folder, 'letter.txt')];
  writeFileSync(letter, 'of a person');
  symlinkSync(letter, `${file}.partial`);
  await writeOwnWhole(file, '{}');
  expect(readFileSync(file, 'utf8')).toBe('{}');
  expect(readFileSync(letter, 'utf8')).toBe('of a person');
  expect(readdirSync(folder).sort()).toEqual(['letter.txt', 'note.json']);
});

test('nothing is left of a file whose writing or naming fails', async () => {
  const folder = folderOf();
  const partial = join(folder, 'a.csv.partial');
  const fail = async () => {
    throw new Error('no');
  };
  await expect(writeAside(partial, fail, { name: async () => {} })).rejects.toThrow('no');
  await expect(writeAside(partial, (file) => file.writeFile('x'), { name: fail })).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});
