import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { TrainJob } from '../engine/engine.ts';
import { type TokenRow, writeTokenFile } from '../tasks/token-file.ts';
import { trainJob } from './train-job.ts';
import type { TrainingParts } from './train-run.ts';

/** Tokens of one step: enough to keep the processor busy, few enough to be over soon. */
const stepTokens = 512;
/** The first compiles and warms up; the others are measured. */
const steps = 3;

/**
 * Trains a base for a moment on the first rows of a dataset and keeps what was measured: tokens a second, and memory beside
 * the model. Leaves nothing else behind. False when no row fits.
 */
export async function probeSpeed(
  about: { dataset: Dataset; base: BaseModel; options: TrainOptions },
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<boolean> {
  const { dataset, base, options } = about;
  const text = await parts.modelTexts.of(base);
  const rows: TokenRow[] = [];
  let tokens = 0;
  for (const { context, target } of parts.datasets.examples(dataset.id, 'train', dataset.version)) {
    const row = text.exampleIds(context, target, Math.min(options.maxLength, stepTokens));
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
    const measured = await train(job, parts, signal);
    if (measured === undefined) return false;
    const bytes = Math.max(0, measured.peakRss - measured.rssBefore);
    parts.speeds.put(base.sha256, options, { ...measured, bytes, tokens }, parts.now());
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function train(job: TrainJob, { engine }: TrainingParts, signal: AbortSignal) {
  let [tokens, seconds, rssBefore, peakRss] = [0, 0, 0, 0];
  for await (const event of engine.train(job, signal)) {
    // The model is loaded by then, the first graph run is to come.
    if (event.kind === 'started') rssBefore = process.memoryUsage.rss();
    if (event.kind !== 'step') continue;
    peakRss = Math.max(peakRss, event.rssBytes);
    if (event.step === 1) continue;
    tokens += event.tokens;
    seconds += event.seconds;
  }
  return seconds === 0 ? undefined : { tokensPerSecond: tokens / seconds, rssBefore, peakRss };
}
