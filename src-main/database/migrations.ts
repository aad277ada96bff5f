import type { Migration } from './migration.ts';
import { datasetsMigration } from './migrations/0001-datasets.ts';
import { baseModelsMigration } from './migrations/0002-base-models.ts';
import { jobsMigration } from './migrations/0003-jobs.ts';
import { runsAndAdaptersMigration } from './migrations/0004-runs-and-adapters.ts';
import { chatMigration } from './migrations/0005-chat.ts';
import { evaluationsMigration } from './migrations/0006-evaluations.ts';
import { datasetVersionsMigration } from './migrations/0007-dataset-versions.ts';
import { conversationTreeMigration } from './migrations/0008-conversation-tree.ts';
import { labMigration } from './migrations/0009-lab.ts';
import { trainingAndEvaluationMigration } from './migrations/0010-training-and-evaluation.ts';
import { settingsMigration } from './migrations/0011-settings.ts';
import { baseModelCatalogueMigration } from './migrations/0012-base-model-catalogue.ts';
import { queueMigration } from './migrations/0013-queue.ts';
import { runsInGroupsMigration } from './migrations/0014-runs-in-groups.ts';
import { failureDataMigration } from './migrations/0015-failure-data.ts';
import { deletedExperimentsMigration } from './migrations/0016-deleted-experiments.ts';
import { initialAdaptersMigration } from './migrations/0017-initial-adapters.ts';
import { forgottenEventsMigration } from './migrations/0018-forgotten-events.ts';
import { namesOfDeletedDatasetsMigration } from './migrations/0019-names-of-deleted-datasets.ts';
import { answeringProcessMigration } from './migrations/0020-answering-process.ts';
import { lossesApartMigration } from './migrations/0021-losses-apart.ts';
import { mapsApartMigration } from './migrations/0022-maps-apart.ts';
import { evaluationsDueMigration } from './migrations/0023-evaluations-due.ts';
import { blindVotesMigration } from './migrations/0024-blind-votes.ts';
import { answersKeepFormMigration } from './migrations/0025-answers-keep-form.ts';
import { answeredTablesMigration } from './migrations/0026-answered-tables.ts';
import { replacedQueriesMigration } from './migrations/0027-replaced-queries.ts';
import { queriesOfTablesMigration } from './migrations/0028-queries-of-tables.ts';

/** In the order in which they are applied; `version` is the position in this list, from 1. */
export const migrations: readonly Migration[] = [
  datasetsMigration,
  baseModelsMigration,
  jobsMigration,
  runsAndAdaptersMigration,
  chatMigration,
  evaluationsMigration,
  datasetVersionsMigration,
  conversationTreeMigration,
  labMigration,
  trainingAndEvaluationMigration,
  settingsMigration,
  baseModelCatalogueMigration,
  queueMigration,
  runsInGroupsMigration,
  failureDataMigration,
  deletedExperimentsMigration,
  initialAdaptersMigration,
  forgottenEventsMigration,
  namesOfDeletedDatasetsMigration,
  answeringProcessMigration,
  lossesApartMigration,
  mapsApartMigration,
  evaluationsDueMigration,
  blindVotesMigration,
  answersKeepFormMigration,
  answeredTablesMigration,
  replacedQueriesMigration,
  queriesOfTablesMigration,
];
