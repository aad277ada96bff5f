import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { fileSignatures } from '../../src-contract/file-signature.ts';
import { notSqlite } from '../../src-contract/not-sqlite.ts';
import type { FolderOfFiles } from '../ui/dropped-folder.ts';
import { archiveOf } from './folder-archive.ts';

/** File types the chooser offers as databases for a dataset's queries: of a script it is told what to do with it. */
export const databaseFiles = '.sqlite,.sqlite3,.db,.zip,.sql';

/**
 * The chosen files as a single file to send: several SQLite files become an archive. Throws DATABASE_ATTACHED_INVALID if
 * a single one is neither a SQLite file nor an archive.
 */
export async function databaseSource(files: readonly File[]): Promise<File | undefined> {
  if (files.length > 1) return archiveOf({ name: '', files: files.map((file) => ({ path: file.name, file })) });
  const [file] = files;
  const { SQLITE, ZIP } = fileSignatures;
  const head = await file?.slice(0, SQLITE.length).text();
  if (file !== undefined && !head?.startsWith(SQLITE) && !head?.startsWith(ZIP)) throw notSqlite(file.name);
  return file;
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
