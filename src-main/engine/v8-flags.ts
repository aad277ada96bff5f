import { setFlagsFromString } from 'node:v8';

/** From 13 on V8 does it in the compiler that kernels end up in, and Node is built with it. */
const firstVersion = 13;

/** By these V8 puts off what takes its time. */
const lazyFlags = ['liftoff', 'wasm-lazy-compilation'] as const;

let isAllowed = false;

/**
 * Lets V8 make one instruction for 256 bits of two that do the same to neighbouring vectors of 128, where the processor has them (AVX2): what
 * is computed stays the same (decision 0048). It counts as experimental there, so kernels are held to the reference backend with it.
 */
export function allowWideVectors(): void {
  if (isAllowed || !hasWideVectors()) return;
  isAllowed = true;
  setFlagsFromString('--experimental-wasm-revectorize');
}

/**
 * Lets V8 find garbage in one go, as hosts on Node.js have it from the start (`host/engine-flags.ts`): in a utility process of the desktop, which no flag reaches, this is
 * what keeps it from marking beside the threads of kernels too, as that goes along with steps. It is looked at whenever marking might begin, so it can be set late.
 */
export function findGarbageAtOnce(): void {
  setFlagsFromString('--no-incremental-marking');
}

/**
 * A module of which V8 makes all functions at once, and takes its time for it. By itself it makes them when they are first called, at first without wide vectors, and
 * the better ones beside passes that then wait for each other.
 */
export function compileAtOnce(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  for (const flag of lazyFlags) setFlagsFromString(`--no-${flag}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    // As it is by itself: nobody starts an engine without.
    for (const flag of lazyFlags) setFlagsFromString(`--${flag}`);
  }
}

/** Whether V8 can, where the processor does. */
export function hasWideVectors(): boolean {
  const version = Number.parseInt(process.versions.v8, 10);
  return process.arch === 'x64' && process.platform !== 'darwin' && version >= firstVersion;
}
