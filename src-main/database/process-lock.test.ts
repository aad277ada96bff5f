import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessLock } from './process-lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a lock is alive until it is released', () => {
  const mine = new ProcessLock(folder);
  const other = new ProcessLock(folder);
  expect(mine.isAlive(other.token)).toBe(true);
  expect(mine.isAlive(mine.token)).toBe(true);
  expect(mine.isAlone()).toBe(false);
  other.release();
  expect(mine.isAlone()).toBe(true);
  expect(mine.isAlive(other.token)).toBe(false);
  expect(mine.isAlive('nobody')).toBe(false);
  mine.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a claimed name is nobody else's until it is let go of", () => {
  const [mine, other] = [new ProcessLock(folder), new ProcessLock(folder)];
  const letGo = mine.claim('model');
  expect(other.claim('model')).toBeUndefined();
  expect(mine.claim('model')).toBeUndefined();
  expect(other.claim('another')).toBeDefined();
  letGo?.();
  expect(other.claim('model')).toBeDefined();
  other.release();
  expect(mine.claim('model')).toBeDefined();
  mine.release();
});

test('a killed process is no longer alive nor claims anything, and the next one removes its file', async () => {
  const script = `
    const { ProcessLock } = await import(${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))});
    const lock = new ProcessLock(${JSON.stringify(folder)});
    lock.claim('model');
    console.log(lock.token);
    // The lock is held for as long as its object is.
    process.on('exit', () => lock.release());
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const token = String(line).trim();
  const mine = new ProcessLock(folder);
  const wasAlive = mine.isAlive(token);
  const couldClaim = mine.claim('model') !== undefined;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect([wasAlive, couldClaim]).toEqual([true, false]);
  expect(mine.claim('model')).toBeDefined();
  expect(mine.isAlive(token)).toBe(false);
  const longAgo = Date.now() / 1000 - 3600;
  utimesSync(join(folder, `${token}.lock`), longAgo, longAgo);
  const next = new ProcessLock(folder);
  expect(readdirSync(folder).sort()).toEqual([`${mine.token}.lock`, `${next.token}.lock`, 'model.claim'].sort());
  mine.release();
  next.release();
});

// Regression: closing a studio whose disk had become read-only ended in an error, and its engine was not stopped.
test('a lock whose file cannot be removed is released all the same', () => {
  const [mine, other] = [new ProcessLock(folder), new ProcessLock(folder)];
  const file = join(folder, `${other.token}.lock`);
  rmSync(file);
  mkdirSync(file);
  other.release();
  expect(readdirSync(folder)).toContain(`${other.token}.lock`);
  mine.release();
});
