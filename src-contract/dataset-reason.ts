/**
 * Why a table, archive or database cannot be used, or a dataset cannot be changed as requested: sentences for
 * failure-reason.ts, under the same rules.
 */
export const datasetReasons = {
  READING_FORBIDDEN: 'you do not have permission to read it',
  SYSTEM_SAYS: 'system error {code}',
  PATH_READ_ONLY: '“{path}” cannot be written, because its disk is read-only',
  PATH_FORBIDDEN: '“{path}” cannot be written, because this account does not have permission',
  PATH_FOLDER_MISSING: 'there is no folder “{folder}”',
  PATH_TAKES_NOTHING: 'nothing can be created in “{folder}”',
  PATH_FILE_IN_WAY: '“{path}” cannot be created, because a file has that name',
  PATH_TOO_LONG: '“{path}” cannot be created, because its path or name is too long',
  PATH_FILE_LIMIT:
    '“{path}” cannot be written, because its disk takes no files of that size; one in the format FAT32 takes up to 4 GB',
  PATH_UNWRITABLE: '“{path}” cannot be written (system error {code})',
  ENCODING_UNKNOWN: '“{encoding}” is not a known encoding',
  NO_ROWS_BELOW_HEADER: 'there are none below the header',
  ONLY_ROW_REFUSED: '1 row was read, with this problem: {verdict}',
  ALL_ROWS_REFUSED: '{count} {count:row was|rows were} read, and the first has this problem: {verdict}',
  SPEAKER_UNKNOWN: 'nobody is called “{name}”; there are {found}',
  SPEAKER_OF_DATASET:
    'the answers in this dataset are by “{name}”, who is not in this file; import it as a dataset of its own',
  SHEET_UNKNOWN: 'there is no sheet “{sheet}”; the sheets are {sheets}',
  XLSX_TEXTS_TOO_LARGE: 'its texts take up more than 256 MB; save the sheet as CSV',

  XLSX_TEXT_TOO_LONG: 'a single cell or row of “{entry}” takes up more than {size} MB',

  FOLDER_TOO_LARGE: 'a folder of more than 4 GB is sent as a ZIP file',
  ARCHIVE_ENCRYPTED: 'it is encrypted',
  ARCHIVE_CUT_OFF: 'it is incomplete or damaged',
  ARCHIVE_DIRECTORY_DAMAGED: 'its directory is damaged',
  ARCHIVE_TOO_MANY: 'it lists more than {most} files',
  ARCHIVE_PACKING_UNKNOWN: '“{entry}” is compressed in a way that is not supported',
  ARCHIVE_ENTRY_DAMAGED: '“{entry}” is damaged',
  ARCHIVE_ENTRY_LONGER: '“{entry}” unpacks to more than it says',
  ARCHIVE_ENTRY_TOO_LARGE: '“{entry}” would unpack to {size} MB',
  ARCHIVE_UNPACKS_TO: 'it would unpack to {size} MB',
  ARCHIVE_UNPACKS_BEYOND: 'it would unpack to more than {size} MB',

  DATABASE_NOT_FOR_TASK: 'only datasets of questions to databases can have one',
  DATABASES_UNNAMED: 'no row names a database of this folder',
  FOLDER_WITHOUT_DATABASE: 'the folder has no file that ends in .sqlite, .sqlite3 or .db',
  ARCHIVE_WITHOUT_DATABASE: 'the archive has no file that ends in .sqlite, .sqlite3 or .db',
  NOT_SQLITE: 'it is not a SQLite file',
  SQL_SCRIPT: 'it is a script of SQL; a database is made of it with: sqlite3 "{name}.sqlite" ".read \'{script}\'"',

  DATASET_NAME_TAKEN: 'there is already a dataset named “{name}”',
  ROW_UNKNOWN: 'the dataset has no row “{row}”',
  VERSION_UNKNOWN: 'there is no version {version}',
  FIELD_UNKNOWN: '“{field}” is not a field of this task; its fields are {fields}',
  PATTERN_INVALID: 'it is not a valid regular expression ({message})',
  PATTERN_SLOW: 'it takes far too long on these rows; it may repeat a repetition, as (a+)+ does',
  ROW_TEXT_EMPTY: 'it is empty or contains only spaces',
  SCHEMA_TEXT_TOO_LONG:
    'the schema text of “{database}” would make contexts of {letters} characters, but the most is {most}; attach it without schema texts',
  ROW_TEXT_TOO_LONG: 'a text of row {row} would have {letters} characters, but the most is {most}',

  UPLOAD_TOO_LARGE: 'the file is larger than {size} GiB',
  UPLOADS_TOO_MANY: 'too many files are being sent at once',
  UPLOAD_UNFINISHED: 'the file was not sent completely',
  UPLOAD_GONE: 'the file is no longer there; choose it again',
  EXPORT_GONE: 'the file is no longer there; export it again',
} as const;
