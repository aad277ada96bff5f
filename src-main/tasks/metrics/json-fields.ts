import { jsonFields, pathOf, pathTo } from '../../../src-contract/json-fields.ts';
import { pairLists } from '../../../src-contract/json-list-pairs.ts';
import { isList, isObject, type JsonValue, jsonKey } from '../../../src-contract/json-text.ts';

/** The values at one path of an answer and of its target. */
export interface ComparedField {
  /** How many the answer has, how many the target, and how many of these are the same. */
  readonly found: number;
  readonly wanted: number;
  readonly shared: number;
  /** Whether the values are the same in the same order. */
  readonly isSame: boolean;
}

/**
 * An answer field by field beside its target, those of the answer alone last. Values in a list are looked for in that
 * element of the target's list which is most like theirs, wherever it stands. `wanted`: the fields of the target.
 */
export function compareFields(
  answer: JsonValue | undefined,
  target: JsonValue,
  wanted = jsonFields(target),
): Map<string, ComparedField> {
  const found = answer === undefined ? new Map<string, string[]>() : jsonFields(answer);
  const shared = answer === undefined ? new Map<string, number>() : sharedValues(answer, target);
  return new Map(
    [...new Set([...wanted.keys(), ...found.keys()])].map((path) => {
      const [ours = [], theirs = []] = [found.get(path), wanted.get(path)];
      const same = shared.get(path) ?? 0;
      const isSame = same === theirs.length && ours.join() === theirs.join();
      return [path, { found: ours.length, wanted: theirs.length, shared: same, isSame }];
    }),
  );
}

/**
 * Harmonic mean of precision and recall over pairs of a path and a value that both have, from 0 to 1: slots filled
 * rightly, as in information extraction (MUC-4: Chinchor 1992), with Donut's pairs. Lists may be in another order.
 */
export function fieldF1(answer: JsonValue | undefined, target: JsonValue): number {
  let [shared, all] = [0, 0];
  for (const field of compareFields(answer, target).values()) {
    shared += field.shared;
    all += field.found + field.wanted;
  }
  return (2 * shared) / all;
}

/** For each path, how many values both have. */
function sharedValues(answer: JsonValue, target: JsonValue): Map<string, number> {
  const shared = new Map<string, number>();
  const walk = (path: string, found: JsonValue, wanted: JsonValue): void => {
    if (isList(found) && isList(wanted) && found.length > 0) {
      for (const { value, target } of pairLists(found, wanted).pairs)
        if (value !== undefined && target !== undefined) walk(`${path}[]`, value, target);
    } else if (isObject(found) && isObject(wanted) && found.size > 0) {
      for (const [key, inner] of found) {
        const other = wanted.get(key);
        if (other !== undefined) walk(pathTo(path, key), inner, other);
      }
    } else if (jsonKey(found) === jsonKey(wanted)) {
      const at = pathOf(path, found);
      shared.set(at, (shared.get(at) ?? 0) + 1);
    }
  };
  walk('', answer, target);
  return shared;
}
