import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { implement, withEventMeta } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { estimateRun } from './estimate.ts';
import type { RunStore } from './run-store.ts';
import { type RunningParts, resumeRun, settleOptions, startRun } from './start-run.ts';

export function runProcedures(
  given: Omit<RunningParts, 'told' | 'rewind'> & { changed: () => void; dataFolder: string },
) {
  const { runs, supervisor, datasets, baseModels, engine, modelTexts, changed, dataFolder } = given;
  const parts: RunningParts = {
    ...given,
    told: (id) => supervisor.told(id),
    rewind: (id, unwanted) => supervisor.rewind(id, unwanted),
  };
  const os = implement(contract.runs).$context<CallerContext>();
  return os.router({
    start: os.start.handler(({ input }) => startRun(input, parts)),
    resume: os.resume.handler(({ input }) => resumeRun(input.id, parts)),
    stop: os.stop.handler(async ({ input }) => {
      const { id, state } = runs.get(input.id);
      const isGoing = state === 'queued' || state === 'running';
      if (isGoing && !supervisor.isActive(id)) throw new StudioError('DATA_FOLDER_BUSY', { folder: dataFolder });
      await supervisor.stop(id);
    }),
    watch: os.watch.handler(async function* ({ input, signal, lastEventId }) {
      const { id } = runs.get(input.id);
      // A client that lost its connection says by itself what it has seen.
      const after = lastEventId === undefined ? (input.after ?? 0) : Number(lastEventId);
      let isTold = false;
      let last = after;
      for await (const { sequence, event } of supervisor.watch(id, { after, signal })) {
        last = sequence;
        isTold = event.kind === 'finished';
        yield withEventMeta(event, { id: String(sequence) });
      }
      if (isTold || signal?.aborted) return;
      // A run whose process was killed never told its end.
      const { state, adapterId } = runs.get(id);
      yield withEventMeta({ kind: 'finished' as const, state, adapterId }, { id: String(last) });
    }),
    list: os.list.handler(() => runs.list()),
    get: os.get.handler(({ input }) => runs.get(input.id)),
    delete: os.delete.handler(async ({ input }) => {
      const run = runs.get(input.id);
      if (run.state === 'queued' || run.state === 'running') {
        throw new StudioError('RUN_ALREADY_ACTIVE', { run: run.name });
      }
      runs.delete(run.id);
      await rm(join(parts.runsFolder, run.id), { recursive: true, force: true });
      changed();
    }),
    estimate: os.estimate.handler(async ({ input, signal }) => {
      const dataset = datasets.get(input.datasetId);
      const base = baseModels.get(input.baseModelId);
      const options = await settleOptions(input, { ...parts, base, trainRows: dataset.splits.train });
      const [facts, text] = [await engine.inspect(base.path), await modelTexts.of(base)];
      const tokensPerSecond = runs.speedOn(base.id);
      return estimateRun({ dataset, base, facts, options, tokensPerSecond }, { datasets, text }, signal);
    }),
  });
}

/** Removes folders of runs that are no longer known. Only when no other process is here. */
export async function clearRuns(runs: RunStore, runsFolder: string): Promise<void> {
  const known = new Set(runs.listIds());
  for (const name of await readdir(runsFolder)) {
    if (!known.has(name)) await rm(join(runsFolder, name), { recursive: true, force: true });
  }
}
