import type { ArrayPart, ObjectPart, Part, Shape } from './json-shape.ts';
import { impossiblePart, settle } from './json-value.ts';
import { isObject, type Located, resolveReference, type SchemaObject } from './schema-document.ts';
import { type JsonType, keywordNumber, keywordStrings, refuseUnsupported, typesOf } from './schema-keywords.ts';
import { literalsOf } from './schema-literals.ts';
import { numberScalar } from './schema-number.ts';
import { SchemaPath, SchemaRefused } from './schema-refused.ts';
import { stringScalar } from './schema-string.ts';
import type { Place } from './stack.ts';
import { textPlace } from './texts.ts';

/** In front of a JSON value that satisfies a schema. Throws SchemaRefused. */
export function schemaPlace(schema: unknown): Place {
  return new SchemaReader(schema).place();
}

/**
 * Schemas that all hold for the same value. Keywords are looked at one by one over all of them, which is what `allOf`,
 * a `$ref` with neighbours, and a branch of `anyOf` with what stands beside it mean.
 */
type Conjunction = readonly Member[];
interface Member extends Located {
  readonly schema: SchemaObject;
}

/** Schemas that are looked at, counted again wherever they are combined: a hostile one would grow without end. */
const MOST_WORK = 200_000;
const MOST_SHAPES = 20_000;
/** Steps of a path; each level of objects takes two. */
const MOST_DEPTH = 256;

