import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { TrainJob } from '../engine/engine.ts';
import { type TokenRow, writeTokenFile } from '../tasks/token-file.ts';
import { trainJob } from './train-job.ts';
import type { TrainingParts } from './train-run.ts';

/** Tokens per step: enough to keep the processor busy, few enough to be over soon. */
const stepTokens = 512;
/** The first step compiles and warms up; the others are measured. */
const steps = 3;

/**
 * Briefly trains a base on the first rows of a dataset and stores the tokens per second. Leaves nothing else behind.
 * False when no row fits.
 */
export async function probeSpeed(
  about: { dataset: Dataset; base: BaseModel; options: TrainOptions },
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<boolean> {
  const { dataset, base, options } = about;
  const text = await parts.modelTexts.of(base, dataset.task);
  const rows: TokenRow[] = [];
  let tokens = 0;
  for (const { context, target } of parts.datasets.examples(dataset.id, 'train', dataset.version)) {
    const row = await text.exampleIds(context, target, Math.min(options.maxLength, stepTokens));
    if (row === undefined) continue;
    rows.push(row);
    tokens += row.ids.length;
    if (tokens >= stepTokens || rows.length >= 64) break;
  }
  if (rows.length === 0) return false;
  await mkdir(parts.runsFolder, { recursive: true });
  const folder = await mkdtemp(join(parts.runsFolder, 'probe-'));
  try {
    await writeTokenFile(join(folder, 'rows'), rows, signal);
    const settings = { ...options, maxSteps: steps, epochs: steps, batchSize: rows.length, initAdapterId: null };
    const files = { trainFile: join(folder, 'rows'), validationFile: null };
    const job = trainJob(settings, { base, folder, files, samples: undefined, initFolder: null });
    const tokensPerSecond = await speedOf(job, parts, signal);
    if (tokensPerSecond === undefined) return false;
    parts.speeds.put(base.sha256, options, { tokensPerSecond, by: 'probe' }, parts.now());
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function speedOf(job: TrainJob, { engine }: TrainingParts, signal: AbortSignal): Promise<number | undefined> {
  let [tokens, seconds] = [0, 0];
  for await (const event of engine.train(job, signal)) {
    if (event.kind !== 'step' || event.step === 1) continue;
    tokens += event.tokens;
    seconds += event.seconds;
  }
  return seconds === 0 ? undefined : tokens / seconds;
}
