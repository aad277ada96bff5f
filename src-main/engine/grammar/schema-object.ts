import type { Scalars } from './scalars.ts';
import { isObject, type Located, type SchemaObject } from './schema-document.ts';
import { keywordNumber, keywordStrings, typesOf } from './schema-keywords.ts';
import { literalsOf } from './schema-literals.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import { type StringLimits, stringHolds, stringLimits, stringPlaceWithin } from './schema-string.ts';
import type { Place } from './stack.ts';

interface Member extends Located {
  readonly schema: SchemaObject;
}

/** What a conjunction says of an object, member by member. All schemas of one member hold for it together. */
export interface ObjectSchema {
  readonly members: readonly {
    readonly name: string;
    readonly schemas: readonly Located[];
    readonly required: boolean;
  }[];
  readonly others: readonly { readonly names: Place | undefined; readonly schemas: readonly Located[] }[];
  readonly fewest: number;
  readonly most: number;
}

/** Each doubles the kinds of names that are told apart. */
const MOST_PATTERNS = 3;

/** `names` are the readings of `propertyNames`, undefined where nothing is said of names. */
export function objectSchema(
  conjunction: readonly Member[],
  names: readonly (readonly Member[])[] | undefined,
  scalars: Scalars,
  path: SchemaPath,
): ObjectSchema {
  const objects = conjunction.map(objectKeywords);
  const patterns = [...new Set(objects.flatMap(({ patterns }) => [...patterns.keys()]))];
  if (patterns.length > MOST_PATTERNS) throw new SchemaRefused('too-large', path, 'patternProperties');
  const allowed = names && allowedNames(names, scalars, path);
  const required = new Set(conjunction.flatMap((member) => keywordStrings(member, 'required')));
  const known = new Set([...objects.flatMap(({ properties }) => [...properties.keys()]), ...required]);
  for (const name of allowed?.list ?? []) known.add(name);
  const members = [...known].map((name) => {
    const found = new Set(patterns.filter((pattern) => isFound(pattern, name, scalars, path)));
    const schemas = allowed?.has(name) === false ? [{ schema: false, path }] : schemasOf(objects, name, found);
    return { name, schemas, required: required.has(name) };
  });
  const others = allowed?.list
    ? []
    : subsets(patterns).map((found) => ({
        names: otherNames({ found, patterns, known: [...known], limits: allowed?.limits }, scalars, path),
        schemas: schemasOf(objects, undefined, found),
      }));
  const fewest = Math.max(0, ...keywordNumber(conjunction, 'minProperties'));
  // Names of which nothing is said are allowed, but a small model would go on to invent them without end.
  const isOpen = known.size === 0 || fewest > known.size || conjunction.some(saysOfFurther);
  const possible = (isOpen ? others : []).flatMap(({ names, schemas }) =>
    names === null || schemas.some(({ schema }) => schema === false) ? [] : [{ names, schemas }],
  );
  // Other members may be written twice, and readers take these for one.
  if (fewest > Math.max(1, required.size) && possible.length > 0)
    throw new SchemaRefused('unsupported', path, 'minProperties');
  return {
    members,
    others: possible,
    fewest,
    most: Math.min(Number.POSITIVE_INFINITY, ...keywordNumber(conjunction, 'maxProperties')),
  };
}

/** Whether it says anything of members that it does not name. */
function saysOfFurther({ schema }: Member): boolean {
  const { additionalProperties, patternProperties, propertyNames } = schema;
  return [additionalProperties, patternProperties, propertyNames].some((said) => said !== undefined);
}

type ObjectKeywords = ReturnType<typeof objectKeywords>;

function objectKeywords({ schema, path }: Member) {
  const { additionalProperties } = schema;
  const others: readonly Located[] =
    additionalProperties === undefined ? [] : [{ schema: additionalProperties, path: path.in('additionalProperties') }];
  return {
    properties: namedSchemas(schema, path, 'properties'),
    patterns: namedSchemas(schema, path, 'patternProperties'),
    others,
  };
}

function namedSchemas(schema: SchemaObject, path: SchemaPath, keyword: string): ReadonlyMap<string, Located> {
  const named = schema[keyword] ?? {};
  if (!isObject(named) || Array.isArray(named)) throw new SchemaRefused('invalid', path, keyword);
  return new Map(Object.entries(named).map(([name, each]) => [name, { schema: each, path: path.in(keyword, name) }]));
}

/** What holds for a member of this name, or of another than the known ones, in which these patterns are found. */
function schemasOf(
  objects: readonly ObjectKeywords[],
  name: string | undefined,
  found: ReadonlySet<string>,
): readonly Located[] {
  return objects.flatMap(({ properties, patterns, others }) => {
    const own = name === undefined ? undefined : properties.get(name);
    const matching = [...patterns].flatMap(([pattern, each]) => (found.has(pattern) ? [each] : []));
    const said = own === undefined ? matching : [own, ...matching];
    return said.length > 0 ? said : others;
  });
}

function isFound(pattern: string, name: string, scalars: Scalars, path: SchemaPath): boolean {
  return stringHolds(name, [{ schema: { pattern }, path: path.in('patternProperties', pattern) }], scalars);
}

/** In front of such a name; undefined for any name but the known ones, and null where there is none. */
function otherNames(
  others: {
    readonly found: ReadonlySet<string>;
    readonly patterns: readonly string[];
    readonly known: readonly string[];
    readonly limits: StringLimits | undefined;
  },
  scalars: Scalars,
  path: SchemaPath,
): Place | undefined | null {
  const { found, patterns, known, limits } = others;
  if (patterns.length === 0 && limits === undefined) return undefined;
  const own = patterns.map((pattern) => ({ pattern, keyword: 'patternProperties', path }));
  return (
    stringPlaceWithin(
      {
        found: [...own.filter(({ pattern }) => found.has(pattern)), ...(limits?.found ?? [])],
        missing: own.filter(({ pattern }) => !found.has(pattern)),
        except: known,
        fewest: limits?.fewest ?? 0,
        most: limits?.most ?? Number.POSITIVE_INFINITY,
      },
      scalars.budget,
    ) ?? null
  );
}

interface AllowedNames {
  readonly has: (name: string) => boolean;
  /** All of them, where they are listed. */
  readonly list?: readonly string[];
  readonly limits?: StringLimits;
}

/** Undefined where any name is allowed. */
function allowedNames(
  readings: readonly (readonly Member[])[],
  scalars: Scalars,
  path: SchemaPath,
): AllowedNames | undefined {
  const strings = readings.filter((reading) => typesOf(reading).has('string'));
  const lists = strings.map((reading) =>
    literalsOf(reading, new Set(['string']))?.flatMap((name) =>
      typeof name === 'string' && stringHolds(name, reading, scalars) ? [name] : [],
    ),
  );
  if (lists.every((list) => list !== undefined)) {
    const list = [...new Set(lists.flat())];
    return { has: (name) => list.includes(name), list };
  }
  const limits = strings.map(stringLimits);
  if (limits.some(({ found, fewest, most }) => found.length === 0 && fewest === 0 && most === Number.POSITIVE_INFINITY))
    return undefined;
  const [only] = strings;
  if (only === undefined || strings.length > 1) throw new SchemaRefused('unsupported', path, 'propertyNames');
  return { has: (name) => stringHolds(name, only, scalars), limits: stringLimits(only) };
}

function subsets(patterns: readonly string[]): readonly ReadonlySet<string>[] {
  let all: readonly ReadonlySet<string>[] = [new Set()];
  for (const pattern of patterns) all = all.flatMap((some) => [some, new Set([...some, pattern])]);
  return all;
}