class SchemaReader {
  readonly #root: unknown;
  readonly #ids = new Map<SchemaObject, number>();
  readonly #shapes = new Map<string, Shape>();
  readonly #alternatives = new Map<SchemaObject, readonly Conjunction[]>();
  /** Shapes whose parts are still to be found: what an object or an array contains is read later, so that it may be itself. */
  readonly #open: { readonly shape: Shape; readonly schemas: readonly Located[] }[] = [];
  #work = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  place(): Place {
    const shape = this.#shape([{ schema: this.#root, path: SchemaPath.root }], SchemaPath.root);
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop())
      next.shape.parts = this.#parts(next.schemas, next.shape.path);
    settle([...this.#shapes.values()]);
    if (shape.place === undefined) throw new SchemaRefused('impossible', impossiblePart(shape).path);
    return shape.place;
  }

  /** What satisfies all of these. The same schemas give the same shape. */
  #shape(schemas: readonly Located[], path: SchemaPath): Shape {
    this.#spend(schemas.length + 1, path);
    if (path.depth > MOST_DEPTH || this.#shapes.size > MOST_SHAPES) throw new SchemaRefused('too-large', path);
    const ids = schemas.flatMap(({ schema, path }) =>
      schema === true ? [] : schema === false ? [-1] : [this.#id(schema, path)],
    );
    const key = [...new Set(ids)].sort((a, b) => a - b).join();
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = { path, parts: [], possible: false, place: undefined };
      this.#shapes.set(key, shape);
      this.#open.push({ shape, schemas });
    }
    return shape;
  }

  #id(schema: unknown, path: SchemaPath): number {
    const object = schemaObject(schema, path);
    const id = this.#ids.get(object) ?? this.#ids.size;
    this.#ids.set(object, id);
    return id;
  }

  #parts(schemas: readonly Located[], path: SchemaPath): Part[] {
    const alternatives = schemas.reduce(
      (all: readonly Conjunction[], located) => this.#both(all, this.#readings(located, new Set()), located.path),
      [[]],
    );
    const texts: string[] = [];
    const parts = alternatives.flatMap((conjunction) => this.#valueParts(conjunction, texts, path));
    return texts.length > 0 ? [...parts, { kind: 'scalar', place: textPlace(texts) }] : parts;
  }

  /** The ways to satisfy a schema, each without `$ref`, `allOf`, `anyOf`, `oneOf` and `nullable`. */
  #readings({ schema, path }: Located, within: Set<SchemaObject>): readonly Conjunction[] {
    if (schema === true) return [[]];
    if (schema === false) return [];
    const object = schemaObject(schema, path);
    const known = this.#alternatives.get(object);
    if (known !== undefined) return known;
    if (within.has(object)) throw new SchemaRefused('endless', path);
    if (within.size > MOST_DEPTH) throw new SchemaRefused('too-large', path);
    within.add(object);
    const readings = this.#combined({ schema: object, path }, within);
    within.delete(object);
    this.#alternatives.set(object, readings);
    return readings;
  }

  #combined(member: Member, within: Set<SchemaObject>): readonly Conjunction[] {
    const { schema, path } = member;
    let readings: readonly Conjunction[] = [[member]];
    const and = (others: readonly Conjunction[]) => {
      readings = this.#both(readings, others, path);
    };
    if (schema.$ref !== undefined) and(this.#readings(resolveReference(this.#root, schema.$ref, path), within));
    for (const each of branches(member, 'allOf')) and(this.#readings(each, within));
    // Of oneOf's branches more than one may hold in what is written: to exclude the others, their opposites would be needed.
    for (const keyword of ['anyOf', 'oneOf'])
      if (schema[keyword] !== undefined)
        and(branches(member, keyword).flatMap((branch) => this.#readings(branch, within)));
    return schema.nullable === true ? [...readings, [{ schema: { type: 'null' }, path }]] : readings;
  }

  #both(some: readonly Conjunction[], others: readonly Conjunction[], path: SchemaPath): readonly Conjunction[] {
    return some.flatMap((one) =>
      others.map((other) => {
        this.#spend(one.length + other.length, path);
        return [...new Map([...one, ...other].map((member) => [member.schema, member])).values()];
      }),
    );
  }

  /** What one conjunction lets a value be; fixed values go to `texts`. */
  #valueParts(conjunction: Conjunction, texts: string[], path: SchemaPath): Part[] {
    this.#spend(conjunction.length, path);
    const types = typesOf(conjunction);
    for (const member of conjunction) refuseUnsupported(member, types);
    const literals = literalsOf(conjunction, types);
    if (literals !== undefined) return literals.flatMap((literal) => this.#literalPart(literal, texts, path));
    return [...types].flatMap((type) => this.#typePart(type, types, conjunction, texts, path));
  }

  #typePart(
    type: JsonType,
    types: ReadonlySet<JsonType>,
    conjunction: Conjunction,
    texts: string[],
    path: SchemaPath,
  ): Part[] {
    switch (type) {
      case 'null':
        texts.push('null');
        return [];
      case 'boolean':
        texts.push('true', 'false');
        return [];
      case 'string':
        return [{ kind: 'scalar', place: stringScalar(conjunction) }];
      case 'integer':
        return types.has('number') ? [] : [{ kind: 'scalar', place: numberScalar(conjunction, 'integer') }];
      case 'number':
        return [{ kind: 'scalar', place: numberScalar(conjunction, 'number') }];
      case 'array':
        return [this.#arrayPart(conjunction, path)];
      case 'object':
        return [this.#objectPart(conjunction, path)];
      default:
        return type satisfies never;
    }
  }

  /** A fixed value. Lists and objects are read as schemas of their own, so that there may be spaces in them. */
  #literalPart(value: unknown, texts: string[], path: SchemaPath): Part[] {
    this.#spend(1, path);
    if (!isObject(value)) {
      texts.push(JSON.stringify(value));
      return [];
    }
    const only = (value: unknown, key: string | number): Shape =>
      this.#shape([{ schema: { const: value }, path }], path.in(key));
    const nothing = this.#shape([{ schema: false, path }], path);
    if (Array.isArray(value))
      return [{ kind: 'array', prefix: value.map(only), rest: nothing, fewest: value.length, most: value.length }];
    const members = Object.entries(value).map(([name, each]) => ({ name, shape: only(each, name), required: true }));
    return [{ kind: 'object', members, others: nothing }];
  }

  #arrayPart(conjunction: Conjunction, path: SchemaPath): ArrayPart {
    const lists = conjunction.map(listKeywords);
    const longest = Math.max(0, ...lists.map(({ prefix }) => prefix.length));
    const prefix = Array.from({ length: longest }, (_, index) => {
      const here = lists.flatMap(({ prefix, rest }) => prefix[index] ?? rest);
      return this.#shape(here, here[0]?.path ?? path);
    });
    const rest = lists.flatMap(({ rest }) => rest);
    return {
      kind: 'array',
      prefix,
      rest: this.#shape(rest, rest[0]?.path ?? path),
      fewest: Math.max(0, ...keywordNumber(conjunction, 'minItems')),
      most: Math.min(Number.POSITIVE_INFINITY, ...keywordNumber(conjunction, 'maxItems')),
    };
  }

  #objectPart(conjunction: Conjunction, path: SchemaPath): ObjectPart {
    const objects = conjunction.map(objectKeywords);
    const required = new Set(conjunction.flatMap((member) => keywordStrings(member, 'required')));
    const names = new Set([...objects.flatMap(({ properties }) => [...properties.keys()]), ...required]);
    const members = [...names].map((name) => {
      const here = objects.flatMap(({ properties, others }) => properties.get(name) ?? others);
      return { name, shape: this.#shape(here, here[0]?.path ?? path.in('required')), required: required.has(name) };
    });
    const others = objects.flatMap(({ others }) => others);
    return { kind: 'object', members, others: this.#shape(others, others[0]?.path ?? path) };
  }

  #spend(work: number, path: SchemaPath): void {
    this.#work += work;
    if (this.#work > MOST_WORK) throw new SchemaRefused('too-large', path);
  }
}

function schemaObject(schema: unknown, path: SchemaPath): SchemaObject {
  if (!isObject(schema) || Array.isArray(schema)) throw new SchemaRefused('invalid', path);
  return schema;
}

function branches({ schema, path }: Member, keyword: string): readonly Located[] {
  const list = schema[keyword];
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length === 0) throw new SchemaRefused('invalid', path, keyword);
  return list.map((each: unknown, index) => ({ schema: each, path: path.in(keyword, index) }));
}

/** The element schemas of one schema; `rest` holds at most one. Up to draft 7 a list in `items` was what `prefixItems` is. */
function listKeywords(member: Member): { readonly prefix: readonly Located[]; readonly rest: readonly Located[] } {
  const { schema, path } = member;
  const rest = (keyword: string) =>
    schema[keyword] === undefined ? [] : [{ schema: schema[keyword], path: path.in(keyword) }];
  if (Array.isArray(schema.items))
    return {
      prefix: schema.items.map((each: unknown, index) => ({ schema: each, path: path.in('items', index) })),
      rest: rest('additionalItems'),
    };
  return { prefix: branches(member, 'prefixItems'), rest: rest('items') };
}

function objectKeywords({ schema, path }: Member): {
  readonly properties: ReadonlyMap<string, Located>;
  readonly others: readonly Located[];
} {
  const { properties = {}, additionalProperties } = schema;
  if (!isObject(properties) || Array.isArray(properties)) throw new SchemaRefused('invalid', path, 'properties');
  return {
    properties: new Map(
      Object.entries(properties).map(([name, each]) => [name, { schema: each, path: path.in('properties', name) }]),
    ),
    others:
      additionalProperties === undefined
        ? []
        : [{ schema: additionalProperties, path: path.in('additionalProperties') }],
  };
}
