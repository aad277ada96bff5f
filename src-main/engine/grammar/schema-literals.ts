import type { SchemaObject } from './schema-document.ts';
import { isObject } from './schema-document.ts';
import type { JsonType } from './schema-keywords.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';

interface Member {
  readonly schema: SchemaObject;
  readonly path: SchemaPath;
}

/** Levels of a fixed value. */
const MOST_DEPTH = 64;

/** The values that `const` and `enum` leave; undefined where neither says anything. */
export function literalsOf(
  conjunction: readonly Member[],
  types: ReadonlySet<JsonType>,
): readonly unknown[] | undefined {
  let left: Map<string, unknown> | undefined;
  for (const member of conjunction)
    for (const values of listed(member)) {
      const named = new Map(values.map((value) => [canonical(value, member.path, 0), value]));
      left = left === undefined ? named : new Map([...left].filter(([text]) => named.has(text)));
    }
  if (left === undefined) return undefined;
  return [...left.values()].filter((value) => isOfType(value, types));
}

function listed({ schema, path }: Member): readonly (readonly unknown[])[] {
  const lists: (readonly unknown[])[] = [];
  if (schema.const !== undefined) lists.push([schema.const]);
  if (schema.enum !== undefined) {
    if (!Array.isArray(schema.enum)) throw new SchemaRefused('invalid', path, 'enum');
    lists.push(schema.enum);
  }
  return lists;
}

function isOfType(value: unknown, types: ReadonlySet<JsonType>): boolean {
  if (value === null) return types.has('null');
  if (Array.isArray(value)) return types.has('array');
  if (typeof value === 'number') return types.has('number') || (types.has('integer') && Number.isInteger(value));
  return types.has(typeof value as JsonType); // JSON has object, string and boolean left.
}

/** The same text for equal values. */
function canonical(value: unknown, path: SchemaPath, depth: number): string {
  if (depth > MOST_DEPTH) throw new SchemaRefused('too-large', path);
  if (!isObject(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: unknown) => canonical(each, path, depth + 1)).join()}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name], path, depth + 1)}`).join()}}`;
}
