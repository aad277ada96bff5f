import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { FolderOfFiles } from '../ui/dropped-folder.ts';
import { archiveOf } from './folder-archive.ts';

/** File types the chooser offers as databases for a dataset's queries. */
export const databaseFiles = '.sqlite,.sqlite3,.db,.zip';

/** The chosen files as a single file to send: several SQLite files become an archive. */
export function databaseSource(files: readonly File[]): File | undefined {
  return files.length > 1 ? archiveOf({ name: '', files: files.map((file) => ({ path: file.name, file })) }) : files[0];
}

/**
 * The databases in a folder and its subfolders as one archive; other files, such as the scripts and tables beside
 * Spider's databases, are not sent. Throws DATABASE_ATTACHED_INVALID if there is none.
 */
export function databasesIn({ name, files }: FolderOfFiles): File {
  const databases = files.filter(({ path }) => /\.(?:sqlite3?|db)$/i.test(path));
  if (databases.length === 0) {
    throw new StudioError('DATABASE_ATTACHED_INVALID', { file: name, ...because('FOLDER_WITHOUT_DATABASE') });
  }
  return archiveOf({ name, files: databases });
}
