import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { readModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { openFolderWeights } from '../../src-main/engine/formats/folder-weights.ts';
import { openGgufWeights } from '../../src-main/engine/formats/gguf-weights.ts';
import { readRows, type StoredMatrix } from '../../src-main/engine/formats/stored-matrix.ts';
import type { Matrix, RoundingJob } from '../../src-main/engine/weights/rounding.ts';
import { roundAll } from '../../src-main/engine/weights/rounding-threads.ts';
import { placeWeights, readWeights } from '../../src-main/engine/weights/stored-weights.ts';

const golden = join(import.meta.dirname, 'golden');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'stored-matrix-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function open(name: string, stored: 'GGUF' | 'safetensors', folder = join(golden, name)) {
  const source = await (stored === 'GGUF' ? openGgufWeights(`${folder}.gguf`) : openFolderWeights(folder));
  onTestFinished(() => source.close());
  return { source, architecture: architectureOf(await readModelConfig(folder)) };
}

test.each([
  ['llama-tiny', 'safetensors'],
  ['llama-mha', 'safetensors'],
  ['qwen2-tiny', 'safetensors'],
  ['gpt2-tiny', 'safetensors'],
  ['gemma3-tiny', 'safetensors'],
  ['llama-tiny', 'GGUF'],
  ['qwen3-tiny', 'GGUF'],
  ['gpt2-tiny', 'GGUF'],
] as const)('%s, %s: matrices read in place by rows equal the weights read into memory', async (name, stored) => {
  const { source, architecture } = await open(name, stored);
  const read = new Map(await Array.fromAsync(readWeights(architecture, source)));
  const placed = await Array.fromAsync(placeWeights(architecture, source));
  expect(placed.map(([parameter]) => parameter)).toEqual([...read.keys()]);
  const inPlace = placed.filter((each): each is [string, StoredMatrix] => !('data' in each[1]));
  expect(inPlace.length).toBeGreaterThan(0);
  // Wq and Wk of a Llama are interleaved there, but in place nevertheless.
  const ofQueries = inPlace.filter(([parameter]) => /q_proj\.weight$/.test(parameter));
  if (name.startsWith('llama')) expect(ofQueries).toHaveLength(architecture.layers);
  for (const [parameter, matrix] of inPlace) {
    const [rows, columns] = matrix.dims;
    for (let from = 0; from < rows; from += 7) {
      const to = Math.min(rows, from + 7);
      const expected = read.get(parameter)?.data.subarray(from * columns, to * columns);
      expect(readRows(matrix, from, to), parameter).toEqual(expected);
    }
  }
});

/** A model's matrices, rounded for training, for answers, and in blocks. */
async function* jobs(matrices: Iterable<readonly [name: string, matrix: Matrix]>): AsyncGenerator<RoundingJob> {
  for (const [name, matrix] of matrices) {
    if (matrix.dims.length !== 2) continue;
    yield { kind: 'training', module: name, weight: matrix, precision: 'int8', forwardOnly: false };
    yield { kind: 'integers', name: `${name}.twice`, matrices: [matrix, matrix] };
    yield { kind: 'blocks', name: `${name}.blocks`, matrices: [matrix], fourBits: true };
    if ((matrix.dims[1] as number) % 32 === 0) yield { kind: 'fourBits', name: `${name}.four`, matrices: [matrix] };
  }
}

test('threads that read matrices from the file round them as from floats in memory', async () => {
  const { source, architecture } = await open('llama-wide', 'safetensors');
  const here = await roundAll(jobs(await Array.fromAsync(readWeights(architecture, source))), { threads: 0 });
  const there = await roundAll(jobs(await Array.fromAsync(placeWeights(architecture, source))), { threads: 2 });
  expect(here.size).toBeGreaterThan(20);
  expect(new Set(there.keys())).toEqual(new Set(here.keys()));
  for (const [name, tensor] of here) expect(there.get(name), name).toEqual(tensor);
});

/** Rounds a model, one of whose matrices gets damaged once the file is open. */
async function roundBroken(breakIt: (path: string) => Promise<void>): Promise<unknown> {
  const folder = await mkdtemp(join(scratch, 'model-'));
  for (const file of ['config.json', 'model.safetensors'])
    await copyFile(join(golden, 'llama-tiny', file), join(folder, file));
  const { source, architecture } = await open('llama-tiny', 'safetensors', folder);
  const matrices = await Array.fromAsync(placeWeights(architecture, source));
  await breakIt(join(folder, 'model.safetensors'));
  return roundAll(jobs(matrices), { threads: 2 });
}

test('a NaN found by a rounding thread is reported as a non-finite tensor', async () => {
  const withNaN = async (path: string) => {
    const bytes = await readFile(path);
    bytes.fill(0xff, bytes.length - 4096);
    await writeFile(path, bytes);
  };
  await expect(roundBroken(withNaN)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'model.safetensors', because: { code: 'TENSOR_NOT_FINITE' } },
  });
});

test('a file truncated after it was opened is reported', async () => {
  await expect(roundBroken((path) => truncate(path, 4096))).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'model.safetensors', because: { code: 'FILE_ENDS_EARLY' } },
  });
});
