import type { CarriedError } from '../../src-contract/carried-error.ts';
import type { AskedName, AskedOf } from './base-text.ts';

/** Which text is asked. The thread reads it when it first hears of it. */
export interface TextPlace {
  /** Another one after the files have changed. */
  readonly key: string;
  readonly folder: string;
  readonly endIds: readonly number[];
}

export type ToTextThread =
  | { readonly id: number; readonly place: TextPlace; readonly name: 'facts' }
  | { readonly id: number; readonly place: TextPlace; readonly name: 'check' }
  | { readonly id: number; readonly place: TextPlace; readonly name: AskedName; readonly given: AskedOf<AskedName> };

/** Plain lists of ids come as an `Int32Array`: a million of them as numbers would block whoever receives them. */
export type FromTextThread =
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: CarriedError };
