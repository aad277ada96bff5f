import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ModelText } from '../../src-main/base-models/model-text.ts';
import { inspectModel } from '../../src-main/engine/model/open-model.ts';
import { RowOrder } from '../../src-main/engine/training/row-order.ts';

export interface RealRow {
  readonly ids: readonly number[];
  readonly targetStart: number;
}

/** The model that ships with the studio. */
export const starterModel = join(import.meta.dirname, '../../resources/starter-model');

/** The open sets used for the cases, relative to the data folder. */
export const realSets = {
  mrc: 'mrc/xquad_en/train.csv',
  nl2sql: 'nl2sql/spider_en/train.csv',
  summarisation: 'summarisation/mts_dialog/train.csv',
} as const;

/**
 * The first rows of an open set, or of its held-out part, as ids of a model, truncated to `maxLength` as in the studio,
 * in the order in which the engine's shuffle with this batch size would take them.
 */
export async function readRealRows(
  task: keyof typeof realSets,
  options: { data: string; model: string; count: number; batchSize: number; maxLength: number; heldOut?: boolean },
): Promise<RealRow[]> {
  const file = options.heldOut ? realSets[task].replace('train', 'dev') : realSets[task];
  const records = parse(await readFile(join(options.data, file)), { columns: true, bom: true }) as Record<
    'context' | 'target',
    string
  >[];
  const text = await ModelText.read(options.model, (await inspectModel(options.model)).endIds);
  const rows = records
    .map(({ context, target }) => text.exampleIds(context, target, options.maxLength))
    .filter((row) => row !== undefined)
    .slice(0, options.count)
    .map(({ ids, targetStart }) => ({ ids, targetStart }));
  const order = new RowOrder(rows, { batchSize: options.batchSize, seed: 0 }).of(0);
  return Array.from(order, (place) => rows[place] as RealRow);
}
