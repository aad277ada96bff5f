import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import type { Architecture, StoredPart } from '../architectures/architecture.ts';
import { allFinite } from '../formats/float-types.ts';
import type { StoredMatrix } from '../formats/stored-matrix.ts';
import type { WeightSource } from '../formats/weight-source.ts';
import { elements, float32, type Tensor } from '../tensor.ts';
import { WordTable } from './word-table.ts';

// Maps between weights as graphs know them and the tensors of a checkpoint. Mostly they are the same; GPT-2 stores
// queries, keys and values side by side in one matrix, [in, out].

/**
 * Checks that a checkpoint holds every weight in the right shape, without reading any. Throws MODEL_FILE_INVALID,
 * MODEL_UNSUPPORTED.
 */
export function checkWeights(architecture: Architecture, source: WeightSource): void {
  for (const parameter of architecture.parameters.keys()) {
    const { tensor, dims } = placeOf(architecture, parameter);
    const entry = source.tensors.get(storedName(architecture, source, tensor));
    if (entry === undefined) throw invalid(source, because('TENSOR_MISSING', { tensor }));
    if (!source.readableTypes.includes(entry.dtype)) {
      const known = source.readableTypes.join(', ');
      const why = because('TENSOR_TYPE_UNREADABLE', { tensor, type: entry.dtype, known });
      throw new StudioError('MODEL_UNSUPPORTED', { file: source.file, ...why });
    }
    if (entry.dims.length !== dims.length || entry.dims.some((dim, axis) => dim !== dims[axis])) {
      const shapes = { found: entry.dims.join(', '), needed: dims.join(', ') };
      throw invalid(source, because('TENSOR_SHAPE', { tensor, ...shapes }));
    }
  }
}

/** The storage type of a weight. */
export function storedType(architecture: Architecture, source: WeightSource, parameter: string): string {
  const { tensor } = placeOf(architecture, parameter);
  return source.tensors.get(storedName(architecture, source, tensor))?.dtype ?? '';
}

type Named<Weight> = AsyncGenerator<readonly [name: string, weight: Weight]>;

/** Reads all or the wanted weights, one at a time: only one is ever in memory twice. Throws MODEL_FILE_INVALID. */
export async function* readWeights(
  architecture: Architecture,
  source: WeightSource,
  isWanted: (parameter: string) => boolean = () => true,
): Named<Tensor<'float32'>> {
  const read = weightReader(architecture, source);
  for (const parameter of architecture.parameters.keys())
    if (isWanted(parameter)) yield [parameter, await read(parameter)];
}

/** The same, but yields the location of a matrix that is stored without transformation. */
export async function* placeWeights(
  architecture: Architecture,
  source: WeightSource,
  isWanted: (parameter: string) => boolean = () => true,
): Named<Tensor<'float32'> | StoredMatrix> {
  const read = weightReader(architecture, source);
  for (const parameter of architecture.parameters.keys()) {
    if (!isWanted(parameter)) continue;
    yield [parameter, placeOfWeight(architecture, source, parameter) ?? (await read(parameter))];
  }
}

/** Where a weight is stored, if that is a matrix without transformation. */
export function placeOfWeight(
  architecture: Architecture,
  source: WeightSource,
  parameter: string,
): StoredMatrix | undefined {
  const part = placeOf(architecture, parameter);
  return isWhole(part) ? source.place(storedName(architecture, source, part.tensor)) : undefined;
}

/** Parts of one tensor are consecutive: it is read once for all of them. */
function weightReader(architecture: Architecture, source: WeightSource) {
  let last: { readonly tensor: string; readonly data: Float32Array } | undefined;
  return async (parameter: string): Promise<Tensor<'float32'>> => {
    const part = placeOf(architecture, parameter);
    if (last?.tensor !== part.tensor) {
      const data = await source.read(storedName(architecture, source, part.tensor));
      if (!allFinite(data)) throw invalid(source, because('TENSOR_NOT_FINITE', { tensor: part.tensor }));
      last = { tensor: part.tensor, data };
    }
    return float32(architecture.parameters.get(parameter) as readonly number[], partOf(last.data, part));
  };
}

/** Rows unpacked at a time to check that all numbers are finite: they stay in cache. */
const rowsAtOnce = 64;

