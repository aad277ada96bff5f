import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makesWideVectors } from './backends/wasm/wide-vectors.ts';
import { hasWideVectors } from './v8-flags.ts';

/** Runs a product of one row, and exits. */
const program = `
  import { Machine, wordsOf } from '${import.meta.dirname}/backends/wasm/machine.ts';
  const machine = new Machine({ threads: 1 });
  const [out, x, steps, matrix, scales] = [64, 80, 4, 1088, 64].map((bytes) => machine.take(bytes));
  const words = wordsOf('productInt8', [out, 64, x, 80, steps, 1, matrix, scales, 1, 1, 0]);
  const start = machine.take(4 * words.length);
  machine.integers(start, words.length).set(words);
  machine.run([[start, start + 4 * words.length]]);
`;

function whyNot(): string | undefined {
  if (!hasWideVectors()) return 'this V8 cannot make them';
  if (process.platform !== 'linux') return 'what the processor has is only looked up on Linux';
  return readFileSync('/proc/cpuinfo', 'utf8').includes(' avx2 ') ? undefined : 'the processor has no AVX2';
}

test('wide vectors are detected by timing', () => {
  expect(makesWideVectors()).toBe(whyNot() === undefined);
});

test('V8 compiles the products to 256-bit vectors', async ({ skip }) => {
  const reason = whyNot();
  skip(reason !== undefined, reason);
  const flags = ['--no-warnings', '--no-liftoff', '--print-wasm-code', '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', program], { maxBuffer: 2 ** 28 });
  expect(stdout).toMatch(/(vpdpbusd|vpmaddubsw) ymm/);
});

/** Produces some hundred megabytes of garbage, little by little. */
const wasteful = `
  const kept = [];
  for (let i = 0; i < 200; i++) {
    kept.push(Array.from({ length: 20_000 }, (_, k) => ({ k })));
    if (kept.length > 40) kept.splice(0, 20);
    await new Promise((resolve) => setImmediate(resolve));
  }
`;

test.each([
  ['in steps by default', '', true],
  [
    'at once on request',
    `import { findGarbageAtOnce } from '${import.meta.dirname}/v8-flags.ts'; findGarbageAtOnce();`,
    false,
  ],
])('garbage is marked %s', async (_, before, isInSteps) => {
  const flags = ['--no-warnings', '--trace-gc', '--max-old-space-size=64', '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', before + wasteful]);
  expect(stdout).toContain('Mark-Compact');
  expect(stdout.includes('steps since start of marking')).toBe(isInSteps);
});
