import { type Architecture, countParameters, moduleOfWeight } from '../architectures/architecture.ts';
import type { Backend } from '../backends/backend.ts';
import type { WeightSource } from '../formats/weight-source.ts';
import { elements, type Tensor } from '../tensor.ts';
import { groupedMatrices } from '../weights/grouped-matrices.ts';
import { inFourBits, kernelBytes, matrixNumbers } from '../weights/kernel-matrices.ts';
import { halfRoundedModule, type Precision, roundedModules } from '../weights/rounded-weights.ts';
import { numbersOf, type RoundingJob } from '../weights/rounding.ts';
import { letGo, roundAll } from '../weights/rounding-threads.ts';
import { placeWeights, readWeights, readWordTable } from '../weights/stored-weights.ts';
import { LoadedModel, type Matrices, type RoundedMatrices } from './loaded-model.ts';
import { LoadingProgress } from './loading-progress.ts';
import { answeringMatrices, isSmall, kernelsPrefill, precisionFor } from './matrix-choices.ts';
import { type OpenedModel, withOpenModel } from './open-model.ts';

/**
 * Reads a model folder. With `int8` and `int4` the linear layers' matrices are read on demand and rounded as they are
 * read, so that the whole model is never in memory as floats. Throws as `inspectModel` does.
 */
export async function loadModel(
  folder: string,
  backend: Backend,
  wanted: Precision | 'auto' = 'float32',
  loading = new LoadingProgress(),
): Promise<LoadedModel> {
  return withOpenModel(folder, async ({ architecture, source }) => {
    const read = loading.reading(countParameters(architecture));
    const precision = wanted === 'auto' ? precisionFor(architecture, backend) : wanted;
    if (precision === 'float32') {
      const weights = await readFloats(architecture, source, read);
      return new LoadedModel(architecture, weights, backend, undefined, loading);
    }
    const rounded = new Set(roundedModules(architecture, precision));
    const isFloat = (name: string) => {
      const module = moduleOfWeight(name);
      return !(rounded.has(module) || module === architecture.embedding);
    };
    const weights = new Map(await Array.fromAsync(readWeights(architecture, source, isFloat)));
    const numbers = matrixNumbers(architecture);
    const inInt4 = inFourBits({ architecture, source }, precision);
    const answersBy = await answeringMatrices(precision, kernelBytes(architecture, inInt4), backend);
    // Without VNNI, a single row of four-bit blocks is summed in a different order than among others.
    const fourBits = (await backend.integersFor()) !== 'all';
    const round = (jobsOf: JobsOf) => roundModel(folder, { threads: backend.threads, loading }, jobsOf);
    const matrices: RoundedMatrices = {
      ...{
        precision,
        answersBy,
        inInt4,
        kernelsPrefill: await kernelsPrefill({ precision, answersBy, numbers }, backend),
      },
      words: await readWordTable(architecture, source),
      training: () => round((opened) => trainingJobs(opened, precision)),
      forKernels: backend.hasInt8
        ? async (atHand = new Map()) => {
            if (atHand.size > 0 && inInt4.size === 0) return atHand;
            const { kept = [], rest = [] } = Object.groupBy(atHand, ([name]) =>
              inInt4.has(name.replace(/\.int8(_scales)?$/, '')) ? 'rest' : 'kept',
            );
            letGo(...rest.map(([, tensor]) => tensor));
            const others = await round((opened) => kernelJobs(opened, { fourBits: inInt4, atHand }));
            return new Map([...kept, ...others]);
          }
        : undefined,
      answering: () =>
        round((opened) =>
          answersBy === 'integers'
            ? integerJobs(opened)
            : blockJobs(opened, { inInt4: precision === 'int4' ? inInt4 : new Set(), fourBits }),
        ),
    };
    return new LoadedModel(architecture, weights, backend, matrices, loading);
  });
}

async function readFloats(
  architecture: Architecture,
  source: WeightSource,
  read: (numbers: number) => void,
): Promise<Map<string, Tensor<'float32'>>> {
  const weights = new Map<string, Tensor<'float32'>>();
  for await (const [name, tensor] of readWeights(architecture, source)) {
    weights.set(name, tensor);
    read(elements(tensor.dims));
  }
  return weights;
}

type JobsOf = (opened: OpenedModel) => AsyncIterable<RoundingJob>;

/** Quantises a model's matrices, in parallel where there are many. */
function roundModel(
  folder: string,
  { threads, loading }: { readonly threads: number; readonly loading: LoadingProgress },
  jobsOf: JobsOf,
): Promise<Matrices> {
  return withOpenModel(folder, (opened) => {
    const read = loading.reading(countParameters(opened.architecture));
    return roundAll(jobsOf(opened), {
      threads: isSmall(opened.architecture) ? 0 : roundingThreads(threads),
      isRounded: (job) => read(numbersOf(job)),
    });
  });
}

/** Each thread holds a matrix, and about four saturate memory bandwidth. */
function roundingThreads(threads: number): number {
  return Math.min(threads, 4);
}

async function* trainingJobs(
  { architecture, source }: OpenedModel,
  precision: RoundedMatrices['precision'],
): AsyncGenerator<RoundingJob> {
  const head = halfRoundedModule(architecture, precision);
  const modules = new Set([...roundedModules(architecture, precision), head]);
  const weights = placeWeights(architecture, source, (name) => modules.has(moduleOfWeight(name)));
  for await (const [name, weight] of weights) {
    const module = moduleOfWeight(name);
    yield { kind: 'training', module, weight, precision, forwardOnly: module === head };
  }
}

/** What our own kernels multiply by, without what is at hand. */
async function* kernelJobs(
  { architecture, source }: OpenedModel,
  { fourBits, atHand }: { readonly fourBits: ReadonlySet<string>; readonly atHand: Matrices },
): AsyncGenerator<RoundingJob> {
  for await (const [name, matrices] of groupedMatrices(architecture, placeWeights(architecture, source))) {
    if (fourBits.has(name)) yield { kind: 'fourBits', name, matrices };
    else if (!atHand.has(`${name}.int8`)) yield { kind: 'integers', name, matrices };
  }
}

async function* integerJobs({ architecture, source }: OpenedModel): AsyncGenerator<RoundingJob> {
  for await (const [name, matrices] of groupedMatrices(architecture, placeWeights(architecture, source)))
    yield { kind: 'integers', name, matrices };
}

async function* blockJobs(
  { architecture, source }: OpenedModel,
  { inInt4, fourBits }: { readonly inInt4: ReadonlySet<string>; readonly fourBits: boolean },
): AsyncGenerator<RoundingJob> {
  for await (const [name, matrices] of groupedMatrices(architecture, placeWeights(architecture, source)))
    yield { kind: 'blocks', name, matrices, isInt4: inInt4.has(name), fourBits };
}
