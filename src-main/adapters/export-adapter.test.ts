import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { clearCutOffCopies } from '../data-folder-store.ts';
import type { Engine, MergeJob } from '../engine/engine.ts';
import { exportAdapter } from './export-adapter.ts';

const home = mkdtempSync(join(tmpdir(), 'export-adapter-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Writes half of the file, and waits. */
const engine = {
  async *merge({ out }: MergeJob) {
    writeFileSync(out, 'half');
    yield { kind: 'progress' as const, done: 1, total: 2 };
  },
} as unknown as Engine;

// Regression: half of a file of gigabytes stayed beside the one that was wanted.
test('what a killed export was writing is removed at the next start', async () => {
  const dataDir = join(home, 'data');
  const place = join(home, 'place');
  for (const folder of [dataDir, place]) mkdirSync(folder);
  const about = {
    adapter: { name: 'ada', path: join(home, 'ada'), task: 'custom' } as Adapter,
    base: { path: join(home, 'base'), sizeBytes: 8 } as BaseModel,
    textOf: async () => ({
      template: undefined,
      stopIds: [2],
      layout: () => ({ before: '', after: '', turns: undefined }),
    }),
    dataDir,
  };
  const out = join(place, 'ada.gguf');
  const killed = exportAdapter({ format: 'merged-gguf', out }, about, engine, new AbortController().signal);
  await killed.next();
  writeFileSync(join(place, 'mine.partial'), 'mine');
  expect(readdirSync(place)).toHaveLength(3);
  await clearCutOffCopies(dataDir);
  expect(readdirSync(place)).toEqual(['mine.partial']);
  expect(readdirSync(join(dataDir, 'copying'))).toEqual([]);
});
