import type { Expression } from '../../graph/expression.ts';
import type { Tensor } from '../../tensor.ts';
import { KernelCaches } from './kernel-caches.ts';
import {
  block,
  groupBytesOf,
  groupPairs,
  int4Groups,
  int8Groups,
  pairOutputs,
  productGroup,
} from './kernels/layout.ts';
import { multiplesBytes } from './kernels/pack-int4.ts';
import { Machine } from './machine.ts';
import { MemoryOrder } from './memory-order.ts';
import { canRun } from './program.ts';
import type { PackedMatrix } from './program-writer.ts';
import { type WasmExecutable, WasmGraph } from './wasm-graph.ts';

/**
 * A four-bit matrix for `productInt4`: numbers as in `FourBitBlocks`, uint8 [out, 2 · blocks, 16]; for each 64 numbers,
 * two 16-bit multiples for the scales and two for the minima, int32 [out, blocks, 2]; and the steps that these are
 * multiples of, [out].
 */
interface KernelInt4 {
  readonly numbers: Tensor<'uint8'>;
  readonly multiples: Tensor<'int32'>;
  readonly steps: Tensor<'float32'>;
}

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
   * `<name>.int8_scales` [out]; or `<name>.int4` with what else `KernelInt4` says. Calls `isLaidOut` for each. Throws
   * CannotRun.
   */
  async load(matrices: ReadonlyMap<string, Tensor>, isLaidOut: (matrix: Tensor) => void = () => {}): Promise<void> {
    await this.machine.start();
    for (const [name, tensor] of matrices) {
      if (this.#matrices.has(name)) continue;
      const of = (part: string) => matrices.get(`${name}_${part}`) as Tensor<'float32'>;
      if (name.endsWith('.int8')) this.#matrices.set(name, this.#packInt8(tensor as Tensor<'int8'>, of('scales')));
      else if (name.endsWith('.int4')) {
        const multiples = matrices.get(`${name}_multiples`) as Tensor<'int32'>;
        this.#matrices.set(name, this.#packInt4({ numbers: tensor as Tensor<'uint8'>, multiples, steps: of('steps') }));
        isLaidOut(multiples);
      } else continue;
      isLaidOut(tensor);
    }
  }

  #packInt8({ dims, data }: Tensor<'int8'>, scales: Tensor<'float32'>): PackedMatrix {
    const [size, out] = dims as readonly [number, number];
    const blocks = Math.ceil(size / block);
    const bytes = block * blocks * out;
    return this.#packed('int8', { out, blocks, scales }, (address, groups) =>
      this.#with([[data, bytes]], ([plain]) =>
        this.machine.runAll('packInt8', [[address, plain as number, out, groups, blocks]]),
      ),
    );
  }

  #packInt4({ numbers, multiples, steps }: KernelInt4): PackedMatrix {
    const [out, blocks] = multiples.dims as readonly [number, number];
    return this.#packed('int4', { out, blocks, scales: steps }, (address, groups) => {
      const rows = productGroup * groups * blocks;
      const given = [
        [numbers.data, (rows * block) / 2],
        [multiples.data, rows * multiplesBytes],
      ] as const;
      this.#with(given, (places) => this.machine.runAll('packInt4', [[address, ...places, groups, blocks]]));
    });
  }

  /** Allocates a matrix and its scales, and has it packed. */
  #packed(
    kind: PackedMatrix['kind'],
    { out, blocks, scales }: { readonly out: number; readonly blocks: number; readonly scales: Tensor<'float32'> },
    pack: (address: number, groups: number) => void,
  ): PackedMatrix {
    const pairs = groupPairs(out);
    const groups = 2 * pairs;
    const address = this.machine.take(groups * groupBytesOf(kind === 'int8' ? int8Groups : int4Groups, blocks));
    pack(address, groups);
    const scaleAddress = this.machine.take(4 * pairOutputs * pairs);
    this.machine.floats(scaleAddress, pairOutputs * pairs).fill(0);
    this.machine.floats(scaleAddress, out).set(scales.data);
    return { kind, address, scales: scaleAddress, pairs, blocks };
  }

  /** Copies data into the kernels' memory, each padded with zeros to a number of bytes, while `use` runs. */
  #with(all: readonly (readonly [data: Tensor['data'], bytes: number])[], use: (places: number[]) => void): void {
    const places = all.map(([{ buffer, byteOffset, byteLength }, length]) => {
      const place = this.machine.take(length);
      const bytes = this.machine.bytes(place, length);
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
      bytes.fill(0, byteLength);
      return place;
    });
    use(places);
    for (const place of places) this.machine.give(place);
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
