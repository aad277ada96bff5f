import { isList, isObject, type JsonValue, jsonKey } from '../../../src-contract/json-text.ts';

/**
 * The fields of a value: for each path to a single value (`order.items[].name`), the values there in their order, which
 * are the same for equal values. The places of a list share one path; an empty list or object is a value of its own.
 * Source of the paths: Kim et al. 2022 (Donut), whose field-level F1 flattens lists and objects in this way.
 */
export function jsonFields(value: JsonValue): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  const put = (path: string, inner: JsonValue) => {
    const known = fields.get(path);
    if (known) known.push(jsonKey(inner));
    else fields.set(path, [jsonKey(inner)]);
  };
  const walk = (path: string, inner: JsonValue): void => {
    if (isList(inner)) {
      const places = `${path}[]`;
      if (inner.length === 0) put(places, inner);
      for (const each of inner) walk(places, each);
    } else if (isObject(inner) && inner.size > 0) {
      for (const [key, each] of inner) walk(path === '' ? nameOf(key) : joined(path, nameOf(key)), each);
    } else put(path === '' ? '{}' : path, inner);
  };
  walk('', value);
  return fields;
}

/**
 * Harmonic mean of precision and recall over pairs of a path and a value that both have, from 0 to 1: slots filled
 * rightly, as in information extraction (MUC-4: Chinchor 1992), with Donut's pairs. Lists may be in another order.
 */
export function fieldF1(answer: JsonValue | undefined, target: JsonValue): number {
  if (answer === undefined) return 0;
  const [found, wanted] = [jsonFields(answer), jsonFields(target)];
  let shared = 0;
  for (const [path, values] of wanted) shared += countShared(values, found.get(path) ?? []);
  return (2 * shared) / (countValues(found) + countValues(wanted));
}

function countShared(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const value of one) left.set(value, (left.get(value) ?? 0) + 1);
  return other.filter((value) => {
    const count = left.get(value) ?? 0;
    left.set(value, count - 1);
    return count > 0;
  }).length;
}

function countValues(fields: ReadonlyMap<string, readonly string[]>): number {
  return fields.values().reduce((sum, values) => sum + values.length, 0);
}

/** A key that would be read as a path is in quotes. */
function nameOf(key: string): string {
  return key === '' || /[.[\]{}"\p{Cc}]/u.test(key) ? `[${JSON.stringify(key)}]` : key;
}

function joined(path: string, name: string): string {
  return name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}
