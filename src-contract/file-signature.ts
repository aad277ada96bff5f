/** The first bytes, as Latin-1, of the files that several parts of the studio tell apart by them. */
export const fileSignatures = {
  GGUF: 'GGUF',
  PARQUET: 'PAR1',
  SQLITE: 'SQLite format 3\0',
  ZIP: 'PK\x03\x04',
} as const;
