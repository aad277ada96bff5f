import { bestPairing } from './best-pairing.ts';
import { countShared, jsonFields } from './json-fields.ts';
import { type JsonValue, jsonKey } from './json-text.ts';

/** What stands at one place of two lists: one of them may have nothing there. */
export interface ElementPair {
  readonly value: JsonValue | undefined;
  readonly target: JsonValue | undefined;
}

export interface ListPairs {
  /** In the order of the value's list; what only the target has stands behind what precedes it there. */
  readonly pairs: readonly ElementPair[];
  /** Whether what both have something in common stands in another order. */
  readonly isReordered: boolean;
}

/**
 * Which element of a list is meant by which of its target's: the same ones, which never leaves less in common, then those
 * that have the most fields in common, all pairs together, the rest one after the other.
 */
export function pairLists(value: readonly JsonValue[], target: readonly JsonValue[]): ListPairs {
  const alike = sameElements(value.map(jsonKey), target.map(jsonKey));
  for (const [ours, theirs] of mostAlike(value, target, alike)) alike.set(ours, theirs);
  const inOrder = [...alike].sort(([a], [b]) => a - b).map(([, theirs]) => theirs);
  const isReordered = inOrder.some((place, n) => n > 0 && place < (inOrder[n - 1] ?? 0));
  const partners = new Map(alike);
  const left = leftOver(value, target, alike);
  for (const [n, ours] of left.ours.entries()) {
    const theirs = left.theirs[n];
    if (theirs !== undefined) partners.set(ours, theirs);
  }
  return { pairs: pairsOf(value, target, partners), isReordered };
}

/** More are not compared each with each: they stay in their order. */
const mostCompared = 40_000;

/** By their places: where both lists begin or end alike, these; then each with the first that is the same. */
function sameElements(ours: readonly string[], theirs: readonly string[]): Map<number, number> {
  const partners = new Map<number, number>();
  const shorter = Math.min(ours.length, theirs.length);
  let head = 0;
  for (; head < shorter && ours[head] === theirs[head]; head++) partners.set(head, head);
  let tail = 0;
  for (; tail < shorter - head && ours.at(-1 - tail) === theirs.at(-1 - tail); tail++)
    partners.set(ours.length - 1 - tail, theirs.length - 1 - tail);
  const waiting = new Map<string, number[]>();
  for (let place = theirs.length - tail - 1; place >= head; place--) {
    const key = theirs[place] as string; // It is within the list.
    const known = waiting.get(key);
    if (known) known.push(place);
    else waiting.set(key, [place]);
  }
  for (let place = head; place < ours.length - tail; place++) {
    const partner = waiting.get(ours[place] as string)?.pop();
    if (partner !== undefined) partners.set(place, partner);
  }
  return partners;
}

/**
 * Of places that have no partner yet, the pairs with the most fields in common, all together, and the least way between
 * them; none that has nothing in common.
 */
function mostAlike(
  value: readonly JsonValue[],
  target: readonly JsonValue[],
  known: ReadonlyMap<number, number>,
): (readonly [number, number])[] {
  const { ours, theirs } = leftOver(value, target, known);
  if (ours.length * theirs.length > mostCompared) return [];
  const [ourFields, theirFields] = [fieldsAt(value, ours), fieldsAt(target, theirs)];
  const shared = ourFields.map((some) => theirFields.map((others) => sharedFields(some, others)));
  // More than all ways together.
  const field = (value.length + target.length) ** 2;
  const worthOf = (our: number, their: number) => {
    const fields = shared[our]?.[their] ?? 0;
    return fields === 0 ? 0 : field * fields - Math.abs((ours[our] ?? 0) - (theirs[their] ?? 0));
  };
  const fewerOurs = ours.length <= theirs.length;
  const [rows, columns] = fewerOurs ? [ours, theirs] : [theirs, ours];
  const paired = bestPairing(
    rows.map((_, row) => columns.map((_, column) => (fewerOurs ? worthOf(row, column) : worthOf(column, row)))),
  );
  return paired.flatMap((column, row): [number, number][] => {
    const [our, their] = fewerOurs ? [row, column] : [column, row];
    return worthOf(our, their) === 0 ? [] : [[ours[our] ?? 0, theirs[their] ?? 0]];
  });
}

function fieldsAt(list: readonly JsonValue[], places: readonly number[]): Map<string, string[]>[] {
  return places.map((place) => jsonFields(list[place] as JsonValue));
}

function sharedFields(one: ReadonlyMap<string, readonly string[]>, other: ReadonlyMap<string, readonly string[]>) {
  let shared = 0;
  for (const [path, values] of one) shared += countShared(values, other.get(path) ?? []);
  return shared;
}

/** The places without a partner. */
function leftOver(
  value: readonly JsonValue[],
  target: readonly JsonValue[],
  partners: ReadonlyMap<number, number>,
): { readonly ours: readonly number[]; readonly theirs: readonly number[] } {
  const taken = new Set(partners.values());
  return {
    ours: [...value.keys()].filter((place) => !partners.has(place)),
    theirs: [...target.keys()].filter((place) => !taken.has(place)),
  };
}

function pairsOf(
  value: readonly JsonValue[],
  target: readonly JsonValue[],
  partners: ReadonlyMap<number, number>,
): ElementPair[] {
  const taken = new Set(partners.values());
  /** Those of the target alone, from a place on. */
  const aloneFrom = (place: number): ElementPair[] => {
    const alone: ElementPair[] = [];
    for (let at = place; at < target.length && !taken.has(at); at++)
      alone.push({ value: undefined, target: target[at] });
    return alone;
  };
  return [
    ...aloneFrom(0),
    ...value.flatMap((each, place): ElementPair[] => {
      const partner = partners.get(place);
      if (partner === undefined) return [{ value: each, target: undefined }];
      return [{ value: each, target: target[partner] }, ...aloneFrom(partner + 1)];
    }),
  ];
}
