import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { because } from '../../src-contract/failure-reason.ts';
import { writeTinyModel } from '../../test/fixtures/tiny-model.ts';
import { startEngineThread } from './engine-thread.ts';

// Ended from outside, a thread in a pass took this whole process along.
test('an engine that is stopped in the middle of its passes ends, and the program goes on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-thread-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeTinyModel(folder, { hidden: 256, intermediate: 1024, layers: 4 });
  const examples = Array.from({ length: 400 }, (_, row) => ({
    ids: Array.from({ length: 120 }, (_, i) => (row * 7 + i * i) % 256),
    targetStart: 1,
  }));
  for (const ms of [300, 450, 600]) {
    const { engine, ended, stop } = startEngineThread(new URL('../engine/engine-process.ts', import.meta.url));
    await engine.device();
    const scoring = engine.score({ modelFolder: folder, adapter: null, examples }, new AbortController().signal);
    scoring.catch(() => undefined);
    await setTimeout(ms);
    await stop();
    expect(await ended).toEqual(because('ENGINE_ENDED', { status: '0' }));
  }
});
