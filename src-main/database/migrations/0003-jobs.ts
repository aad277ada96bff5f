import type { Migration } from '../migration.ts';

/** Detached work and its events. Each run and each evaluation has one row here, under its own id. */
export const jobsMigration: Migration = {
  version: 3,
  name: 'jobs',
  up(database) {
    database.exec(`
      CREATE TABLE job (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'stopped', 'failed', 'interrupted')),
        -- the process that runs it; while that process is alive, no other touches the job
        owner TEXT NOT NULL,
        error_code TEXT,
        error_message TEXT,
        error_hint TEXT,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER
      ) STRICT;

      -- jobs in progress, at every start and before a job begins
      CREATE INDEX job_active ON job (state) WHERE state IN ('queued', 'running');

      CREATE TABLE job_event (
        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        -- from 1, increasing
        sequence INTEGER NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (job_id, sequence)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
