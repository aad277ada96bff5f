import type { Expression } from '../../graph/expression.ts';
import type { Tensor } from '../../tensor.ts';
import { KernelCaches } from './kernel-caches.ts';
import { block, groupBytesOf, groupPairs, pairOutputs } from './kernels/layout.ts';
import { Machine } from './machine.ts';
import { MemoryOrder } from './memory-order.ts';
import { canRun } from './program.ts';
import type { PackedMatrix } from './program-writer.ts';
import { type WasmExecutable, WasmGraph } from './wasm-graph.ts';

/**
 * Runs decode graphs on our own kernels: a pass over one token reads every weight once and is bound by memory; one over
 * a prompt is integer matrix products. Rows are rounded block by block. A row's result depends on that row alone, bit
 * for bit.
 */
export class WasmRuntime {
  readonly machine: Machine;
  /** Where kernels find caches without copying. */
  readonly caches: KernelCaches;
  readonly #matrices = new Map<string, PackedMatrix>();
  readonly #order = new MemoryOrder();

  constructor(options: ConstructorParameters<typeof Machine>[0]) {
    this.machine = new Machine(options);
    this.caches = new KernelCaches(this.machine);
  }

  /**
   * Packs the integer matrices among these, by the names of their inputs: `<name>.int8` [in, out] and
   * `<name>.int8_scales` [out]; calls `isLaidOut` for each. Throws CannotRun.
   */
  async load(matrices: ReadonlyMap<string, Tensor>, isLaidOut: (matrix: Tensor) => void = () => {}): Promise<void> {
    await this.machine.start();
    for (const [name, tensor] of matrices) {
      if (!name.endsWith('.int8') || this.#matrices.has(name)) continue;
      const scales = matrices.get(`${name}_scales`) as Tensor<'float32'>;
      this.#matrices.set(name, this.#pack(tensor as Tensor<'int8'>, scales));
      isLaidOut(tensor);
    }
  }

  #pack({ dims, data }: Tensor<'int8'>, scales: Tensor<'float32'>): PackedMatrix {
    const [size, out] = dims as readonly [number, number];
    const blocks = Math.ceil(size / block);
    const pairs = groupPairs(out);
    const groups = 2 * pairs;
    const address = this.machine.take(groups * groupBytesOf(blocks));
    const plain = this.machine.take(block * blocks * out);
    const bytes = this.machine.bytes(plain, block * blocks * out);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.length));
    bytes.fill(0, data.length);
    this.machine.runAll('pack', [[address, plain, out, groups, blocks]]);
    this.machine.give(plain);
    const scaleAddress = this.machine.take(4 * pairOutputs * pairs);
    this.machine.floats(scaleAddress, pairOutputs * pairs).fill(0);
    this.machine.floats(scaleAddress, out).set(scales.data);
    return { address, scales: scaleAddress, pairs, blocks };
  }

  /** Undefined if it has no kernel for one of the operations. */
  compile(outputs: Readonly<Record<string, Expression>>): WasmExecutable | undefined {
    if (!canRun(outputs)) return undefined;
    return new WasmGraph(outputs, {
      machine: this.machine,
      matrix: (name) => {
        const matrix = this.#matrices.get(name);
        if (matrix === undefined) throw new Error(`wasm: no matrix ${name}`);
        return matrix;
      },
      ...{ kept: this.caches, order: this.#order },
    });
  }

  release(): void {
    this.machine.release();
  }
}
