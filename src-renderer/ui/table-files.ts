/** File types the chooser offers as tables, and as documents to make rows of. */
export const tableFiles =
  '.csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.xlsx,.xls,.ods,.parquet,.tmx,.xlf,.xliff,.sdlxliff,.mqxliff,.mxliff,.conll,.bio,.iob,.iob2,.zip,.gz,.md,.markdown,.html,.htm,.docx,.pdf,.eml';
