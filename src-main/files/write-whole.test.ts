import {
  lstatSync,
  lutimesSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeAside, writeOwnWhole, writeOwnWholeSync, writeWhole } from './write-whole.ts';

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

test.each([writeOwnWhole, writeOwnWholeSync])(
  'a file of the studio’s own removes what a crash has left of it, and writes through no link',
  async (write) => {
    const folder = folderOf();
    const [file, letter] = [join(folder, 'note.json'), join(folder, 'letter.txt')];
    writeFileSync(letter, 'of a person');
    symlinkSync(letter, file);
    const left = [`${file}.partial`, `${file}.0123456789abcdef.partial`, `${file}.0123456789abcdee.partial`];
    for (const partial of left) symlinkSync(letter, partial);
    const others = [join(folder, 'note.json.old.partial'), join(folder, 'my.note.json.partial')];
    for (const other of others) writeFileSync(other, 'of a person');
    const anHourAgo = Date.now() / 1000 - 3600;
    for (const partial of [...left.slice(0, 2), ...others]) lutimesSync(partial, anHourAgo, anHourAgo);
    await write(file, '{}');
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect(readFileSync(letter, 'utf8')).toBe('of a person');
    // What is new may be written at this moment.
    expect(readdirSync(folder).sort()).toEqual([
      ...['letter.txt', 'my.note.json.partial', 'note.json', 'note.json.0123456789abcdee.partial'],
      'note.json.old.partial',
    ]);
  },
);

// Regression: the second removed what the first was writing, and either failed or published half of the other's text.
test('a file of the studio’s own that is written several times at once is one of the texts in the end', async () => {
  const folder = folderOf();
  const file = join(folder, 'note.json');
  const texts = Array.from({ length: 20 }, (_, n) => `${n}`.repeat(100_000));
  await Promise.all(texts.map((text) => writeOwnWhole(file, text)));
  expect(texts).toContain(readFileSync(file, 'utf8'));
  expect(readdirSync(folder)).toEqual(['note.json']);
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
