import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import type {
  LabCard,
  LabCardsInput,
  LabExperiment,
  LabLanguage,
  LabOptions,
  LabView,
  MatrixShapes,
} from '../../src-contract/lab.ts';
import { labKindSchema } from '../../src-contract/lab.ts';
import { largestDifference } from './conduct.ts';
import { experiments } from './experiments.ts';
import { labCsv } from './lab-csv.ts';
import type { LabSpeed } from './lab-speed.ts';
import type { LabStore } from './lab-store.ts';
import { captioned } from './present/drawing.ts';
import { reportOf } from './present/report.ts';
import { saveLab } from './present/save-lab.ts';
import { thumbnail, thumbnailIs } from './present/thumbnail.ts';
import { findingOf, viewOf } from './present/view.ts';
import { propose } from './propose.ts';
import type { LabParts } from './start-lab.ts';
import { readTrained } from './train-cells.ts';
import { sayIn } from './words/say.ts';

/** The cards of the lab for a base model and a dataset. Throws BASE_MODEL_NOT_FOUND, DATASET_NOT_FOUND. */
export async function labCards(
  { baseModelId, datasetId, language, changes }: LabCardsInput,
  parts: LabParts & { readonly speed: LabSpeed },
): Promise<LabCard[]> {
  const { baseModels, datasets, adapters, engine, store } = parts;
  const base = baseModels.get(baseModelId);
  const dataset = datasetId === null ? null : datasets.get(datasetId);
  const model = await engine.inspect(base.path);
  const say = sayIn(language);
  const adaptersById = new Map(adapters.list().map((adapter) => [adapter.id, adapter]));
  const own = store.list().filter((each) => each.facts.baseSha256 === base.sha256);
  const speed = await parts.speed.of(base, dataset);
  return labKindSchema.options.map((kind) => {
    const experiment = experiments[kind];
    const options = propose(kind, model);
    const wanted = { ...options, ...changes?.[kind] };
    const adapter = adaptersById.get(wanted.adapterId ?? '') ?? null;
    const latest = own.find(
      (each) => each.kind === kind && (dataset === null || each.datasetId === null || each.datasetId === dataset.id),
    );
    return {
      ...{ kind, options, place: say(`place.${kind}`), question: say(`question.${kind}`) },
      ...{ thumbnail: thumbnail(kind, say), thumbnailIs: thumbnailIs(kind) },
      needsDataset: experiment.needsDataset || kind === 'table7',
      ...{ uses: [...experiment.uses], takes: experiment.takes ?? {} },
      seconds: speed === null ? null : speed.secondsFor(kind, wanted, experiment.keys(wanted, model, adapter)),
      latest: latest === undefined ? null : latestOf(store.get(latest.id), language),
    };
  });
}

function latestOf(experiment: LabExperiment, language: LabLanguage): NonNullable<LabCard['latest']> {
  const { id, state, cells, total, error } = experiment;
  const { verdict, short } = findingOf({ experiment, say: sayIn(language) });
  return { id, state, done: cells.length, total, verdict, short, error };
}

/** An experiment in words and pictures, with the maps of one layer. Throws EXPERIMENT_NOT_FOUND. */
export function labView(
  id: string,
  { language, layer }: { language: LabLanguage; layer?: number | undefined },
  store: LabStore,
): LabView {
  const experiment = store.get(id);
  const shownLayer = layer ?? Math.floor(experiment.facts.layers / 2);
  const maps = { layer: shownLayer, cells: store.maps(id, shownLayer) };
  return viewOf({ experiment, say: sayIn(language), maps, apart: apartOf(experiment, store) }, usesOf(experiment));
}

function apartOf({ repeat, cells }: LabExperiment, store: LabStore): number | undefined {
  if (repeat === null || repeat.equal === repeat.compared || !store.listIds().includes(repeat.of)) return undefined;
  return largestDifference(cells, store.get(repeat.of).cells);
}

