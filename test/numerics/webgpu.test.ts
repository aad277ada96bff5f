import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { unpackedChromium } from '../browser/unpack-chromium.ts';

const root = path.join(import.meta.dirname, '../..');
const files = ['test/numerics/ops.test.ts', 'test/numerics/architectures-golden.test.ts'];

// By default values and gradients; `WEBGPU_TESTS=.` runs every test in these files, which takes minutes in software.
const names = process.env.WEBGPU_TESTS ?? 'same value and gradient as the reference|gradient of every A and B';

// In a process of its own, since the loader looks for Vulkan's libraries when a process starts.
test('on WebGPU, every op and the gradients of every architecture match the CPU', async () => {
  const device = await softwareDevice();
  if (device === undefined) {
    console.warn('\n  SKIPPED: WebGPU is tried on a software device that npm brings for Linux on x64 only.\n');
    return;
  }
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const scratch = await mkdtemp(path.join(tmpdir(), 'webgpu-'));
  const outputFile = path.join(scratch, 'report.json');
  const words = ['run', '--project', 'unit', '--reporter', 'json', '--outputFile', outputFile, '-t', names, ...files];
  const env = { ...process.env, ...device, ADAPTER_STUDIO_TEST_DEVICE: 'webgpu' };
  // The exit status says that tests failed; the report says which.
  await promisify(execFile)(process.execPath, [vitest, ...words], { cwd: root, env }).catch(() => undefined);
  const report = JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  await rm(scratch, { recursive: true });
  const results = report.testResults.flatMap((file) => file.assertionResults);
  expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(report.numPassedTests).toBeGreaterThan(40);
}, 900_000);

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** SwiftShader, which ships with the Chromium of the browser tests: Vulkan in software, for correctness, not speed. */
async function softwareDevice(): Promise<Record<string, string> | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || process.env.ADAPTER_STUDIO_CHROMIUM) return undefined;
  const folder = path.dirname((await unpackedChromium()).executablePath);
  const driver = path.join(folder, 'vk_swiftshader_icd.json');
  return existsSync(driver) ? { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder } : undefined;
}
