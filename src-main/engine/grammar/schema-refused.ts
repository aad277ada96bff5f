/**
 * - unsupported: a keyword, or what it says, that would limit the answer and cannot be followed
 * - invalid: not a JSON Schema
 * - unresolved: a reference to something that is not in the schema
 * - endless: a reference that leads back to itself without any content
 * - impossible: nothing satisfies it
 * - too-large: more than is followed
 */
export type RefusalReason = 'unsupported' | 'invalid' | 'unresolved' | 'endless' | 'impossible' | 'too-large';

/** A schema that answers cannot be held to, with the place of its fault in it. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
  readonly reason: RefusalReason;
  /** As a JSON pointer, such as `#/properties/age`. */
  readonly path: string;
  /** Absent where it is the schema at that place as a whole. */
  readonly keyword: string | undefined;

  constructor(reason: RefusalReason, path: SchemaPath, keyword?: string) {
    super(`${reason}: ${path}${keyword === undefined ? '' : ` ${keyword}`}`);
    this.reason = reason;
    this.path = path.toString();
    this.keyword = keyword;
  }
}

/** Where in a schema something stands; written out only when it is asked for. */
export class SchemaPath {
  readonly depth: number;
  readonly #parent: SchemaPath | undefined;
  readonly #key: string;

  private constructor(parent: SchemaPath | undefined, key: string) {
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.#parent = parent;
    this.#key = key;
  }

  static readonly root = new SchemaPath(undefined, '#');

  in(...keys: readonly (string | number)[]): SchemaPath {
    return keys.reduce((path: SchemaPath, key) => new SchemaPath(path, String(key)), this);
  }

  toString(): string {
    const keys: string[] = [];
    for (let path: SchemaPath | undefined = this; path !== undefined; path = path.#parent)
      keys.push(path === SchemaPath.root ? '#' : path.#key.replaceAll('~', '~0').replaceAll('/', '~1'));
    return keys.reverse().join('/');
  }
}
