import { z } from 'zod';
import { datasetReasons } from './dataset-reason.ts';
import { fillIn } from './fill-in.ts';
import { inUseReasons } from './in-use-reason.ts';
import { modelFileReasons } from './model-file-reason.ts';
import { shortened } from './shortened.ts';
import { unsupportedReasons } from './unsupported-reason.ts';

/**
 * Why something failed, as inserted into the sentences of errors.ts: a code and data, so that every language can word
 * it. Most are the sentence for `{reason}`; others are phrases, each under the field it is for. Messages of other
 * programs are passed through unchanged by `inEnglish`.
 */
export const failureReasons = {
  ENGINE_ENDED: 'its process ended with status {status}',
  ENGINE_KILLED: 'it was killed (SIGKILL), as happens when memory runs out',
  ENGINE_FAULT: 'it ended with “{message}”',
  ENGINE_OUT_OF_MEMORY: 'it ran out of memory',

  FILE_NOT_IN_FOLDER: 'it is not in {folder}',
  FILE_NOT_JSON: 'it is not valid JSON',
  FILE_NOT_JSON_OBJECT: 'it is not a JSON object',
  FILE_DAMAGED: 'it is damaged',
  FILES_CHANGED: 'its files have changed since it was added',
  PATH_TAKEN: '{path} already exists',
  WEIGHT_MAP_MISSING: 'it has no weight_map',
  WEIGHT_MAP_EMPTY: 'its weight_map is empty',
  WEIGHT_MAP_FOREIGN: 'its weight_map names something other than a safetensors file next to it',
  END_TOKEN_MISSING: 'it does not name an end-of-text token',

  BACKUP_INSIDE: 'it is inside the data folder',
  BACKUP_HOME_TAKEN: '{folder} already contains a studio’s data; name an empty folder',
  BACKUP_HOME_NOT_EMPTY: '{folder} is not empty; name an empty folder',
  BACKUP_CHANGED: 'it has changed since the backup was made',
  BACKUP_LIST_UNKNOWN: 'it is not a backup’s list of files',
  BACKUP_PATH_OUTSIDE: 'it names the file {path}',

  NAME_UNSEEN: 'it has no visible characters',
  NAME_UNWRITABLE: 'it contains a line break or another control character',
  NAME_TOO_LONG: 'it has more than {most} characters',
  BASE_NAME_TAKEN: 'there is already a base model with this name',
  ADAPTER_NAME_TAKEN: 'there is already an adapter named “{name}”',
  RUN_NAME_TAKEN: 'there is already an adapter or a run named “{name}”',
  SETTINGS_MISSING: 'there are no “{name}”',
  MODEL_FOLDER_FIXED: 'it is set by the environment variable ADAPTER_STUDIO_MODELS',
  BASE_UNCLEAR: 'the adapter does not say which base model it was made for, and it fits {bases}; name one',
  BASE_NAMED_ELSE:
    'the adapter was made for “{named}”, which you do not have; its shapes fit {bases}: name one to use it with that',

  BASE_DELETED: 'its base model was deleted',
  BASE_CHANGED: 'its base model has changed',
  BASE_GONE: 'its base model was deleted or has changed',
  DATASET_GONE: 'its dataset was deleted or has changed',
  ADAPTER_CHANGED: 'an adapter in it has been trained further since then',
  INITIAL_DELETED: 'the adapter it continued from was deleted',
  INITIAL_CHANGED: 'the adapter it continued from has been trained further since then',
  COMPANION_DELETED: 'a run that it trained together with was deleted',
  HAS_FINISHED: 'it has finished',
  HAS_DIVERGED: 'its loss became infinite, and would again',
  GOES_ON: 'it is already running',

  RANK_FIXED: 'a run that continues from an adapter keeps its rank',
  SHAPE_FIXED: 'the adapter to continue from, “{adapter}”, has {value}',
  TOO_MANY_TOGETHER: '{count} adapters at once, but the most is {most}',
  LIST_LENGTH: 'this experiment takes exactly {takes} of them, not {count}',
  MATRIX_MISSING: '“{base}” has no matrix {matrix}',
  LENGTH_BEYOND_BASE: '“{base}” reads at most {tokens} tokens',
  MEASURE_FIXED: 'only for the tasks “custom” and “mrc” can it be chosen how answers are compared',
  ROWS_NEEDED: 'this experiment trains, so it needs a dataset',
  SPLIT_EMPTY: '“{dataset}” has no {split} rows',

  MIX_WITHOUT_ADAPTER: 'it needs an adapter to add to',
  MIX_TWICE: 'an adapter is in it twice',
  TURNS_WITHOUT_TEMPLATE:
    '“{base}” has no chat template, so it can read neither a system message nor earlier turns; send one user message alone',
  NOTHING_ASKED: 'nothing has been asked in it yet',

  DOCUMENT_TOO_LARGE: 'it is larger than {most} MB',
  DOCUMENT_WITHOUT_TEXT: 'there is no text in it (a scan has only pictures)',
  DOCUMENT_UNKNOWN: 'it is neither a text nor a PDF',
  PDF_DAMAGED: 'it is not a PDF that can be read',
  PDF_LOCKED: 'it is locked with a password',
  PDF_SLOW: 'it took longer than a minute',

  SQL_NOT_SELECT: 'it is not a SELECT',
  SQL_LONG: 'it is longer than {most} letters',
  SQL_DATABASE_LOGGED:
    'the database is larger than {most} MB and keeps a write-ahead log; set its journal mode to DELETE and attach it again',
  SQL_WOULD_CHANGE: 'it would change something',
  SQL_MORE_THAN_READ: 'it would do more than read',
  SQL_FUNCTION: 'the function {name} is not allowed',
  SQL_PRAGMA: 'PRAGMA {name} is not allowed',
  SQL_ERROR: 'SQLite says “{message}”',
  SQL_TOO_LONG: 'it took longer than {seconds} seconds',
  SQL_PROCESS_ENDED: 'the process it ran in ended',
  SQL_CLOSING: 'the studio is closing',
  DATABASE_NAMED_MISSING: 'no database “{database}” is attached to the dataset',
  DATABASE_MISSING: 'no database is attached to the dataset',
  DATABASE_UNCLEAR: 'the dataset has several databases; name one',

  SOURCE_MISSING: 'it is not available there',
  HUB_UNREACHABLE: 'the Hugging Face hub cannot be reached',
  HUB_SLOW: 'it did not answer within {seconds} seconds',
  HUB_BUSY: 'it has been asked too often; wait a few minutes',
  HUB_REFUSES: 'it answers with the status {status}',
  HUB_ANSWER_STRANGE: 'its answer is not that of a hub',
  INDEX_UNREACHABLE: 'the Python package index cannot be reached',
  SOURCES_UNREACHABLE: 'the Hugging Face hub cannot be reached; the Python package index cannot be reached',

  CHECKPOINT_DAMAGED: 'its checkpoint is damaged',
  SETTINGS_CHANGED: 'its settings have changed',
  DATA_CHANGED: 'its data has changed',
  PROMPT_EMPTY: 'it is empty',
  TABLE_TOO_LONG:
    'at most {rows} rows and {letters} million characters can be answered at once; give a limit, or part of the file',
  ROWS_BLANK: 'all rows are empty',
  SCHEMA_UNSUPPORTED: '“{keyword}” is not supported',
  SCHEMA_INVALID: '“{keyword}” is not what a JSON Schema may have there',
  SCHEMA_UNRESOLVED: '“{keyword}” leads to nothing within the schema',
  SCHEMA_ENDLESS: '“{keyword}” leads back to itself',
  SCHEMA_IMPOSSIBLE: 'nothing can satisfy “{keyword}”',
  SCHEMA_TOO_LARGE: '“{keyword}” is too large',
  NUMBER_TOO_LARGE: 'a number of {tensor} is too large for {type}',
  TYPE_OF_GGUF: 'only a GGUF file can be of type {type}; choose the format merged-gguf',

  ...datasetReasons,
  ...inUseReasons,
  ...modelFileReasons,
  ...unsupportedReasons,
} as const;

