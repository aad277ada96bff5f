import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import type { AdapterCache } from '../adapters/adapter-cache.ts';
import type { DivergedEvent, TrainJob, TrainTogetherEvent, TrainTogetherJob } from '../engine.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { startByGradient } from './gradient-start.ts';
import type { MicroBatch } from './micro-batches.ts';
import { packingFor } from './packing.ts';
import { readPassGroup, sharesPass, writePassGroup } from './pass-group.ts';
import { Passes, type PassPart } from './passes.ts';
import { roomFor } from './stack-batches.ts';
import type { StepSums } from './step-sums.ts';
import { trainModel } from './train.ts';
import type { Trainable } from './trainable.ts';
import { type Measured, openRun, type PlannedStep, type TrainingRun } from './training-run.ts';

/**
 * Trains several LoRA adapters over one base: those with small enough steps side by side, as rows of one batch, each
 * with its own rows, rank, matrices and rate; then the next ones. Each gets the losses, gradients and weights that it
 * would get alone, up to rounding; stopped or killed and called again, what it would have got uninterrupted. The base
 * is measured once for all that share validation rows. Throws as `trainModel` does, ending all of them; but one that
 * diverges ends alone.
 */
export async function* trainTogether(
  model: LoadedModel,
  { jobs, together }: TrainTogetherJob,
  adapters: AdapterCache,
  signal: AbortSignal,
): AsyncGenerator<TrainTogetherEvent> {
  const base: BaseSums = new Map();
  for (let first = 0; first < jobs.length && !signal.aborted; ) {
    const group = await openGroup(model, { jobs: jobs.slice(first), together }, adapters);
    if (group.length === 0) {
      yield* trainAlone(model, { place: first, job: jobs[first] as TrainJob }, adapters, signal);
      first++;
      continue;
    }
    const members = group.map((member, i): Member => ({ ...member, place: first + i }));
    const budget = together === undefined ? packingFor(model.architecture).tokenBudget : Number.POSITIVE_INFINITY;
    yield* trainGroup(model, { members, base, budget }, signal);
    first += group.length;
  }
}

async function* trainAlone(
  model: LoadedModel,
  { place, job }: { place: number; job: TrainJob },
  adapters: AdapterCache,
  signal: AbortSignal,
): AsyncGenerator<TrainTogetherEvent> {
  try {
    for await (const event of trainModel(model, job, adapters, signal)) yield { job: place, event };
  } catch (error) {
    yield { job: place, event: divergenceOf(error) };
  }
}

/** Rethrows anything but a divergence. */
function divergenceOf(error: unknown): DivergedEvent {
  if (!(error instanceof StudioError) || error.code !== 'RUN_DIVERGED') throw error;
  // Sound: the code decides the type of the data.
  return { kind: 'diverged', ...(error as StudioError<'RUN_DIVERGED'>).data };
}

interface Member {
  readonly place: number;
  readonly job: TrainJob;
  readonly run: TrainingRun;
}

/** Sums of the bare base over a file's rows, keyed by the file's hash. */
type BaseSums = Map<string | null, StepSums>;

interface Group {
  readonly members: readonly Member[];
  readonly base: BaseSums;
  /** Maximum positions in a pass. */
  readonly budget: number;
}

