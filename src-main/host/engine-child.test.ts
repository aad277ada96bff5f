import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEngineChild } from './engine-child.ts';

const entry = new URL('../engine/engine-process.ts', import.meta.url);

test('a forked engine runs in its own process and says why it ended', async () => {
  const { engine, ended, pid } = startEngineChild(entry, process.env);
  expect(await engine.memory()).toEqual({ pid, rssBytes: expect.any(Number) });
  process.kill(pid as number, 'SIGKILL');
  expect(await ended).toMatchObject({ reason: expect.stringContaining('memory runs out') });
});

test('a niceness lowers the priority of the engine only', async () => {
  const own = getPriority();
  const { engine, stop, pid } = startEngineChild(entry, { ...process.env, ADAPTER_STUDIO_NICENESS: '5' });
  onTestFinished(async () => void (await stop()));
  await engine.device();
  // Niceness ends at 19.
  expect([getPriority(), getPriority(pid)]).toEqual([own, Math.min(19, own + 5)]);
  // “/autogroup-78 nice 5”; kernels without autogroup have no such file.
  const group = `/proc/${pid}/autogroup`;
  if (!existsSync(group)) return console.warn(`Not looked at: ${group} is not there.`);
  expect(readFileSync(group, 'utf8')).toMatch(/ nice 5$/m);
  expect(readFileSync('/proc/self/autogroup', 'utf8')).not.toMatch(/ nice 5$/m);
});

// Regression: it undid the lower priority of the studio, and without permission to do so it exited at the start.
test.skipIf(process.platform === 'win32')(
  'an engine runs at a lower priority than a studio that is itself niced',
  async () => {
    const child = JSON.stringify(path.join(import.meta.dirname, 'engine-child.ts'));
    const program = `
    const { getPriority } = await import('node:os');
    const { startEngineChild } = await import(${child});
    const { engine, stop, pid } = startEngineChild(new URL(${JSON.stringify(entry.href)}), { ...process.env, ADAPTER_STUDIO_NICENESS: '5' });
    await engine.device();
    console.log(getPriority(pid) - getPriority());
    await stop();`;
    const studio = ['-n', '7', process.execPath, '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)('nice', studio);
    // Niceness ends at 19.
    expect(Number(stdout)).toBe(Math.min(5, 19 - Math.min(19, getPriority() + 7)));
  },
);

test('stopping a busy engine ends it at once, but SIGINT and SIGTERM do not', async () => {
  const { engine, ended, stop, pid } = startEngineChild(entry, process.env);
  await engine.device();
  const working = engine.devices();
  working.catch(() => undefined);
  for (const signal of ['SIGINT', 'SIGTERM']) process.kill(pid as number, signal);
  expect(await engine.memory()).toMatchObject({ pid });
  const again = engine.devices();
  again.catch(() => undefined);
  await stop();
  expect(await ended).toMatchObject({ reason: 'its process ended with status SIGKILL' });
});

test('an engine uses transparent huge pages where the system has them', async () => {
  const { engine, stop, pid } = startEngineChild(entry, process.env);
  onTestFinished(async () => void (await stop()));
  if (process.platform === 'linux')
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('glibc.malloc.hugetlb=1');
  const pages = '/sys/kernel/mm/transparent_hugepage/enabled';
  const has =
    existsSync(pages) && !readFileSync(pages, 'utf8').includes('[never]') && existsSync(`/proc/${pid}/smaps_rollup`);
  if (!has) return console.warn('Not looked at: this system has no transparent huge pages.');
  // The matrix products used to time devices take a few megabytes.
  await engine.devices();
  const [, kilobytes] = /^AnonHugePages: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  expect(Number(kilobytes)).toBeGreaterThan(0);
});

test('a busy engine exits when its studio is killed', async () => {
  const child = JSON.stringify(path.join(import.meta.dirname, 'engine-child.ts'));
  const program = `
    const { startEngineChild } = await import(${child});
    const { engine, pid } = startEngineChild(new URL(${JSON.stringify(entry.href)}), process.env);
    await engine.device();
    console.log(pid);
    for (;;) await engine.devices();`;
  const studio = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => studio.stdout.once('data', (text) => resolve(Number(text))));
  expect(isAlive(pid)).toBe(true);
  studio.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie is no longer alive.
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
