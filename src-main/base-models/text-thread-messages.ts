import type { AskedName, AskedOf } from './base-text.ts';

/** Which text is asked. The thread reads it when it first hears of it. */
export interface TextPlace {
  /** Another one after the files have changed. */
  readonly key: string;
  readonly folder: string;
  readonly endIds: readonly number[];
  /** Contexts are conversations. */
  readonly readsTurns?: boolean;
}

export type TextQuestion =
  | { readonly place: TextPlace; readonly name: 'facts' }
  | { readonly place: TextPlace; readonly name: 'check' }
  | { readonly place: TextPlace; readonly name: AskedName; readonly given: AskedOf<AskedName> };

export type ToTextThread = TextQuestion & { readonly id: number };
