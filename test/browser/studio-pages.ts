import { paths } from '../../src-renderer/paths.ts';

/** Every page that opens without anything in the studio, by its name in a sentence. */
export const studioPages = {
  home: paths.home(),
  datasets: paths.datasets(),
  'an import': paths.importDataset(),
  runs: paths.runs(),
  'a new run': paths.newRun(),
  adapters: paths.adapters(),
  chat: paths.chat(),
  'answered tables': paths.answeredTables(),
  'a new answered table': paths.newAnsweredTable(),
  evaluations: paths.evaluations(),
  lab: paths.lab(),
  'base models': paths.baseModels(),
  settings: paths.settings(),
};
