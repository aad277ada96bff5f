// An adapter on disk: the folder as PEFT stores it, plus one file of the studio's own, which PEFT ignores.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { answerFormSchema } from '../../src-contract/answer-form.ts';
import { mostColumns } from '../../src-contract/column-groups.ts';
import { orDiskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because, inEnglish } from '../../src-contract/failure-reason.ts';
import { taskIdSchema } from '../../src-contract/task.ts';
import { isGguf } from '../files/first-bytes.ts';
import { isOwnName } from '../files/own-name.ts';
import { requireFile, requireReadable } from '../files/require-file.ts';
import { copyFile } from '../files/synced-file.ts';
import { textIfThere } from '../files/text-if-there.ts';
import { nameWhole, unfinishedPath } from '../files/unfinished-path.ts';

/** What the adapter's own files do not say: its task, and what it was made from. */
export const adapterOriginSchema = z.object({
  task: taskIdSchema,
  baseSha256: z.string(),
  baseName: z.string(),
  datasetSha256: z.string().nullable(),
  baseValidationLoss: z.number().nullable(),
  bestValidationLoss: z.number().nullable(),
  /** That of all targets; null if they are written freely, absent in files of earlier versions. */
  form: answerFormSchema.nullable().optional(),
  /** The names of the columns that its contexts are made of, if there are several. */
  columns: z.array(z.string()).max(mostColumns).optional(),
});
export type AdapterOrigin = z.infer<typeof adapterOriginSchema>;

/**
 * Where an adapter came from, as far as its folder says; undefined for one made by another program. Throws
 * FILE_UNREADABLE, MODEL_FILE_INVALID.
 */
export async function readOrigin(folder: string): Promise<AdapterOrigin | undefined> {
  const path = join(folder, originName);
  const text = await textIfThere(path).catch((cause: Error) => {
    throw new StudioError('FILE_UNREADABLE', { file: path, ...inEnglish(cause.message) }, { cause });
  });
  if (text === undefined) return undefined;
  try {
    return adapterOriginSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StudioError('MODEL_FILE_INVALID', { file: originName, ...because('FILE_DAMAGED') }, { cause });
  }
}

/** The columns that the contexts of an adapter are made of; none if each is one text, or if nothing is known. */
export async function readColumns(folder: string): Promise<string[]> {
  // Damaged files are told where they are needed.
  const origin = await readOrigin(folder).catch(() => undefined);
  return origin?.columns ?? [];
}

/** Writes the origin beside an adapter's files. */
export async function writeOrigin(folder: string, origin: AdapterOrigin): Promise<void> {
  await writeFile(join(folder, originName), `${JSON.stringify(origin, null, 2)}\n`, { flush: true });
}

/** The base model named in adapter_config.json, by a path or a name on a model hub; undefined if it names none. */
export async function readBaseName(folder: string): Promise<string | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, configName), 'utf8'));
    const name = (config as Record<string, unknown> | null)?.base_model_name_or_path;
    return typeof name === 'string' && name !== '' ? basename(name) : undefined;
  } catch {
    // The engine reads the file too, and reports what is wrong with it.
    return undefined;
  }
}

/** Whether it is one file for llama.cpp instead of a PEFT folder. */
export async function isGgufFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  // Opening a pipe would block.
  return facts?.isFile() === true && isGguf(path);
}

/**
 * Throws FILE_NOT_FOUND when the folder does not exist, NOT_AN_ADAPTER for anything else,
 * MODEL_FILE_PICKLED for weights as earlier versions of PEFT wrote them, MODEL_FILE_INVALID when one of PEFT's files is
 * missing or too large, FILE_UNREADABLE when one is not a file.
 */
export async function requireAdapterFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: folder }, { cause });
  });
  const isThere = async (file: string) => (await stat(join(folder, file)).catch(() => undefined)) !== undefined;
  const noAdapter = (code: OtherAsAdapter) =>
    new StudioError('NOT_AN_ADAPTER', {
      file: basename(folder),
      ...because(code, { config: configName, weights: weightsName }),
    });
  if (!facts.isDirectory()) throw noAdapter(kindOfSingle(folder));
  if (!(await isThere(configName))) {
    if (await isThere('config.json')) throw noAdapter('MODEL_AS_ADAPTER');
    if (!(await isThere(weightsName)) && !(await isThere(pickleName))) throw noAdapter('FOLDER_AS_ADAPTER');
  }
  if (!(await isThere(weightsName)) && (await isThere(pickleName))) {
    throw new StudioError('MODEL_FILE_PICKLED', { file: pickleName });
  }
  for (const file of [configName, weightsName]) {
    if (!(await isThere(file))) {
      throw new StudioError('MODEL_FILE_INVALID', { file, ...because('FILE_NOT_IN_FOLDER', { folder }) });
    }
  }
  await requireFile(join(folder, weightsName));
  for (const file of [configName, originName]) if (await isThere(file)) await requireReadable(join(folder, file));
}

type OtherAsAdapter = 'MODEL_AS_ADAPTER' | 'FOLDER_AS_ADAPTER' | ReturnType<typeof kindOfSingle>;

/** By its name: most that are chosen by mistake have one that says it. */
function kindOfSingle(path: string) {
  if (basename(path) === configName) return 'CONFIG_AS_ADAPTER';
  if (/\.(?:safetensors|bin|pt|pth)$/i.test(path)) return 'WEIGHTS_AS_ADAPTER';
  if (/\.(?:zip|t?gz|tar|7z|rar)$/i.test(path)) return 'ARCHIVE_AS_ADAPTER';
  if (/\.(?:csv|tsv|txt|md|jsonl|xlsx|ods|parquet|docx|pdf)$/i.test(path)) return 'TABLE_AS_ADAPTER';
  return 'SINGLE_FILE_AS_ADAPTER';
}

/**
 * Copies an adapter to a folder that appears only when complete. A given origin replaces the source's. Throws
 * OUT_UNUSABLE when something is at `to`, and DISK_FULL.
 */
export async function copyAdapter(from: string, to: string, origin?: AdapterOrigin): Promise<void> {
  const partial = await unfinishedPath(to);
  try {
    await mkdir(partial);
    for (const file of [configName, weightsName]) {
      await copyFile(join(from, file), join(partial, file), undefined);
    }
    const known = origin ?? (await readOrigin(from));
    if (known !== undefined) await writeOrigin(partial, known);
    await nameWhole(partial, to);
  } catch (error) {
    const weights = await stat(join(from, weightsName)).catch(() => undefined);
    throw orDiskFull(error, dirname(to), weights?.size);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Gives the base in adapter_config.json a name that people and other programs know it by. */
export async function nameBase(folder: string, { path, name }: { path: string; name: string }): Promise<void> {
  const file = join(folder, configName);
  const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  // Training writes the folder of the base, which is an id here. A name from elsewhere stays.
  if (config.base_model_name_or_path !== basename(path)) return;
  await writeFile(file, `${JSON.stringify({ ...config, base_model_name_or_path: name }, null, 2)}\n`, { flush: true });
}

const configName = 'adapter_config.json';
const weightsName = 'adapter_model.safetensors';
const pickleName = 'adapter_model.bin';
export const originName = 'adapter_studio.json';

/**
 * Removes an adapter's folder, if it is where the studio puts them: a database that somebody else has written may name
 * any folder of the computer.
 */
export async function removeAdapter(path: string, adaptersFolder: string): Promise<void> {
  const name = basename(path);
  if (isOwnName(name)) await rm(join(adaptersFolder, name), { recursive: true, force: true });
}
