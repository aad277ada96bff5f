import { setImmediate } from 'node:timers/promises';
import type { AdapterCache } from '../adapters/adapter-cache.ts';
import type { TrainEvent, TrainJob } from '../engine.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { startByGradient } from './gradient-start.ts';
import { Passes } from './passes.ts';
import type { StepSums } from './step-sums.ts';
import type { Trainable } from './trainable.ts';
import { openRun, type PlannedStep, type TrainingRun } from './training-run.ts';

/**
 * Trains an adapter, or every weight, on the target tokens of a token file. The loss of a step is the mean over the
 * target tokens of its whole batch: micro-batches accumulate sums, which are divided once. The same job with the same
 * threads on the same machine gives the same numbers, also when stopped and resumed. Throws RUN_DIVERGED,
 * DATASET_TOO_SMALL, RUN_NOT_RESUMABLE, CONTEXT_TOO_LONG, MODEL_FILE_INVALID, DISK_FULL.
 */
export async function* trainModel(
  model: LoadedModel,
  job: TrainJob,
  adapters: AdapterCache,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const run = await openRun(model, job, adapters);
  const passes = new Passes(model, job);
  await passes.prepare([run.trainable], { scores: run.validates });
  await run.resume();

  yield run.started();
  while (!signal.aborted && !run.isDone) {
    // Validation comes first: a run stopped just before one makes up for it when resumed.
    const event = run.validationIsDue() ? await validate(run, passes, signal) : await nextStep(run, passes, signal);
    if (event === undefined) break;
    yield event;
    if (run.checkpointIsDue()) yield await run.keep();
  }
  if (run.isUnsaved) yield await run.keep();
  yield await run.finish();
}

/**
 * Mean loss over the validation rows, and the answers to the sample prompts; at step 0, both for the base model too.
 * Undefined when aborted midway: a partial measurement is worthless.
 */
async function validate(run: TrainingRun, passes: Passes, signal: AbortSignal): Promise<TrainEvent | undefined> {
  const trainable = run.step === 0 ? run.trainable.base() : null;
  const base = trainable && { trainable, sums: await score(run, { trainable, passes }, signal) };
  const sums = await score(run, { trainable: run.trainable, passes }, signal);
  return signal.aborted ? undefined : run.validated({ sums, ...(base && { base }) }, signal);
}

async function score(
  run: TrainingRun,
  { trainable, passes }: { trainable: Trainable; passes: Passes },
  signal: AbortSignal,
): Promise<StepSums> {
  const sums = run.validationSums();
  for (const batch of run.validationBatches()) {
    // Yield to the event loop between passes: an abort, a chat.
    await setImmediate();
    if (signal.aborted) break;
    const [logProbs] = (await passes.score([{ trainable, batch }])) as [Float32Array];
    sums.add(batch, { logProbs, gradients: new Map() });
  }
  return sums;
}

/** One optimiser step, or undefined when aborted midway: what was accumulated so far is dropped. */
async function nextStep(run: TrainingRun, passes: Passes, signal: AbortSignal): Promise<TrainEvent | undefined> {
  if (!(await startByGradient([run], ([planned]) => pass(planned as PlannedStep, passes, signal)))) return undefined;
  const begun = performance.now();
  const planned = run.planStep();
  if (!(await pass(planned, passes, signal))) return undefined;
  return run.stepped(planned, { seconds: (performance.now() - begun) / 1000 });
}

/** Whether it came to the end. */
async function pass({ parts, sums }: PlannedStep, passes: Passes, signal: AbortSignal): Promise<boolean> {
  for (const part of parts) {
    await setImmediate();
    if (signal.aborted) return false;
    for (const passed of await passes.train([part])) sums.add(part.batch, passed);
  }
  return true;
}