export type FailureReasonCode = keyof typeof failureReasons;

export const failureReasonSchema = z.object({
  code: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type FailureReason = z.infer<typeof failureReasonSchema>;

/** The fields of a failure's data that hold its reason. */
export interface Because {
  readonly reason: string;
  readonly because: FailureReason | undefined;
}

/** The fields of a failure's data for a model of an unsupported kind. */
export interface UnsupportedModel {
  readonly found: string;
  readonly supported: string;
  readonly because: FailureReason;
}

/** The fields of a failure's data for an adapter that is more than plain LoRA. */
export interface UnsupportedAdapter {
  readonly feature: string;
  readonly because: FailureReason;
}

/** The fields of a failure's data for something in use. */
export interface UsedBy {
  readonly by: string;
  readonly because: FailureReason;
}

/** A reason as fields of a failure's data: the English sentence or phrases, and the code and data behind them. */
export function because<C extends FailureReasonCode>(code: C, ...[data]: DataOf<C>): FieldsOf<C> {
  const facts: FailureReason['data'] = Object.fromEntries(
    Object.entries<string | number>(data ?? {}).map(([name, fact]) => [
      name,
      typeof fact === 'string' ? shortened(fact, mostLetters) : fact,
    ]),
  );
  const told = Object.entries(wordsByField(failureReasons[code])).map(([field, words]) => [
    field,
    fillIn(words, facts),
  ]);
  // Sound because the fields are those of the code above.
  return { ...Object.fromEntries(told), because: { code, data: facts } } as FieldsOf<C>;
}

/** The words of a reason, in any language, by the field they are for. */
export function wordsByField(words: string | Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return typeof words === 'string' ? { reason: words } : words;
}

/**
 * A reason that stays English in every language: another program's message, or a fault found only in hand-made files.
 */
export function inEnglish(reason: string): Because {
  return { reason: shortened(reason, mostLetters), because: undefined };
}

/**
 * More than any path that people see. What a file calls something may have megabytes: no sentence to read, and much to
 * send and to keep.
 */
const mostLetters = 1000;

export function isFailureReasonCode(code: string): code is FailureReasonCode {
  return Object.hasOwn(failureReasons, code);
}

type WordsOf<C extends FailureReasonCode> = (typeof failureReasons)[C];
type FieldsOf<C extends FailureReasonCode> =
  WordsOf<C> extends string ? Because : Readonly<Record<keyof WordsOf<C>, string> & { because: FailureReason }>;
/** A value for each placeholder of the sentence or phrases; empty if there are none. */
type DataOf<C extends FailureReasonCode> = [PlacesIn<TextsOf<C>>] extends [never]
  ? []
  : [Readonly<Record<PlacesIn<TextsOf<C>>, string | number>>];
type TextsOf<C extends FailureReasonCode> = WordsOf<C> extends string ? WordsOf<C> : WordsOf<C>[keyof WordsOf<C>];
type PlacesIn<Sentence> = Sentence extends `${string}{${infer Place}}${infer Rest}`
  ? (Place extends `${infer Name}:${string}` ? Name : Place) | PlacesIn<Rest>
  : never;
