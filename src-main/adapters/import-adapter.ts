import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { nameFrom } from '../../src-contract/name.ts';
import type { AdapterFacts, Engine } from '../engine/engine.ts';
import {
  type AdapterOrigin,
  copyAdapter,
  isGgufFile,
  readBaseName,
  readOrigin,
  requireAdapterFolder,
} from './adapter-files.ts';
import type { AdapterStore } from './adapter-store.ts';
import { fingerprintLike } from './fingerprint-like.ts';
import { madeForAnother } from './wrong-base.ts';

interface AdapterSource {
  readonly path: string;
  readonly name?: string | undefined;
  /** Its name if none is given, with a number where that is taken; defaults to that of the folder or file. */
  readonly title?: string;
  readonly baseModelId?: string | undefined;
}

/** The base models that an adapter may belong to. */
export interface BaseModels {
  list(): BaseModel[];
  /** Throws BASE_MODEL_NOT_FOUND. */
  get(idOrName: string): BaseModel;
}

interface Studio {
  readonly store: AdapterStore;
  readonly engine: Engine;
  readonly baseModels: BaseModels;
  readonly adaptersFolder: string;
  /** The dataset with this content, if it is there. */
  readonly datasetWith?: (sha256: string) => string | undefined;
  readonly now: number;
}

/**
 * Imports a PEFT folder or a GGUF LoRA file: finds its base, checks every tensor against it, copies it, and adds the row
 * last. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, NOT_AN_ADAPTER, ADAPTER_UNSUPPORTED, ADAPTER_SHAPE,
 * ADAPTER_WRONG_BASE, ADAPTER_WRONG_ARCHITECTURE, ADAPTER_BASE_MISSING, BASE_MODEL_NOT_FOUND, OPTION_INVALID.
 */
export async function importAdapter(source: AdapterSource, studio: Studio): Promise<Adapter> {
  const path = resolve(source.path);
  if (source.name !== undefined) studio.store.names.requireFree(source.name);
  if (!(await isGgufFile(path))) {
    await requireAdapterFolder(path);
    const known = { origin: await readOrigin(path), named: await readBaseName(path) };
    return addAdapter({ ...source, ...known, path }, studio, async () => ({ folder: path }));
  }
  // Entries that begin with a dot and have no row are removed at the next start.
  const unpacked = await mkdtemp(join(studio.adaptersFolder, '.sent-'));
  try {
    return await addAdapter({ ...source, path }, studio, async (base) => {
      const folder = join(unpacked, base.id);
      return { folder, ...(await studio.engine.unpackAdapter({ file: path, modelFolder: base.path, folder })) };
    });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** An adapter, and what its folder says of its base. */
interface KnownSource extends AdapterSource {
  readonly origin?: AdapterOrigin | undefined;
  readonly named?: string | undefined;
}

/** The PEFT folder to read an adapter from for a base, and the base that a file unpacked to it names. */
type FolderFor = (base: BaseModel) => Promise<{ readonly folder: string; readonly baseName?: string | undefined }>;

async function addAdapter(source: KnownSource, studio: Studio, folderFor: FolderFor): Promise<Adapter> {
  const { store, baseModels, adaptersFolder, datasetWith, now } = studio;
  const { path: from, origin, named } = source;
  const wanted = source.baseModelId === undefined ? undefined : baseModels.get(source.baseModelId);
  const name = source.name ?? source.title ?? (nameFrom(basename(from).replace(/\.gguf$/i, '')) || 'adapter');
  const { base, folder, facts } = await findBase({ from, name, origin, named, wanted, folderFor }, studio);
  const id = store.newId(now);
  const path = join(adaptersFolder, id);
  try {
    await copyAdapter(folder, path);
    const sha256 = await sha256Here(facts, base, studio);
    const datasetId = (origin?.datasetSha256 && datasetWith?.(origin.datasetSha256)) || null;
    return store.insert({
      ...{ id, name: source.name ?? { like: name }, task: origin?.task ?? 'custom' },
      ...{ baseModelId: base.id, baseSha256: base.sha256, datasetId, runId: null },
      ...{ rank: facts.rank, alpha: facts.alpha, targets: [...facts.targets], parameters: facts.parameters },
      ...{ bytes: facts.bytes, sha256, path, createdAt: now },
      baseValidationLoss: origin?.baseValidationLoss ?? null,
      bestValidationLoss: origin?.bestValidationLoss ?? null,
    });
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
  readonly folder: string;
  readonly facts: AdapterFacts;
  readonly baseName?: string | undefined;
}

async function findBase(
  search: {
    from: string;
    name: string;
    origin: AdapterOrigin | undefined;
    named: string | undefined;
    wanted: BaseModel | undefined;
    folderFor: FolderFor;
  },
  { baseModels, engine }: Studio,
): Promise<Found> {
  const { from, name, origin, named, wanted, folderFor } = search;
  const on = async (base: BaseModel): Promise<Found> => {
    try {
      const found = await folderFor(base);
      const facts = await engine.inspectAdapter({ modelFolder: base.path, adapterFolder: found.folder });
      return { base, facts, ...found };
    } catch (error) {
      throw toldByName(error, from, name);
    }
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
  const byName = bases.find((base) => named !== undefined && isNamed(base, named));
  if (byName !== undefined) return on(byName);
  return byShape(bases.map(on), named);
}

/**
 * An adapter that names no base belongs to the only one that all its tensors fit; any other is for a person to choose.
 * What a file names is known only once it was read for a base.
 */
async function byShape(tried: readonly Promise<Found>[], namedInFolder: string | undefined): Promise<Found> {
  const outcomes = await Promise.allSettled(tried);
  const fitting = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  const [first] = fitting;
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
  // A base of the right architecture tells more.
  if (first === undefined && refused.length > 0) throw refused.find((error) => !isOfAnotherKind(error)) ?? refused[0];
  const named = namedInFolder ?? first?.baseName;
  const byName = fitting.find(({ base, baseName }) => baseName !== undefined && isNamed(base, baseName));
  if (byName !== undefined) return byName;
  if (first !== undefined && fitting.length === 1 && named === undefined) return first;
  const bases = fitting.map(({ base }) => `“${base.name}”`).join(', ');
  const why = named === undefined ? because('BASE_UNCLEAR', { bases }) : because('BASE_NAMED_ELSE', { named, bases });
  throw new StudioError('OPTION_INVALID', { option: 'base', ...why });
}

function isOfAnotherKind(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'ADAPTER_WRONG_ARCHITECTURE';
}

/** By its own name, its name in the catalogue, or that of its folder, which PEFT writes for a model read from disk. */
function isNamed({ name, catalogueId, path }: BaseModel, wanted: string): boolean {
  return [name, catalogueId, basename(path)].some((each) => each?.toLowerCase() === wanted.toLowerCase());
}

/** The engine refers to an adapter by its path; an uploaded one has a path that means nothing to anybody. */
function toldByName(error: unknown, path: string, name: string): unknown {
  if (!(error instanceof StudioError) || !('adapter' in error.data) || error.data.adapter !== path) return error;
  return new StudioError(error.code, { ...error.data, adapter: name }, { cause: error });
}
