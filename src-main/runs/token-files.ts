import { join } from 'node:path';
import { z } from 'zod';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { drawRows } from '../datasets/splits/drawn-rows.ts';
import { readNote, writeNote } from '../files/note.ts';
import { copyFile } from '../files/synced-file.ts';
import { type TokenRow, writeTokenFile } from '../tasks/token-file.ts';

const factsSchema = z.object({
  trainRows: z.number(),
  validationRows: z.number(),
  /** Rows in the training split, if only as many of them were drawn as the run can read. */
  drawnFrom: z.number().optional(),
  /** Rows whose target doesn't fit, and rows whose context was shortened; in both splits together. */
  leftOut: z.number(),
  cut: z.number(),
});
export type TokenFacts = z.infer<typeof factsSchema>;

export interface TokenFiles {
  readonly trainFile: string;
  /** Null when no row of the validation split fits. */
  readonly validationFile: string | null;
  readonly facts: TokenFacts;
  /** The dataset row behind an index into one of the files; undefined in runs of earlier versions. */
  rowAt(place: number, split: 'train' | 'validation'): Promise<string | undefined>;
}

/**
 * Writes the train and validation splits of a dataset's version as token files into a run's folder, once: a resumed run
 * finds them there. Of a large split only as many rows are drawn as the run can read before its last step, so that it
 * begins at once. Throws DATASET_TOO_SMALL when no training row fits.
 */
export async function writeRunTokens(
  run: { folder: string; datasetId: string; datasetVersion: number; datasetName: string; options: TrainOptions },
  parts: { datasets: DatasetStore; text: BaseText },
  signal: AbortSignal,
): Promise<TokenFiles> {
  const known = await readRunTokens(run.folder);
  if (known !== undefined) return known;
  const { datasetId, datasetVersion: version, options } = run;
  const count = { leftOut: 0, cut: 0 };
  const ids: string[] = [];
  const splits = parts.datasets.version(datasetId, version)?.splits;
  const tokensOf = async ({ id, context, target }: Example): Promise<TokenRow | undefined> => {
    const example = await parts.text.exampleIds(context, target, options.maxLength);
    if (example === undefined) {
      count.leftOut++;
      return undefined;
    }
    if (example.cut) count.cut++;
    ids.push(id);
    return example;
  };
  const rows = (split: 'train' | 'validation') => {
    const total = splits?.[split] ?? 0;
    const wanted = rowsWritten(split, total, options);
    if (wanted >= total || (split === 'train' && !options.shuffle)) {
      return firstOf(parts.datasets.examples(datasetId, split, version), wanted, tokensOf);
    }
    const draw = { version, split, total, count: wanted, seed: options.seed };
    return drawRows(parts.datasets.rows(datasetId), draw, tokensOf);
  };
  const train = await writeTokenFile(join(run.folder, trainName), rows('train'), signal);
  if (train.rows === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: run.datasetName, rows: 0 });
  const validation = await writeTokenFile(join(run.folder, validationName), rows('validation'), signal);
  const trainRows = splits?.train ?? 0;
  const isDrawn = rowsWritten('train', trainRows, options) < trainRows;
  const facts: TokenFacts = {
    trainRows: train.rows,
    validationRows: validation.rows,
    ...count,
    ...(isDrawn && { drawnFrom: trainRows }),
  };
  await writeNote(join(run.folder, rowsName), ids);
  // Written last: if it exists, both token files are complete.
  await writeNote(join(run.folder, factsName), facts);
  return filesOf(run.folder, facts);
}

async function* firstOf(
  examples: Iterable<Example>,
  wanted: number,
  tokensOf: (row: Example) => Promise<TokenRow | undefined>,
): AsyncGenerator<TokenRow> {
  let given = 0;
  for (const example of examples) {
    if (given >= wanted) return;
    const row = await tokensOf(example);
    if (row === undefined) continue;
    given++;
    yield row;
  }
}

/** Copies the token files of a run into the folder of one that trains with it, unless it has them. */
export async function copyRunTokens(from: string, to: string): Promise<void> {
  if ((await readRunTokens(to)) !== undefined) return;
  const known = await readRunTokens(from);
  if (known === undefined) return;
  for (const name of [trainName, validationName, rowsName]) await copyFile(join(from, name), join(to, name), undefined);
  await writeNote(join(to, factsName), known.facts);
}

/** The number of rows written for a run, out of `total` in the split. */
export function rowsWritten(split: 'train' | 'validation', total: number, options: TrainOptions): number {
  if (total <= manyRows) return total;
  return Math.min(total, split === 'train' ? rowsRead(options) : validationRowsDrawn);
}

/** The most rows a run can take: what all its steps read, each row once. */
function rowsRead({ maxSteps, batchSize, epochs }: TrainOptions): number {
  return maxSteps === null ? Number.POSITIVE_INFINITY : Math.ceil((maxSteps * batchSize) / Math.min(1, epochs));
}

/** A split with no more rows than this is written whole: that takes seconds. */
const manyRows = 50_000;
/** The engine measures on a few hundred of them. */
const validationRowsDrawn = 2000;

async function readRunTokens(folder: string): Promise<TokenFiles | undefined> {
  const facts = await readNote(join(folder, factsName), factsSchema);
  return facts && filesOf(folder, facts);
}

function filesOf(folder: string, facts: TokenFacts): TokenFiles {
  return {
    trainFile: join(folder, trainName),
    validationFile: facts.validationRows > 0 ? join(folder, validationName) : null,
    facts,
    async rowAt(place, split) {
      const ids = await readNote(join(folder, rowsName), z.array(z.string()));
      return ids?.[split === 'train' ? place : facts.trainRows + place];
    },
  };
}

const trainName = 'train.tokens.safetensors';
const validationName = 'validation.tokens.safetensors';
const factsName = 'tokens.json';
/** The ids of the rows in the train file, followed by those in the validation file. */
const rowsName = 'train-rows.json';
