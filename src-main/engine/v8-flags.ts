import { setFlagsFromString } from 'node:v8';

/** Since version 13 V8 does this in the optimising compiler that kernels end up in, and Node is built with it. */
const firstVersion = 13;

/** The flags by which V8 defers slow work. */
const lazyFlags = ['liftoff', 'wasm-lazy-compilation'] as const;

let isAllowed = false;

/**
 * Lets V8 fuse two instructions that do the same to adjacent 128-bit vectors into one of 256 bits, where the processor
 * has them (AVX2); results are unchanged (decision 0048). V8 considers this experimental, so kernels are tested against
 * the reference backend with it.
 */
export function allowWideVectors(): void {
  if (isAllowed || !hasWideVectors()) return;
  isAllowed = true;
  setFlagsFromString('--experimental-wasm-revectorize');
}

/**
 * Makes V8 mark garbage in one go, as hosts on Node.js do from the start (`host/engine-flags.ts`). In the desktop's
 * utility process, which takes no flags, this also keeps it from marking concurrently with the kernels' threads, as
 * concurrent marking requires incremental marking. The flag is read whenever marking might begin, so it can be set
 * late.
 */
export function findGarbageAtOnce(): void {
  setFlagsFromString('--no-incremental-marking');
}

/**
 * A module whose functions V8 all compiles up front with the optimising compiler. By default it compiles each at its
 * first call, at first without wide vectors, and the optimised ones concurrently with passes, which then wait for each
 * other.
 */
export function compileAtOnce(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  for (const flag of lazyFlags) setFlagsFromString(`--no-${flag}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    // V8's defaults: no one starts an engine without them.
    for (const flag of lazyFlags) setFlagsFromString(`--${flag}`);
  }
}

/** Whether V8 can, if the processor does. */
export function hasWideVectors(): boolean {
  const version = Number.parseInt(process.versions.v8, 10);
  return process.arch === 'x64' && process.platform !== 'darwin' && version >= firstVersion;
}
