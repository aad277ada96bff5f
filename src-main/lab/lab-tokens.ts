import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset, Example, Split } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { readNote, writeNote } from '../files/note.ts';
import { type TokenRow, writeTokenFile } from '../tasks/token-file.ts';
import type { LabWork } from './lab-work.ts';

const factsSchema = z.object({ trainRows: z.number(), validationRows: z.number(), tokens: z.number() });

export interface LabTokens {
  readonly trainFile: string;
  readonly validationFile: string;
  /** Of the training rows. */
  readonly tokens: number;
  readonly trainRows: number;
  readonly validationRows: number;
}

/**
 * The rows that every training of an experiment sees, once: as many training rows as its steps take, and the validation
 * rows, spread evenly over their splits. Training rows come in flocks of half a batch, which is what a training reads
 * together (`engine/row-order.ts`): a prefix shared by neighbours, such as a passage or a schema, is then computed once
 * for them. Throws DATASET_TOO_SMALL when no row fits.
 */
export async function labTokens(work: LabWork, signal: AbortSignal): Promise<LabTokens> {
  const { data, options, folder, text } = work;
  if (data === null) throw new Error('this experiment has no rows');
  const files = {
    trainFile: join(folder, 'train.safetensors'),
    validationFile: join(folder, 'validation.safetensors'),
  };
  const known = await readNote(join(folder, factsName), factsSchema);
  if (known !== undefined) return { ...files, ...known };
  await mkdir(folder, { recursive: true });
  const train = await writeTokenFile(
    files.trainFile,
    tokenRows(
      data.rows('train', options.steps * options.batchSize, Math.max(1, Math.floor(options.batchSize / 2))),
      text,
      options.maxLength,
    ),
    signal,
  );
  const validation = await writeTokenFile(
    files.validationFile,
    tokenRows(data.rows(lossSplit(data.dataset.splits), options.validationRows), text, options.maxLength),
    signal,
  );
  if (train.rows === 0 || validation.rows === 0) {
    throw new StudioError('DATASET_TOO_SMALL', { dataset: data.dataset.name, rows: train.rows });
  }
  const facts = { trainRows: train.rows, validationRows: validation.rows, tokens: train.tokens };
  await writeNote(join(folder, factsName), facts);
  return { ...files, ...facts };
}

const factsName = 'tokens.json';

/** The split that losses are measured on: that of the training rows only if no others are there. */
export function lossSplit(splits: Dataset['splits']): Split {
  return (['validation', 'test'] as const).find((split) => splits[split] > 0) ?? 'train';
}

async function* tokenRows(examples: readonly Example[], text: BaseText, maxLength: number): AsyncGenerator<TokenRow> {
  for (const { context, target } of examples) {
    const example = await text.exampleIds(context, target, maxLength);
    if (example !== undefined) yield example;
  }
}
