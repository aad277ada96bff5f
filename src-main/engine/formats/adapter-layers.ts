import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { float32, type Tensor } from '../tensor.ts';
import { allFinite, toFloat32 } from './float-types.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';
import { writeTextFile } from './tensor-file.ts';

/** Adapter layers on disk: `adapter_layers.json` and `adapter_layers.safetensors`, for lack of a common format. */
export interface StoredAdapterLayers {
  readonly design: 'houlsby' | 'lin';
  readonly bottleneck: number;
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

const configName = 'adapter_layers.json';
const weightsName = 'adapter_layers.safetensors';

export async function holdsAdapterLayers(folder: string): Promise<boolean> {
  return (await stat(join(folder, configName)).catch(() => undefined))?.isFile() ?? false;
}

/** Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID. The caller checks that shapes fit a model. */
export async function readAdapterLayers(folder: string): Promise<StoredAdapterLayers> {
  const { design, bottleneck } = await readConfig(folder);
  const file = await openSafetensors(join(folder, weightsName));
  try {
    const tensors = new Map<string, Tensor<'float32'>>();
    for (const [name, { dtype, dims }] of file.tensors) {
      if (dtype !== 'F32') throw invalid(weightsName, because('TENSOR_TYPE', { tensor: name, type: dtype }));
      const data = toFloat32(await file.readBytes(name), dtype);
      if (!allFinite(data)) throw invalid(weightsName, because('TENSOR_NOT_FINITE', { tensor: name }));
      tensors.set(name, float32(dims, data));
    }
    return { design, bottleneck, tensors };
  } finally {
    await file.close();
  }
}

export async function writeAdapterLayers(
  folder: string,
  { design, bottleneck, tensors }: StoredAdapterLayers,
  { baseModel }: { baseModel: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stored = [...tensors].map(([name, { dims, data }]): [string, StoredTensor] => [
    name,
    { dtype: 'F32', dims, data },
  ]);
  await writeSafetensors(join(folder, weightsName), new Map(stored));
  // Last, and by renaming: if it exists, everything does.
  const config = { design, bottleneck, base_model: baseModel };
  await writeTextFile(join(folder, configName), `${JSON.stringify(config, null, 2)}\n`);
}

async function readConfig(folder: string): Promise<Omit<StoredAdapterLayers, 'tensors'>> {
  const path = join(folder, configName);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  let config: Readonly<Record<string, unknown>> | null;
  try {
    config = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  } catch (cause) {
    throw invalid(configName, because('FILE_NOT_JSON'), cause);
  }
  const { design, bottleneck } = config ?? {};
  if (design !== 'houlsby' && design !== 'lin')
    throw invalid(configName, because('KEY_NONE_OF', { key: 'design', choices: 'houlsby, lin' }));
  if (!Number.isSafeInteger(bottleneck) || (bottleneck as number) < 1 || (bottleneck as number) > largestBottleneck)
    throw invalid(configName, because('KEY_NOT_COUNT', { key: 'bottleneck', most: largestBottleneck }));
  return { design, bottleneck: bottleneck as number };
}

/** Far above any real one: the hidden size of the largest models. */
const largestBottleneck = 65_536;

function invalid(file: string, why: Because, cause?: unknown): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file, ...why }, { cause });
}
