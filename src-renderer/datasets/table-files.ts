/** File types the chooser offers as tables. */
export const tableFiles = '.csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.xlsx,.parquet,.zip,.gz';
