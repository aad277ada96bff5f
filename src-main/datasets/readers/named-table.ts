import type { FileReason } from '../../../src-contract/file-reason.ts';
import { uniqueNames } from './csv-header.ts';
import { cellOf, type NamedValues, type RecordShape, shapeOf } from './record-shape.ts';
import type { TableRecord } from './table.ts';

/** Turns records of named values into rows of one table. */
export class NamedTable {
  readonly columns: readonly string[];
  readonly shape: RecordShape | undefined;
  readonly #keys: readonly string[];

  /** `sample` are the first records; keys that come up later are no columns. */
  constructor(sample: readonly NamedValues[], keys?: readonly string[]) {
    this.shape = shapeOf(sample);
    const found = keys ?? [...new Set(sample.flatMap((record) => Object.keys(record)))];
    const made = this.shape?.columns ?? [];
    // What a list of turns holds is in the columns made from it.
    this.#keys = found.filter((key) => !(this.shape?.keys.includes(key) && Array.isArray(sample[0]?.[key])));
    this.columns = uniqueNames([...made, ...this.#keys]);
  }

  row(record: NamedValues, line: number): TableRecord {
    const own = this.#keys.map((key) => cellOf(Object.hasOwn(record, key) ? record[key] : ''));
    if (!this.shape) return { cells: own, line };
    const { cells, problem } = this.shape.derive(record);
    return { cells: [...cells, ...own], line, ...(problem && { problem }) };
  }

  get reasons(): FileReason[] {
    if (!this.shape) return [];
    const { name, keys } = this.shape;
    return [{ about: 'shape', code: 'FORMAT_SHAPE', data: { shape: name, keys: keys.join(', ') } }];
  }
}
