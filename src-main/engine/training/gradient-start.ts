import { startingBatches } from '../../../src-contract/starting-batches.ts';
import { Random } from '../random.ts';
import { elements } from '../tensor.ts';
import { addGradients } from './step-sums.ts';
import type { Trainable } from './trainable.ts';
import type { PlannedStep, TrainingRun } from './training-run.ts';

/**
 * Before their first step, turns A of those trainings that ask for it by the gradients of their first batches. `pass`
 * runs planned steps through the model, and tells whether it came to their end, as this does.
 */
export async function startByGradient(
  runs: readonly TrainingRun[],
  pass: (planned: readonly PlannedStep[]) => Promise<boolean>,
): Promise<boolean> {
  const turned = runs.filter((run) => run.startsByGradient);
  const starts = turned.map(({ trainable, seed }) => new GradientStart(trainable.tensors, new Random(seed, 0x96ad)));
  const batches = Math.min(startingBatches, ...turned.map(({ totalSteps }) => totalSteps));
  for (let batch = 0; starts.length > 0 && batch < batches; batch++) {
    const planned = turned.map((run) => run.planStep(batch));
    if (!(await pass(planned))) return false;
    starts.forEach((start, i) => {
      start.add(planned[i]?.sums.gradients ?? new Map());
    });
  }
  for (const start of starts) start.end();
  return true;
}

/**
 * Turns A of fresh adapters towards what their first gradients read. With A = 0 and a random B the adapted model is the
 * base, and the gradient of A is Bᵀ G, where G is that of the frozen matrix: a sketch of G's rows by random directions
 * (Halko, Martinsson and Tropp 2011, §4.1), for which no pass but the usual one is needed. Its rows, made orthogonal, are
 * the directions of the input in which the loss falls fastest (LoRA-GA, Wang et al. 2024, takes them from a singular value
 * decomposition). B then starts at zero (§4.1 of the paper), and A with rows as long as random ones.
 */
export class GradientStart {
  readonly #tensors: Trainable['tensors'];
  /** Of the random A that it replaces. */
  readonly #starts: ReadonlyMap<string, Float32Array>;
  readonly #sums = new Map<string, Float32Array>();

  /** `tensors`: A [rank, in] and B [out, rank] of a fresh adapter; both are put to use until `end`. */
  constructor(tensors: Trainable['tensors'], random: Random) {
    this.#tensors = tensors;
    this.#starts = new Map([...tensors].filter(([name]) => isA(name)).map(([name, { data }]) => [name, data.slice()]));
    for (const [name, { data }] of tensors) {
      if (isA(name)) data.fill(0);
      else for (let k = 0; k < data.length; k++) data[k] = random.normal();
    }
  }

  add(gradients: ReadonlyMap<string, Float32Array>): void {
    addGradients(this.#sums, gradients);
  }

  end(): void {
    for (const [name, { dims, data }] of this.#tensors) {
      const start = this.#starts.get(name);
      if (start === undefined) {
        data.fill(0);
        continue;
      }
      const [rank, inFeatures] = dims as [number, number];
      const length = Math.sqrt(dot(start, start) / rank);
      data.set(orthogonalRows(this.#sums.get(name) ?? new Float32Array(elements(dims)), start, inFeatures));
      for (let k = 0; k < data.length; k++) data[k] = (data[k] as number) * length;
    }
  }
}

function isA(name: string): boolean {
  return name.endsWith('.lora_A');
}

/**
 * Rows of length one, each orthogonal to those before it (Gram–Schmidt, twice for rounding). One that depends on those
 * before it, as where a gradient has few directions, is replaced by that of `others`.
 */
function orthogonalRows(rows: Float32Array, others: Float32Array, width: number): Float32Array {
  const made = new Float32Array(rows.length);
  for (let begin = 0; begin < rows.length; begin += width) {
    const row = made.subarray(begin, begin + width);
    for (const source of [rows, others]) {
      row.set(source.subarray(begin, begin + width));
      const before = Math.sqrt(dot(row, row));
      for (let turn = 0; turn < 2; turn++) {
        for (let other = 0; other < begin; other += width) subtractAlong(row, made.subarray(other, other + width));
      }
      const length = Math.sqrt(dot(row, row));
      if (!(length > 1e-4 * before)) continue;
      for (let k = 0; k < width; k++) row[k] = (row[k] as number) / length;
      break;
    }
  }
  return made;
}

/** Takes from a row its part along another of length one. */
function subtractAlong(row: Float32Array, direction: Float32Array): void {
  const share = dot(row, direction);
  for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) - share * (direction[k] as number);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
