import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { floatTypes, toFloat32 } from './float-types.ts';
import { openGgufWeights } from './gguf-weights.ts';
import { namedValue } from './json-value.ts';
import { openSafetensors, type SafetensorsFile } from './safetensors.ts';
import { isMatrix, rowsIn } from './stored-matrix.ts';
import type { StoredWeight, WeightSource } from './weight-source.ts';

const weightsName = 'model.safetensors';
export const indexName = 'model.safetensors.index.json';

/**
 * The safetensors of a Hugging Face folder, in one file or in shards with an index, or else its GGUF file. Reads only
 * the headers. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED.
 */
export async function openFolderWeights(folder: string): Promise<WeightSource> {
  const whole = join(folder, weightsName);
  if (await isThere(whole)) return openShards([whole], weightsName);
  const index = join(folder, indexName);
  if (!(await isThere(index))) return openOther(folder);
  const map = await readShardIndex(index);
  const source = await openShards(
    [...new Set(map.values())].map((shard) => join(folder, shard)),
    indexName,
  );
  try {
    for (const [tensor, shard] of map) {
      if (source.shardOf(tensor) !== shard) throw invalid(because('SHARD_WITHOUT', { tensor, shard }));
    }
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Which shard holds each tensor. A shard is a file of the same folder. Throws as `openFolderWeights` does. */
export async function readShardIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown } | null)?.weight_map;
  } catch (cause) {
    throw invalid(because('FILE_NOT_JSON'), cause);
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw invalid(because('WEIGHT_MAP_MISSING'));
  const entries = Object.entries(map);
  for (const [tensor, shard] of entries) {
    // A plain name: no folder, no drive, no address.
    if (typeof shard !== 'string' || !/^[\w.-]+\.safetensors$/.test(shard))
      throw invalid(because('SHARD_FOREIGN', { tensor, shard: namedValue(shard) }));
  }
  if (entries.length === 0) throw invalid(because('WEIGHT_MAP_EMPTY'));
  return new Map(entries as [string, string][]);
}

/** A folder without any weights is opened under the usual file name, to report that it is missing. */
async function openOther(folder: string): Promise<WeightSource> {
  const ggufs = (await readdir(folder).catch(() => [])).filter((name) => /\.gguf$/i.test(name));
  if (ggufs.length > 1) {
    const why = because('GGUFS_COUNTED', { count: ggufs.length });
    throw new StudioError('MODEL_UNSUPPORTED', { file: basename(folder), ...why });
  }
  const [gguf] = ggufs;
  return gguf === undefined
    ? openShards([join(folder, weightsName)], weightsName)
    : openGgufWeights(join(folder, gguf));
}

async function openShards(paths: readonly string[], file: string) {
  const shards: SafetensorsFile[] = [];
  const close = async () => {
    for (const shard of shards) await shard.close();
  };
  try {
    const tensors = new Map<string, StoredWeight>();
    const home = new Map<string, SafetensorsFile>();
    let sizeBytes = 0;
    for (const path of paths) {
      const shard = await openSafetensors(path);
      shards.push(shard);
      sizeBytes += (await stat(path)).size;
      for (const [name, entry] of shard.tensors) {
        tensors.set(name, entry);
        home.set(name, shard);
      }
    }
    const shardOf = (name: string) => {
      const shard = home.get(name);
      return shard && basename(shard.path);
    };
    const entryOf = (name: string) => {
      const shard = home.get(name);
      const entry = shard?.tensors.get(name);
      if (shard === undefined || entry === undefined) throw new Error(`${file} has no tensor ${name}`);
      return { shard, entry };
    };
    const stored = async (name: string) => {
      const { shard, entry } = entryOf(name);
      return { ...entry, bytes: await shard.readBytes(name) };
    };
    return {
      file,
      sizeBytes,
      tensors,
      readableTypes: floatTypes,
      shardOf,
      async read(name: string) {
        const { bytes, dtype } = await stored(name);
        return toFloat32(bytes, dtype);
      },
      place(name: string) {
        const { shard, entry } = entryOf(name);
        const { dims } = entry;
        return isMatrix(dims)
          ? { ...entry, dims, descriptor: shard.descriptor, file: basename(shard.path), tensor: name }
          : undefined;
      },
      async readRows(name: string) {
        const { bytes, dtype, dims } = await stored(name);
        return rowsIn(bytes, { dtype, rows: dims[0] as number });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function invalid(why: Because, cause?: unknown): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: indexName, ...why }, { cause });
}
