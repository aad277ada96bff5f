import type { Expression } from '../graph/expression.ts';
import type { Tensor } from '../tensor.ts';

/** Prefill and decoding (decision 0046); prefill only, which reads many tokens at a time (decision 0051); neither. */
export type IntegerUse = 'all' | 'reading' | 'none';

/** A runtime that can run the op algebra. */
export interface Backend {
  /** `onnxruntime`, `reference`. */
  readonly name: string;
  /** Human-readable device description: "CPU, 2 threads". */
  readonly device: string;
  readonly threads: number;
  /**
   * Whether weights belong in the compiled graph: a device with its own memory would otherwise get them at every run.
   */
  readonly weightsInside: boolean;
  /** Whether there are products of eight-bit numbers with a scale for each row. */
  readonly hasInt8: boolean;
  /** For which part of an answer integers with a scale for each row are faster than eight-bit blocks. */
  integersFor(): Promise<IntegerUse>;
  /** Whether it reads and writes tensors in memory shared between threads, such as that of our own kernels. */
  takesShared(): Promise<boolean>;
  /**
   * Prepares a graph once; named sizes may differ from run to run. Inputs in `constants` are baked in and need no feed:
   * a runtime may keep a copy repacked for its kernels.
   */
  compile<Output extends string>(
    outputs: Readonly<Record<Output, Expression>>,
    constants?: ReadonlyMap<string, Tensor>,
  ): Promise<Executable<Output>>;
}

export interface Executable<Output extends string = string> {
  /** Names of the inputs that `run` needs; those that only the `some` of `ifAny` reads may be left out, and are empty. */
  readonly inputs: ReadonlySet<string>;
  /**
   * Runs on tensors by input name; names the graph does not use are ignored. Outputs belong to the caller; those named
   * in `into` are written into these tensors, which may share memory with inputs where an op says so (`attend`).
   */
  run(feeds: ReadonlyMap<string, Tensor>, into?: ReadonlyMap<string, Tensor>): Promise<Record<Output, Tensor>>;
  /** Frees what it holds once all runs in progress have ended. */
  release(): Promise<void>;
}
