import type { StudioJob } from '../../src-contract/studio.ts';
import { paths } from '../paths.ts';

/** The page of each kind of long work. */
export const jobPages: Readonly<Record<StudioJob['kind'], (id: string) => string>> = {
  run: paths.run,
  evaluation: paths.evaluation,
  'answered-table': paths.answeredTable,
  lab: paths.experiment,
};