/** The embedding as it is stored. Throws MODEL_FILE_INVALID. */
export async function readWordTable(architecture: Architecture, source: WeightSource): Promise<WordTable> {
  const { tensor, dims } = placeOf(architecture, `${architecture.embedding}.weight`);
  const stored = await source.readRows(storedName(architecture, source, tensor));
  const [vocabulary, hidden] = dims as readonly [number, number];
  const numbers = new Float32Array(rowsAtOnce * hidden);
  for (let from = 0; from < vocabulary; from += rowsAtOnce) {
    const to = Math.min(vocabulary, from + rowsAtOnce);
    const some = numbers.subarray(0, (to - from) * hidden);
    stored.unpack(from, to, some);
    if (!allFinite(some)) throw invalid(source, because('TENSOR_NOT_FINITE', { tensor }));
  }
  return new WordTable([vocabulary, hidden], stored);
}

/** The tensors of a checkpoint, by name, assembled from the weights in graphs. */
export function storedTensors(
  architecture: Architecture,
  weight: (parameter: string) => Float32Array,
): Map<string, Tensor<'float32'>> {
  const tensors = new Map<string, Tensor<'float32'>>();
  for (const parameter of architecture.parameters.keys()) {
    const part = placeOf(architecture, parameter);
    const data = weight(parameter);
    if (isWhole(part)) {
      tensors.set(part.tensor, float32(part.dims, data));
      continue;
    }
    const tensor = tensors.get(part.tensor) ?? float32(part.dims);
    tensors.set(part.tensor, tensor);
    eachValue(part, (stored, own) => {
      tensor.data[stored] = data[own] as number;
    });
  }
  return tensors;
}

/** One tensor of a checkpoint and the weights stored in it. */
export interface StoredGroup {
  readonly dims: readonly number[];
  readonly members: readonly { readonly parameter: string; readonly part: StoredPart }[];
}

/** Every tensor of a checkpoint that holds weights, by its full name. */
export function storedGroups(architecture: Architecture): Map<string, StoredGroup> {
  const places = [...architecture.parameters.keys()].map((parameter) => ({
    parameter,
    part: placeOf(architecture, parameter),
  }));
  const groups = Map.groupBy(places, ({ part }) => part.tensor);
  return new Map([...groups].map(([tensor, members]) => [tensor, { dims: members[0]?.part.dims ?? [], members }]));
}

/** Reads one tensor of a checkpoint by its full name. */
export function readStored(architecture: Architecture, source: WeightSource, tensor: string): Promise<Float32Array> {
  return source.read(storedName(architecture, source, tensor));
}

/** Adds to a weight in place, within the tensor that holds it. */
export function addToPart(tensor: Float32Array, part: StoredPart, update: Float32Array): void {
  eachValue(part, (stored, own) => {
    tensor[stored] = (tensor[stored] as number) + (update[own] as number);
  });
}

function placeOf(architecture: Architecture, parameter: string): StoredPart {
  const dims = architecture.parameters.get(parameter) as readonly number[];
  const part = architecture.storedAs?.(parameter);
  return part ?? { tensor: parameter, dims, start: 0, end: dims.at(-1) as number, transposed: false };
}

/** Checkpoints of the bare model (without its head) omit a prefix. */
function storedName({ basePrefix }: Architecture, { tensors }: WeightSource, tensor: string): string {
  return !tensors.has(tensor) && tensor.startsWith(basePrefix) ? tensor.slice(basePrefix.length) : tensor;
}

function isWhole({ dims, start, end, transposed }: StoredPart): boolean {
  return !transposed && start === 0 && end === dims.at(-1);
}

function partOf(data: Float32Array, part: StoredPart): Float32Array {
  if (isWhole(part)) return data;
  const own = new Float32Array((elements(part.dims) / (part.dims.at(-1) as number)) * (part.end - part.start));
  eachValue(part, (stored, at) => {
    own[at] = data[stored] as number;
  });
  return own;
}

/** Visits a part's values: the index in the stored tensor, and that in the weight. */
function eachValue({ dims, start, end, transposed }: StoredPart, see: (stored: number, own: number) => void): void {
  const width = dims.at(-1) as number;
  const rows = elements(dims) / width;
  for (let row = 0; row < rows; row++) {
    for (let column = start; column < end; column++) {
      see(row * width + column, transposed ? (column - start) * rows + row : row * (end - start) + column - start);
    }
  }
}

function invalid({ file }: WeightSource, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file, ...why });
}
