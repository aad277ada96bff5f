import type { SchemaPath } from './schema-refused.ts';
import type { Place } from './stack.ts';

/** What a JSON value may be: any of these parts. Shapes may contain themselves. */
export interface Shape {
  readonly path: SchemaPath;
  parts: readonly Part[];
  /** Whether any value is like that. This and the place are found out when all shapes of a schema are known. */
  possible: boolean;
  /** In front of such a value. */
  place: Place | undefined;
}

export type Part = ScalarPart | ArrayPart | ObjectPart;

export interface ScalarPart {
  readonly kind: 'scalar';
  /** Undefined where no text will do. */
  readonly place: Place | undefined;
}

export interface ArrayPart {
  readonly kind: 'array';
  readonly prefix: readonly Shape[];
  /** The elements behind those. */
  readonly rest: Shape;
  readonly fewest: number;
  readonly most: number;
  /** Where each element is another one: the texts that there are, and nothing in front of `rest`. */
  readonly unique?: readonly string[] | undefined;
}

export interface ObjectPart {
  readonly kind: 'object';
  /** In the order in which they are written. */
  readonly members: readonly Member[];
  /** Further members, behind those. */
  readonly others: readonly Others[];
  /** Members altogether. */
  readonly fewest: number;
  readonly most: number;
}

interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
}

export interface Others {
  /** In front of their names; undefined where they have any names but those of the known members. */
  readonly names: Place | undefined;
  readonly shape: Shape;
}
