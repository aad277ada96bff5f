import { integerPlace, numberPlace } from './json-number.ts';
import type { SchemaObject } from './schema-document.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import type { Place } from './stack.ts';

/** In front of a number that satisfies all of these; undefined where none does. */
export function numberScalar(
  conjunction: readonly { readonly schema: SchemaObject; readonly path: SchemaPath }[],
  type: 'integer' | 'number',
): Place | undefined {
  for (const { schema, path } of conjunction)
    for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'])
      if (schema[keyword] !== undefined) throw new SchemaRefused('unsupported', path, keyword);
  return type === 'integer' ? integerPlace : numberPlace;
}
