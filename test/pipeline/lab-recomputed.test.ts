import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, temporaryFolder } from './command-line.ts';

// The lab's export is enough for somebody else to check it: NumPy recomputes Table 7 and Figures 3 and 4 from the PEFT
// folders. Needs a Python with numpy and safetensors: python3, or the one that STUDIO_PYTHON names.
const python = process.env.STUDIO_PYTHON ?? 'python3';
const run = promisify(execFile);
const canRecompute = await run(python, ['-c', 'import numpy, safetensors.numpy']).then(
  () => true,
  () => false,
);
if (!canRecompute) console.warn(`Skipped: ${python} has no numpy and safetensors to recompute the lab's numbers with.`);

test.skipIf(!canRecompute)(
  'NumPy reproduces the lab’s numbers from its exported adapters',
  { timeout: 300_000 },
  async () => {
    const folder = temporaryFolder();
    const [home, base] = [join(folder, 'home'), join(folder, 'tiny')];
    writeTinyModel(base);
    writeCopyingTable(join(folder, 'boxes.csv'), 60);
    await answerOf(home, ['import', join(folder, 'boxes.csv'), '--task', 'mrc', '--name', 'boxes']);
    await answerOf(home, ['models', 'import', base, '--name', 'tiny']);
    const about = [
      '--dataset',
      'boxes',
      '--base',
      'tiny',
      '--batch',
      '2',
      '--max-length',
      '128',
      '--validation-rows',
      '4',
    ];
    const experiments = [
      { kind: 'table7', options: ['--ranks', '2,6', '--seeds', '3'], numbers: 2 * 2 * 2 * 5 },
      { kind: 'fig3', options: ['--ranks', '2,6', '--seeds', '0,1'], numbers: 2 * 2 * 2 * (2 * 6) },
      { kind: 'fig4', options: ['--ranks', '4', '--seeds', '0,1'], numbers: 2 * 2 * 2 * (4 * 4) },
    ];
    for (const { kind, options, numbers } of experiments) {
      const out = join(folder, kind);
      await answerOf(home, ['lab', kind, ...about, ...options, '--steps', '30', '--out', out]);
      const script = join(import.meta.dirname, '../numerics/recompute_lab.py');
      const { stdout } = await run(python, [script, out, base]);
      const found = JSON.parse(stdout) as { kind: string; compared: number; worst: number };
      expect(found).toMatchObject({ kind, compared: numbers });
      expect(found.worst).toBeLessThan(1e-4);
      console.info(
        `${kind}: ${found.compared} numbers recomputed, the largest difference ${found.worst.toExponential(1)}`,
      );
    }
  },
);
