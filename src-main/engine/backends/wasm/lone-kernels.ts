import { type WasmFunction, wasmModule } from './code.ts';

const pageBytes = 65_536;

/**
 * Kernels used outside passes, run by the calling thread over memory of their own. Throws RangeError if out of memory.
 */
export class LoneKernels<Name extends string> {
  readonly run: Readonly<Record<Name, (...numbers: readonly number[]) => void>>;
  readonly #memory: WebAssembly.Memory;

  constructor(functions: Readonly<Record<Name, WasmFunction>>, { mostBytes }: { readonly mostBytes: number }) {
    const limits = { initial: 1, maximum: mostBytes / pageBytes };
    this.#memory = new WebAssembly.Memory({ ...limits, shared: true });
    const names = Object.fromEntries(Object.keys(functions).map((name, place) => [name, place]));
    const module = new WebAssembly.Module(wasmModule(Object.values(functions), names, limits));
    const { exports } = new WebAssembly.Instance(module, { engine: { memory: this.#memory } });
    this.run = exports as typeof this.run;
  }

  /** Their memory, grown to at least this many bytes. */
  memory(bytes: number): ArrayBufferLike {
    const more = Math.ceil((bytes - this.#memory.buffer.byteLength) / pageBytes);
    if (more > 0) this.#memory.grow(more);
    return this.#memory.buffer;
  }
}
