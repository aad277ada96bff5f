import type { Estimate } from '../../src-contract/run.ts';

export function memoryFits({ memory }: Pick<Estimate, 'memory'>): boolean {
  return memory.bytes <= memory.availableBytes;
}

/** Space can be freed while the page is open, so this alone does not prevent a run from starting. */
export function diskFits({ disk }: Pick<Estimate, 'disk'>): boolean {
  return disk.bytes <= disk.availableBytes;
}
