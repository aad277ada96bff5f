import { stringPlace } from './json-string.ts';
import type { SchemaObject } from './schema-document.ts';
import { keywordNumber } from './schema-keywords.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import type { Place } from './stack.ts';

/** In front of a string that satisfies all of these; undefined where none does. */
export function stringScalar(
  conjunction: readonly { readonly schema: SchemaObject; readonly path: SchemaPath }[],
): Place | undefined {
  for (const { schema, path } of conjunction)
    for (const keyword of ['pattern', 'format'])
      if (schema[keyword] !== undefined) throw new SchemaRefused('unsupported', path, keyword);
  const fewest = Math.max(0, ...keywordNumber(conjunction, 'minLength'));
  const most = Math.min(Number.POSITIVE_INFINITY, ...keywordNumber(conjunction, 'maxLength'));
  return fewest <= most ? stringPlace(fewest, most) : undefined;
}
