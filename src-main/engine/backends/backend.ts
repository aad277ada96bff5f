import type { Expression } from '../graph/expression.ts';
import type { Tensor } from '../tensor.ts';

/** Tokens that are read and that are written (decision 0046); those that are read, of which there are many at a time (decision 0051); none. */
export type IntegerUse = 'all' | 'reading' | 'none';

/** A runtime that can run the op algebra. */
export interface Backend {
  /** `onnxruntime`, `reference`. */
  readonly name: string;
  /** The device in words, for people: "CPU, 2 threads". */
  readonly device: string;
  readonly threads: number;
  /** Whether weights belong into what is compiled: a device with memory of its own would be sent them at every run. */
  readonly weightsInside: boolean;
  /** Whether there are products of eight-bit numbers with a scale for each row. */
  readonly hasInt8: boolean;
  /** What of an answer is multiplied sooner by integers with a scale for each row than by blocks of eight bits. */
  integersFor(): Promise<IntegerUse>;
  /** Whether it reads and writes tensors in memory that threads share, as that of our own kernels is. */
  takesShared(): Promise<boolean>;
  /**
   * Prepares a graph once; sizes that are names may differ from run to run. Inputs in `constants` are part of what is
   * prepared and need no feed: a runtime may keep a copy laid out for its kernels.
   */
  compile<Output extends string>(
    outputs: Readonly<Record<Output, Expression>>,
    constants?: ReadonlyMap<string, Tensor>,
  ): Promise<Executable<Output>>;
}

export interface Executable<Output extends string = string> {
  /** Names of the inputs that `run` wants. */
  readonly inputs: ReadonlySet<string>;
  /**
   * Runs on tensors by input name; names that the graph doesn't use are ignored. Outputs belong to the caller; those named in
   * `into` are written into these tensors, which may share memory with inputs where an op says so (`attend`).
   */
  run(feeds: ReadonlyMap<string, Tensor>, into?: ReadonlyMap<string, Tensor>): Promise<Record<Output, Tensor>>;
  /** Frees what it holds, once it has ended the runs that have begun. */
  release(): Promise<void>;
}
