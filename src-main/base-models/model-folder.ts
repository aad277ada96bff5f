// A model as Hugging Face lays it out in a folder: which files it has, their hash, and how they are copied.
import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { requireFile, requireReadable } from '../files/require-file.ts';
import { copyFile, readInto } from '../files/synced-file.ts';

export interface ModelFolder {
  /** Names of the files that determine what the model computes: these are hashed. */
  readonly hashed: readonly string[];
  /** Files that are copied along with the model, such as its template and licence. */
  readonly beside: readonly string[];
}

/** Lists a model's files. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: folder }, { cause });
  });
  for (const name of ['config.json', 'tokenizer.json']) {
    if (!names.includes(name))
      throw new StudioError('MODEL_FILE_INVALID', { file: name, ...because('FILE_NOT_IN_FOLDER', { folder }) });
  }
  const weights = await weightFiles(folder, names);
  const hashed = ['config.json', 'tokenizer.json', ...weights].sort();
  const beside = besideNames.filter((name) => names.includes(name));
  for (const name of weights) await requireFile(join(folder, name));
  for (const name of ['config.json', 'tokenizer.json', ...beside]) await requireReadable(join(folder, name));
  return { hashed, beside };
}

/**
 * SHA-256 over name, size and content of each file, sorted by name; hexadecimal. With `copyTo`, the hashed bytes are
 * written there too. Reads a megabyte at a time.
 */
export async function hashModel(
  folder: string,
  files: readonly string[],
  { copyTo, signal }: { copyTo?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [...files].sort()) {
    const { size } = await stat(join(folder, name));
    hash.update(`${name}\0${size}\0`);
    await readInto(join(folder, name), { hash, copy: copyTo && join(copyTo, name), signal });
  }
  return hash.digest('hex');
}

/** The licence named in the front matter of the model card, or an empty string. */
export async function readLicence(folder: string): Promise<string> {
  const card = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? '';
  return /^license:\s*["']?([^"'\r\n#]+)/m.exec(head)?.[1]?.trim() ?? '';
}

const weightsName = 'model.safetensors';
const indexName = 'model.safetensors.index.json';
const besideNames = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'chat_template.jinja',
  'README.md',
  'LICENSE',
];

async function weightFiles(folder: string, names: readonly string[]): Promise<string[]> {
  if (names.includes(indexName)) return [indexName, ...(await readShards(folder, names))];
  if (names.includes(weightsName)) return [weightsName];
  const ggufs = names.filter((name) => /\.gguf$/i.test(name));
  if (ggufs.length === 1) return ggufs;
  throw noWeights(folder, names);
}

async function readShards(folder: string, names: readonly string[]): Promise<string[]> {
  const invalid = (why: Because, cause?: unknown) =>
    new StudioError('MODEL_FILE_INVALID', { file: indexName, ...why }, { cause });
  await requireReadable(join(folder, indexName));
  let map: unknown;
  try {
    map = (JSON.parse(await readFile(join(folder, indexName), 'utf8')) as { weight_map?: unknown } | null)?.weight_map;
  } catch (cause) {
    throw invalid(because('FILE_NOT_JSON'), cause);
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw invalid(because('WEIGHT_MAP_MISSING'));
  const shards = [...new Set(Object.values(map))];
  if (shards.length === 0) throw invalid(because('WEIGHT_MAP_EMPTY'));
  return shards.map((shard) => {
    if (typeof shard !== 'string' || basename(shard) !== shard || !shard.endsWith('.safetensors')) {
      throw invalid(because('WEIGHT_MAP_FOREIGN'));
    }
    if (!names.includes(shard))
      throw new StudioError('MODEL_FILE_INVALID', { file: shard, ...because('FILE_NOT_IN_FOLDER', { folder }) });
    return shard;
  });
}

function noWeights(folder: string, names: readonly string[]): StudioError {
  const other = names.find((name) => /\.(gguf|bin|pt|pth|h5|msgpack|onnx)$/i.test(name));
  if (other === undefined) {
    return new StudioError('MODEL_FILE_INVALID', { file: weightsName, ...because('FILE_NOT_IN_FOLDER', { folder }) });
  }
  const why = because(/\.gguf$/i.test(other) ? 'GGUFS_IN_FOLDER' : 'WEIGHTS_FORMAT');
  return new StudioError('MODEL_UNSUPPORTED', { file: other, ...why });
}

/** Copies the files that accompany a model. */
export async function copyBeside(from: string, to: string, files: readonly string[]): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of files) await hashModel(from, [name], { copyTo: to });
}

/**
 * Hard-links a file, so that it takes no extra space and survives the first name; copies it if the disk cannot. A
 * symlink to a file stands for the file.
 */
export async function linkFile(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  await link(await realpath(from), to).catch(() => copyFile(from, to, signal));
}
