import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';

const fs = vi.hoisted(() => ({ fails: false, meanwhile: () => {} }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    writeFileSync(...[file, text, options]: Parameters<typeof real.writeFileSync>) {
      real.writeFileSync(file, fs.fails ? '' : text, options);
      if (fs.fails) throw new Error('the power went');
      const { meanwhile } = fs;
      fs.meanwhile = () => {};
      meanwhile();
    },
  };
});

const { OpenedFolder } = await import('./opened-folder.ts');
const { keepLastPort } = await import('./web/last-port.ts');
const { EngineSettingsFile } = await import('./engine-settings.ts');

// Regression: the default folder was opened instead, as if everything were gone.
test('a power cut while writing leaves the previously opened folder on record', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-choice-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const opened = new OpenedFolder(folder);
  opened.remember(folder);
  fs.fails = true;
  expect(() => opened.remember('/elsewhere')).toThrow('the power went');
  fs.fails = false;
  expect(JSON.parse(readFileSync(path.join(folder, 'opened-folder.json'), 'utf8'))).toMatchObject({ opened: folder });
  opened.remember(folder);
  expect(readdirSync(folder)).toEqual(['opened-folder.json']);
});

// Regression: the page's port was written over what the link leads to.
test('links in a data folder from somebody else lead to no file that is written', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-choice-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [dataDir, theirs] = [path.join(folder, 'data'), path.join(folder, 'letter.txt')];
  mkdirSync(dataDir);
  writeFileSync(theirs, 'Dear');
  for (const name of ['page-port', 'page-port.partial', 'engine.json', 'engine.json.partial'])
    symlinkSync(theirs, path.join(dataDir, name));
  const settings = new EngineSettingsFile(dataDir);
  keepLastPort(dataDir, 4000);
  settings.write(settings.read());
  expect(readFileSync(theirs, 'utf8')).toBe('Dear');
});

// Regression: the second removed what the first was writing under the same name, and the first failed.
test('two processes that write the same file at once both succeed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-choice-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [settings, other] = [new EngineSettingsFile(folder), new EngineSettingsFile(folder)];
  fs.meanwhile = () => other.write({ ...other.read(), threads: 2 });
  settings.write({ ...settings.read(), threads: 3 });
  expect(settings.read().threads).toBe(3);
  expect(readdirSync(folder)).toEqual(['engine.json']);
});
