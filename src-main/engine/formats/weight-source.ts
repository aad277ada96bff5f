import type { StoredMatrix, StoredRows } from './stored-matrix.ts';

/** The weights of a base model on disk, in whatever files: a directory of tensors, each read separately. */
export interface WeightSource {
  /** The file to name in messages. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly tensors: ReadonlyMap<string, StoredWeight>;
  /** The storage types that can be turned into float32. */
  readonly readableTypes: readonly string[];
  /** Replaces config.json where the folder has none: a GGUF file brings its own. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The numbers of one tensor, as float32. */
  read(name: string): Promise<Float32Array>;
  /** Where a matrix is in its file, if its rows are stored there without transformation. */
  place(name: string): StoredMatrix | undefined;
  /** A matrix in memory as it is stored, if that needs no transformation, as for embeddings. */
  readRows(name: string): Promise<StoredRows>;
  close(): Promise<void>;
}

export interface StoredWeight {
  /** `F32`, `F16`, `BF16`, `Q4_1`, … */
  readonly dtype: string;
  readonly dims: readonly number[];
}
