import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OpenedFolder, personalPlaces } from './opened-folder.ts';

test('the last opened folder is reopened as long as it exists', () => {
  const root = temporary();
  const [usual, other] = [join(root, 'usual'), join(root, 'other')];
  expect(new OpenedFolder(usual).start).toBe(usual);
  mkdirSync(other);
  new OpenedFolder(usual).remember(other);
  expect(new OpenedFolder(usual).start).toBe(other);
  expect(new OpenedFolder(usual).known).toEqual([usual, other]);
  rmSync(other, { recursive: true });
  expect(new OpenedFolder(usual).start).toBe(usual);
  writeFileSync(join(usual, 'opened-folder.json'), '{"opened":');
  expect(new OpenedFolder(usual).start).toBe(usual);
});

// Regression: Node's own recursive mkdir never returned.
test.skipIf(!existsSync('/proc/self'))('a usual place in which nothing can be made is refused', () => {
  const opened = new OpenedFolder('/proc/data/adapter-studio');
  expect(() => opened.remember('/elsewhere')).toThrow('nothing can be created in “/proc”');
});

test('a folder that was moved away from the usual place can be moved back, although the note is there now', () => {
  const root = temporary();
  const [usual, other] = [join(root, 'usual'), join(root, 'other')];
  mkdirSync(other);
  writeFileSync(join(other, 'studio.sqlite'), '');
  const opened = new OpenedFolder(usual);
  opened.remember(other);
  opened.makeWay(usual);
  renameSync(other, usual);
  expect(readdirSync(usual)).toEqual(['studio.sqlite']);
  opened.makeWay(other);
  expect(opened.start).toBe(usual);
});

// Regression: killed while it was being opened, a whole copy on another disk was shown nowhere.
test('a folder that is about to be opened is listed, and the one before is opened next', () => {
  const root = temporary();
  const [usual, other, copy] = [join(root, 'usual'), join(root, 'other'), join(root, 'copy')];
  const opened = new OpenedFolder(usual);
  opened.list(copy);
  expect([opened.start, opened.known]).toEqual([usual, [usual, copy]]);
  mkdirSync(other);
  opened.remember(other);
  opened.list(copy);
  expect([opened.start, opened.known]).toEqual([other, [usual, copy, other]]);
});

// Regression: killed in between, the next start opened an empty studio at the usual place, and did not list the moved one.
test('a folder that was moved is found although the process was killed before it could be remembered', () => {
  const root = temporary();
  const [usual, first, second] = [join(root, 'usual'), join(root, 'first'), join(root, 'second')];
  const opened = new OpenedFolder(usual);
  mkdirSync(usual);
  writeFileSync(join(usual, 'studio.sqlite'), '');
  opened.expectMove(usual, first);
  expect(opened.start).toBe(usual);
  renameSync(usual, first);
  expect(opened.start).toBe(first);
  opened.expectMove(first, second);
  expect(opened.start).toBe(first);
  renameSync(first, second);
  expect(opened.start).toBe(second);
  opened.remember(second);
  expect([opened.start, ...readdirSync(root)]).toEqual([second, 'second', 'usual']);
  // A copy that somebody makes is not what was moved.
  opened.expectMove(second, first);
  mkdirSync(first);
  writeFileSync(join(first, 'studio.sqlite'), '');
  expect(opened.start).toBe(second);
});

test('personal places are the home folder and its Documents folder, if it exists', () => {
  const home = temporary();
  expect(personalPlaces(home, 'freebsd')).toEqual([home]);
  mkdirSync(join(home, 'Documents'));
  expect(personalPlaces(home, 'freebsd')).toEqual([join(home, 'Documents'), home]);
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opened-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
