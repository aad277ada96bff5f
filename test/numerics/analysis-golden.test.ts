import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { amplification } from '../../src-main/engine/analysis/amplification.ts';
import { lowRankSvd } from '../../src-main/engine/analysis/low-rank-svd.ts';
import { matrix, product, transposed } from '../../src-main/engine/analysis/matrix.ts';
import { thinQr } from '../../src-main/engine/analysis/qr.ts';
import { gaussian, subspaceSimilarity } from '../../src-main/engine/analysis/similarity.ts';
import { singularValues } from '../../src-main/engine/analysis/singular-values.ts';
import type { AnalyseJob, AnalysisEvent } from '../../src-main/engine/engine.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

interface Case {
  readonly out: number;
  readonly in: number;
  readonly weight: number[];
  readonly first: number[];
  readonly second: number[];
  readonly b: number[];
  readonly ranks: [number, number];
  readonly scale: number;
  readonly phi: number[][];
  readonly deltaValues: number[];
  readonly weightValues: number[];
  readonly amplification: Record<string, number>;
}

// Computed by NumPy from the plain definitions: see golden/make_analysis.py.
const golden = new URL('golden/', import.meta.url);
const { matrices, files } = JSON.parse(readFileSync(new URL('analysis.json', golden), 'utf8')) as {
  matrices: Case[];
  files: ({ module: string } & Record<string, number>)[];
};

function close(found: readonly number[] | Float64Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  // float64 on both sides; the lab promises 1e-5, rounding alone stays below 1e-9.
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 9);
  });
}

test.each(matrices)('similarity and amplification of $out × $in agree with NumPy', (golden) => {
  const [r1, r2] = golden.ranks;
  const first = matrix(r1, golden.in, golden.first);
  const second = matrix(r2, golden.in, golden.second);
  const weight = matrix(golden.out, golden.in, golden.weight);
  const b = matrix(golden.out, r1, golden.b);

  const phi = subspaceSimilarity(first, second);
  expect(phi).toHaveLength(r1);
  phi.forEach((row, i) => {
    close(row, golden.phi[i] as number[]);
  });
  close(lowRankSvd(b, first).values, golden.deltaValues);
  close(singularValues(weight), golden.weightValues);
  const found = amplification(weight, { a: first, b, scale: golden.scale }, [0]);
  expect(found).toMatchObject({ rank: r1 });
  for (const [name, value] of Object.entries(golden.amplification)) {
    expect(found[name as keyof typeof found]).toBeCloseTo(value, 9);
  }
});

test('every matrix of every layer of an adapter on disk is analysed as in NumPy', async () => {
  const job: AnalyseJob = {
    ...{ modelFolder: fileURLToPath(new URL('llama-tiny', golden)), seed: 0, targets: null, layers: null },
    ...{ kind: 'amplification', adapterFolder: fileURLToPath(new URL('llama-tiny-lora', golden)) },
  };
  const events: AnalysisEvent[] = [];
  for await (const event of localEngine().analyse(job, new AbortController().signal)) events.push(event);
  const rows = events.filter((event) => event.kind === 'amplification');
  expect(events[0]).toEqual({ kind: 'started', total: files.length });
  expect(rows).toHaveLength(files.length);
  for (const { module, ...expected } of files) {
    const row = rows.find(({ target, layer }) => module.includes(`.${layer}.`) && module.endsWith(`${target}_proj`));
    for (const [name, value] of Object.entries(expected)) {
      expect(row?.[name as keyof typeof row]).toBeCloseTo(value, 9);
    }
  }
});

test('a matrix shares all of its subspaces with itself', () => {
  const a = gaussian(5, 20, 1);
  subspaceSimilarity(a, a).forEach((row, i) => {
    expect(row[i]).toBeCloseTo(1, 12);
  });
});

test('swapping the matrices swaps i and j', () => {
  const [a, b] = [gaussian(3, 20, 1), gaussian(6, 20, 2)];
  const one = subspaceSimilarity(a, b);
  const other = subspaceSimilarity(b, a);
  close(
    one.flat(),
    one.flatMap((row, i) => row.map((_, j) => other[j]?.[i] ?? Number.NaN)),
  );
});

test('rotating within a subspace leaves its overall similarity unchanged', () => {
  const [a, b] = [gaussian(4, 20, 1), gaussian(4, 20, 2)];
  const rotation = thinQr(gaussian(4, 4, 3)).q;
  expect(subspaceSimilarity(product(rotation, a), b)[3]?.[3]).toBeCloseTo(subspaceSimilarity(a, b)[3]?.[3] ?? 0, 12);
});

test('similarity lies between 0 and 1', () => {
  const values = subspaceSimilarity(gaussian(8, 64, 1), gaussian(32, 64, 2)).flat();
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1 + 1e-12);
});

test('random subspaces overlap as much as chance predicts: i · j ÷ k for i and j directions in k', () => {
  const k = 512;
  // E‖UᵢᵀUⱼ‖² = ij/k, so φ has mean max(i, j)/k; with ij = 512 terms of variance about 2/k² it stays within a few %.
  const phi = subspaceSimilarity(gaussian(16, k, 7), gaussian(32, k, 8));
  expect(phi[15]?.[31]).toBeGreaterThan(0.8 * (32 / k));
  expect(phi[15]?.[31]).toBeLessThan(1.2 * (32 / k));
});

test('the low-rank SVD of BA reconstructs BA, even if the rank exceeds the matrix', () => {
  for (const [out, rank, inside] of [
    [6, 3, 9],
    [4, 8, 6],
  ] as const) {
    const [b, a] = [gaussian(out, rank, 1), gaussian(rank, inside, 2)];
    const { left, values, right } = lowRankSvd(b, a);
    const scaled = matrix(
      left.rows,
      left.columns,
      left.data.map((value, i) => value * (values[i % values.length] ?? 0)),
    );
    close(product(scaled, transposed(right)).data, [...product(b, a).data]);
  }
});

test('an untrained adapter amplifies nothing', () => {
  const found = amplification(gaussian(8, 8, 1), { a: gaussian(2, 8, 2), b: matrix(8, 2), scale: 2 }, [0]);
  expect(found).toMatchObject({ deltaNorm: 0, byDelta: 0, factor: null });
});
