import { setFlagsFromString } from 'node:v8';

/** From 13 on V8 does it in the compiler that kernels end up in, and Node is built with it. */
const firstWideVersion = 13;

/**
 * Lets V8 make one instruction for 256 bits of two that do the same to neighbouring vectors of 128, where the processor has them (AVX2): what
 * is computed stays the same. It counts as experimental there, so kernels are held to the reference backend with it. Elsewhere nothing changes.
 */
export function allowWideVectors(): void {
  if (hasWideVectors()) setFlagsFromString('--experimental-wasm-revectorize');
}

/** Whether V8 can, where the processor does. */
export function hasWideVectors(): boolean {
  const version = Number.parseInt(process.versions.v8, 10);
  return process.arch === 'x64' && process.platform !== 'darwin' && version >= firstWideVersion;
}

/** V8 looks for garbage beside the program, in threads that keep those of kernels waiting for each other; little of an engine is JavaScript's. */
export function keepProcessorsForKernels(): void {
  setFlagsFromString('--no-concurrent-marking');
}