/** The first jobs that can share passes, each resumed from where it was; none if the first can't share a pass. */
async function openGroup(
  model: LoadedModel,
  { jobs, together }: TrainTogetherJob,
  adapters: AdapterCache,
): Promise<Omit<Member, 'place'>[]> {
  const group: { job: TrainJob; run: TrainingRun }[] = [];
  const { tokenBudget } = packingFor(model.architecture);
  const firstSteps: MicroBatch[][] = [];
  const [first] = jobs;
  const passGroup = first && (await readPassGroup(first.checkpointFolder));
  for (const job of jobs) {
    if (!canShare(job) || !hasSameGraph(job, jobs[0] as TrainJob)) break;
    if (together !== undefined && group.length >= together) break;
    const run = await openRun(model, job, adapters);
    firstSteps.push(run.planStep().parts.map(({ batch }) => batch));
    if (together === undefined && !sharesPass(firstSteps, tokenBudget)) break;
    await run.resume();
    const isFresh = run.step === 0 && (group[0]?.run.step ?? 0) === 0;
    const belongs = passGroup === undefined ? isFresh : (await readPassGroup(job.checkpointFolder)) === passGroup;
    if (group.length > 0 && !belongs) break;
    group.push({ job, run });
  }
  if (passGroup === undefined) await writePassGroup(group.map(({ job }) => job.checkpointFolder));
  return await abreast(model, group, adapters);
}

/** A kill between the checkpoints of a pass group leaves some ahead of the others: they go back to the others' step. */
async function abreast(
  model: LoadedModel,
  group: readonly Omit<Member, 'place'>[],
  adapters: AdapterCache,
): Promise<Omit<Member, 'place'>[]> {
  const step = Math.min(...group.filter(({ run }) => !run.isDone).map(({ run }) => run.step));
  const members: Omit<Member, 'place'>[] = [];
  for (const { job, run } of group) {
    const isAhead = run.step > step;
    if (!isAhead) members.push({ job, run });
    else {
      const again = await openRun(model, job, adapters);
      await again.resume({ isPrevious: true });
      members.push({ job, run: again.step === step ? again : run });
    }
  }
  return members;
}

function hasSameGraph(a: TrainJob, b: TrainJob): boolean {
  return a.labelSmoothing === b.labelSmoothing && a.gradientCheckpointing === b.gradientCheckpointing;
}

/** Dropout masks are drawn for a batch as it is alone; other methods have nothing that could differ by row. */
function canShare({ method }: TrainJob): boolean {
  return method.kind === 'lora' && method.dropout === 0;
}

async function* trainGroup(model: LoadedModel, group: Group, signal: AbortSignal): AsyncGenerator<TrainTogetherEvent> {
  let { members } = group;
  const [first] = members as [Member, ...Member[]];
  const passes = new Passes(model, first.job);
  await passes.prepare(
    members.map(({ run }) => run.trainable),
    { scores: members.some(({ run }) => run.validates) },
  );
  for (const { place: job, run } of members) yield { job, event: run.started() };
  while (!signal.aborted) {
    const measured = members.filter(({ run }) => run.validationIsDue());
    const stepping = members.filter(({ run }) => !run.isDone);
    const events =
      measured.length > 0
        ? await measure(measured, { ...group, passes }, signal)
        : await step(stepping, { ...group, passes }, signal);
    if (events === undefined) break;
    yield* events;
    const diverged = events.filter(({ event }) => event.kind === 'diverged').map(({ job }) => job);
    members = members.filter(({ place }) => !diverged.includes(place));
    // All at the same step: what is resumed from there is in the same group, which a divergence makes smaller.
    if (diverged.length > 0 || members.some(({ run }) => run.checkpointIsDue())) yield* keep(members);
    const done = members.filter(({ run }) => run.isDone);
    if (done.length === members.length) break;
    // Those that end early need not wait.
    yield* end(done);
    members = members.filter((member) => !done.includes(member));
  }
  yield* end(members);
}

async function* end(members: readonly Member[]): AsyncGenerator<TrainTogetherEvent> {
  yield* keep(members);
  for (const { place: job, run } of members) yield { job, event: await run.finish() };
}

async function* keep(members: readonly Member[]): AsyncGenerator<TrainTogetherEvent> {
  for (const { place: job, run } of members) {
    if (run.isUnsaved) yield { job, event: await run.keep({ keepsPrevious: true }) };
  }
}

interface Passing extends Group {
  readonly passes: Passes;
}

