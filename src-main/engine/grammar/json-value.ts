import { arrayPlace } from './json-array.ts';
import { objectPlace } from './json-object.ts';
import type { ObjectPart, Part, Shape } from './json-shape.ts';
import { uniqueArrayPlace } from './json-unique-array.ts';
import { joinedAll, type Place, type Stack } from './stack.ts';

/** Finds out which shapes are possible, and gives these their places. All shapes they are made of must be among them. */
export function settle(shapes: readonly Shape[]): void {
  // Those within others come later, so most is known after one round from the end.
  const open = [...shapes].reverse();
  for (let found = true; found; )
    found = open.reduce((any, shape) => {
      if (shape.possible || !shape.parts.some(isPossible)) return any;
      shape.possible = true;
      return true;
    }, false);
  for (const shape of shapes) if (shape.possible) shape.place = valuePlace(shape);
}

/** Where in an impossible shape the fault is: the innermost shape that is needed and impossible. */
export function impossiblePart(shape: Shape): Shape {
  const seen = new Set<Shape>();
  let at = shape;
  for (let next: Shape | undefined = shape; next !== undefined && !seen.has(next); ) {
    seen.add(next);
    at = next;
    next = at.parts.flatMap(neededBy).find(({ possible }) => !possible);
  }
  return at;
}

/** As far as is known of the shapes within. */
function isPossible(part: Part): boolean {
  if (part.kind === 'scalar') return part.place !== undefined;
  if (part.fewest > part.most || !neededBy(part).every(({ possible }) => possible)) return false;
  return part.kind === 'array' || mayHaveEnough(part);
}

function mayHaveEnough({ members, others, fewest, most }: ObjectPart): boolean {
  const possible = members.filter(({ shape }) => shape.possible);
  if (possible.filter(({ required }) => required).length > most) return false;
  return possible.length >= fewest || others.some(({ shape }) => shape.possible);
}

/** The shapes without which there is no such array or object. */
function neededBy(part: Part): readonly Shape[] {
  switch (part.kind) {
    case 'scalar':
      return [];
    case 'array': {
      const needed = part.prefix.slice(0, part.fewest);
      return part.fewest > part.prefix.length ? [...needed, part.rest] : needed;
    }
    case 'object':
      return part.members.filter(({ required }) => required).map(({ shape }) => shape);
    default:
      return part satisfies never;
  }
}

function valuePlace(shape: Shape): Place {
  const places = shape.parts.filter(isPossible).map(partPlace);
  return places.length === 1 ? (places[0] as Place) : new AnyOf(places);
}

function partPlace(part: Part): Place {
  switch (part.kind) {
    case 'scalar':
      return part.place as Place; // It is possible.
    case 'array':
      return part.unique === undefined ? arrayPlace(part) : uniqueArrayPlace({ ...part, texts: part.unique });
    case 'object':
      return objectPlace(part);
    default:
      return part satisfies never;
  }
}

class AnyOf implements Place {
  readonly ends = false;
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  step(byte: number, below: Stack): Stack | undefined {
    let only: Stack | undefined;
    let several: Stack[] | undefined;
    for (const place of this.#places) {
      const next = place.step(byte, below);
      if (next === undefined) continue;
      if (only === undefined) only = next;
      else if (several === undefined) several = [only, next];
      else several.push(next);
    }
    return several === undefined ? only : joinedAll(several);
  }
}
