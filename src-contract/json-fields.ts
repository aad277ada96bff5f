import { isList, isObject, type JsonValue, jsonKey } from './json-text.ts';

/**
 * The fields of a value: for each path to a single value (`order.items[].name`), the values there in their order, which
 * are the same for equal values. The places of a list share one path; an empty list or object is a value of its own.
 * `path`: where the value itself stands. Source of the paths: Kim et al. 2022 (Donut), whose field-level F1 flattens
 * lists and objects in this way.
 */
export function jsonFields(value: JsonValue, path = ''): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  const walk = (path: string, inner: JsonValue): void => {
    if (isList(inner) && inner.length > 0) for (const each of inner) walk(`${path}[]`, each);
    else if (isObject(inner) && inner.size > 0) for (const [key, each] of inner) walk(pathTo(path, key), each);
    else {
      const [at, text] = [pathOf(path, inner), jsonKey(inner)];
      const known = fields.get(at);
      if (known) known.push(text);
      else fields.set(at, [text]);
    }
  };
  walk(path, value);
  return fields;
}

/** The path of a single value, or of an empty list or object, that stands here. */
export function pathOf(path: string, value: JsonValue): string {
  if (isList(value)) return `${path}[]`;
  return path === '' ? '{}' : path;
}

/** The path to what a key of an object has. A key that would be read as a path is in quotes. */
export function pathTo(path: string, key: string): string {
  if (key === '' || /[.[\]{}"\p{Cc}]/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** How many of these texts both have, each as often as it occurs in both. */
export function countShared(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const text of one) left.set(text, (left.get(text) ?? 0) + 1);
  return other.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0;
  }).length;
}
