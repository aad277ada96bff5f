import { z } from 'zod';
import { downloadProgressSchema } from './download-progress.ts';

/** How many datasets a search of the hub gives at most. */
export const mostHubDatasets = 30;

/** A dataset of the hub whose name has the words of a search, as far as the hub's list tells. */
export const hubDatasetMatchSchema = z.object({
  /** `owner/name`, which it can be looked up by. */
  name: z.string(),
  /** Null if the hub does not say, as below. */
  downloads: z.number().int().nullable(),
  /** How many rows it has, as the hub's ranges are written: `10K<n<100K`. */
  rows: z.string().nullable(),
  /** An empty string if it is not stated. */
  licence: z.string(),
  /** Codes such as `en`. */
  languages: z.array(z.string()),
  /** Whether its licence must be accepted on the hub before downloading. */
  gated: z.boolean(),
});

export const hubDatasetMatchesSchema = z.object({
  /** Those that are downloaded most first. */
  matches: z.array(hubDatasetMatchSchema),
  /** Whether there are more than `mostHubDatasets`. */
  isCut: z.boolean(),
});
export type HubDatasetMatches = z.infer<typeof hubDatasetMatchesSchema>;

/** A file of a dataset on the hub that can be read here. */
export const hubDatasetFileSchema = z.object({
  path: z.string(),
  /** As its folder tells it; an empty string for the only or usual one. */
  config: z.string(),
  /** As its name tells it, or else its name without ending. */
  split: z.string(),
  /** Where its rows would go in a dataset of several splits, if its path tells. */
  part: z.enum(['train', 'validation', 'test']).optional(),
  sizeBytes: z.number().int(),
});
export type HubDatasetFile = z.infer<typeof hubDatasetFileSchema>;

/** The files of each configuration and split. */
export function tablesOf(files: readonly HubDatasetFile[]): HubDatasetFile[][] {
  return [...Map.groupBy(files, ({ config, split }) => JSON.stringify([config, split])).values()];
}

/** `train-00000-of-00002.parquet`, `train/0000.parquet` */
const piece = /(?:-\d{5}-of-\d{5}(?:-[0-9a-f]+)?|\/\d{4})\.[a-z.]+$/i;

/** The files of each configuration that is divided into train, validation or test: together they are one dataset. */
export function wholesOf(files: readonly HubDatasetFile[]): HubDatasetFile[][] {
  return [...Map.groupBy(files, ({ config }) => config).values()].filter((of) => {
    const parts = new Set(of.map(({ part }) => part));
    const splits = new Set(of.map(({ split }) => split));
    const endings = new Set(of.map(({ path }) => /\.[a-z]+(?:\.gz)?$/i.exec(path)?.[0]));
    // Several kinds of training rows are different tables, and so are a split's files that are not its pieces, such as
    // the same rows in another format.
    const isOneEach = parts.size === splits.size && endings.size === 1;
    const isWhole = of.length === splits.size || of.every(({ path }) => piece.test(path));
    return isOneEach && isWhole && parts.size > 1 && parts.has('train') && !parts.has(undefined);
  });
}

export const hubDatasetSchema = z.object({
  repository: z.string(),
  /** The commit that its files are of. */
  revision: z.string(),
  licence: z.string(),
  languages: z.array(z.string()),
  /** Whether the files are the hub's own copy in Parquet, as the original ones cannot be read here. */
  isConverted: z.boolean(),
  /** By configuration and split. */
  files: z.array(hubDatasetFileSchema),
  /** The paths of those that the name or address asks for; empty if it asks for none in particular. */
  chosen: z.array(z.string()),
  /** On the disk that they would be downloaded to. */
  freeDiskBytes: z.number().int(),
});
export type HubDataset = z.infer<typeof hubDatasetSchema>;

/** Where on the hub a dataset's files came from. */
export const hubOriginSchema = z.object({
  repository: z.string(),
  revision: z.string(),
  licence: z.string(),
  files: z.array(z.string()),
});
export type HubOrigin = z.infer<typeof hubOriginSchema>;

/** Files of a dataset as it was looked up, which together are one table. */
export const hubTableSchema = hubOriginSchema.extend({ files: z.array(z.string()).min(1).max(10_000) });
export type HubTable = z.infer<typeof hubTableSchema>;

/** Events of a download, which ends when its watcher leaves; what has arrived by then is kept. Failures are thrown. */
export const hubDatasetDownloadEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), ...downloadProgressSchema.shape }),
  /** `id` names the files as a source to import. */
  z.object({ kind: z.literal('finished'), id: z.string(), name: z.string() }),
]);
export type HubDatasetDownloadEvent = z.infer<typeof hubDatasetDownloadEventSchema>;
