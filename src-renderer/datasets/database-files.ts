import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { FolderOfFiles } from '../ui/dropped-folder.ts';
import { archiveOf } from './folder-archive.ts';

/** What the file chooser offers as databases for the queries of a dataset. */
export const databaseFiles = '.sqlite,.sqlite3,.db,.zip';

/** The files of a chooser as the one that is sent: several SQLite files become an archive of them. */
export function databaseSource(files: readonly File[]): File | undefined {
  return files.length > 1 ? archiveOf({ name: '', files: files.map((file) => ({ path: file.name, file })) }) : files[0];
}

/**
 * The databases of a folder and of those within it as one archive; what else lies there, as scripts and tables do beside the
 * databases of Spider, is not sent. Throws DATABASE_ATTACHED_INVALID where there is none.
 */
export function databasesIn({ name, files }: FolderOfFiles): File {
  const databases = files.filter(({ path }) => /\.(?:sqlite3?|db)$/i.test(path));
  if (databases.length === 0) {
    throw new StudioError('DATABASE_ATTACHED_INVALID', { file: name, ...because('FOLDER_WITHOUT_DATABASE') });
  }
  return archiveOf({ name, files: databases });
}
