import { compileAtOnce } from '../../v8-flags.ts';
import { i32x4, v128, WasmFunction, wasmModule } from './code.ts';

/**
 * How kernels multiply bytes and sum the products: four at a time in 32 bits (AVX-VNNI; SDOT on ARM), two at a time in
 * 16 bits (AVX2), or one by one. Sums are integers, the same either way.
 */
export type ByteProducts = 'fours' | 'pairs' | 'single';

const limits = { initial: 1, maximum: 1 };

let answer: ByteProducts | undefined;

/**
 * The fastest way on this machine. V8 has had a four-way instruction since 11.4, and emulates it by pairs where the
 * processor lacks one; sums of two products then saturate at 16 bits, where bytes of 128 and above count as unsigned.
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
