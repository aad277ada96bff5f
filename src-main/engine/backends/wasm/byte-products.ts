import { compileAtOnce } from '../../v8-flags.ts';
import { i32x4, v128, WasmFunction, wasmModule } from './code.ts';

/**
 * How kernels multiply bytes and add products up: by fours to numbers of 32 bits (AVX-VNNI; SDOT of ARM), by pairs to numbers of 16 (AVX2), or each by itself. Sums are
 * whole numbers, the same in every way.
 */
export type ByteProducts = 'fours' | 'pairs' | 'single';

const limits = { initial: 1, maximum: 1 };

let answer: ByteProducts | undefined;

/**
 * The quickest way here. V8 has an instruction by fours since 11.4 and makes it of pairs where the processor has none; then sums of two products are cut off at
 * the ends of 16 bits, where bytes of 128 and more are counted as they are.
 */
export function bestByteProducts(): ByteProducts {
  answer ??= found();
  return answer;
}

function found(): ByteProducts {
  const probe = new WasmFunction(0);
  const sums = i32x4.relaxedDotAdd(v128.load(0), v128.load(16), v128.zeros);
  probe.do(v128.store(32, sums));
  const bytes = wasmModule([probe], { run: 0 }, limits);
  if (!WebAssembly.validate(bytes)) return 'single';
  const memory = new WebAssembly.Memory({ ...limits, shared: true });
  new Uint8Array(memory.buffer).fill(127, 0, 16).fill(255, 16, 32);
  const { exports } = new WebAssembly.Instance(compileAtOnce(bytes), { engine: { memory } });
  (exports as { run: () => void }).run();
  const [sum] = new Int32Array(memory.buffer, 32, 1);
  return sum === 2 * (2 ** 15 - 1) ? 'pairs' : 'fours';
}
