import { StudioError } from './errors.ts';
import { because } from './failure-reason.ts';

/** Refuses a file as a database. Of a script of SQL it tells how a database is made of it. */
export function notSqlite(file: string): StudioError {
  const script = /^(.*)\.sql$/is.exec(file);
  const why = script === null ? because('NOT_SQLITE') : because('SQL_SCRIPT', { script: file, name: script[1] ?? '' });
  return new StudioError('DATABASE_ATTACHED_INVALID', { file, ...why });
}
