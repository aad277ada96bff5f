import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelFileVerdict } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { describeModel } from './import-base-model.ts';
import { readModelFolder } from './model-folder.ts';
import { Tokenizer } from './tokenizer.ts';

/** Says of each path whether it can be used. A folder is read as a model; a single file as far as it can be judged alone. */
export async function checkModelFiles(paths: readonly string[], engine: Engine): Promise<ModelFileVerdict[]> {
  const verdicts: ModelFileVerdict[] = [];
  for (const path of paths) verdicts.push(await verdictOn(path, engine));
  return verdicts;
}

async function verdictOn(path: string, engine: Engine): Promise<ModelFileVerdict> {
  try {
    await check(resolve(path), engine);
    return { path, verdict: 'accept' };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    const unsupported = error.code === 'MODEL_UNSUPPORTED' || error.code === 'ADAPTER_UNSUPPORTED';
    return {
      path,
      verdict: unsupported ? 'unsupported' : 'reject',
      error: { code: error.code, message: error.message },
    };
  }
}

async function check(path: string, engine: Engine): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (facts.isDirectory()) {
    await readModelFolder(path);
    await describeModel(path, engine);
    return;
  }
  const name = basename(path);
  if (name.endsWith('.safetensors')) return checkSafetensors(path, facts.size);
  if (name.endsWith('.index.json')) return checkIndex(path);
  if (/tokenizer.*\.json$/.test(name) && !name.includes('config')) return void (await readTokenizer(path));
  if (name.endsWith('.json')) return checkJsonObject(path);
  throw new StudioError('MODEL_UNSUPPORTED', {
    file: name,
    found: 'another format',
    supported: 'safetensors, config.json, tokenizer.json, adapter_config.json',
  });
}

/** Bytes of one element; types that no supported model uses are counted too, so that a file which has them reads as sound. */
const elementBytes: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
  ...{ F8_E4M3: 1, F8_E5M2: 1 },
};

/** The format's own limit on the header. Source: huggingface/safetensors, README, "Format". */
const maxHeaderBytes = 100_000_000;

/** Header within the file, every tensor's bytes within the data, as long as its shape says, end to end and without gaps. */
async function checkSafetensors(path: string, size: number): Promise<void> {
  const file = basename(path);
  const reject = (reason: string): never => {
    throw new StudioError('MODEL_FILE_INVALID', { file, reason });
  };
  if (size < 8) reject('it is too short to be a safetensors file');
  const handle = await open(path);
  try {
    const lengthBytes = Buffer.alloc(8);
    await handle.read(lengthBytes, 0, 8, 0);
    const length = lengthBytes.readBigUInt64LE(0);
    if (length > BigInt(maxHeaderBytes) || Number(length) > size - 8) reject('its header is longer than the file');
    const head = Buffer.alloc(Number(length));
    await handle.read(head, 0, head.length, 8);
    let header: unknown;
    try {
      header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head));
    } catch {
      reject('its header is not valid JSON');
    }
    if (typeof header !== 'object' || header === null || Array.isArray(header))
      reject('its header is not a JSON object');
    const ends: [number, number][] = [];
    for (const [name, tensor] of Object.entries(header as Record<string, unknown>)) {
      if (name === '__metadata__') continue;
      ends.push(tensorRange(name, tensor, reject));
    }
    ends.sort(([a], [b]) => a - b);
    let place = 0;
    for (const [begin, end] of ends) {
      if (begin !== place) reject('its tensors overlap or leave gaps');
      place = end;
    }
    if (8 + Number(length) + place !== size) reject('it is shorter or longer than its header says');
  } finally {
    await handle.close();
  }
}

function tensorRange(name: string, tensor: unknown, reject: (reason: string) => never): [number, number] {
  const { dtype, shape, data_offsets: range } = (tensor ?? {}) as Record<string, unknown>;
  const bytes = typeof dtype === 'string' ? elementBytes[dtype] : undefined;
  if (bytes === undefined) return reject(`its tensor ${name} has an unknown type`);
  const counts = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!counts(shape) || !counts(range) || range.length !== 2)
    return reject(`its tensor ${name} has no sound shape or place`);
  const [begin, end] = range as [number, number];
  const size = shape.reduce((product, each) => product * each, bytes);
  if (!Number.isSafeInteger(size) || end - begin !== size)
    return reject(`its tensor ${name} has more or fewer bytes than its shape`);
  return [begin, end];
}

async function checkIndex(path: string): Promise<void> {
  const index = await readJsonObject(path);
  const map = index.weight_map;
  const reject = (reason: string): never => {
    throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), reason });
  };
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return reject('it has no weight_map');
  const shards = new Set<unknown>(Object.values(map));
  if (shards.size === 0) return reject('its weight_map is empty');
  for (const shard of shards) {
    if (typeof shard !== 'string' || basename(shard) !== shard) return reject('it names a file outside its folder');
    if ((await stat(join(dirname(path), shard)).catch(() => undefined)) === undefined)
      return reject(`${shard} is not beside it`);
  }
}

async function checkJsonObject(path: string): Promise<void> {
  await readJsonObject(path);
}

async function readTokenizer(path: string): Promise<void> {
  Tokenizer.from(await readJsonObject(path), {});
}

async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), reason: 'it is not valid JSON' }, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), reason: 'it is not a JSON object' });
}
