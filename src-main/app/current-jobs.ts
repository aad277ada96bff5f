import type { AnsweredTableEvent } from '../../src-contract/answered-table.ts';
import type { EvaluationEvent } from '../../src-contract/evaluation.ts';
import type { LabEvent } from '../../src-contract/lab.ts';
import type { RunEvent } from '../../src-contract/run.ts';
import type { StudioJob } from '../../src-contract/studio.ts';
import type { AnsweredTableStore } from '../answered-tables/answered-table-store.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { EvaluationStore } from '../evaluations/evaluation-store.ts';
import type { Supervisor } from '../jobs/supervisor.ts';
import type { LabStore } from '../lab/lab-store.ts';
import type { RunStore } from '../runs/run-store.ts';

/** What is being trained, evaluated and tried in the lab, and how far it is. */
export function currentJobs(studio: {
  training: Supervisor<RunEvent>;
  measuring: Supervisor<EvaluationEvent>;
  answering: Supervisor<AnsweredTableEvent>;
  experimenting: Supervisor<LabEvent>;
  runs: RunStore;
  evaluations: EvaluationStore;
  datasets: DatasetStore;
  answeredTables: AnsweredTableStore;
  lab: LabStore;
}): readonly StudioJob[] {
  const { training, measuring, answering, experimenting } = studio;
  const { runs, evaluations, answeredTables, datasets, lab } = studio;
  const jobs: StudioJob[] = [];
  if (training.current !== undefined) {
    const { id, name, step, totalSteps } = runs.get(training.current);
    const last = training.latest;
    const secondsLeft = last?.kind === 'step' ? last.secondsLeft : null;
    jobs.push({ kind: 'run', id, name, ...overOf(step, totalSteps), secondsLeft });
  }
  if (measuring.current !== undefined) {
    const { id, datasetId } = evaluations.get(measuring.current);
    const name = datasets.list().find((dataset) => dataset.id === datasetId)?.name ?? '';
    const last = measuring.latest;
    const { done, total, secondsLeft } = last?.kind === 'progress' ? last : { done: 0, total: 0, secondsLeft: null };
    jobs.push({ kind: 'evaluation', id, name, ...overOf(done, total), secondsLeft });
  }
  if (answering.current !== undefined) {
    const { id, name, answered, rows } = answeredTables.get(answering.current);
    const secondsLeft = answering.latest?.kind === 'progress' ? answering.latest.secondsLeft : null;
    jobs.push({ kind: 'answered-table', id, name, ...overOf(answered, rows), secondsLeft });
  }
  if (experimenting.current !== undefined) {
    const { id, kind, total, cells } = lab.get(experimenting.current);
    const last = experimenting.latest;
    const over = overOf(cells.length, total);
    const { secondsLeft, fraction = over.fraction } =
      last?.kind === 'progress' ? last : { secondsLeft: null, fraction: over.fraction };
    jobs.push({ kind: 'lab', id, name: kind, ...over, fraction, secondsLeft });
  }
  return jobs;
}

function overOf(done: number, total: number) {
  return { done, total, fraction: total > 0 ? done / total : 0 };
}
