import { adapters } from './en/adapters.ts';
import { answeredTables } from './en/answered-tables.ts';
import { app } from './en/app.ts';
import { baseModels } from './en/base-models.ts';
import { chat } from './en/chat.ts';
import { dataFolder } from './en/data-folder.ts';
import { datasets } from './en/datasets.ts';
import { evaluations } from './en/evaluations.ts';
import { home } from './en/home.ts';
import { lab } from './en/lab.ts';
import { mending } from './en/mending.ts';
import { modelLibrary } from './en/model-library.ts';
import { runs } from './en/runs.ts';
import { ui } from './en/ui.ts';
import { unwritten } from './en/unwritten.ts';

/** All on-screen texts in English; each feature keeps its own part. */
export const en = {
  ...ui,
  ...app,
  ...dataFolder,
  ...home,
  ...datasets,
  ...mending,
  ...unwritten,
  ...baseModels,
  ...modelLibrary,
  ...runs,
  ...adapters,
  ...chat,
  ...answeredTables,
  ...evaluations,
  ...lab,
};
