import type { Migration } from './migration.ts';
import { datasetsMigration } from './migrations/0001-datasets.ts';

/** In the order in which they are applied; `version` is the place in this list, counted from 1. */
export const migrations: readonly Migration[] = [datasetsMigration];
