import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { input } from '../../graph/expression.ts';
import { add } from '../../graph/ops/add.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { float32 } from '../../tensor.ts';
import { onnxruntimeBackend } from './onnxruntime-backend.ts';

test('constants are copied, both those that a kernel repacks and those it reads as they are', async () => {
  // At least 128 bytes: onnxruntime stores smaller ones differently.
  const width = 64;
  const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => i % 7);
  const matrix = float32([2, width], numbers(2 * width));
  const bias = float32([width], numbers(width));
  const expected = Array.from({ length: width }, (_, i) => 10 * (i % 7) + 100 * ((width + i) % 7) + (i % 7));
  const y = add(matmul(input('x', ['rows', 2]), input('matrix', [2, width])), input('bias', [width]));
  const constants = new Map([
    ['matrix', matrix],
    ['bias', bias],
  ]);
  const executable = await onnxruntimeBackend({ threads: 1 }).compile({ y }, constants);
  expect([...executable.inputs]).toEqual(['x']);
  matrix.data.fill(0);
  bias.data.fill(0);
  const results = await executable.run(new Map([['x', float32([1, 2], Float32Array.of(10, 100))]]));
  expect([...results.y.data]).toEqual(expected);
  await executable.release();
});

// Regression: with each session onnxruntime told Microsoft of the graph and the machine, under an id that it kept here.
test('onnxruntime reports to nobody, and leaves nothing in the home folder', async () => {
  const home = mkdtempSync(join(tmpdir(), 'onnxruntime-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const at = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
  const program = `
    const { onnxruntimeBackend } = await import(${at('onnxruntime-backend.ts')});
    const { input } = await import(${at('../../graph/expression.ts')});
    const { add } = await import(${at('../../graph/ops/add.ts')});
    const x = input('x', [4]);
    const executable = await onnxruntimeBackend().compile({ y: add(x, x) });
    await executable.release();`;
  // Of its own accord it reports nothing where tests run (CI and others); what else is set may say so too.
  const env = { HOME: home, USERPROFILE: home, PATH: process.env.PATH, SystemRoot: process.env.SystemRoot };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  expect(readdirSync(home)).toEqual([]);
});

test('there are as many threads as cores the process may use', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux says which cores a process may use');
  const core = /Cpus_allowed_list:\s*(\d+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] as string;
  const backend = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'onnxruntime-backend.ts')).href);
  const program = `console.log((await import(${backend})).onnxruntimeBackend().threads);`;
  const node = [process.execPath, '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)('taskset', ['--cpu-list', core, ...node]);
  expect(stdout).toBe('1\n');
});

// A separate process, as Vulkan looks for its libraries at process start; here it finds no driver.
test.skipIf(process.platform !== 'linux')(
  'a missing graphics processor is an error, without falling back to the CPU',
  async () => {
    const at = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
    const program = `
    const { onnxruntimeBackend } = await import(${at('onnxruntime-backend.ts')});
    const { input } = await import(${at('../../graph/expression.ts')});
    const { add } = await import(${at('../../graph/ops/add.ts')});
    const backend = onnxruntimeBackend({ device: 'webgpu' });
    const y = add(input('x', [4]), input('x', [4]));
    const found = await backend.compile({ y }).then(() => 'found', ({ code, data }) => ({ code, ...data }));
    console.log(JSON.stringify(found));
    process.exit(0);`;
    const env = {
      ...process.env,
      VK_ICD_FILENAMES: '/there/is/no/driver.json',
      VK_DRIVER_FILES: '/there/is/no/driver.json',
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ code: 'DEVICE_MISSING', device: 'graphics processor' },
      reason: expect.stringMatching(/^Failed to get a WebGPU (adapter|device)/),
    });
  },
);