/** With an adapter of the studio nothing is trained: only the random directions depend on a seed. */
function usesOf({ kind, options }: LabExperiment): readonly (keyof LabOptions)[] {
  return options.adapterId === null ? experiments[kind].uses : ['seeds'];
}

/** Every number of an experiment, those of its tables as shown. Throws EXPERIMENT_NOT_FOUND. */
export function labNumbers(id: string, language: LabLanguage, store: LabStore): { name: string; text: string } {
  return labCsv(store.get(id), { maps: store.maps(id), view: labView(id, { language }, store) });
}

/** Throws BASE_MODEL_NOT_FOUND. */
export async function labShapes(baseModelId: string, { baseModels, engine }: LabParts): Promise<MatrixShapes> {
  const { targets } = await engine.inspect(baseModels.get(baseModelId).path);
  // The engine's object is read-only; the contract gets a copy.
  return structuredClone(targets) as MatrixShapes;
}

/**
 * One picture of a view as a file, with its title and a caption that states the settings. Throws EXPERIMENT_NOT_FOUND.
 */
export function labPicture(
  { id, language, layer, name }: { id: string; language: LabLanguage; layer?: number | undefined; name: string },
  store: LabStore,
): { name: string; svg: string } {
  const { kind, pictures, caption } = labView(id, { language, layer }, store);
  const picture = pictures.find((each) => each.name === name);
  if (picture === undefined) throw new StudioError('EXPERIMENT_NOT_FOUND', { experiment: `${id}/${name}` });
  return { name: `${kind}-${name}`, svg: captioned(picture.svg, { title: picture.title, caption }) };
}

/** The newest finished or half-finished experiment of each kind on a base model, on one page. */
export function labReport(
  baseModelId: string,
  language: LabLanguage,
  { store, baseModels }: LabParts,
): { name: string; text: string } {
  const base = baseModels.get(baseModelId);
  const own = store.list().filter((each) => each.facts.baseSha256 === base.sha256 && each.done > 0);
  const newest = labKindSchema.options.flatMap((kind) => own.find((each) => each.kind === kind) ?? []);
  const say = sayIn(language);
  const views = newest.map(({ id }) => labView(id, { language }, store));
  return { name: `lab-${base.name}.html`, text: reportOf(views, { model: base.name, language, say }) };
}

/** The folder within an experiment's own where it is saved unless another is named. */
export const savedName = 'result';

/** Writes everything about an experiment to a folder. */
export async function saveExperiment(
  id: string,
  { out, language }: { out?: string | undefined; language: LabLanguage },
  parts: LabParts,
): Promise<string[]> {
  const { store, labFolder } = parts;
  const experiment = store.get(id);
  const maps = store.maps(id);
  const layers = [...new Set(maps.map((cell) => cell.values.layer))].filter((layer) => typeof layer === 'number');
  const views =
    layers.length === 0
      ? [labView(id, { language }, store)]
      : layers.map((layer) => labView(id, { language, layer }, store));
  const say = sayIn(language);
  const report = reportOf([labView(id, { language }, store)], { model: experiment.facts.baseModel, language, say });
  const adapters = await adaptersOf(experiment, join(labFolder, 'cells'));
  return saveLab(
    { experiment, maps, views, report },
    { out: out ?? join(labFolder, experiment.id, savedName), adapters },
  );
}

/** The folders of the adapters that an experiment trained, by cell key. */
async function adaptersOf(experiment: LabExperiment, cellsFolder: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const name of await readdir(cellsFolder).catch(() => [])) {
    const trained = await readTrained(join(cellsFolder, name));
    if (trained?.adapterSha256 != null) folders.set(trained.adapterSha256, join(cellsFolder, name, 'adapter'));
  }
  return new Map(
    experiment.cells.flatMap(({ key, values }): [string, string][] => {
      const folder = typeof values.adapterSha256 === 'string' ? folders.get(values.adapterSha256) : undefined;
      return folder === undefined ? [] : [[key, folder]];
    }),
  );
}
