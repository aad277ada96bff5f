import { SchemaPath, SchemaRefused } from './schema-refused.ts';

/** A schema object as it was sent. */
export type SchemaObject = Readonly<Record<string, unknown>>;

/** A schema, or what was sent for one, and where. */
export interface Located {
  readonly schema: unknown;
  readonly path: SchemaPath;
}

/** What a reference leads to, within the schema it stands in. `root` is that schema. */
export function resolveReference(root: unknown, reference: unknown, from: SchemaPath): Located {
  if (typeof reference !== 'string') throw new SchemaRefused('invalid', from, '$ref');
  const unresolved = new SchemaRefused('unresolved', from, '$ref');
  if (reference !== '#' && !reference.startsWith('#/')) throw unresolved;
  let at: Located = { schema: root, path: SchemaPath.root };
  for (const part of reference.split('/').slice(1)) {
    const key = pointerKey(part);
    if (key === undefined || !isObject(at.schema) || !Object.hasOwn(at.schema, key)) throw unresolved;
    at = { schema: at.schema[key], path: at.path.in(key) };
  }
  return at;
}

/** A part of a JSON pointer in a URI fragment (RFC 6901, §6). */
function pointerKey(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

/** An array counts as one: references lead into `anyOf/0`. */
export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null;
}
