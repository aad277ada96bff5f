/** What the file chooser offers as a table. */
export const tableFiles = '.csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.xlsx,.parquet,.zip,.gz';
