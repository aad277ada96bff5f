import { type Budget, TooMuchWork } from './budget.ts';
import { stringPlace } from './json-string.ts';
import { patternPlace } from './pattern-place.ts';
import { UnsupportedPattern } from './pattern-syntax.ts';
import type { Scalars } from './scalars.ts';
import type { SchemaObject } from './schema-document.ts';
import { keywordNumber } from './schema-keywords.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import { inFrontOf, type Place } from './stack.ts';
import { stringFormats, unsupportedFormats } from './string-formats.ts';

interface Member {
  readonly schema: SchemaObject;
  readonly path: SchemaPath;
}

export interface StringLimits {
  /** Patterns that have to be found. */
  readonly found: readonly Pattern[];
  readonly fewest: number;
  readonly most: number;
}

interface Pattern {
  readonly pattern: string;
  /** Where it comes from. */
  readonly keyword: string;
  readonly path: SchemaPath;
}

/** In front of a string that satisfies all of these; undefined where none does. */
export function stringScalar(conjunction: readonly Member[], scalars: Scalars): Place | undefined {
  const limits = stringLimits(conjunction);
  const key = JSON.stringify([limits.fewest, String(limits.most), limits.found.map(({ pattern }) => pattern)]);
  return scalars.kept(key, (budget) => stringPlaceWithin({ ...limits, missing: [], except: [] }, budget));
}

export function stringLimits(conjunction: readonly Member[]): StringLimits {
  const formats = conjunction.flatMap(formatOf);
  return {
    found: [...formats, ...conjunction.flatMap(patternOf)],
    fewest: Math.max(0, ...keywordNumber(conjunction, 'minLength')),
    most: Math.min(
      ...keywordNumber(conjunction, 'maxLength'),
      ...formats.map(({ most }) => most),
      Number.POSITIVE_INFINITY,
    ),
  };
}

/** Whether a fixed text satisfies all of these. */
export function stringHolds(text: string, conjunction: readonly Member[], scalars: Scalars): boolean {
  const limited = conjunction.some(({ schema }) =>
    ['minLength', 'maxLength', 'pattern', 'format'].some((keyword) => schema[keyword] !== undefined),
  );
  if (!limited) return true;
  const place = stringScalar(conjunction, scalars);
  let state = place && inFrontOf(place);
  for (const byte of new TextEncoder().encode(JSON.stringify(text))) state = state?.next(byte);
  return state?.accepting === true;
}

/**
 * In front of a string within limits, in which other patterns are not found and which is none of some texts; undefined where
 * there is none.
 */
export function stringPlaceWithin(
  limits: StringLimits & { readonly missing: readonly Pattern[]; readonly except: readonly string[] },
  budget: Budget,
): Place | undefined {
  const { found, missing, except, fewest, most } = limits;
  if (fewest > most) return undefined;
  if (found.length + missing.length + except.length === 0) return stringPlace(fewest, most);
  const texts = (patterns: readonly Pattern[]) => [...new Set(patterns.map(({ pattern }) => pattern))];
  try {
    return patternPlace({ found: texts(found), missing: texts(missing), except, fewest, most }, budget);
  } catch (error) {
    const all = [...found, ...missing];
    // Only the patterns of the schema can be at fault: those of the formats are ours.
    const fault = all.find(({ keyword }) => keyword !== 'format') ?? all[0];
    if (fault !== undefined && error instanceof UnsupportedPattern) {
      const broken = all.find(({ pattern }) => !isExpression(pattern));
      throw new SchemaRefused(broken ? 'invalid' : 'unsupported', (broken ?? fault).path, (broken ?? fault).keyword);
    }
    if (fault !== undefined && error instanceof TooMuchWork)
      throw new SchemaRefused('too-large', fault.path, fault.keyword);
    throw error;
  }
}

/** Whether it is one at all (ECMA-262, as JSON Schema wants it). */
function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function formatOf({ schema, path }: Member): readonly (Pattern & { readonly most: number })[] {
  const { format } = schema;
  if (format === undefined) return [];
  if (typeof format !== 'string') throw new SchemaRefused('invalid', path, 'format');
  if (unsupportedFormats.has(format)) throw new SchemaRefused('unsupported', path, 'format');
  const known = stringFormats.get(format);
  return known === undefined ? [] : [{ ...known, keyword: 'format', path }];
}

function patternOf({ schema, path }: Member): readonly Pattern[] {
  const { pattern } = schema;
  if (pattern === undefined) return [];
  if (typeof pattern !== 'string') throw new SchemaRefused('invalid', path, 'pattern');
  return [{ pattern, keyword: 'pattern', path }];
}
