import type { SchemaObject } from './schema-document.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';

interface Member {
  readonly schema: SchemaObject;
  readonly path: SchemaPath;
}

const jsonTypes = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type JsonType = (typeof jsonTypes)[number];

/** Keywords that say something of one type only, by which a schema without `type` is understood to be of that type. */
const typeKeywords: Readonly<Record<string, JsonType>> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  patternProperties: 'object',
  propertyNames: 'object',
  minProperties: 'object',
  maxProperties: 'object',
  dependentRequired: 'object',
  dependentSchemas: 'object',
  dependencies: 'object',
  unevaluatedProperties: 'object',
  items: 'array',
  prefixItems: 'array',
  additionalItems: 'array',
  minItems: 'array',
  maxItems: 'array',
  uniqueItems: 'array',
  contains: 'array',
  unevaluatedItems: 'array',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
};

/** Keywords that would limit the answer and are not followed; each with a test for values that limit nothing. */
const unsupported: readonly (readonly [keyword: string, harmless: (value: unknown) => boolean])[] = [
  ['contains', () => false],
  ['unevaluatedItems', (value) => value === true],
  ['dependentRequired', isEmptyObject],
  ['dependentSchemas', isEmptyObject],
  ['dependencies', isEmptyObject],
  ['unevaluatedProperties', (value) => value === true],
  ['not', (value) => value === false],
  ['if', () => false],
  ['$dynamicRef', () => false],
  ['$recursiveRef', () => false],
];

export function refuseUnsupported({ schema, path }: Member, types: ReadonlySet<JsonType>): void {
  for (const [keyword, harmless] of unsupported) {
    const value = schema[keyword];
    const type = typeKeywords[keyword];
    if (value === undefined || harmless(value) || (type !== undefined && !types.has(type))) continue;
    throw new SchemaRefused('unsupported', path, keyword);
  }
}

/** Beside fixed lists and objects, what else is asked of them is not looked into. */
export function refuseKeywordsOf(type: JsonType, conjunction: readonly Member[]): void {
  for (const { schema, path } of conjunction)
    for (const keyword of Object.keys(schema))
      if (Object.hasOwn(typeKeywords, keyword) && typeKeywords[keyword] === type)
        throw new SchemaRefused('unsupported', path, keyword);
}

/**
 * The types that all of these allow. A schema with keywords of objects but without `type` would let any string pass as
 * well; nobody means that, so it is understood to be of the types its keywords speak of.
 */
export function typesOf(conjunction: readonly Member[]): ReadonlySet<JsonType> {
  let types: ReadonlySet<JsonType> | undefined;
  for (const member of conjunction) {
    const named = namedTypes(member);
    if (named !== undefined) types = types === undefined ? named : inBoth(types, named);
  }
  if (types !== undefined) return types;
  const spokenOf = conjunction.flatMap(({ schema }) =>
    schema.const !== undefined || schema.enum !== undefined
      ? []
      : Object.keys(schema).flatMap((keyword) =>
          Object.hasOwn(typeKeywords, keyword) ? (typeKeywords[keyword] ?? []) : [],
        ),
  );
  return new Set(spokenOf.length > 0 ? spokenOf : jsonTypes.filter((type) => type !== 'integer'));
}

function namedTypes({ schema, path }: Member): ReadonlySet<JsonType> | undefined {
  if (schema.type === undefined) return undefined;
  const named: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const types = jsonTypes.filter((type) => named.includes(type));
  if (types.length === 0 || !named.every((name) => jsonTypes.some((type) => type === name)))
    throw new SchemaRefused('invalid', path, 'type');
  return new Set(types);
}

/** Every integer is a number. */
function inBoth(some: ReadonlySet<JsonType>, others: ReadonlySet<JsonType>): ReadonlySet<JsonType> {
  const has = (types: ReadonlySet<JsonType>, type: JsonType) =>
    types.has(type) || (type === 'integer' && types.has('number'));
  return new Set(jsonTypes.filter((type) => has(some, type) && has(others, type)));
}

/** The values of a keyword that counts something, in all schemas that have it. */
export function keywordNumber(conjunction: readonly Member[], keyword: string): readonly number[] {
  return conjunction.flatMap(({ schema, path }) => {
    const value = schema[keyword];
    if (value === undefined) return [];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw new SchemaRefused('invalid', path, keyword);
    return [value];
  });
}

export function keywordStrings({ schema, path }: Member, keyword: string): readonly string[] {
  const value = schema[keyword];
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new SchemaRefused('invalid', path, keyword);
  return value;
}

function isRecord(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null;
}

function isEmptyObject(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
