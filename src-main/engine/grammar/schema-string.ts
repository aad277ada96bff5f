import { TooMuchWork } from './expression.ts';
import { stringPlace } from './json-string.ts';
import { patternPlace } from './pattern-place.ts';
import { UnsupportedPattern } from './pattern-syntax.ts';
import type { SchemaObject } from './schema-document.ts';
import { keywordNumber } from './schema-keywords.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import { inFrontOf, type Place } from './stack.ts';
import { stringFormats, unsupportedFormats } from './string-formats.ts';

interface Member {
  readonly schema: SchemaObject;
  readonly path: SchemaPath;
}

/** In front of a string that satisfies all of these; undefined where none does. Those made before are in `known`. */
export function stringScalar(conjunction: readonly Member[], known: Map<string, Place | undefined>): Place | undefined {
  const fewest = Math.max(0, ...keywordNumber(conjunction, 'minLength'));
  const most = Math.min(Number.POSITIVE_INFINITY, ...keywordNumber(conjunction, 'maxLength'));
  if (fewest > most) return undefined;
  const found = conjunction.flatMap((member) => [...formatPattern(member), ...ownPattern(member)]);
  const patterns = [...new Set(found.map(({ pattern }) => pattern))];
  const key = JSON.stringify([fewest, String(most), patterns]);
  if (known.has(key)) return known.get(key);
  const place = patterns.length === 0 ? stringPlace(fewest, most) : foundIn(found, patterns, fewest, most);
  known.set(key, place);
  return place;
}

/** Whether a fixed text satisfies all of these. */
export function stringHolds(
  text: string,
  conjunction: readonly Member[],
  known: Map<string, Place | undefined>,
): boolean {
  const limited = conjunction.some(({ schema }) =>
    ['minLength', 'maxLength', 'pattern', 'format'].some((keyword) => schema[keyword] !== undefined),
  );
  if (!limited) return true;
  const place = stringScalar(conjunction, known);
  let state = place && inFrontOf(place);
  for (const byte of new TextEncoder().encode(JSON.stringify(text))) state = state?.next(byte);
  return state?.accepting === true;
}

interface Found {
  readonly pattern: string;
  readonly keyword: string;
  readonly path: SchemaPath;
}

function foundIn(
  found: readonly Found[],
  patterns: readonly string[],
  fewest: number,
  most: number,
): Place | undefined {
  try {
    return patternPlace(patterns, fewest, most);
  } catch (error) {
    // Only the patterns of the schema can be at fault: those of the formats are ours.
    const fault = found.find(({ keyword }) => keyword === 'pattern') ?? found[0];
    if (fault !== undefined && error instanceof UnsupportedPattern)
      throw new SchemaRefused('unsupported', fault.path, fault.keyword);
    if (fault !== undefined && error instanceof TooMuchWork)
      throw new SchemaRefused('too-large', fault.path, fault.keyword);
    throw error;
  }
}

function formatPattern({ schema, path }: Member): readonly Found[] {
  const { format } = schema;
  if (format === undefined) return [];
  if (typeof format !== 'string') throw new SchemaRefused('invalid', path, 'format');
  if (unsupportedFormats.has(format)) throw new SchemaRefused('unsupported', path, 'format');
  const pattern = stringFormats.get(format);
  return pattern === undefined ? [] : [{ pattern, keyword: 'format', path }];
}

function ownPattern({ schema, path }: Member): readonly Found[] {
  const { pattern } = schema;
  if (pattern === undefined) return [];
  if (typeof pattern !== 'string') throw new SchemaRefused('invalid', path, 'pattern');
  return [{ pattern, keyword: 'pattern', path }];
}
