import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { judgeRows } from './judge-rows.ts';

// Regression: nothing was told of a file beyond 16 MB, of which only the beginning is judged.
test('of a large file, what its beginning tells for certain is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const judged = (name: string, targetOf: (n: number) => string) => {
    const path = join(folder, name);
    const rows = Array.from({ length: 3000 }, (_, n) => `${n * n} ${'kettle '.repeat(1000)},${targetOf(n)}`);
    writeFileSync(path, ['context,target', ...rows].join('\n'));
    return judgeRows({ path, name, unpackFolder: folder }, { task: 'custom' });
  };
  const doubts = [{ code: 'TARGETS_COUNT', first: 'Q-0' }];
  expect(await judged('counted.csv', (n) => `Q-${n}`)).toMatchObject({ isPart: true, doubts });
  // The table may be sorted by its targets.
  expect(await judged('sorted.csv', () => 'good')).toMatchObject({ isPart: true, doubts: [] });
});
