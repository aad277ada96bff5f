import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import type { TrainJob } from '../../src-main/engine/engine.ts';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { trainModel } from '../../src-main/engine/training/train.ts';

interface TrainingCourse {
  readonly losses: readonly number[];
  /** Of the gradients, before they are clipped. */
  readonly norms: readonly number[];
  /** The adapter's tensors after the last step. */
  readonly final: ReadonlyMap<string, readonly number[]>;
}

/** Trains an adapter to its end, in two goes if it is to stop after some steps. */
export async function trainingCourse(model: LoadedModel, job: TrainJob, stopAfter?: number): Promise<TrainingCourse> {
  const [losses, norms]: [number[], number[]] = [[], []];
  for (const limit of stopAfter === undefined ? [Number.POSITIVE_INFINITY] : [stopAfter, Number.POSITIVE_INFINITY]) {
    const stop = new AbortController();
    for await (const event of trainModel(model, job, new AdapterCache(), stop.signal)) {
      if (event.kind === 'step') {
        losses.push(event.loss);
        norms.push(event.gradientNorm);
      }
      if (losses.length >= limit) stop.abort();
    }
  }
  const { tensors } = await readPeft(job.outputFolder);
  return { losses, norms, final: new Map([...tensors].map(([name, { data }]) => [name, Array.from(data)])) };
}
