import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelFileVerdict } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import type { Engine } from '../engine/engine.ts';
import { firstBytes, isGguf } from '../files/first-bytes.ts';
import { notAFile, requireReadable } from '../files/require-file.ts';
import { describeModel } from './import-base-model.ts';
import { readModelFolder } from './model-folder.ts';
import { Tokenizer } from './tokenizer.ts';

/**
 * Judges whether each path can be used. A folder is read as a model; a single file as far as it can be judged alone.
 */
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
  if (!facts.isFile()) throw notAFile(path);
  const name = basename(path);
  if (name.endsWith('.safetensors')) return engine.check({ file: path, kind: 'safetensors' });
  if (name.endsWith('.json')) {
    await requireReadable(path);
    return checkJson(path, engine);
  }
  if (await isGguf(path)) return engine.check({ file: path, kind: 'gguf' });
  await refuseOther(path);
}

/** The keys of a model's JSON file show what it is for; people rename files. */
async function checkJson(path: string, engine: Engine): Promise<void> {
  const file = basename(path);
  // If the content is too broken to decide, the name does.
  const known = await readJsonObject(path).catch((error: unknown) => {
    if (/config/.test(file) || !(error instanceof StudioError)) return {};
    throw error;
  });
  const has = (...keys: string[]) => keys.some((key) => Object.hasOwn(known, key));
  if (has('weight_map') || file.endsWith('.index.json')) return checkIndex(path, known);
  if (has('peft_type', 'lora_alpha', 'target_modules') || /^adapter_config/.test(file)) {
    return engine.check({ file: path, kind: 'adapter-config' });
  }
  if (has('model_type', 'hidden_size', 'architectures') || file === 'config.json') {
    return engine.check({ file: path, kind: 'config' });
  }
  if (has('model', 'added_tokens', 'pre_tokenizer') || file === 'tokenizer.json') {
    return void Tokenizer.from(known, {});
  }
  // tokenizer_config.json, generation_config.json and the like: nothing in them can be wrong on its own.
  if (
    file.startsWith('tokenizer_config') ||
    file.startsWith('generation_config') ||
    file === 'special_tokens_map.json'
  ) {
    return void (await readJsonObject(path));
  }
  throw new StudioError('MODEL_FILE_INVALID', { file, ...because('JSON_OF_NO_MODEL') });
}

async function checkIndex(path: string, index: Readonly<Record<string, unknown>>): Promise<void> {
  const reject = (why: Because): never => {
    throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why });
  };
  const map = index.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return reject(because('WEIGHT_MAP_MISSING'));
  const shards = new Set<unknown>(Object.values(map));
  if (shards.size === 0) return reject(because('WEIGHT_MAP_EMPTY'));
  for (const shard of shards) {
    // A bare name on every system: no folder, no drive, no URL.
    if (typeof shard !== 'string' || !/^[^/\\:]+$/.test(shard) || shard === '..' || shard === '.') {
      return reject(because('WEIGHT_MAP_FOREIGN'));
    }
  }
  // If one shard is present, all must be; an index alone can still be sound.
  const there = await Promise.all([...shards].map((shard) => isThere(join(dirname(path), String(shard)))));
  const missing = [...shards][there.indexOf(false)];
  if (there.includes(true) && missing !== undefined)
    return reject(because('SHARD_MISSING', { shard: String(missing) }));
}

/** A pickle can run any code when it is read, so it is never opened. */
async function refuseOther(path: string): Promise<never> {
  const file = basename(path);
  const known = 'safetensors, GGUF, config.json, tokenizer.json, adapter_config.json';
  const isPickle = /^(?:\x80|PK)/.test(await firstBytes(path, 2)) || /[.](bin|pt|pth|pkl)$/i.test(file);
  if (isPickle) throw new StudioError('MODEL_FILE_PICKLED', { file });
  throw new StudioError('MODEL_UNSUPPORTED', { file, ...because('FORMAT_UNKNOWN', { known }) });
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    const bytes = await readFile(path);
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...because('FILE_NOT_JSON') }, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...because('FILE_NOT_JSON_OBJECT') });
}
