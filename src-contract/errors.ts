import { z } from 'zod';
import { failureReasonSchema } from './failure-reason.ts';
import { fillIn } from './fill-in.ts';

/** Why, as an English sentence; if it is one of failure-reason.ts, also its code and data for other languages. */
const reason = { reason: z.string(), because: failureReasonSchema.optional() };

/**
 * Every failure that a person can encounter. Codes are permanent. `message` says what happened and why, `hint` what to
 * do; `{name}` is replaced by that field of the error's data. The Korean text is in the renderer under the same code.
 */
export const errorCatalogue = {
  FILE_NOT_FOUND: entry({ file: z.string() }, 'There is no file “{file}”.', 'Check the name and the folder.'),
  FILE_EMPTY: entry(
    { file: z.string() },
    '“{file}” is empty.',
    'Choose a file that has a header and at least one row.',
  ),
  FILE_NOT_A_TABLE: entry(
    { file: z.string(), found: z.string() },
    '“{file}” is not a table of text: it looks like {found}.',
    'Save the table as CSV in your spreadsheet program and choose that file.',
  ),
  FILE_ENCODING: entry(
    { file: z.string(), encoding: z.string(), line: z.number() },
    'Line {line} of “{file}” is not valid {encoding}.',
    'Choose another encoding, or save the file as UTF-8.',
  ),
  FILE_UNREADABLE: entry(
    { file: z.string(), ...reason },
    '“{file}” cannot be read: {reason}.',
    'Check that the file exists and that you have permission to read it.',
  ),
  DOCUMENT_UNREADABLE: entry(
    { file: z.string(), ...reason },
    '“{file}” cannot be read: {reason}.',
    'Open it in the program that it comes from, and copy its text from there.',
  ),
  FILE_MEMORY: entry(
    { file: z.string(), most: z.number() },
    'Reading “{file}” takes more than {most} MB of memory.',
    'Save the table as CSV, which is read row by row, and choose that file.',
  ),
  BACKUP_DAMAGED: entry(
    { file: z.string(), ...reason },
    'Nothing was restored, because of “{file}” in the backup: {reason}.',
    'Restore from another backup, or put an undamaged copy of the file into this one.',
  ),
  RESTORE_CUT_OFF: entry(
    { folder: z.string() },
    'A backup was being restored to {folder}, and that has not come to its end.',
    'Restore the backup to the same folder again: what is left there is removed first.',
  ),
  ARCHIVE_UNSAFE: entry(
    { file: z.string(), ...reason },
    '“{file}” cannot be unpacked safely: {reason}.',
    'If it is a workbook, open it in your spreadsheet program and save it again, or as CSV. If it is another archive, unpack it yourself and choose the table in it.',
  ),
  CSV_QUOTE_OPEN: entry(
    { file: z.string(), line: z.number() },
    'A quoted cell that starts on line {line} of “{file}” never ends.',
    'Close the quotation mark on that line, or choose another quote character.',
  ),
  CSV_COLUMN_MISSING: entry(
    { file: z.string(), field: z.string(), column: z.string(), found: z.string() },
    '“{file}” has no column “{column}”. Its columns are: {found}.',
    'Name the column to use for “{field}”, for example --map {field}=COLUMN, or choose it in the import page.',
  ),
  ADDED_COLUMN_MISSING: entry(
    { file: z.string(), column: z.string(), found: z.string() },
    '“{file}” has no column “{column}”, as the dataset’s first file has. Its columns are: {found}.',
    'Give its columns the names that they have in that file.',
  ),
  CSV_SCHEMA_MISSING: entry(
    { file: z.string(), found: z.string() },
    '“{file}” has no column with the schema of the database that its queries are for. Its columns are: {found}.',
    'Give the database as well, for example --database FILE.sqlite, or attach it in the import page. If a column has the schema, name it: --map schema=COLUMN.',
  ),
  CSV_NO_ROWS: entry(
    { file: z.string(), ...reason },
    'No row of “{file}” can be used: {reason}.',
    'Check which columns are chosen, fix the rows and import again.',
  ),
  OPTION_INVALID: entry({ option: z.string(), ...reason }, '{option}: {reason}.', 'Change the value and try again.'),
  DATASET_NOT_FOUND: entry(
    { dataset: z.string() },
    'There is no dataset “{dataset}”.',
    'See the list of datasets for the right name.',
  ),
  DATASET_IN_USE: entry(
    { dataset: z.string(), by: z.string(), because: failureReasonSchema },
    '“{dataset}” is in use by {by}.',
    'Wait until it has finished, or stop it.',
  ),
  DATASET_CHANGED: entry(
    { dataset: z.string() },
    '“{dataset}” has changed in the meantime.',
    'Check how it looks now, then try again.',
  ),
  DATASET_FILE_MISSING: entry(
    { dataset: z.string(), file: z.string() },
    'The dataset “{dataset}” cannot be opened: {file}, the file with its rows, is missing.',
    'Put the file back, or restore the data folder from a backup. Or delete the dataset and import its table again.',
  ),
  DATASET_FILE_DAMAGED: entry(
    { dataset: z.string(), file: z.string() },
    'The dataset “{dataset}” cannot be opened: {file}, the file with its rows, is damaged or incomplete.',
    'Put an undamaged copy of the file there, or restore the data folder from a backup. Or delete the dataset and import its table again.',
  ),
  DATASET_FILE_TOO_NEW: entry(
    { dataset: z.string(), file: z.string(), version: z.number(), known: z.number() },
    'The dataset “{dataset}” cannot be opened: {file}, the file with its rows, was written by a newer Adapter Studio (data version {version}; this one knows {known}).',
    'Install the newer version again, or restore the data folder from a backup.',
  ),
  DATASET_TOO_SMALL: entry(
    { dataset: z.string(), rows: z.number() },
    '“{dataset}” has only {rows} training rows that fit, too few to train on.',
    'Import more rows, or raise the maximum length.',
  ),
  DATABASE_ATTACHED_INVALID: entry(
    { file: z.string(), ...reason },
    '“{file}” cannot be used as a database: {reason}.',
    'Attach a SQLite file.',
  ),
  SQL_REFUSED: entry(
    { ...reason },
    'The query cannot be run: {reason}.',
    'Check the query and the database it runs on. You can run only one reading query (SELECT) at a time.',
  ),
  BASE_MODEL_NOT_FOUND: entry(
    { model: z.string() },
    'There is no base model “{model}”.',
    'See the list of base models for the right name.',
  ),
  BASE_MODEL_IN_USE: entry(
    { model: z.string(), by: z.string(), because: failureReasonSchema },
    '“{model}” is in use by {by}.',
    'Delete what uses it first.',
  ),
  BASE_MODEL_BUILT_IN: entry(
    { model: z.string() },
    '“{model}” comes with the studio and cannot be deleted.',
    'To free disk space, delete base models that you have added.',
  ),
  MODEL_FILE_INVALID: entry(
    { file: z.string(), ...reason },
    '“{file}” cannot be used: {reason}.',
    'Copy or download the model again; the file may be damaged or incomplete.',
  ),
  MODEL_FILE_PICKLED: entry(
    { file: z.string() },
    '“{file}” was not opened: it is a pickle file, which could run code when opened.',
    'Save it as safetensors, in PEFT and Transformers with save_pretrained(folder, safe_serialization=True), and choose that.',
  ),
  BASE_FILE_MISSING: entry(
    { model: z.string(), file: z.string(), folder: z.string() },
    'The base model “{model}” cannot be used: its file “{file}” is missing.',
    'Put the file back into {folder}, or add the base model again.',
  ),
  BASE_FILE_DAMAGED: entry(
    { model: z.string(), file: z.string(), folder: z.string() },
    'The base model “{model}” cannot be used: its file “{file}” is damaged or incomplete.',
    'Put an undamaged copy of the file into {folder}, or add the base model again.',
  ),
  MODEL_UNSUPPORTED: entry(
    { file: z.string(), found: z.string(), supported: z.string(), because: failureReasonSchema },
    '“{file}” cannot be used here: {found}. Supported: {supported}.',
    'Choose a supported model.',
  ),
  CATALOGUE_MODEL_NOT_FOUND: entry(
    { model: z.string(), known: z.string() },
    'The catalogue has no model “{model}”. It has: {known}.',
    'Choose one of these names, give the name of a model on the Hugging Face hub as owner/name, or import a model that is on this computer.',
  ),
  HUB_NAME_INVALID: entry(
    { text: z.string() },
    '“{text}” is not the name or address of a model on the Hugging Face hub.',
    'Enter it as owner/name, or paste the address of the model’s page, such as https://huggingface.co/owner/name.',
  ),
  HUB_MODEL_NOT_FOUND: entry(
    { model: z.string() },
    'The Hugging Face hub has no model “{model}”, or it is private.',
    'Check the name on the model’s page. For a private model, put an access token that may read it into the environment variable HF_TOKEN, and start the studio again.',
  ),
  HUB_DATASET_NAME_INVALID: entry(
    { text: z.string() },
    '“{text}” is not the name or address of a dataset on the Hugging Face hub.',
    'Enter it as owner/name, or paste the address of the dataset’s page, such as https://huggingface.co/datasets/owner/name.',
  ),
  HUB_DATASET_NOT_FOUND: entry(
    { dataset: z.string() },
    'The Hugging Face hub has no dataset “{dataset}”, or no such version of it, or it is private.',
    'Check the name on the dataset’s page. For a private dataset, put an access token that may read it into the environment variable HF_TOKEN, and start the studio again.',
  ),
  HUB_DATASET_UNREADABLE: entry(
    { dataset: z.string() },
    '“{dataset}” has no file that can be read here, and the hub has no copy of it in Parquet.',
    'Choose a dataset with Parquet, CSV, TSV, JSON or JSON Lines files.',
  ),
  HUB_DATASET_FILE_MISSING: entry(
    { dataset: z.string(), file: z.string() },
    '“{dataset}” has no file “{file}” that can be read here.',
    'Look the dataset up to see its files.',
  ),
  HUB_DATASET_UNCLEAR: entry(
    { dataset: z.string(), known: z.string() },
    '“{dataset}” has several tables: {known}.',
    'Name one of them.',
  ),
  HUB_SEARCH_FAILED: entry(
    reason,
    'The Hugging Face hub could not be searched: {reason}.',
    'Check the connection and search again. What you know the name of can also be looked up by it.',
  ),
  HUB_FILE_UNCLEAR: entry(
    { model: z.string(), known: z.string() },
    '“{model}” has several models, each in a GGUF file of its own: {known}.',
    'Name one of them: {model}:FILE.',
  ),
  DOWNLOAD_FAILED: entry(
    { model: z.string(), ...reason },
    '“{model}” could not be downloaded: {reason}.',
    'Check the connection and start the download again; it resumes where it stopped.',
  ),
  DOWNLOAD_DAMAGED: entry(
    { file: z.string() },
    '“{file}” was downloaded, but it is not the requested file: its checksum is different.',
    'Start the download again. If this happens again, something on the way is changing the file.',
  ),
  DOWNLOAD_NEEDS_LICENCE: entry(
    { model: z.string(), address: z.string() },
    '“{model}” is only available to people who have accepted its licence.',
    'Accept it at {address}, create an access token there, put it into the environment variable HF_TOKEN, and start the studio again.',
  ),
  ENDPOINT_KEY_MISSING: entry({}, 'It sent no key.', 'Enter the key that is shown here in the program.'),
  ENDPOINT_KEY_WRONG: entry({}, 'Its key is wrong.', 'Copy the key that is shown here into the program.'),
  ENDPOINT_WEB_PAGE: entry({}, 'It came from a website.', 'Use a program that runs on this computer.'),
  ENDPOINT_PATH_UNKNOWN: entry(
    { path: z.string() },
    'There is nothing at {path}.',
    'The base URL in the program must be the address that is shown here, with /v1 at its end. It answers chat/completions, completions and models.',
  ),
  ENDPOINT_MODEL_UNKNOWN: entry(
    { model: z.string() },
    'There is no model “{model}”.',
    'In the program, choose one of the models that it is offered: base, or base:adapter.',
  ),
  ENDPOINT_BUSY: entry({}, 'Too many requests were waiting.', 'Let the program ask for less at a time.'),
  ENDPOINT_REFUSED: entry(reason, 'It was refused: {reason}', 'Change what the program sends.'),
  ADAPTER_NOT_FOUND: entry(
    { adapter: z.string() },
    'There is no adapter “{adapter}”.',
    'See the list of adapters for the right name.',
  ),
  ADAPTER_WRONG_BASE: entry(
    { adapter: z.string(), expected: z.string(), found: z.string() },
    'The adapter “{adapter}” was made for the base model {expected}, not for {found}.',
    'Choose the base model that the adapter was made for.',
  ),
  ADAPTER_BASE_MISSING: entry(
    { adapter: z.string(), model: z.string() },
    'The adapter “{adapter}” was made for the base model {model}, which you do not have.',
    'Add that base model first, then try again.',
  ),
  ADAPTER_WRONG_ARCHITECTURE: entry(
    { adapter: z.string(), expected: z.string(), found: z.string() },
    'The adapter “{adapter}” was made for base models of the architecture {expected}, not {found}.',
    'Choose the base model that the adapter was made for. If it is not here, add it first.',
  ),
  ADAPTER_SHAPE: entry(
    { adapter: z.string(), tensor: z.string(), expected: z.string(), found: z.string() },
    'The tensor {tensor} of the adapter “{adapter}” has the shape {found}; the base model needs {expected}.',
    'Choose the base model that the adapter was made for. If this is the one, the adapter is damaged, or its files are not from one adapter.',
  ),
  ADAPTER_TENSOR_MISSING: entry(
    { adapter: z.string(), tensor: z.string() },
    'The adapter “{adapter}” has no tensor {tensor}, which its config and the base model need.',
    'Use a complete copy of the adapter, or choose the base model that it was made for.',
  ),
  ADAPTER_TENSOR_FOREIGN: entry(
    { adapter: z.string(), tensor: z.string() },
    'The adapter “{adapter}” has the tensor {tensor}, but adapts nothing of that name in the base model.',
    'Choose the base model that the adapter was made for. If this is the one, the adapter is damaged, or its files are not from one adapter.',
  ),
  ADAPTER_UNSUPPORTED: entry(
    { adapter: z.string(), feature: z.string(), because: failureReasonSchema },
    'The adapter “{adapter}” uses {feature}, which is not supported here.',
    'Use a plain LoRA adapter.',
  ),
  NOT_AN_ADAPTER: entry(
    { file: z.string(), found: z.string(), supported: z.string(), because: failureReasonSchema },
    '“{file}” is not an adapter, but {found}.',
    'An adapter is {supported}.',
  ),
  ADAPTER_FILE_MISSING: entry(
    { adapter: z.string(), file: z.string(), folder: z.string() },
    'The adapter “{adapter}” cannot be used: its file “{file}” is missing.',
    'Put the file back into {folder}, or repeat the run that made the adapter.',
  ),
  ADAPTER_FILE_DAMAGED: entry(
    { adapter: z.string(), file: z.string(), folder: z.string() },
    'The adapter “{adapter}” cannot be used: its file “{file}” is damaged or incomplete.',
    'Put an undamaged copy of the file into {folder}, or repeat the run that made the adapter.',
  ),
  MODEL_WITHOUT_NUMBERS: entry(
    { model: z.string() },
    '“{model}” gives results that are not numbers: its weights are far too large.',
    'Leave it out, or train it again with a lower learning rate.',
  ),
  FORM_REFUSED: entry(
    { path: z.string(), ...reason },
    'Answers cannot be held to this JSON Schema: at {path}, {reason}.',
    'Change that part of the schema, or leave it out.',
  ),
  FORM_NOT_WRITABLE: entry(
    { model: z.string() },
    '“{model}” has no tokens to write an answer of this form with.',
    'Ask for another form, or for none.',
  ),
  RUN_NOT_FOUND: entry({ run: z.string() }, 'There is no run “{run}”.', 'See the list of runs.'),
  RUN_NOT_RESUMABLE: entry(
    { run: z.string(), ...reason },
    'The run “{run}” cannot be resumed: {reason}.',
    'Start a new run with the same settings.',
  ),
  RUN_NOT_REPEATABLE: entry(
    { run: z.string(), ...reason },
    'The run “{run}” cannot be repeated: {reason}.',
    'Start a new run with the same settings.',
  ),
  RUN_DIVERGED: entry(
    /** Row ids; from the engine, indices into the split's token file. */
    { step: z.number(), rows: z.string(), split: z.enum(['train', 'validation']).optional() },
    'The loss became infinite or undefined at step {step} (rows {rows}).',
    'Train again with a lower learning rate, or look at those rows first.',
  ),
  RUN_TOO_BIG: entry(
    { needed: z.string(), available: z.string(), rows: z.number(), length: z.number() },
    'The run needs {needed} of memory, but only {available} is available.',
    'It would fit with {rows} {rows:row|rows} per step and at most {length} tokens. Or close other programs.',
  ),
  RUN_TOO_BIG_IN_FLOATS: entry(
    { needed: z.string(), available: z.string(), bits: z.number(), rows: z.number(), length: z.number() },
    'The run needs {needed} of memory, but only {available} is available.',
    'It would fit with gradient checkpointing, the base in {bits} bits, {rows} {rows:row|rows} per step and at most {length} tokens. Or close other programs.',
  ),
  RUN_TOO_BIG_KEEPING_LAYERS: entry(
    { needed: z.string(), available: z.string(), rows: z.number(), length: z.number() },
    'The run needs {needed} of memory, but only {available} is available.',
    'It would fit with gradient checkpointing, {rows} {rows:row|rows} per step and at most {length} tokens. Or close other programs.',
  ),
  RUN_BASE_TOO_BIG: entry(
    { needed: z.string(), available: z.string(), base: z.string() },
    'A run on “{base}” needs {needed} of memory, but only {available} is available.',
    'Choose a smaller base model, or close other programs.',
  ),
  RUN_ALREADY_ACTIVE: entry(
    { run: z.string() },
    '“{run}” is still training.',
    'Wait until it has finished, or stop it.',
  ),
  RUN_NOT_WAITING: entry(
    { run: z.string() },
    '“{run}” is not in the queue.',
    'Only runs that have not started yet are in the queue.',
  ),
  CONTEXT_TOO_LONG: entry(
    { tokens: z.number(), limit: z.number() },
    'The text has {tokens} tokens; this model reads at most {limit}.',
    'Shorten the text.',
  ),
  CONVERSATION_NOT_FOUND: entry(
    { conversation: z.string() },
    'There is no conversation “{conversation}”.',
    'Start a new conversation.',
  ),
  ANSWER_BEING_WRITTEN: entry(
    { conversation: z.string() },
    'Another window is already getting an answer in “{conversation}”.',
    'Wait until it is finished, or stop it in that window; then send again.',
  ),
  MESSAGE_NOT_FOUND: entry(
    { message: z.string() },
    'There is no message “{message}”.',
    'Open the conversation again; the message may have been deleted.',
  ),
  EVALUATION_NOT_FOUND: entry(
    { evaluation: z.string() },
    'There is no evaluation “{evaluation}”.',
    'See the list of evaluations.',
  ),
  EVALUATION_ALREADY_ACTIVE: entry(
    { evaluation: z.string() },
    'The evaluation “{evaluation}” is still running.',
    'Wait until it has finished, or stop it.',
  ),
  EVALUATION_NOT_RESUMABLE: entry(
    { evaluation: z.string(), ...reason },
    'The evaluation “{evaluation}” cannot be resumed: {reason}.',
    'Start a new one.',
  ),
  ANSWERED_TABLE_NOT_FOUND: entry(
    { table: z.string() },
    'There is no answered table “{table}”.',
    'See the list of answered tables.',
  ),
  ANSWERED_TABLE_ACTIVE: entry(
    { table: z.string() },
    'The table “{table}” is still being answered.',
    'Wait until it is done, or stop it.',
  ),
  ANSWERED_TABLE_NOT_RESUMABLE: entry(
    { table: z.string(), ...reason },
    'The table “{table}” cannot be answered further: {reason}.',
    'Start anew with the file.',
  ),
  EVALUATION_NOT_JUDGEABLE: entry(
    { evaluation: z.string() },
    'The evaluation “{evaluation}” has no two different answers there to choose from.',
    'Choose two models that it has measured.',
  ),
  EXPERIMENT_NOT_FOUND: entry(
    { experiment: z.string() },
    'There is no experiment “{experiment}”.',
    'See the list of experiments in the lab.',
  ),
  EXPERIMENT_ALREADY_ACTIVE: entry(
    { experiment: z.string() },
    'The experiment “{experiment}” is still running.',
    'Wait until it has finished, or stop it.',
  ),
  EXPERIMENT_NOT_RESUMABLE: entry(
    { experiment: z.string(), ...reason },
    'The experiment “{experiment}” cannot be resumed: {reason}.',
    'Run it again with the same settings.',
  ),
  DATABASE_TOO_NEW: entry(
    { file: z.string(), version: z.number(), known: z.number() },
    'The data folder was last used by a newer Adapter Studio (data version {version}; this one knows {known}).',
    'Install the newer version again, or choose another data folder.',
  ),
  DATABASE_DAMAGED: entry(
    { file: z.string() },
    'The studio’s database {file} is damaged.',
    'It was left as it is. Restore a backup into another folder (data restore FOLDER --home NEW), or open another data folder with --home.',
  ),
  DATABASE_FOREIGN: entry(
    { file: z.string(), part: z.string() },
    'The studio’s database {file} was changed by another program: it contains “{part}”, which Adapter Studio does not write.',
    'It was left as it is. Restore a backup of your own into another folder (data restore FOLDER --home NEW), or open another data folder with --home.',
  ),
  DATA_FOLDER_UNUSABLE: entry(
    { ...reason },
    'The data folder cannot be there: {reason}.',
    'Choose another folder, or make it writable, and try again.',
  ),
  OUT_UNUSABLE: entry(
    { ...reason },
    'It cannot be written there: {reason}.',
    'Choose another place or name, or see that this one can be written, and try again.',
  ),
  DATABASE_FORBIDDEN: entry(
    { file: z.string() },
    'You do not have permission to read and write the studio’s database {file}.',
    'It was left as it is. Get permission to change this file, or open another data folder with --home.',
  ),
  DATABASE_LOCKED: entry(
    { file: z.string() },
    'Another program holds the studio’s database {file}.',
    'Close what has this file open, such as a database browser, or wait until it is done, then try again. What was there is unchanged.',
  ),
  DATA_FOLDER_BUSY: entry(
    { folder: z.string() },
    'The data folder {folder} is in use by another Adapter Studio that is training.',
    'Close the other one, or choose another data folder with --home.',
  ),
  DATA_FOLDER_GONE: entry(
    { folder: z.string() },
    'The data folder {folder} was deleted or moved while Adapter Studio was using it.',
    'Put it back where it was, then start Adapter Studio again. What was done since then is lost.',
  ),
  WORK_ELSEWHERE: entry(
    {},
    'Another program is doing this work on the same data folder, such as the command line.',
    'Stop it there, or wait until it has ended.',
  ),
  STUDIO_BUSY: entry(
    {},
    'A run, an evaluation, an experiment, an import or a change of the data folder is in progress; changing the data folder now would interrupt it.',
    'Wait until it has ended, or stop it first.',
  ),
  DISK_FULL: entry(
    { folder: z.string() },
    'The disk that holds {folder} is full.',
    'Free some space and try again. What was there is unchanged.',
  ),
  DISK_SHORT: entry(
    { needed: z.string(), folder: z.string() },
    'The disk that holds {folder} has no room for {needed}.',
    'Free some space and try again. What you deleted takes some until it is deleted for good, in the settings.',
  ),
  DEVICE_MISSING: entry(
    { device: z.string(), ...reason },
    'The {device} cannot be used: {reason}',
    'Choose the processor in the settings, or set the environment variable ADAPTER_STUDIO_DEVICE=cpu, which overrides them, and restart the studio.',
  ),
  ENGINE_STOPPED: entry(
    { ...reason },
    'The engine stopped unexpectedly: {reason}.',
    'What was done so far is kept, and the engine restarts on its own. Ask again, or resume what was running.',
  ),
  NOT_ALLOWED: entry({}, 'This is not allowed from here.', 'Use the command line for this.'),
} as const;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorData<C extends ErrorCode> = z.infer<(typeof errorCatalogue)[C]['data']>;

/** A failure that a person can encounter; thrown where it is detected, and passed to every client with its code. */
export class StudioError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly data: ErrorData<C>;

  constructor(code: C, data: ErrorData<C>, options?: ErrorOptions) {
    super(fillIn(errorCatalogue[code].message, data), options);
    this.name = 'StudioError';
    this.code = code;
    this.data = data;
  }

  get hint(): string {
    return fillIn(errorCatalogue[this.code].hint, this.data);
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

function entry<S extends z.ZodRawShape>(shape: S, message: string, hint: string) {
  return { data: z.object(shape), message, hint };
}
