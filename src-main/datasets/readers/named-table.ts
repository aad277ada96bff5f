import type { FileReason } from '../../../src-contract/file-reason.ts';
import { cellOf } from './cell-text.ts';
import type { DerivedRow } from './conversation.ts';
import { nameReasons, uniqueNames } from './header-names.ts';
import { isObject } from './json-parse.ts';
import type { NamedValues, RecordShape } from './known-shape.ts';
import { shapeOf, shapeReasons, withDerived } from './record-shape.ts';
import type { TableRecord } from './table.ts';

/** Turns records of named values into rows of one table. */
export class NamedTable {
  readonly columns: readonly string[];
  readonly shape: RecordShape | undefined;
  readonly #keys: readonly string[];
  /** The keys that are columns, or that columns are derived from. */
  readonly #known: ReadonlySet<string>;
  /** The keys that all records of the sample have. */
  readonly #always: readonly string[];
  readonly #ofNames: readonly FileReason[];

  /**
   * `sample` are the first records; keys that only occur later do not become columns. `keys` are all keys, if known.
   */
  constructor(sample: readonly NamedValues[], keys?: readonly { readonly name: string; readonly written: string }[]) {
    this.shape = shapeOf(sample);
    const found =
      keys ?? [...new Set(sample.flatMap((record) => Object.keys(record)))].map((name) => ({ name, written: name }));
    // The content of a list of turns is in the columns derived from it, as is that of an object with a text for each.
    const isTaken = (value: unknown) => Array.isArray(value) || (this.shape?.takesObjects === true && isObject(value));
    const own = found.filter(({ name }) => !(this.shape?.keys.includes(name) && isTaken(sample[0]?.[name])));
    this.#keys = own.map(({ name }) => name);
    this.#known = new Set(found.map(({ name }) => name));
    this.#always = [...this.#known].filter((key) => sample.every((record) => Object.hasOwn(record, key)));
    const withMade = (names: readonly string[]) =>
      this.shape === undefined ? names : withDerived(this.shape, this.shape.columns, names);
    this.columns = uniqueNames(withMade(this.#keys));
    this.#ofNames = nameReasons(withMade(own.map(({ written }) => written)), this.columns);
  }

  rows(record: NamedValues, line: number): TableRecord[] {
    const own = this.#keys.map((key) => cellOf(Object.hasOwn(record, key) ? record[key] : ''));
    const isMore = Object.keys(record).some((key) => !this.#known.has(key) && cellOf(record[key]) !== '');
    const { shape } = this;
    const derived: readonly DerivedRow[] = shape?.derive(record, line) ?? [{ cells: [] }];
    return derived.map(({ cells, problem = isMore ? ('KEYS_LEFT' as const) : undefined }) => {
      return { cells: shape ? withDerived(shape, cells, own) : own, line, ...(problem && { problem }) };
    });
  }

  get reasons(): FileReason[] {
    if (!this.shape) return [...this.#ofNames];
    return [...shapeReasons(this.shape, this.#always), ...this.#ofNames];
  }
}
