import type { ArrayPart, ObjectPart, Part, Shape } from './json-shape.ts';
import { impossiblePart, settle } from './json-value.ts';
import { Scalars } from './scalars.ts';
import { isObject, type Located, resolveReference, type SchemaObject } from './schema-document.ts';
import { type JsonType, keywordNumber, refuseKeywordsOf, refuseUnsupported, typesOf } from './schema-keywords.ts';
import { literalsOf } from './schema-literals.ts';
import { numberHolds, numberScalar } from './schema-number.ts';
import { objectSchema } from './schema-object.ts';
import { SchemaPath, SchemaRefused } from './schema-refused.ts';
import { stringHolds, stringScalar } from './schema-string.ts';
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
  readonly #scalars = new Scalars();
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
    const texts: string[] = [];
    const parts = this.#readingsOfAll(schemas).flatMap((conjunction) => this.#valueParts(conjunction, texts, path));
    return texts.length > 0 ? [...parts, { kind: 'scalar', place: textPlace(texts) }] : parts;
  }

  #readingsOfAll(schemas: readonly Located[]): readonly Conjunction[] {
    return schemas.reduce(
      (all: readonly Conjunction[], located) => this.#both(all, this.#readings(located, new Set()), located.path),
      [[]],
    );
  }

  /** The ways to satisfy a schema, each without `$ref`, `allOf`, `anyOf`, `oneOf` and `nullable`. */
  #readings({ schema, path }: Located, within: Set<SchemaObject>): readonly Conjunction[] {
    if (schema === true) return [[]];
    if (schema === false) return [];
    const object = schemaObject(schema, path);
    const known = this.#alternatives.get(object);
    if (known !== undefined) return known;
    if (isNever(object)) return [];
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
    if (literals !== undefined)
      return literals
        .filter((literal) => this.#holds(literal, conjunction))
        .flatMap((literal) => this.#literalPart(literal, texts, path));
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
        return [{ kind: 'scalar', place: stringScalar(conjunction, this.#scalars) }];
      case 'integer':
        return types.has('number')
          ? []
          : [{ kind: 'scalar', place: numberScalar(conjunction, 'integer', this.#scalars) }];
      case 'number':
        return [{ kind: 'scalar', place: numberScalar(conjunction, 'number', this.#scalars) }];
      case 'array':
        return [this.#arrayPart(conjunction, path)];
      case 'object':
        return [this.#objectPart(conjunction, path)];
      default:
        return type satisfies never;
    }
  }

  /** Whether a fixed value has what else is asked of it. */
  #holds(value: unknown, conjunction: Conjunction): boolean {
    if (typeof value === 'number') return numberHolds(value, conjunction);
    if (typeof value === 'string') return stringHolds(value, conjunction, this.#scalars);
    if (isObject(value)) refuseKeywordsOf(Array.isArray(value) ? 'array' : 'object', conjunction);
    return true;
  }

  /** A fixed value. Lists and objects are read as schemas of their own, so that there may be spaces in them. */
  #literalPart(value: unknown, texts: string[], path: SchemaPath): Part[] {
    this.#spend(1, path);
    if (!isObject(value)) {
      texts.push(JSON.stringify(value));
      return [];
    }
    const only = (each: unknown, key: string | number): Shape =>
      this.#shape([{ schema: { const: each }, path }], path.in(key));
    if (Array.isArray(value)) {
      const rest = this.#shape([{ schema: false, path }], path);
      return [{ kind: 'array', prefix: value.map(only), rest, fewest: value.length, most: value.length }];
    }
    const members = Object.entries(value).map(([name, each]) => ({ name, shape: only(each, name), required: true }));
    return [{ kind: 'object', members, others: [], fewest: 0, most: members.length }];
  }

  #arrayPart(conjunction: Conjunction, path: SchemaPath): ArrayPart {
    const lists = conjunction.map(listKeywords);
    const longest = Math.max(0, ...lists.map(({ prefix }) => prefix.length));
    const prefix = Array.from({ length: longest }, (_, index) => {
      const here = lists.flatMap(({ prefix, rest }) => prefix[index] ?? rest);
      return this.#shape(here, here[0]?.path ?? path);
    });
    const rest = lists.flatMap(({ rest }) => rest);
    const most = Math.min(Number.POSITIVE_INFINITY, ...keywordNumber(conjunction, 'maxItems'));
    const different = conjunction.find(
      ({ schema }) => schema.uniqueItems !== undefined && schema.uniqueItems !== false,
    );
    const unique = different && most > 1 ? this.#onlyTexts(rest, path) : undefined;
    // All that was written would have to be remembered.
    if (different && most > 1 && (unique === undefined || longest > 0))
      throw new SchemaRefused('unsupported', different.path, 'uniqueItems');
    return {
      ...{ kind: 'array', prefix, unique, rest: this.#shape(rest, rest[0]?.path ?? path) },
      fewest: Math.max(0, ...keywordNumber(conjunction, 'minItems')),
      most: Math.min(most, unique?.length ?? most),
    };
  }

  /** The texts that satisfy these schemas; undefined if anything else does. */
  #onlyTexts(schemas: readonly Located[], path: SchemaPath): readonly string[] | undefined {
    const texts: string[] = [];
    const parts = this.#readingsOfAll(schemas).flatMap((conjunction) => this.#valueParts(conjunction, texts, path));
    return parts.length === 0 ? [...new Set(texts)] : undefined;
  }

  #objectPart(conjunction: Conjunction, path: SchemaPath): ObjectPart {
    const { members, others, fewest, most } = objectSchema(
      conjunction,
      this.#nameReadings(conjunction),
      this.#scalars,
      path,
    );
    return {
      kind: 'object',
      members: members.map(({ name, schemas, required }) => ({
        name,
        shape: this.#shape(schemas, schemas[0]?.path ?? path.in('required')),
        required,
      })),
      others: others.map(({ names, schemas }) => ({ names, shape: this.#shape(schemas, schemas[0]?.path ?? path) })),
      fewest,
      most,
    };
  }

  #nameReadings(conjunction: Conjunction): readonly Conjunction[] | undefined {
    const all = conjunction.flatMap(({ schema, path }) =>
      schema.propertyNames === undefined ? [] : [{ schema: schema.propertyNames, path: path.in('propertyNames') }],
    );
    return all.length === 0 ? undefined : this.#readingsOfAll(all);
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

/** `not: {}`, as zod writes `never`. Other opposites are not followed. */
function isNever({ not }: SchemaObject): boolean {
  return not === true || (isObject(not) && Object.keys(not).length === 0);
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
