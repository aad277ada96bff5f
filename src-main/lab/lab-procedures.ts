import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { watchJob } from '../jobs/job-procedures.ts';
import { isOwnName } from '../own-name.ts';
import { LabSpeed } from './lab-speed.ts';
import type { LabStore } from './lab-store.ts';
import { labCards, labNumbers, labPicture, labReport, labShapes, labView, saveExperiment } from './show-lab.ts';
import { type LabParts, resumeLab, startLab } from './start-lab.ts';
import { isCellId, readTrained } from './train-cells.ts';

export function labProcedures(parts: LabParts & { changed: () => void }) {
  const { store, supervisor, changed } = parts;
  const speed = new LabSpeed(parts);
  const os = implement(contract.lab).$context<CallerContext>();
  return os.router({
    start: os.start.handler(({ input }) => startLab(input, parts)),
    resume: os.resume.handler(({ input }) => resumeLab(input.id, parts)),
    stop: os.stop.handler(({ input }) => supervisor.stop(store.get(input.id).id)),
    watch: os.watch.handler(({ input, signal, lastEventId }) => {
      const { id } = store.get(input.id);
      const ended = () => ({ kind: 'finished' as const, experiment: store.get(id) });
      return watchJob(supervisor, id, { signal, lastEventId, ended });
    }),
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    delete: os.delete.handler(({ input }) => {
      const { id, state } = store.get(input.id);
      if (state === 'queued' || state === 'running') {
        throw new StudioError('EXPERIMENT_NOT_RESUMABLE', { experiment: id, ...because('GOES_ON') });
      }
      store.markDeleted(id, parts.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const experiment = store.restore(input.id);
      changed();
      return experiment;
    }),
    shapes: os.shapes.handler(({ input }) => labShapes(input.baseModelId, parts)),
    cards: os.cards.handler(({ input }) => labCards(input, { ...parts, speed })),
    view: os.view.handler(({ input }) => labView(input.id, input, store)),
    picture: os.picture.handler(({ input }) => labPicture(input, store)),
    maps: os.maps.handler(({ input }) => store.maps(store.get(input.id).id, input.layer)),
    report: os.report.handler(({ input }) => labReport(input.baseModelId, input.language, parts)),
    save: os.save.handler(async ({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', { what: 'Naming a folder to write to' });
      return { files: await saveExperiment(input.id, input, parts) };
    }),
    csv: os.csv.handler(({ input }) => labNumbers(input.id, input.language, store)),
  });
}

/**
 * Removes deleted experiments, folders of those that are no longer known, and trained cells that none of those left refers to: only
 * those of the studio's own, made since the database was at `since`, and only when no other process is here.
 */
export async function clearLab(store: LabStore, labFolder: string, since: number): Promise<void> {
  store.removeDeleted();
  const known = new Set(store.listIds());
  const remove = (...path: string[]) => rm(join(labFolder, ...path), { recursive: true, force: true });
  for (const name of await readdir(labFolder)) if (!known.has(name) && isOwnName(name, since)) await remove(name);
  const used = new Set(store.list().flatMap(({ cells }) => cells.map(({ values }) => values.adapterSha256)));
  for (const name of await readdir(join(labFolder, 'cells')).catch(() => [])) {
    if (!isCellId(name) || (await stat(join(labFolder, 'cells', name))).mtimeMs < since) continue;
    // One that is not finished belongs to an experiment that may go on, or is a checkpoint of nothing once there is none.
    const trained = await readTrained(join(labFolder, 'cells', name));
    const isKept = trained === undefined ? store.listIds().length > 0 : used.has(trained.adapterSha256);
    if (!isKept) await remove('cells', name);
  }
}
