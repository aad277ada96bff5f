import type { Architecture } from '../architectures/architecture.ts';
import { int4Modules } from './int4-weights.ts';
import { int8Modules } from './int8-weights.ts';

/** How a base's frozen matrices are kept and multiplied: as floats, or as integers of eight or four bits. */
export type Precision = 'float32' | 'int8' | 'int4';

/** The modules whose matrices are rounded at a precision; no others are. */
export function roundedModules(architecture: Architecture, precision: Precision): readonly string[] {
  if (precision === 'float32') return [];
  return precision === 'int8' ? int8Modules(architecture) : int4Modules(architecture);
}

/** The module that graphs of this precision multiply as integers only in the forward pass: its floats are kept too. */
export function halfRoundedModule(architecture: Architecture, precision: Precision): string | undefined {
  return precision === 'int8' ? architecture.head : undefined;
}
