import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { clearCutOffCopies } from '../data-folder/data-folder-store.ts';
import type { Engine, MergeJob } from '../engine/engine.ts';
import { exportAdapter } from './export-adapter.ts';

const home = mkdtempSync(join(tmpdir(), 'export-adapter-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Writes half of the file, under the name that files of tensors have meanwhile, and then does what is asked. */
const halfway = (next: () => void) =>
  ({
    async *merge({ out }: MergeJob) {
      writeFileSync(`${out}.tmp`, 'half');
      yield { kind: 'progress' as const, done: 1, total: 2 };
      next();
    },
    async writeAdapter({ out }: { out: string }) {
      writeFileSync(`${out}.tmp`, 'half');
      next();
    },
  }) as unknown as Engine;

function scene() {
  const [dataDir, place, path] = [join(home, 'data'), join(home, 'place'), join(home, 'ada')];
  for (const folder of [dataDir, place, path]) mkdirSync(folder, { recursive: true });
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) writeFileSync(join(path, name), '{}');
  writeFileSync(join(place, 'mine.partial'), 'mine');
  const about = {
    adapter: { name: 'ada', path, task: 'custom' } as Adapter,
    base: { path: join(home, 'base'), sizeBytes: 8 } as BaseModel,
    textOf: async () => ({
      template: undefined,
      stopIds: [2],
      layout: () => ({ before: '', after: '', turns: undefined }),
    }),
    dataDir,
  };
  return { dataDir, place, about };
}

const never = new AbortController().signal;

// Regression: half of a file of gigabytes stayed beside the one that was wanted.
test('what a killed export was writing is removed at the next start', async () => {
  const { dataDir, place, about } = scene();
  const job = { format: 'merged-gguf' as const, out: join(place, 'ada.gguf') };
  const killed = exportAdapter(
    job,
    about,
    halfway(() => {}),
    never,
  );
  await killed.next();
  expect(readdirSync(place)).toHaveLength(3);
  await clearCutOffCopies(dataDir);
  expect(readdirSync(place)).toEqual(['mine.partial']);
  expect(readdirSync(join(dataDir, 'copying'))).toEqual([]);
});

// Regression: the engine's own half stayed for ever, as nothing was noted any more.
test.each(['merged-gguf', 'gguf'] as const)('nothing is left of an export whose engine dies: %s', async (format) => {
  const { place, about } = scene();
  const dying = halfway(() => {
    throw new StudioError('ENGINE_STOPPED', { reason: 'out of memory' });
  });
  const exporting = Array.fromAsync(exportAdapter({ format, out: join(place, 'ada.gguf') }, about, dying, never));
  await expect(exporting).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(readdirSync(place)).toEqual(['mine.partial']);
});

// Regression: told as a fault of the studio.
test.each(['merged', 'gguf'] as const)(
  'that the disk takes no file of that size is told of an export: %s',
  async (format) => {
    const { place, about } = scene();
    const refusing = halfway(() => {
      throw Object.assign(new Error('EFBIG: file too large, write'), { code: 'EFBIG', syscall: 'write' });
    });
    const exporting = Array.fromAsync(exportAdapter({ format, out: join(place, 'ada') }, about, refusing, never));
    await expect(exporting).rejects.toMatchObject({
      code: 'OUT_UNUSABLE',
      data: { because: { code: 'PATH_FILE_LIMIT', data: { path: join(place, 'ada') } } },
    });
    expect(readdirSync(place)).toEqual(['mine.partial']);
  },
);