/** One optimiser step of each; undefined when aborted midway. */
async function step(
  members: readonly Member[],
  passing: Passing,
  signal: AbortSignal,
): Promise<TrainTogetherEvent[] | undefined> {
  const runs = members.map(({ run }) => run);
  if (!(await startByGradient(runs, (planned) => pass(planned, passing, signal)))) return undefined;
  const begun = performance.now();
  const planned = new Map(members.map((member) => [member, member.run.planStep()]));
  if (!(await pass([...planned.values()], passing, signal))) return undefined;
  // Each is charged an equal share of the time.
  const seconds = (performance.now() - begun) / 1000 / members.length;
  return [...planned].map(([{ place, run }, plan]) => {
    try {
      return { job: place, event: run.stepped(plan, { seconds, together: members.length }) };
    } catch (error) {
      return { job: place, event: divergenceOf(error) };
    }
  });
}

/** Whether all came to their end. */
async function pass(
  planned: readonly PlannedStep[],
  { passes, budget }: Passing,
  signal: AbortSignal,
): Promise<boolean> {
  const parts = planned.flatMap((plan) => plan.parts.map((part) => ({ ...part, plan })));
  for (const sharing of shared(parts, budget)) {
    // Yield to the event loop between passes: an abort, a chat.
    await setImmediate();
    if (signal.aborted) return false;
    const passed = await passes.train(sharing);
    sharing.forEach(({ plan, batch }, i) => {
      const own = passed[i];
      if (own) plan.sums.add(batch, own);
    });
  }
  return true;
}

/** The mean loss of each over its validation rows, at step 0 also the bare base's; undefined when aborted midway. */
async function measure(
  members: readonly Member[],
  { passes, base, budget }: Passing,
  signal: AbortSignal,
): Promise<TrainTogetherEvent[] | undefined> {
  const parts: (PassPart & { readonly sums: StepSums })[] = [];
  const ride = (run: TrainingRun, trainable: Trainable): StepSums => {
    const sums = run.validationSums();
    parts.push(...run.validationBatches().map((batch) => ({ trainable, batch, sums })));
    return sums;
  };
  const measured = members.map((member): { member: Member; of: Measured } => {
    const { run } = member;
    const { trainable, validationSha256: file } = run;
    if (run.step > 0) return { member, of: { sums: ride(run, trainable) } };
    const bare = trainable.base();
    const sums = base.get(file) ?? ride(run, bare ?? trainable);
    base.set(file, sums);
    return { member, of: bare === null ? { sums } : { sums: ride(run, trainable), base: { trainable: bare, sums } } };
  });
  for (const sharing of shared(parts, budget)) {
    await setImmediate();
    if (signal.aborted) return undefined;
    const scored = await passes.score(sharing);
    sharing.forEach(({ sums, batch }, i) => {
      sums.add(batch, { logProbs: scored[i] as Float32Array, gradients: new Map() });
    });
  }
  const events: TrainTogetherEvent[] = [];
  for (const { member, of } of measured) {
    try {
      const event = await member.run.validated(of, signal);
      if (event === undefined) return undefined;
      events.push({ job: member.place, event });
    } catch (error) {
      events.push({ job: member.place, event: divergenceOf(error) });
    }
  }
  return events;
}

/**
 * Assigns micro-batches to passes: those of a step share one while there is room, but never two of the same training.
 */
function* shared<R extends PassPart>(parts: readonly R[], budget: number): Generator<R[]> {
  let left = [...parts];
  while (left.length > 0) {
    const sharing: R[] = [];
    for (const part of left) {
      if (sharing.some(({ trainable }) => trainable === part.trainable)) continue;
      const room = roomFor([...sharing, part].map(({ batch }) => batch));
      if (sharing.length > 0 && (sharing.length + 1) * room.sequences * room.length > budget) break;
      sharing.push(part);
    }
    left = left.filter((part) => !sharing.includes(part));
    yield sharing;
  }
}
