import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { nameFrom } from '../../src-contract/name.ts';
import type { AdapterFacts, Engine } from '../engine/engine.ts';
import { type AdapterOrigin, copyAdapter, readBaseName, readOrigin, requireAdapterFolder } from './adapter-files.ts';
import { type AdapterStore, nameTaken } from './adapter-store.ts';
import { fingerprintLike } from './fingerprint-like.ts';
import { madeForAnother } from './wrong-base.ts';

interface AdapterSource {
  readonly path: string;
  readonly name?: string | undefined;
  /** Its name if none is given, with a number where that is taken; defaults to the folder's name. */
  readonly title?: string;
  readonly baseModelId?: string | undefined;
}

/** The base models that an adapter may belong to. */
export interface BaseModels {
  list(): BaseModel[];
  /** Throws BASE_MODEL_NOT_FOUND. */
  get(idOrName: string): BaseModel;
}

/**
 * Imports a PEFT folder: finds its base, checks every tensor against it, copies it, and adds the row last. Throws
 * FILE_NOT_FOUND, MODEL_FILE_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_SHAPE, ADAPTER_WRONG_BASE, ADAPTER_BASE_MISSING,
 * BASE_MODEL_NOT_FOUND, OPTION_INVALID.
 */
export async function importAdapter(
  source: AdapterSource,
  studio: { store: AdapterStore; engine: Engine; baseModels: BaseModels; adaptersFolder: string; now: number },
): Promise<Adapter> {
  const { store, engine, baseModels, adaptersFolder, now } = studio;
  const folder = resolve(source.path);
  if (source.name !== undefined && store.isNameTaken(source.name)) throw nameTaken(source.name);
  await requireAdapterFolder(folder);
  const origin = await readOrigin(folder);
  const wanted = source.baseModelId === undefined ? undefined : baseModels.get(source.baseModelId);
  const name = source.name ?? source.title ?? (nameFrom(basename(folder)) || 'adapter');
  const { base, facts } = await findBase({ folder, name, origin, wanted, baseModels, engine });
  const id = store.newId(now);
  const path = join(adaptersFolder, id);
  try {
    await copyAdapter(folder, path);
    const sha256 = await sha256Here(facts, base, studio);
    const adapter: Adapter = {
      ...{ id, name: source.name ?? store.freeName(name), task: origin?.task ?? 'custom' },
      ...{ baseModelId: base.id, baseSha256: base.sha256, datasetId: null, runId: null },
      ...{ rank: facts.rank, alpha: facts.alpha, targets: [...facts.targets], parameters: facts.parameters },
      ...{ bytes: facts.bytes, sha256, path, createdAt: now },
      baseValidationLoss: origin?.baseValidationLoss ?? null,
      bestValidationLoss: origin?.bestValidationLoss ?? null,
    };
    store.insert(adapter);
    return adapter;
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

/** Its fingerprint, in the form in which an earlier version stored the same adapter: a person compares the two. */
async function sha256Here(
  facts: AdapterFacts,
  base: BaseModel,
  { store, engine }: { store: AdapterStore; engine: Engine },
): Promise<string> {
  const alike = store.list().find(({ sha256 }) => fingerprintLike(sha256, facts) === sha256);
  if (alike === undefined || alike.sha256 === facts.sha256) return facts.sha256;
  // The same weights, perhaps at another scale. If the files of that one are gone, there is nothing to compare.
  const other = await engine
    .inspectAdapter({ modelFolder: base.path, adapterFolder: alike.path })
    .catch(() => undefined);
  return other?.sha256 === facts.sha256 ? alike.sha256 : facts.sha256;
}

interface Found {
  readonly base: BaseModel;
  readonly facts: AdapterFacts;
}

async function findBase(search: {
  folder: string;
  name: string;
  origin: AdapterOrigin | undefined;
  wanted: BaseModel | undefined;
  baseModels: BaseModels;
  engine: Engine;
}): Promise<Found> {
  const { folder, name, origin, wanted, baseModels, engine } = search;
  const on = async (base: BaseModel): Promise<Found> => {
    const inspected = engine.inspectAdapter({ modelFolder: base.path, adapterFolder: folder });
    const facts = await inspected.catch((error: unknown) => {
      throw toldByName(error, folder, name);
    });
    return { base, facts };
  };
  const bases = baseModels.list();
  const byHash = origin && bases.find((base) => base.sha256 === origin.baseSha256);
  if (wanted !== undefined) {
    if (origin === undefined || origin.baseSha256 === wanted.sha256) return on(wanted);
    throw madeForAnother({ name, expected: byHash?.name ?? origin.baseName, sha256: origin.baseSha256 }, wanted);
  }
  if (byHash !== undefined) return on(byHash);
  if (origin !== undefined) {
    // The hash of its base is known: another base whose shapes happen to fit is not the one it was trained on.
    const namesake = bases.find((base) => base.name === origin.baseName);
    if (namesake === undefined)
      throw new StudioError('ADAPTER_BASE_MISSING', { adapter: name, model: origin.baseName });
    throw madeForAnother({ name, expected: origin.baseName, sha256: origin.baseSha256 }, namesake);
  }
  const named = await readBaseName(folder);
  const byName = bases.find((base) => named !== undefined && isNamed(base, named));
  if (byName !== undefined) return on(byName);
  return byShape(bases.map(on), named);
}

/**
 * An adapter that names no base belongs to the only one that all its tensors fit; any other is for a person to choose.
 */
async function byShape(tried: readonly Promise<Found>[], named: string | undefined): Promise<Found> {
  const outcomes = await Promise.allSettled(tried);
  const fitting = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  const [first] = fitting;
  const [refused] = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (first === undefined && refused !== undefined) throw refused.reason;
  if (first !== undefined && fitting.length === 1 && named === undefined) return first;
  const bases = fitting.map(({ base }) => `“${base.name}”`).join(', ');
  const why = named === undefined ? because('BASE_UNCLEAR', { bases }) : because('BASE_NAMED_ELSE', { named, bases });
  throw new StudioError('OPTION_INVALID', { option: 'base', ...why });
}

/** By its own name, its name in the catalogue, or that of its folder, which PEFT writes for a model read from disk. */
function isNamed({ name, catalogueId, path }: BaseModel, wanted: string): boolean {
  return [name, catalogueId, basename(path)].some((each) => each?.toLowerCase() === wanted.toLowerCase());
}

/** The engine refers to an adapter by its folder; an uploaded one is in a folder that means nothing to anybody. */
function toldByName(error: unknown, folder: string, name: string): unknown {
  if (!(error instanceof StudioError) || !('adapter' in error.data) || error.data.adapter !== folder) return error;
  return new StudioError(error.code, { ...error.data, adapter: name }, { cause: error });
}
