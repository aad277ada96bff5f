import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { isActive } from '../../src-contract/active-job.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, StartRunInput } from '../../src-contract/run.ts';
import { isOwnName } from '../files/own-name.ts';
import { watchJob } from '../jobs/job-procedures.ts';
import { estimateRun } from './estimate.ts';
import { probeSpeed } from './probe.ts';
import type { RunStore } from './run-store.ts';
import {
  keepStopped,
  mayGoOn,
  measureWhenAllHaveEnded,
  type RunningParts,
  repeatRun,
  resumeRun,
  settleAll,
  startRun,
} from './start-run.ts';
import { countTokenLengths } from './token-lengths.ts';
import type { TrainingSettingsStore } from './training-settings-store.ts';

export function runProcedures(
  parts: RunningParts & {
    settings: TrainingSettingsStore;
    /** Whether the studio trains, measures or experiments. */
    isBusy: () => boolean;
    changed: () => void;
  },
) {
  const { runs, supervisor, datasets, baseModels, engine, modelTexts, settings, changed, dataFolder } = parts;
  const os = implement(contract.runs).$context<CallerContext>();
  const settled = async (input: Omit<StartRunInput, 'name'>) => {
    const dataset = datasets.get(input.datasetId);
    const base = baseModels.get(input.baseModelId);
    const [options, ...others] = await settleAll(input, { ...parts, base, trainRows: dataset.splits.train });
    return { dataset, base, options, others };
  };
  /** A run that is active here, or has ended; one that is active in another process must not be touched. */
  const mine = (name: string) => {
    const run = runs.get(name);
    supervisor.requireHere(run.id);
    return run;
  };

  /** The runs that pause and end together: this one, and the unfinished ones that train with it. */
  const together = (run: Run) => runs.groupOf(run).filter(({ id, state }) => id === run.id || state !== 'finished');

  return os.router({
    start: os.start.handler(({ input }) => startRun(input, parts)),
    resume: os.resume.handler(({ input }) => resumeRun(input.id, parts)),
    repeat: os.repeat.handler(({ input }) => repeatRun(input.id, parts)),
    stop: os.stop.handler(async ({ input }) => {
      const run = mine(input.id);
      const stopping = together(run).map(({ id }) => id);
      for (const id of stopping) await supervisor.stop(id);
      // None of them is paused any more, whatever can be kept of it.
      for (const id of stopping) runs.setStopped(id);
      changed();
      await keepStopped(stopping, parts);
      // One that was under way has seen to it as it ended.
      if (run.state === 'paused') measureWhenAllHaveEnded(run, parts);
      changed();
    }),
    pause: os.pause.handler(async ({ input }) => {
      const run = mine(input.id);
      if (!isActive(run)) return;
      const pausing = together(run).filter(isActive);
      for (const { id } of pausing) parts.pausing.add(id);
      try {
        for (const { id } of pausing) runs.setPaused(id);
        for (const { id } of pausing) await supervisor.stop(id);
      } finally {
        for (const { id } of pausing) parts.pausing.delete(id);
      }
      changed();
    }),
    move: os.move.handler(({ input }) => {
      runs.move(runs.get(input.id).id, input.to);
      changed();
    }),
    watch: os.watch.handler(({ input, signal, lastEventId }) => {
      const { id } = runs.get(input.id);
      const ended = () => {
        const { state, adapterId } = runs.get(id);
        return { kind: 'finished' as const, state, adapterId };
      };
      return watchJob(supervisor, id, { signal, lastEventId, after: input.after, ended });
    }),
    list: os.list.handler(() => runs.list()),
    listed: os.listed.handler(() => runs.listed()),
    curves: os.curves.handler(({ input }) => runs.curves(input.ids, pointsOfCurve)),
    get: os.get.handler(({ input }) => runs.get(input.id)),
    delete: os.delete.handler(({ input }) => {
      const run = runs.get(input.id);
      if (isActive(run)) throw new StudioError('RUN_ALREADY_ACTIVE', { run: run.name });
      runs.markDeleted(run.id, Date.now());
      // Those that trained with it have waited for it.
      if (run.group !== null && mayGoOn(run)) measureWhenAllHaveEnded(run, parts);
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const run = runs.restore(input.id);
      changed();
      return run;
    }),
    tokenLengths: os.tokenLengths.handler(async function* ({ input, signal = new AbortController().signal }) {
      const dataset = datasets.get(input.datasetId);
      const base = baseModels.get(input.baseModelId);
      const text = await modelTexts.of(base, dataset.task);
      yield* countTokenLengths({ dataset, base, split: input.split }, { datasets, text, dataFolder }, signal);
    }),
    estimate: os.estimate.handler(async ({ input, signal }) => {
      const { dataset, base, options, others } = await settled(input);
      const [facts, text] = [await engine.inspect(base.path), await modelTexts.of(base, dataset.task)];
      return estimateRun({ dataset, base, facts, options, others }, { ...parts, text }, signal);
    }),
    probe: os.probe.handler(async ({ input, signal = new AbortController().signal }) => {
      const about = await settled(input);
      if (parts.isBusy()) return { measured: false };
      if (parts.speeds.get(about.base.sha256, about.options) !== undefined) return { measured: true };
      return { measured: await probeSpeed(about, parts, signal) };
    }),
    settings: {
      list: os.settings.list.handler(() => settings.list()),
      save: os.settings.save.handler(({ input }) => {
        const saved = settings.save(input, Date.now());
        changed();
        return saved;
      }),
      delete: os.settings.delete.handler(({ input }) => {
        settings.delete(input.id);
        changed();
      }),
    },
  });
}

/** One for each pixel of the picture, or nearly. */
const pointsOfCurve = 100;

/**
 * Removes runs deleted up to a given time, and folders of runs that have finished or are no longer known: only the
 * studio's own, no older than the database, which was created at `since`. To be called only when no other process is
 * running.
 */
export async function clearRuns(
  runs: RunStore,
  runsFolder: string,
  { since, deletedBefore }: { since: number; deletedBefore: number },
): Promise<void> {
  runs.removeDeleted(deletedBefore);
  const unfinished = new Set(runs.listUnfinishedIds());
  for (const name of await readdir(runsFolder)) {
    if (unfinished.has(name) || !(isOwnName(name, since) || /^probe-\w{6}$/.test(name))) continue;
    await rm(join(runsFolder, name), { recursive: true, force: true });
  }
}

/** Removes runs that were deleted up to then, while the studio is running. */
export async function freeRuns(runs: RunStore, runsFolder: string, deletedBefore: number): Promise<void> {
  for (const id of runs.giveUpDeleted(deletedBefore)) await rm(join(runsFolder, id), { recursive: true, force: true });
  runs.removeDeleted(deletedBefore);
}
